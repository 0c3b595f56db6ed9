// A bucket, and a clock, that are not as they should be.
import { expect, test } from '../fixtures/test';
import { byTestId } from '../pages/handles';
import { SendPage, ready } from '../pages/send-page';

const HOUR = 3_600_000;

test('U14 a bucket that hides its ETags is named, with what the operator must do', async ({ server, folder, context }) => {
  await context.route('**/blobs/**', async (route) => {
    const answer = await route.fetch();
    const headers = Object.fromEntries(Object.entries(answer.headers()).filter(([name]) => name.toLowerCase() !== 'etag'));
    await route.fulfill({ response: answer, headers });
  });
  const page = new SendPage(await context.newPage());
  await page.page.goto(server.url);
  await ready(page.page);
  await page.choose((await folder.random('a.bin', 1024)).path);
  await page.create.click();
  const error = page.page.locator(byTestId('error'));
  await expect(error).toHaveAttribute('data-problem', 'etag-hidden', { timeout: 30_000 });
  await expect(error).toContainText('ExposeHeaders: ETag');
});

for (const hours of [25, -25]) {
  test(`U07 a page whose clock is ${hours} hours wrong sends as any other`, async ({ server, folder, context, cli }) => {
    const page = new SendPage(await context.newPage());
    await page.page.clock.setSystemTime(Date.now() + hours * HOUR);
    await page.page.goto(server.url);
    await ready(page.page);
    await page.choose((await folder.random('a.bin', 11 << 20)).path);
    await page.create.click();
    const link = (await page.link.textContent({ timeout: 60_000 }))!.replace(/\s/g, '');
    await cli.receive(link, folder.sub(`got${hours}`));
  });
}

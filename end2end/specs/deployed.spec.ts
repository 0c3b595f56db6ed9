// A new version of the page while tabs with the old one are open: they find the parts that they still need, and what runs goes on.
import { cpSync } from 'node:fs';
import { deploy } from '../fixtures/deployment';
import { site } from '../fixtures/paths';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
import { SendPage, ready } from '../pages/send-page';

/** What downloads, which a page fetches when its list is on the screen. */
const PARTS_THAT_RECEIVE = /receiving.*\.(pack|wasm)/;

test('B07 B08 tabs that are open during a deployment go on: an upload, a download, a page and a preview', async ({ page, browser, folder, startServer }) => {
  const served = folder.join('site');
  cpSync(site, served, { recursive: true });
  const server = await startServer({ env: { SEALDROP_SITE: served } });
  const build = async () => /<meta name="sealdrop-build" content="(\w+)"/.exec(await (await fetch(server.url)).text())![1];
  const first = await build();

  await page.goto(server.url);
  await ready(page);
  const sender = new SendPage(page);
  await sender.choose([folder.write('a.txt', 'words').path, folder.write('b.txt', 'more words').path]);
  const link = await sender.send();
  const context = await browser.newContext();
  const recipient = new ReceivePage(await context.newPage());
  await recipient.openList(link);

  // An upload under way, and a tab that has loaded nothing but its first page.
  await page.getByTestId('nav-send').click();
  await sender.choose((await folder.random('large.bin', 48 << 20)).path);
  await sender.create.click();
  await page.getByTestId('pause').click();
  await expect(page.getByTestId('resume')).toBeVisible();
  // A visitor without kept links: the part that looks after sent links is not loaded yet.
  const newcomer = await browser.newContext();
  const idle = await newcomer.newPage();
  await idle.goto(server.url);
  await ready(idle);
  // Of a recipient whose page has loaded nothing but the list: what receives does not come before the deployments.
  const late = new ReceivePage(await newcomer.newPage());
  await late.page.route(PARTS_THAT_RECEIVE, (route) => route.abort());
  await late.openList(link);

  deploy(served);
  expect(await build(), 'another version is served').not.toBe(first);

  // What was never loaded comes from the version that the tab has.
  await recipient.page.getByTestId('preview-one').first().click();
  await expect(recipient.page.getByTestId('preview-text')).toHaveText('words');
  await recipient.page.getByTestId('preview-close').click();
  expect(await recipient.receive()).toBe('verified');
  await page.getByTestId('resume').click();
  const second = await sender.sent();
  expect(second).toMatch(/\/d\//);
  await page.getByTestId('nav-security').click();
  await expect(page.locator('main h1')).toBeVisible();
  expect(await page.locator('meta[name=sealdrop-build]').getAttribute('content'), 'it is the old page').toBe(first);

  // Two versions later it still does. After that it says that a part is missing, and a press loads the new page.
  deploy(served);
  await idle.getByTestId('nav-security').click();
  await expect(idle.locator('main h1')).toBeVisible();
  deploy(served);
  await late.page.unroute(PARTS_THAT_RECEIVE);
  await idle.getByTestId('nav-sent').click();
  await expect(idle.getByTestId('error')).toHaveAttribute('data-problem', 'not-loaded');
  await idle.getByTestId('start-reload').click();
  await ready(idle);
  await expect(idle.locator('main h1')).toBeVisible();
  expect(await idle.locator('meta[name=sealdrop-build]').getAttribute('content')).toBe(await build());

  // A download whose part is gone says the same; the page that is loaded again downloads.
  await late.page.getByTestId('receive-download').first().click();
  expect(await expectExplained(late.page, problem.notLoaded)).toContain('Reload the page');
  await late.page.getByTestId('try-again').click();
  expect(await late.receive()).toBe('verified');
  await context.close();
  await newcomer.close();
});

test('B08 a new page that meets an old server asks again, starts, and loads its parts', async ({ page, folder, startServer }) => {
  const [older, newer] = [folder.join('older'), folder.join('newer')];
  for (const place of [older, newer]) cpSync(site, place, { recursive: true });
  deploy(newer);
  const [old, fresh] = [await startServer({ env: { SEALDROP_SITE: older } }), await startServer({ env: { SEALDROP_SITE: newer } })];
  // What stands in front of both: so many files are still asked for at the old one.
  let left = 12;
  let missing = 0;
  await page.route(/\/pkg\//, async (route) => {
    if (left <= 0) {
      await route.continue();
      return;
    }
    left -= 1;
    const response = await route.fetch({ url: `${old.url}${new URL(route.request().url()).pathname}` });
    missing += response.status() === 404 ? 1 : 0;
    await route.fulfill({ response });
  });
  await page.goto(`${fresh.url}/#kept`);
  await ready(page);
  expect(missing, 'the old server was asked').toBeGreaterThan(0);
  expect(new URL(page.url()).hash, 'what is in the address stays').toBe('#kept');
  expect(await page.evaluate(() => [...document.styleSheets].length), 'the style sheet came too').toBeGreaterThan(0);
  const before = missing;
  left = 3;
  await page.getByTestId('nav-security').click();
  await expect(page.locator('main h1')).toBeVisible();
  await expect(page).toHaveURL(/security/);
  expect(missing, 'its part was asked for at the old server as well').toBeGreaterThan(before);
});

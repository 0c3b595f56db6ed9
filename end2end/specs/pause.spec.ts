// Pausing an upload: it says when nothing moves any more, nothing moves then, and it continues where it stopped.
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { Cli } from '../fixtures/cli';
import { sha256 } from '../fixtures/folder';
import type { Server } from '../fixtures/server';
import { expect, test, type Fixtures } from '../fixtures/test';
import { SendPage } from '../pages/send-page';

/** Begins an upload of so many MiB on a line of so many MiB a second. */
async function begin({ startTap, server, browser, folder }: Pick<Fixtures, 'startTap' | 'folder'> & { server: Server; browser: Browser }, mib: number, rate: number) {
  const tap = await startTap(server.url);
  const made = await folder.random('long.bin', mib << 20);
  const context = await browser.newContext({ baseURL: tap.url });
  const page = await context.newPage();
  const send = new SendPage(page);
  await send.open();
  await send.choose(made.path);
  tap.bytesPerSecond = rate << 20;
  await send.create.click();
  return { tap, made, context, send, page };
}

test('pause, wait, resume', async ({ startTap, server, browser, folder }) => {
  const { tap, made, context, send, page } = await begin({ startTap, server, browser, folder }, 64, 4);
  const parts = () => tap.exchanges.filter((one) => one.method === 'PUT');
  await expect.poll(() => parts().length).toBeGreaterThan(1);

  await page.getByTestId('pause').click();
  await expect(page.getByText('Pausing…').first()).toBeVisible();
  await expect(page.getByTestId('resume'), 'a pause can be undone before it is complete').toBeVisible();
  await expect(page).toHaveTitle(/^\d+% · Paus(ing…|ed) · /);
  // The parts on their way come to their end; then nothing moves.
  await expect(page.locator('.run-what strong')).toHaveText('Paused', { timeout: 60_000 });
  await expect(page.locator('.files .state')).toHaveText('Paused');
  expect(parts().every((one) => one.status === 200), 'no part was broken off').toBe(true);
  const [started, shown] = [parts().length, await send.progress.first().getAttribute('aria-valuenow')];
  expect(started, 'something was left to do').toBeLessThan(7);

  // A visit to another page: the navigation says it, and the upload stays as it is.
  await page.getByTestId('nav-security').click();
  await expect(page.getByTestId('nav-send')).toHaveText(/^Paused, \d+%/);
  await page.getByTestId('nav-send').click();
  await expect(page.locator('.run-what strong')).toHaveText('Paused');
  expect(parts().length).toBe(started);
  expect(await send.progress.first().getAttribute('aria-valuenow')).toBe(shown);

  tap.bytesPerSecond = undefined;
  await page.getByTestId('resume').click();
  const link = await send.sent(60_000);
  const into = folder.sub('received');
  const ran = await new Cli(tap.url, folder.sub('cli-state')).receive(link, into);
  expect(ran.code, ran.stderr).toBe(0);
  expect(await sha256(join(into, made.name))).toBe(made.sha256);
  await context.close();
});

test('a cancelled upload says so, keeps the list, and leaves nothing at the server', async ({ startTap, server, browser, folder }) => {
  const { tap, context, send, page } = await begin({ startTap, server, browser, folder }, 32, 4);
  // However slowly this test runs, the upload does not end before it.
  tap.lastPart = 1;
  await expect.poll(() => tap.exchanges.filter((one) => one.method === 'PUT').length).toBeGreaterThan(0);
  await page.getByTestId('cancel').click();
  await page.getByTestId('cancel-keep').click();
  await expect(page.getByTestId('progress').first()).toBeVisible();
  await page.getByTestId('cancel').click();
  await page.getByTestId('cancel-confirm').click();
  // Not before: nothing would be left to cancel.
  tap.lastPart = tap.bytesPerSecond = undefined;
  await expect(page.getByTestId('upload-cancelled')).toBeVisible();
  await expect(page.getByTestId('chosen-files').locator('li')).toHaveCount(1);
  await expect.poll(() => tap.exchanges.some((one) => one.method === 'DELETE' && one.status === 204)).toBe(true);
  await expect(page.getByTestId('pause')).toHaveCount(0);
  await context.close();
});

test('offline is said by the head, the row and the title bar alike, and it continues by itself', async ({ startTap, server, browser, folder }) => {
  const { tap, context, send, page } = await begin({ startTap, server, browser, folder }, 32, 2);
  await expect.poll(() => tap.exchanges.filter((one) => one.method === 'PUT').length).toBeGreaterThan(0);
  await context.setOffline(true);
  await expect(page.locator('.run-what strong')).toHaveText(/offline|network/i);
  await expect(page.locator('.files .state')).toHaveText('Offline');
  await expect(page.getByTestId('try-now')).toBeVisible();
  tap.bytesPerSecond = undefined;
  await context.setOffline(false);
  await send.sent(60_000);
  await context.close();
});

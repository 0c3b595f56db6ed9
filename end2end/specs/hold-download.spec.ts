// A download under way: cancelling asks, pausing holds it, and what holds it up is told at once, by the head and the rows alike.
import type { Page } from '@playwright/test';
import { Owner } from '../fixtures/api';
import { sha256 } from '../fixtures/folder';
import type { Server } from '../fixtures/server';
import type { Tap } from '../fixtures/tap';
import { expect, test, type Fixtures } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';
import type { Browser } from '@playwright/test';

const MIB = 2 ** 20;

type Needed = Pick<Fixtures, 'startTap' | 'cli' | 'folder'> & { server: Server; browser: Browser };

/** A download on a slow line, some percent in. */
async function underWay({ startTap, server, browser, cli, folder }: Needed, mib = 60) {
  const tap = await startTap(server.url);
  const made = await folder.random('long.bin', mib * MIB);
  const { link, ownerToken } = await cli.send([made.path]);
  const context = await browser.newContext({ baseURL: tap.url });
  const receive = new ReceivePage(await context.newPage());
  const address = `${tap.url}/d/${link.id}#${link.fragment}`;
  await receive.openList(address);
  tap.bytesPerSecond = 3 * MIB;
  await receive.download.first().click();
  const bar = receive.page.getByTestId('progress').first();
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 40_000, intervals: [50] }).toBeGreaterThan(5);
  return { tap, made, address, context, receive, owner: new Owner(link, ownerToken) };
}

const head = (page: Page) => page.locator('.run-what strong');
const rangesAsked = (tap: Tap): number => tap.exchanges.filter((one) => one.method === 'GET' && one.url.startsWith('/blobs/')).length;

test('cancelling a download asks first: "Keep downloading" changes nothing, "Cancel download" ends it uncounted', async ({ startTap, server, browser, cli, folder }) => {
  const { context, receive, owner } = await underWay({ startTap, server, browser, cli, folder });
  const { page } = receive;
  await page.getByTestId('cancel').click();
  const dialog = page.getByRole('dialog', { name: 'Cancel this download?' });
  await expect(dialog).toContainText('Unfinished files are deleted');
  await expect(page.getByTestId('cancel-keep')).toBeFocused();
  await page.getByTestId('cancel-keep').click();
  await expect(dialog).toBeHidden();
  await receive.expectState('working');
  await page.getByTestId('cancel').click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect((await owner.status()).active).toBe(1);
  await page.getByTestId('cancel').click();
  await page.getByTestId('cancel-confirm').click();
  await expect(page.getByTestId('cancelled')).toBeVisible();
  await expect.poll(async () => (await owner.status()).active).toBe(0);
  expect((await owner.status()).used).toBe(0);
  await context.close();
});

test('a paused download stands still, says so everywhere, and goes on to the right file', async ({ startTap, server, browser, cli, folder }) => {
  const { tap, made, address, context, receive, owner } = await underWay({ startTap, server, browser, cli, folder }, 100);
  const { page } = receive;
  await page.getByTestId('pause').click();
  await expect(head(page)).toHaveText('Pausing…');
  tap.bytesPerSecond = undefined;
  await expect(head(page)).toHaveText('Paused');
  await expect(receive.files.getByRole('listitem').first()).toContainText('Paused');
  await expect(page).toHaveTitle(/Paused/);
  const [asked, percent] = [rangesAsked(tap), await page.getByTestId('progress').getAttribute('aria-valuenow')];
  // As long as another recipient needs to open the link.
  const other = new ReceivePage(await context.newPage());
  await other.openList(address);
  await other.page.close();
  expect(rangesAsked(tap), 'nothing is asked for').toBe(asked);
  expect(await page.getByTestId('progress').getAttribute('aria-valuenow')).toBe(percent);
  expect((await owner.status()).active, 'the place is kept').toBe(1);
  await page.getByTestId('resume').click();
  await expect(page.getByTestId('resume')).toHaveCount(0);
  expect(await receive.verdict()).toBe('verified');
  expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
  expect(await owner.status()).toMatchObject({ used: 1, active: 0, failed: 0 });
  await context.close();
});

test('no network: head and row say so, and it goes on by itself', async ({ startTap, server, browser, cli, folder }) => {
  const { tap, made, context, receive } = await underWay({ startTap, server, browser, cli, folder });
  const { page } = receive;
  // What is on its way arrives no more.
  tap.standAfter = 0;
  await context.setOffline(true);
  await expect(head(page)).toHaveText('Offline');
  await expect(receive.files.getByRole('listitem').first()).toContainText('Offline');
  await expect(page.getByTestId('try-now')).toBeVisible();
  tap.bytesPerSecond = tap.standAfter = undefined;
  await context.setOffline(false);
  await expect(head(page)).not.toHaveText('Offline');
  expect(await receive.verdict()).toBe('verified');
  expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
  await context.close();
});

test('a server that is away: head and row say "Retrying"', async ({ startTap, server, browser, cli, folder }) => {
  const { tap, made, context, receive } = await underWay({ startTap, server, browser, cli, folder });
  const { page } = receive;
  await tap.cut();
  await expect(head(page)).toHaveText('Retrying');
  await expect(receive.files.getByRole('listitem').first()).toContainText('Retrying');
  await expect(page.getByTestId('try-now')).toBeVisible();
  tap.bytesPerSecond = undefined;
  await tap.mend();
  await page.getByTestId('try-now').click();
  expect(await receive.verdict()).toBe('verified');
  expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
  await context.close();
});

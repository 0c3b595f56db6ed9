// How a file gets from the page to the disk, and what can go wrong on that way. Whatever happens, what the browser saved is
// either whole or visibly failed.
import { chromium as playwright, type Browser, type Download } from '@playwright/test';
import { Owner } from '../fixtures/api';
import { entriesOf } from '../fixtures/archive';
import { sha256 } from '../fixtures/folder';
import { chromiumArgs, chromiumShell } from '../fixtures/paths';
import { type Server } from '../fixtures/server';
import { onSmallDisk } from '../fixtures/small-disk';
import { expect, figure, test, type Fixtures } from '../fixtures/test';
import { waiting } from '../pages/places';
import { ReceivePage } from '../pages/receive-page';

const MIB = 2 ** 20;

/** A download under way on a slow line, some percent in. */
async function begun(receive: ReceivePage, percent: number): Promise<Download> {
  await receive.download.first().click();
  await expect.poll(() => receive.downloads.length, { timeout: 30_000 }).toBe(1);
  const bar = receive.page.getByTestId('progress').first();
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 30_000, intervals: [100] }).toBeGreaterThanOrEqual(percent);
  return receive.downloads[0]!;
}

/** A file behind a link, and a page that reaches its server only through a tap. */
async function behindTap({ startTap, server, folder, cli, browser }: Pick<Fixtures, 'startTap' | 'folder' | 'cli'> & { server: Server; browser: Browser }) {
  const tap = await startTap(server.url);
  const made = await folder.random('long.bin', 80 * MIB);
  const { link } = await cli.send([made.path]);
  const context = await browser.newContext({ baseURL: tap.url });
  const receive = new ReceivePage(await context.newPage());
  return { tap, made, address: `${tap.url}/d/${link.id}#${link.fragment}`, context, receive };
}

for (const [when, share, percent] of [['in the middle', 0.5, 10], ['near the end', 0.95, 45]] as const) {
  test(`D04 the service worker is stopped ${when}: the download fails visibly, and the page says so`, async ({ startTap, server, browser, cli, folder }, info) => {
    const { tap, made, address, context, receive } = await behindTap({ startTap, server, folder, cli, browser });
    await receive.openList(address);
    // The line stands still there: on a slow machine ranges of 10 MiB arrive by threes, and no state near the end would be seen.
    tap.standAfter = share * made.len;
    const download = await begun(receive, percent);
    const debug = await context.newCDPSession(receive.page);
    await debug.send('ServiceWorker.enable');
    await debug.send('ServiceWorker.stopAllWorkers');
    tap.standAfter = undefined;
    const failure = await download.failure();
    const verdict = await receive.verdict(60_000);
    figure(info, `service worker stopped ${when}: the page says ${verdict}, the browser says ${failure ?? 'complete'}`);
    if (failure === null) {
      // Complete is as good, if it is the truth.
      expect(await sha256(await download.path())).toBe(made.sha256);
    } else {
      expect(verdict).toBe('failed');
      await expect(receive.error.first()).toHaveAttribute('data-problem', 'save-interrupted');
      await receive.page.getByTestId('try-again').click();
      expect(await receive.verdict()).toBe('verified');
      expect(await sha256(await receive.downloads[1]!.path())).toBe(made.sha256);
    }
    await context.close();
  });
}

test('D06 leaving is asked first, and then the download fails visibly', async ({ startTap, server, browser, cli, folder }) => {
  const { tap, address, context, receive } = await behindTap({ startTap, server, folder, cli, browser });
  const asked: string[] = [];
  let leave = false;
  receive.page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void (leave ? dialog.accept() : dialog.dismiss());
  });
  await receive.openList(address);
  tap.standAfter = 40 * MIB;
  const download = await begun(receive, 10);
  await receive.page.goto('/security').catch(() => undefined);
  expect(asked).toEqual(['beforeunload']);
  await receive.expectState('working');
  leave = true;
  await receive.page.goto('/security');
  expect(asked).toEqual(['beforeunload', 'beforeunload']);
  expect(await download.failure()).not.toBeNull();
  await context.close();
});

test('D06 a page that is killed takes its download with it', async ({ startTap, server, browser, cli, folder }) => {
  const { tap, address, context, receive } = await behindTap({ startTap, server, folder, cli, browser });
  // The first page of an origin has the service worker in its own process. The one that is killed must not take it with it: then
  // the engine would fail the download by itself.
  const first = new ReceivePage(await context.newPage());
  await first.openList(address);
  await expect.poll(() => context.serviceWorkers().length).toBe(1);
  let stopped = false;
  context.serviceWorkers()[0]!.on('close', () => { stopped = true; });
  await receive.openList(address);
  tap.standAfter = 40 * MIB;
  const download = await begun(receive, 10);
  const debug = await context.newCDPSession(receive.page);
  void debug.send('Page.crash').catch(() => undefined);
  expect(await download.failure()).not.toBeNull();
  expect(stopped, 'the service worker heard of it and lives').toBe(false);
  await first.expectState('idle');
  await context.close();
});

test('D07 the disk of the downloads is full: said once, tried once', async ({ server, cli, folder }) => {
  const made = await folder.random('large.bin', 60 * MIB);
  const { url } = await cli.send([made.path]);
  await onSmallDisk(folder, 24, async (path) => {
    const browser = await playwright.launch({ executablePath: chromiumShell, args: chromiumArgs, downloadsPath: path });
    try {
      const receive = new ReceivePage(await browser.newPage({ baseURL: server.url }));
      const claims: string[] = [];
      receive.page.on('request', (request) => { if (request.url().endsWith('/claims')) claims.push(request.url()); });
      await receive.openList(url);
      await receive.download.first().click();
      expect(await receive.verdict()).toBe('failed');
      await expect(receive.error.first()).toHaveAttribute('data-problem', /save-refused|disk-full/);
      expect(await receive.downloads[0]!.failure()).not.toBeNull();
      await receive.page.waitForTimeout(3_000);
      expect(claims.length).toBe(1);
      expect(receive.downloads.length).toBe(1);
    } finally {
      await browser.close();
    }
  });
});

test('a page that sends is not behind the service worker of links', async ({ server, browser, cli, folder }) => {
  const made = await folder.random('small.bin', MIB);
  const { url } = await cli.send([made.path]);
  const context = await browser.newContext({ baseURL: server.url });
  const receive = new ReceivePage(await context.newPage());
  const scopes = () => receive.page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map((one) => new URL(one.scope).pathname).sort());
  await receive.openList(url);
  await expect.poll(scopes).toEqual(['/d/']);
  // As an earlier version left it. The page may find it in the next moment.
  const left = await receive.page.evaluate(async () => new URL((await navigator.serviceWorker.register('/sw.js', { scope: '/' })).scope).pathname);
  expect(left).toBe('/');
  await receive.openList(url);
  await expect.poll(scopes).toEqual(['/d/']);
  const send = await context.newPage();
  await send.goto('/');
  expect(await send.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
  await context.close();
});

test('D08 the canary: a service worker whose streams do not arrive is not used', async ({ startTap, server, browser, cli, folder }) => {
  const tap = await startTap(server.url);
  // It registers, answers messages and lets every request pass.
  tap.alter = (exchange, chunk) => exchange.url === '/sw.js' ? Buffer.from(chunk.toString('latin1').replace("'fetch'", "'fetsh'"), 'latin1') : chunk;
  const made = await folder.random('large.bin', 40 * MIB);
  const { link } = await cli.send([made.path]);
  const context = await browser.newContext({ baseURL: tap.url });
  const receive = new ReceivePage(await context.newPage());
  await receive.openList(`${tap.url}/d/${link.id}#${link.fragment}`);
  expect(await receive.receive()).toBe('verified');
  expect(receive.downloads.map((download) => download.suggestedFilename())).toEqual(['large.bin']);
  expect(receive.downloads[0]!.url()).toMatch(/^blob:/);
  expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
  // It waited in the private file system, and goes from there when the browser has had time to copy it.
  expect((await waiting(receive.page)).length).toBe(1);
  await context.close();
});

test('D08 a small file is saved all the same where only its download does not start', async ({ startTap, server, browser, cli, folder }) => {
  const tap = await startTap(server.url);
  // It serves the canary, and takes no file for one.
  tap.alter = (exchange, chunk) => exchange.url === '/sw.js' ? Buffer.from(chunk.toString('latin1').replace('/^attachment; ', '/^attachmens; '), 'latin1') : chunk;
  const made = await folder.random('small.bin', MIB);
  const { link, ownerToken } = await cli.send([made.path]);
  const context = await browser.newContext({ baseURL: tap.url });
  const receive = new ReceivePage(await context.newPage());
  await receive.openList(`${tap.url}/d/${link.id}#${link.fragment}`);
  expect(await receive.receive()).toBe('verified');
  expect(receive.downloads.map((download) => download.suggestedFilename())).toEqual(['small.bin']);
  expect(receive.downloads[0]!.url()).toMatch(/^blob:/);
  expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
  expect((await new Owner(link, ownerToken).status()).used).toBe(1);
  await context.close();
});

test('D08 a canary that arrives is no download, and shows nothing', async ({ cli, folder, recipient }) => {
  const { url } = await cli.send([(await folder.random('a.bin', 12 * MIB)).path]);
  const receive = await recipient();
  const frames: string[] = [];
  receive.page.on('framenavigated', (frame) => { if (frame.parentFrame() && frame.url() !== 'about:blank') frames.push(frame.url()); });
  await receive.openList(url);
  await expect.poll(() => frames.length).toBe(1);
  expect(frames[0]).toMatch(/\/_dl\/[\w-]{22}$/);
  expect(receive.downloads).toEqual([]);
  expect(await receive.receive()).toBe('verified');
  expect(receive.downloads[0]!.url()).toMatch(/\/_dl\//);
});

test.describe('without a service worker', () => {
  test.use({ serviceWorkers: 'block' });

  test('D09 a large file goes through the private file system', async ({ page, cli, folder }) => {
    const made = await folder.random('large.bin', 300 * MIB);
    const { url } = await cli.send([made.path]);
    const receive = new ReceivePage(page);
    await receive.openList(url);
    expect(await receive.receive()).toBe('verified');
    expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
  });

  test('D09 several files wait there as one archive', async ({ page, cli, folder }) => {
    const made = [await folder.random('one.bin', 20 * MIB), await folder.random('two.bin', 21 * MIB)];
    const { url } = await cli.send(made.map((one) => one.path));
    const receive = new ReceivePage(page);
    await receive.openList(url);
    expect(await receive.receive()).toBe('verified');
    expect(receive.downloads[0]!.url()).toMatch(/^blob:/);
    const got = await entriesOf(receive.downloads, 'one.bin and 1 other.zip');
    expect(got.map((one) => one.sha256)).toEqual(made.map((one) => one.sha256));
    expect((await waiting(receive.page)).length).toBe(1);
  });

  test('D09 without that too, small files go through memory, and a large one is refused before anything is counted', async ({ page, cli, folder }) => {
    await page.addInitScript(() => {
      // Not a blank page, which has none.
      if (!('StorageManager' in window)) return;
      delete (StorageManager.prototype as { getDirectory?: unknown }).getDirectory;
      // A phone: no pointer is fine.
      const real = window.matchMedia.bind(window);
      window.matchMedia = (query) => real(query === '(any-pointer: fine)' ? 'not all' : query);
    });
    const small = await folder.random('small.bin', 30 * MIB);
    const receive = new ReceivePage(page);
    await receive.openList((await cli.send([small.path])).url);
    expect(await receive.receive()).toBe('verified');
    expect(await sha256(await receive.downloads[0]!.path())).toBe(small.sha256);

    const sent = await cli.send([(await folder.random('large.bin', 101 * MIB)).path]);
    await page.goto('about:blank');
    await receive.openList(sent.url);
    expect(await receive.receive()).toBe('failed');
    await expect(receive.error.first()).toHaveAttribute('data-problem', 'too-large-for-browser');
    await expect(receive.error.first()).toContainText('sealdrop receive');
    const status = await new Owner(sent.link, sent.ownerToken).status();
    expect([status.active, status.used, status.failed]).toEqual([0, 0, 0]);

    // The way out leads where it says.
    await page.getByRole('link', { name: 'Use the command line' }).click();
    await expect(page).toHaveURL(/\/cli$/);
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(page.getByTestId('cli-commands')).toContainText('sealdrop receive');
  });
});

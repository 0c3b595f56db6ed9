// Downloads that their page does not survive: the link is opened again, and only what is missing is fetched.
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { Owner } from '../fixtures/api';
import { sha256, type Made } from '../fixtures/folder';
import type { Server } from '../fixtures/server';
import { header, type Tap } from '../fixtures/tap';
import { expect, figure, test, type Fixtures } from '../fixtures/test';
import { chosen, stubPickers, waiting } from '../pages/places';
import { ReceivePage } from '../pages/receive-page';

const MIB = 2 ** 20;
/** What is fetched at once, and what a second of the journal may hold. */
const UNDER_WAY = 40 * MIB;

interface Left {
  tap: Tap;
  context: BrowserContext;
  receive: ReceivePage;
  address: string;
  owner: Owner;
  id: string;
}

/** Sealed bytes that were asked of the bucket since then. */
function fetched(tap: Tap, from: number): number {
  const ranges = tap.exchanges.slice(from).filter((one) => one.url.startsWith('/blobs/') && one.method === 'GET');
  return ranges.reduce((sum, one) => sum + Number(header(one.responseHeaders, 'content-length') ?? 0), 0);
}

async function openAgain(receive: ReceivePage, link: string): Promise<void> {
  await receive.page.goto('about:blank');
  await receive.openList(link);
}

async function untilPercent(page: Page, percent: number): Promise<void> {
  const bar = page.getByTestId('progress').first();
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(percent);
}

async function newReceive(context: BrowserContext): Promise<ReceivePage> {
  const receive = new ReceivePage(await context.newPage());
  receive.page.on('dialog', (dialog) => void dialog.accept());
  return receive;
}

const offer = (receive: ReceivePage) => receive.page.getByTestId('unfinished');

type Needed = Pick<Fixtures, 'startTap' | 'cli'> & { server: Server; browser: Browser };

/** Sends, begins to download on a slow line, and leaves the page some percent in. The line is fast again then. */
async function leave(needed: Needed, made: Made[], percent: number, how: { placed?: boolean; more?: string[]; password?: string; tick?: string } = {}): Promise<Left> {
  const { placed = true, more = [], password, tick } = how;
  const tap = await needed.startTap(needed.server.url);
  const { link, ownerToken } = await needed.cli.send(made.map((one) => one.path), more, password === undefined ? {} : { password });
  const context = await needed.browser.newContext({ baseURL: tap.url, serviceWorkers: placed ? 'allow' : 'block' });
  const receive = await newReceive(context);
  if (placed) await stubPickers(receive.page);
  const address = `${tap.url}/d/${link.id}#${link.fragment}`;
  await receive.openList(address, password);
  await expect(offer(receive)).toHaveCount(0);
  if (tick) await receive.files.getByRole('checkbox', { name: tick }).check();
  // The line stands still where the page is left: three ranges of 10 MiB are on their way at once, and what is written counts.
  const bytes = made.filter((one) => tick === undefined || one.name === tick).reduce((sum, one) => sum + one.len, 0);
  tap.bytesPerSecond = 8 * MIB;
  tap.standAfter = (percent / 100) * bytes + 30 * MIB;
  await receive.page.getByTestId(placed ? 'save-to' : 'receive-download').click();
  await expect(receive.page.getByTestId('kept')).toBeVisible();
  await untilPercent(receive.page, percent);
  await receive.page.goto('about:blank');
  tap.bytesPerSecond = tap.standAfter = undefined;
  await receive.openList(address, password);
  return { tap, context, receive, address, owner: new Owner(link, ownerToken), id: link.id };
}

/** Changes what waits in the private file system. */
function change(page: Page, how: 'alter' | 'cut' | 'remove'): Promise<void> {
  return page.evaluate(async (how) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('downloads');
    for await (const [name, entry] of folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
      if (how === 'remove') { await folder.removeEntry(name); continue; }
      const writable = await entry.createWritable({ keepExistingData: true });
      // One bit of the first MiB.
      if (how === 'alter') {
        const byte = new Uint8Array(await (await entry.getFile()).slice(1e6, 1e6 + 1).arrayBuffer());
        await writable.write({ type: 'write', position: 1e6, data: new Uint8Array([byte[0]! ^ 1]) });
      } else {
        // Far below the last checkpoint, which on a busy machine may be 32 MiB behind what stands in the file.
        await writable.truncate(1e6);
      }
      await writable.close();
    }
  }, how);
}

for (const way of ['a chosen place', 'the private file system'] as const) {
  test(`D01 D06 a page that is left in the middle of a download into ${way} goes on: only the rest is fetched, counted once`, async ({ startTap, server, browser, cli, folder }, info) => {
    const placed = way === 'a chosen place';
    const made = await folder.random('large.bin', 120 * MIB);
    const { tap, context, receive, owner } = await leave({ startTap, server, browser, cli }, [made], 60, { placed, more: ['--downloads', '1'] });
    // Under the name that was chosen stands nothing that looks like a file.
    if (placed) expect(Object.values(await chosen(receive.page)).map((file) => file.size)).toEqual([0]);
    await expect(offer(receive)).toContainText('Unfinished download');
    await expect(receive.page.getByTestId('in-use')).toHaveCount(0);
    expect(await waiting(receive.page)).toHaveLength(1);
    const before = tap.exchanges.length;
    await receive.page.getByTestId('go-on').click();
    expect(await receive.verdict(60_000)).toBe('verified');
    const rest = fetched(tap, before);
    figure(info, `left at 60 % of 120 MiB into ${way}: ${(rest / MIB).toFixed(0)} MiB were fetched by the page that went on`);
    expect(rest).toBeGreaterThan(20 * MIB);
    expect(rest).toBeLessThanOrEqual(made.len * 0.4 + UNDER_WAY);
    const ranges = tap.exchanges.slice(before).filter((one) => one.url.startsWith('/blobs/') && header(one.requestHeaders, 'range'));
    expect(ranges.every((one) => header(one.requestHeaders, 'if-match'))).toBe(true);
    if (placed) expect(await chosen(receive.page)).toEqual({ 'large.bin': { size: made.len, sha256: made.sha256 } });
    else expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
    const status = await owner.status();
    expect([status.used, status.active, status.failed]).toEqual([1, 0, 0]);
    // Nothing is left to go on with.
    if (placed) expect(await waiting(receive.page)).toEqual([]);
    expect(await kept(receive.page)).toEqual([[], []]);
    await context.close();
  });
}

test('D01 some files, and a password: those that have their place keep it, the rest follows', async ({ startTap, server, browser, cli, folder }) => {
  const made = [await folder.random('a.bin', 50 * MIB), await folder.random('b.bin', 70 * MIB), await folder.random('c.bin', 5_000)];
  const { tap, context, receive } = await leave({ startTap, server, browser, cli }, made, 70, { password: 'open sesame' });
  await expect(offer(receive)).toContainText('3 files');
  const before = tap.exchanges.length;
  await receive.page.getByTestId('go-on').click();
  expect(await receive.verdict(60_000)).toBe('verified');
  expect(fetched(tap, before)).toBeLessThanOrEqual(120 * MIB * 0.3 + UNDER_WAY);
  expect(await chosen(receive.page)).toEqual(Object.fromEntries(made.map((one) => [one.name, { size: one.len, sha256: one.sha256 }])));
  expect(await waiting(receive.page)).toEqual([]);
  await context.close();
});

test('D01 who downloads before the page knows of it goes on as well: nothing that is here is fetched again', async ({ startTap, server, browser, cli, folder }) => {
  const made = await folder.random('large.bin', 120 * MIB);
  const { tap, context, receive, address, owner } = await leave({ startTap, server, browser, cli }, [made], 60, { placed: false, more: ['--downloads', '1'] });
  await expect(offer(receive)).toContainText('Unfinished download');
  // A visit on a line on which what looks for it comes late.
  let letCome = (): void => {};
  const comes = new Promise<void>((resolve) => { letCome = resolve; });
  await receive.page.route(/receive_receiving.*\.pack/, async (route) => { await comes; await route.continue(); });
  await openAgain(receive, address);
  const before = tap.exchanges.length;
  await receive.download.first().click();
  await expect(receive.page.locator('[data-screen="loading"]')).toBeVisible();
  letCome();
  expect(await receive.verdict(60_000)).toBe('verified');
  expect(fetched(tap, before)).toBeLessThanOrEqual(made.len * 0.4 + UNDER_WAY);
  expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
  const status = await owner.status();
  expect([status.used, status.active, status.failed]).toEqual([1, 0, 0]);
  await context.close();
});

test('D01 another selection takes its place, on this device and on the link', async ({ startTap, server, browser, cli, folder }) => {
  const made = [await folder.random('a.bin', 60 * MIB), await folder.random('b.bin', 34 * MIB)];
  const { context, receive, owner } = await leave({ startTap, server, browser, cli }, made, 40, { tick: 'a.bin', more: ['--downloads', '1'] });
  await expect(offer(receive)).toContainText('(1 file)');
  const [first] = await waiting(receive.page);
  await receive.files.getByRole('checkbox', { name: 'b.bin' }).check();
  await receive.page.getByTestId('save-to').click();
  expect(await receive.verdict()).toBe('verified');
  const got = await chosen(receive.page);
  expect(got['b.bin']).toEqual({ size: made[1]!.len, sha256: made[1]!.sha256 });
  expect(await waiting(receive.page)).not.toContain(first);
  expect((await owner.status()).used).toBe(1);
  await context.close();
});

test('D01 two tabs never mix, and starting over gives the place on the link back', async ({ startTap, server, browser, cli, folder }) => {
  const tap = await startTap(server.url);
  const made = await folder.random('large.bin', 60 * MIB);
  const { link, ownerToken } = await cli.send([made.path], ['--downloads', '1']);
  const context = await browser.newContext({ baseURL: tap.url });
  const [one, two] = [await newReceive(context), await newReceive(context)];
  await stubPickers(one.page);
  const address = `${tap.url}/d/${link.id}#${link.fragment}`;
  await one.openList(address);
  // The line stands still until the second tab has had its look. Three ranges are on their way at once: 30 MiB more than the percentage.
  tap.bytesPerSecond = 6 * MIB;
  tap.standAfter = 54 * MIB;
  await one.page.getByTestId('save-to').click();
  await untilPercent(one.page, 40);
  await two.openList(address);
  await expect(two.page.getByTestId('in-use')).toBeVisible();
  await expect(two.page.getByTestId('go-on')).toHaveCount(0);
  await one.page.goto('about:blank');
  // The second one finds out by itself.
  await expect(two.page.getByTestId('go-on')).toBeVisible();
  tap.bytesPerSecond = tap.standAfter = undefined;
  await two.page.getByTestId('start-over').click();
  await expect(two.page.getByTestId('start-over')).toHaveText('Yes, delete the progress');
  await two.page.getByTestId('start-over').click();
  await expect(two.page.getByTestId('forgotten')).toBeVisible();
  expect(await waiting(two.page)).toEqual([]);
  expect(await kept(two.page)).toEqual([[], []]);
  expect(await two.receive()).toBe('verified');
  const status = await new Owner(link, ownerToken).status();
  expect([status.used, status.active]).toEqual([1, 0]);
  await context.close();
});

test('D07 the place may not be written to any more: said once, and what is here stays', async ({ startTap, server, browser, cli, folder }) => {
  const made = await folder.random('large.bin', 60 * MIB);
  const { context, receive } = await leave({ startTap, server, browser, cli }, [made], 40);
  await receive.page.evaluate(() => {
    window.refuses = true;
    const real = FileSystemHandle.prototype as { requestPermission?: () => Promise<string> };
    const ask = real.requestPermission;
    real.requestPermission = async function (this: unknown, ...how: unknown[]) {
      return window.refuses ? 'denied' : (ask as (...how: unknown[]) => Promise<string>).apply(this, how);
    };
  });
  await receive.page.getByTestId('go-on').click();
  expect(await receive.verdict()).toBe('failed');
  await expect(receive.error.first()).toHaveAttribute('data-problem', 'save-refused');
  await receive.page.evaluate(() => { window.refuses = false; });
  await receive.page.getByTestId('try-again').click();
  await receive.page.getByTestId('go-on').click();
  expect(await receive.verdict()).toBe('verified');
  expect(await chosen(receive.page)).toEqual({ 'large.bin': { size: made.len, sha256: made.sha256 } });
  await context.close();
});

for (const how of ['alter', 'cut', 'remove'] as const) {
  test(`D01 what was kept is spoiled (${how}): said once, and the download begins anew`, async ({ startTap, server, browser, cli, folder }) => {
    const made = await folder.random('large.bin', 70 * MIB);
    const { context, receive, owner } = await leave({ startTap, server, browser, cli }, [made], 50);
    await expect(offer(receive)).toBeVisible();
    await change(receive.page, how);
    await receive.page.getByTestId('go-on').click();
    expect(await receive.verdict()).toBe('failed');
    await expect(receive.error.first()).toHaveAttribute('data-problem', 'start-over');
    expect(Object.values(await chosen(receive.page)).filter((file) => file.size > 0)).toEqual([]);
    expect(await waiting(receive.page)).toEqual([]);
    await receive.page.getByTestId('try-again').click();
    await receive.page.getByTestId('save-to').click();
    expect(await receive.verdict()).toBe('verified');
    expect(await chosen(receive.page)).toEqual({ 'large.bin': { size: made.len, sha256: made.sha256 } });
    const status = await owner.status();
    expect([status.used, status.active]).toEqual([1, 0]);
    await context.close();
  });
}

test('D01 what was kept is gone before the link is opened again: said once, nothing is offered', async ({ startTap, server, browser, cli, folder }) => {
  const made = await folder.random('large.bin', 60 * MIB);
  const { context, receive, address } = await leave({ startTap, server, browser, cli }, [made], 40);
  await change(receive.page, 'remove');
  await openAgain(receive, address);
  await expect(receive.page.getByTestId('lost')).toBeVisible();
  await expect(offer(receive)).toHaveCount(0);
  await openAgain(receive, address);
  await expect(receive.page.getByTestId('lost')).toHaveCount(0);
  await context.close();
});

test('S06 a link that ended meanwhile says so, and nothing of it stays', async ({ startTap, server, browser, cli, folder }) => {
  const made = await folder.random('large.bin', 60 * MIB);
  const { context, receive, owner, address } = await leave({ startTap, server, browser, cli }, [made], 40);
  await expect(offer(receive)).toBeVisible();
  await owner.revoke();
  await receive.page.getByTestId('go-on').click();
  expect(await receive.verdict()).toBe('failed');
  await expect(receive.error.first()).toHaveAttribute('data-problem', 'link-revoked');
  expect(await waiting(receive.page)).toEqual([]);
  expect(await kept(receive.page)).toEqual([[], []]);
  await receive.page.goto('about:blank');
  await receive.open(address);
  await expect(receive.error.first()).toHaveAttribute('data-problem', 'link-revoked');
  await context.close();
});

test('S03 nothing that opens the link, and no name of a file, is kept in the clear', async ({ startTap, server, browser, cli, folder }) => {
  const made = await folder.random('wedding-contract.bin', 60 * MIB);
  const { context, receive, address, id } = await leave({ startTap, server, browser, cli }, [made], 40);
  const [downloads, lines] = await kept(receive.page);
  expect(downloads).toHaveLength(1);
  expect(lines.length).toBeGreaterThan(1);
  const all = JSON.stringify([downloads, lines, await waiting(receive.page)]);
  const secret = address.split('#')[1]!;
  for (const word of [secret, secret.slice(0, 20), 'wedding', 'claim', 'digest', 'chosen":{']) expect(all).not.toContain(word);
  expect(all).toContain(id);
  await context.close();
});

/** What the database holds of downloads: of each its key and what is in the clear; and their lines. */
function kept(page: Page): Promise<[unknown[], unknown[]]> {
  return page.evaluate(() => new Promise<[unknown[], unknown[]]>((resolve, reject) => {
    const opening = indexedDB.open('sealdrop');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const from = opening.result.transaction(['downloads', 'lines']);
      const [keys, values, lines] = [from.objectStore('downloads').getAllKeys(), from.objectStore('downloads').getAll(), from.objectStore('lines').getAll()];
      from.oncomplete = () => {
        opening.result.close();
        resolve([keys.result.map((key, at) => [key, values.result[at]]), lines.result]);
      };
    };
  }));
}

declare global {
  interface Window {
    refuses?: boolean;
  }
}

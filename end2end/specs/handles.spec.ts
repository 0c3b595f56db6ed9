// Uploads that go on without anybody choosing the files again. Pickers do not open in a browser without a screen, so a
// stand-in gives what they give: handles, here of files in the origin's private file system, which are real ones.
import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { filesUnder, onlyIn, sha256 } from '../fixtures/folder';
import { MIB, parts, sentAgain, untilStored } from '../fixtures/parts';
import type { Server } from '../fixtures/server';
import type { Tap } from '../fixtures/tap';
import { expect, figure, test } from '../fixtures/test';
import { SendPage, ready } from '../pages/send-page';

const LARGE = 60 * MIB;

/** A page whose picker gives these files and folders; `window.name` counts how often it was asked, reloads included. */
async function pageWithPicker(context: BrowserContext, server: { url: string }, names: string[]): Promise<SendPage> {
  const page = await context.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.addInitScript((names) => {
    Object.assign(window, {
      showOpenFilePicker: async () => {
        window.name = String(Number(window.name) + 1);
        const root = await navigator.storage.getDirectory();
        return Promise.all(names.map((name) => root.getFileHandle(name).catch(() => root.getDirectoryHandle(name))));
      },
    });
  }, names);
  // A page of this origin that opens no database.
  await page.goto(`${server.url}/security`);
  return new SendPage(page);
}

/** Writes random bytes into the private file system; gives their SHA-256. */
function make(page: Page, path: string, len: number): Promise<string> {
  return page.evaluate(async ({ path, len }) => {
    const folders = path.split('/');
    const name = folders.pop() ?? '';
    let folder = await navigator.storage.getDirectory();
    for (const below of folders) folder = await folder.getDirectoryHandle(below, { create: true });
    const bytes = new Uint8Array(len);
    for (let at = 0; at < len; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, len)));
    const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await file.write(bytes);
    await file.close();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }, { path, len });
}

/** Chooses with the picker, sends, and leaves when so many parts are stored: the others wait at the tap. */
async function leaveAt(page: SendPage, { server, tap }: { server: Server; tap: Tap }, count: number): Promise<void> {
  tap.lastPart = count;
  await page.page.goto(tap.url);
  await ready(page.page);
  await page.page.getByTestId('file-input').click();
  await page.create.click();
  await untilStored(server, count);
  await page.page.goto(`${tap.url}/security`);
  tap.lastPart = undefined;
}

/** From the next page on a person may refuse stored handles: while `refuse` stands in the local storage. */
async function refusable(page: SendPage): Promise<void> {
  await page.page.addInitScript(() => {
    if (localStorage.getItem('refuse')) Object.assign(FileSystemHandle.prototype, { requestPermission: async () => 'denied' });
  });
}

/** Comes back and presses the one button. */
async function goOn(page: SendPage, server: { url: string }): Promise<void> {
  await page.page.goto(server.url);
  await ready(page.page);
  await expect(page.page.getByTestId('go-on')).toHaveText('Resume');
  await page.page.getByTestId('go-on').click();
}

const asked = (page: SendPage): Promise<string> => page.page.evaluate(() => window.name);

test('U09 with stored handles a reload goes on without choosing, a folder included', async ({ startServer, startTap, folder, context, cli }, info) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  const page = await pageWithPicker(context, tap, ['large.bin', 'trip']);
  const made = new Map<string, string>();
  for (const [path, len] of [['large.bin', LARGE], ['trip/a.bin', 5_000], ['trip/notes/b.txt', 12]] as const) made.set(path, await make(page.page, path, len));
  await leaveAt(page, { server, tap }, 5);
  const before = parts(server);
  await goOn(page, tap);
  const link = await page.sent();
  expect(await asked(page)).toBe('1');
  const again = sentAgain(server, before);
  figure(info, `${before.size} parts were stored when the page was left, ${again} of them were sent again`);
  // Those that were under way, or acknowledged in the very moment.
  expect(again).toBeLessThanOrEqual(4);
  expect(before.size - again).toBeGreaterThanOrEqual(1);
  const got = folder.sub('got');
  await cli.receive(link, got);
  const inside = onlyIn(got);
  expect(filesUnder(inside)).toEqual([...made.keys()].sort());
  for (const [path, digest] of made) expect(await sha256(join(inside, path))).toBe(digest);
  // Nothing of it is left in this browser.
  const left = await page.page.evaluate(() => new Promise<number>((resolve, reject) => {
    const opening = indexedDB.open('sealdrop');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const count = opening.result.transaction('handles').objectStore('handles').count();
      count.onsuccess = () => resolve(count.result);
      count.onerror = () => reject(count.error);
    };
  }));
  expect(left).toBe(0);
});

test('U12 what was to be continued can be left for something else, and is offered again', async ({ startServer, startTap, folder, context }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  const page = await pageWithPicker(context, tap, ['large.bin']);
  await make(page.page, 'large.bin', LARGE);
  await leaveAt(page, { server, tap }, 2);
  await make(page.page, 'large.bin', LARGE);
  await goOn(page, tap);
  await page.page.getByTestId('try-again').click();
  await page.page.getByTestId('not-now').click();
  await expect(page.page.getByTestId('going-on')).toHaveCount(0);
  await expect(page.page.getByTestId('unfinished')).toContainText('large.bin');
  await page.choose(folder.write('other.txt', 'something else').path);
  await expect(page.page.getByTestId('chosen-files')).toContainText('other.txt');
  await expect(page.page.getByTestId('chosen-files')).not.toContainText('large.bin');
});

test('U12 the file behind a stored handle was changed: it is refused, with the choice', async ({ startServer, startTap, folder, context, cli }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  const page = await pageWithPicker(context, tap, ['large.bin']);
  await make(page.page, 'large.bin', LARGE);
  await leaveAt(page, { server, tap }, 2);
  const changed = await make(page.page, 'large.bin', LARGE);
  await goOn(page, tap);
  await expect(page.error).toHaveAttribute('data-problem', 'source-changed');
  await page.page.getByTestId('try-again').click();
  await expect(page.page.getByTestId('going-on')).toContainText('These files have changed');
  await expect(page.page.getByTestId('not-now')).toBeVisible();
  await page.create.click();
  const link = await page.sent();
  const got = folder.sub('got');
  await cli.receive(link, got);
  expect(await sha256(join(got, 'large.bin'))).toBe(changed);
});

for (const [why, spoil] of [
  ['what it leads to is gone', async (): Promise<void> => (await navigator.storage.getDirectory()).removeEntry('large.bin')],
  ['the person does not allow it', async (): Promise<void> => { localStorage.setItem('refuse', '1'); }],
] as const) {
  test(`U09 a stored handle is of no use (${why}): the page says so, and the file is chosen again`, async ({ startServer, startTap, folder, context }) => {
    const server = await startServer();
    const tap = await startTap(server.url);
    const page = await pageWithPicker(context, tap, ['large.bin']);
    await refusable(page);
    await make(page.page, 'large.bin', LARGE);
    await leaveAt(page, { server, tap }, 2);
    await page.page.evaluate(spoil);
    await goOn(page, tap);
    await expect(page.page.getByTestId('going-on')).toContainText('Choose the files again');
    expect(await asked(page)).toBe('1');
    // Something else in its place is not taken for it.
    await page.choose((await folder.random('large.bin', LARGE)).path);
    await page.create.click();
    await expect(page.error).toHaveAttribute('data-problem', 'source-changed');
  });
}

test('U09 a wrong pick does not cost the stored handle: it leads on as soon as it can again', async ({ startServer, startTap, folder, context }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  const page = await pageWithPicker(context, tap, ['large.bin']);
  await refusable(page);
  await make(page.page, 'large.bin', LARGE);
  await leaveAt(page, { server, tap }, 2);
  await page.page.evaluate(() => localStorage.setItem('refuse', '1'));
  await goOn(page, tap);
  await page.choose((await folder.random('large.bin', LARGE)).path);
  await page.create.click();
  await expect(page.error).toHaveAttribute('data-problem', 'source-changed');
  await page.page.evaluate(() => localStorage.removeItem('refuse'));
  await goOn(page, tap);
  await page.sent();
  expect(await asked(page)).toBe('1');
});

test('U09 files of the plain input have no handle: the offer says that they are chosen again', async ({ startServer, startTap, folder, context }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  tap.lastPart = 2;
  const page = await pageWithPicker(context, tap, []);
  await page.page.goto(tap.url);
  await ready(page.page);
  await page.choose((await folder.random('a.bin', LARGE)).path);
  await page.create.click();
  await untilStored(server, 2);
  await page.page.goto(tap.url);
  await ready(page.page);
  await expect(page.page.getByTestId('go-on')).toHaveText('Choose the files and resume');
});

test('U09 a database of version 1 is upgraded, and the key in it stays', async ({ startServer, startTap, context }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  const page = await pageWithPicker(context, tap, ['large.bin']);
  await make(page.page, 'large.bin', LARGE);
  const secret = Buffer.alloc(32, 7);
  await page.page.evaluate(async (secret) => {
    const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'HKDF', false, ['deriveBits']);
    await new Promise((resolve, reject) => {
      const opening = indexedDB.open('sealdrop', 1);
      opening.onupgradeneeded = () => {
        for (const store of ['keys', 'uploads', 'lines']) opening.result.createObjectStore(store);
        opening.transaction?.objectStore('keys').add(key, 'device');
      };
      opening.onsuccess = () => { opening.result.close(); resolve(null); };
      opening.onerror = () => reject(opening.error);
    });
  }, [...secret]);
  await leaveAt(page, { server, tap }, 2);
  await goOn(page, tap);
  await page.sent();
  const [version, derived] = await page.page.evaluate(() => new Promise<[number, number[]]>((resolve, reject) => {
    const opening = indexedDB.open('sealdrop');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const kept = opening.result.transaction('keys').objectStore('keys').get('device');
      kept.onsuccess = () => {
        const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: new Uint8Array() };
        void crypto.subtle.deriveBits(how, kept.result as CryptoKey, 256).then((bits) => resolve([opening.result.version, [...new Uint8Array(bits)]]), reject);
      };
    };
  }));
  expect(version).toBe(5);
  expect(derived).toEqual([...new Uint8Array(hkdfSync('sha256', secret, Buffer.alloc(32), '', 32))]);
});

// Uploads that a browser, a tab or a server does not survive, and that go on all the same. The large ones run in a browser that
// nothing inspects. SEALDROP_RESUME_MIB makes them larger by hand.
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Driver, type Browser } from '../driver/webdriver';
import { Folder, sha256 } from '../fixtures/folder';
import { MIB, PART, atRest, parts, sentAgain, untilStored } from '../fixtures/parts';
import { expect, figure, test } from '../fixtures/test';
import { byTestId } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
import { SendPage, ready } from '../pages/send-page';

const LARGE = Number(process.env.SEALDROP_RESUME_MIB ?? 300) * MIB;

/** Kills every process that runs on a profile, with -9. */
function killBrowser(profile: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`--user-data-dir=${profile}`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

async function begin(browser: Browser, url: string, path: string): Promise<void> {
  await browser.go(url);
  await browser.until('hydrated', 'return document.documentElement?.dataset.hydrated !== undefined');
  await browser.fill(byTestId('file-input'), path);
  await browser.click(byTestId('create-link'));
}

/** Reopens the page, chooses the file again, and gives the link. */
async function goOn(browser: Browser, url: string, path: string): Promise<string> {
  await browser.go(url);
  await browser.until('hydrated', 'return document.documentElement?.dataset.hydrated !== undefined');
  await browser.until('the offer', `
    if (document.querySelector('${byTestId('unfinished')} ${byTestId('go-on')}')) return true;
    // What the database holds, for the message of a failure.
    if (!window.kept) {
      const say = (text) => { document.title = 'kept: ' + text; };
      window.kept = indexedDB.open('sealdrop');
      window.kept.onerror = () => say('no database: ' + window.kept.error);
      window.kept.onsuccess = () => {
        const from = window.kept.result.transaction(['uploads', 'lines']);
        const [uploads, lines] = ['uploads', 'lines'].map((name) => from.objectStore(name).count());
        from.oncomplete = () => say(uploads.result + ' uploads, ' + lines.result + ' lines');
        from.onerror = () => say('no stores: ' + from.error);
      };
    }
    return false;`);
  await browser.click(byTestId('go-on'));
  await browser.fill(byTestId('file-input'), path);
  await browser.until('the note', `return !!document.querySelector('${byTestId('going-on')}')`);
  await browser.click(byTestId('create-link'));
  return browser.until<string>('the link', `
    const error = document.querySelector('${byTestId('error')}');
    if (error) throw new Error('sending failed: ' + error.innerText);
    const link = document.querySelector('${byTestId('share-link')}');
    return link ? link.textContent.replace(/\\s/g, '') : null;`, 300_000);
}

test.describe('a browser that nothing inspects', () => {
  let driver: Driver;
  let profile: Folder;
  test.setTimeout(600_000);
  test.beforeEach(async () => {
    driver = await Driver.start();
    profile = new Folder('sealdrop-profile-');
  });
  test.afterEach(async () => {
    await driver.stop();
    killBrowser(profile.path);
    profile.remove();
  });

  test('U09 Chromium killed at 60 %: the next one sends only what is missing', async ({ startServer, folder, cli }, info) => {
    // One of its own: parts that other tests left behind would count as this one's.
    const server = await startServer();
    const file = await folder.random('large.bin', LARGE);
    const first = await driver.browser(undefined, profile.path);
    await begin(first, server.url, file.path);
    const most = Math.floor((LARGE / PART) * 0.6);
    await untilStored(server, most);
    killBrowser(profile.path);
    const before = await atRest(server);
    await driver.stop();
    driver = await Driver.start();

    const second = await driver.browser(undefined, profile.path);
    const link = await goOn(second, server.url, file.path);
    const again = sentAgain(server, before);
    figure(info, `${before.size} of ${Math.ceil(LARGE / PART)} parts were stored when Chromium was killed, ${again} of them were sent again`);
    // Those that were under way, or acknowledged in the very moment.
    expect(again).toBeLessThanOrEqual(4);
    expect(before.size - again).toBeGreaterThanOrEqual(most - 4);
    const got = folder.sub('got');
    await cli.receive(link, got);
    expect(await sha256(join(got, 'large.bin'))).toBe(file.sha256);
  });

  test('U09 the server killed instead: the page goes on when it is back', async ({ startServer, folder, cli }, info) => {
    const server = await startServer();
    const file = await folder.random('large.bin', LARGE);
    const browser = await driver.browser(undefined, profile.path);
    await begin(browser, server.url, file.path);
    await untilStored(server, Math.floor((LARGE / PART) * 0.4));
    await server.halt('SIGKILL');
    const before = parts(server);
    await server.startAgain();
    const link = await browser.until<string>('the link', `
      const link = document.querySelector('${byTestId('share-link')}');
      return link ? link.textContent.replace(/\\s/g, '') : null;`, 300_000);
    const again = sentAgain(server, before);
    figure(info, `${before.size} of ${Math.ceil(LARGE / PART)} parts were stored when the server was killed, ${again} of them were sent again`);
    expect(again).toBeLessThanOrEqual(4);
    const got = folder.sub('got');
    await cli.receive(link, got);
    expect(await sha256(join(got, 'large.bin'))).toBe(file.sha256);
  });
});

test('U09 a reload offers to go on, and discarding leaves nothing in the bucket', async ({ startServer, startTap, folder, context }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  tap.lastPart = 3;
  const page = new SendPage(await context.newPage());
  await page.page.goto(tap.url);
  await ready(page.page);
  await page.choose((await folder.random('a.bin', 60 * MIB)).path);
  await page.create.click();
  await untilStored(server, 2);
  page.page.on('dialog', (dialog) => void dialog.accept());
  await page.page.goto(tap.url);
  await ready(page.page);
  tap.lastPart = undefined;
  const offer = page.page.getByTestId('unfinished');
  await expect(offer).toContainText('a.bin');
  await page.page.getByTestId('discard').click();
  await page.page.getByTestId('discard').click();
  await expect(offer).toHaveCount(0);
  // The bytes go right after the answer.
  await expect.poll(() => parts(server).size).toBe(0);
  await page.page.reload();
  await ready(page.page);
  await page.page.waitForTimeout(500);
  await expect(offer).toHaveCount(0);
});

test('U09 B10 where the engine refuses locks, as with site data blocked, files are sent and received all the same', async ({ startServer, folder, context }) => {
  const server = await startServer();
  await context.addInitScript(() => {
    if (navigator.locks) navigator.locks.request = () => Promise.reject(new DOMException('Access to the Locks API is denied in this context.', 'SecurityError'));
  });
  const send = new SendPage(await context.newPage());
  await send.page.goto(server.url);
  await ready(send.page);
  const file = await folder.random('a.bin', 12 * MIB);
  await send.choose(file.path);
  const receive = new ReceivePage(await context.newPage());
  await receive.openList(await send.send());
  expect(await receive.receive()).toBe('verified');
  expect(await sha256(await receive.downloads[0]!.path())).toBe(file.sha256);
});

test('U10 a second tab says that the first one is at it', async ({ startServer, startTap, folder, context }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  tap.lastPart = 1;
  const [one, two] = [new SendPage(await context.newPage()), new SendPage(await context.newPage())];
  await one.page.goto(tap.url);
  await ready(one.page);
  await one.choose((await folder.random('a.bin', 60 * MIB)).path);
  await one.create.click();
  await untilStored(server, 1);
  await two.page.goto(tap.url);
  await ready(two.page);
  await expect(two.page.getByTestId('in-use')).toBeVisible();
  await expect(two.page.getByTestId('go-on')).toHaveCount(0);
  tap.lastPart = undefined;
  await one.sent();
});

test('U12 another file of that name is refused, with the choice to start over', async ({ startServer, startTap, folder, context, cli }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  tap.lastPart = 3;
  const page = new SendPage(await context.newPage());
  await page.page.goto(tap.url);
  await ready(page.page);
  const file = await folder.random('a.bin', 60 * MIB);
  await page.choose(file.path);
  await page.create.click();
  await untilStored(server, 2);
  page.page.on('dialog', (dialog) => void dialog.accept());
  await page.page.goto(tap.url);
  await ready(page.page);
  tap.lastPart = undefined;
  truncateSync(file.path, 59 * MIB);
  await page.page.getByTestId('go-on').click();
  await page.choose(file.path);
  await page.create.click();
  await expect(page.error).toHaveAttribute('data-problem', 'source-changed');
  await page.page.getByTestId('try-again').click();
  await expect(page.page.getByTestId('going-on')).toContainText('These files have changed');
  await page.create.click();
  const link = await page.sent();
  const got = folder.sub('got');
  await cli.receive(link, got);
  expect(await sha256(join(got, 'a.bin'))).toBe(await sha256(file.path));
});

test('U03 without a network it waits, says so, and goes on by itself', async ({ startServer, folder, context }) => {
  const server = await startServer();
  const page = new SendPage(await context.newPage());
  await page.page.goto(server.url);
  await ready(page.page);
  await page.choose((await folder.random('a.bin', 60 * MIB)).path);
  await page.create.click();
  await untilStored(server, 1);
  await context.setOffline(true);
  await expect(page.page.getByText('You are offline.').first()).toBeVisible({ timeout: 60_000 });
  const there = parts(server).size;
  await page.page.waitForTimeout(3_000);
  expect(parts(server).size).toBeLessThanOrEqual(there + 3);
  await context.setOffline(false);
  expect(await page.sent()).toContain('/d/');
});

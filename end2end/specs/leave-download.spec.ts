// A page that is left during a download gives its place back, and the browser that had it finds it again.
import { Owner, Recipient } from '../fixtures/api';
import { Firefox } from '../driver/firefox';
import { receiveSome, verdict } from '../driver/interrupted';
import { openList } from '../driver/transfer';
import { Line } from '../fixtures/line';
import { expect, test, type Fixtures } from '../fixtures/test';
import type { Browser, BrowserContext } from '@playwright/test';
import type { Server } from '../fixtures/server';
import { expectExplained } from '../pages/explains';
import { byTestId, problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';

type Needed = Pick<Fixtures, 'startTap' | 'cli' | 'folder'> & { server: Server; browser: Browser };

/** The only download of a link, under way and standing still. */
async function underWay({ startTap, server, browser, cli, folder }: Needed) {
  const tap = await startTap(server.url);
  const { link, ownerToken } = await cli.send([(await folder.random('one.bin', 24 << 20)).path], ['--downloads', '1']);
  const address = `${tap.url}/d/${link.id}#${link.fragment}`;
  const context = await browser.newContext({ baseURL: tap.url });
  const receive = await newPage(context);
  const owner = new Owner(link, ownerToken);
  await receive.openList(address);
  tap.standAfter = 4 << 20;
  // The page can give back only what it knows that it has.
  const claimed = receive.page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/claims'));
  await receive.download.first().click();
  await claimed;
  await expect.poll(async () => (await owner.status()).active).toBe(1);
  return { tap, link, owner, address, context, receive };
}

async function newPage(context: BrowserContext): Promise<ReceivePage> {
  const receive = new ReceivePage(await context.newPage());
  receive.page.on('dialog', (dialog) => void dialog.accept());
  return receive;
}

for (const [how, leave] of [
  ['closed', (receive: ReceivePage) => receive.page.close({ runBeforeUnload: true })],
  ['reloaded', (receive: ReceivePage) => receive.page.reload()],
  ['left for another site', (receive: ReceivePage) => receive.page.goto('about:blank')],
] as const) {
  test(`a tab that is ${how} during the only download gives it back, and another recipient gets it`, async ({ startTap, server, browser, cli, folder, recipient }) => {
    const { tap, owner, address, context, receive } = await underWay({ startTap, server, browser, cli, folder });
    await leave(receive);
    // A browser runs what a page says last behind the next one, when it has time.
    await expect.poll(async () => (await owner.status()).active, { timeout: 30_000 }).toBe(0);
    tap.standAfter = undefined;
    const other = await recipient();
    await other.openList(address);
    expect(await other.receive()).toBe('verified');
    expect(await owner.status()).toMatchObject({ used: 1, active: 0 });
    await context.close();
  });
}

test('the place that was given back is taken again by the same browser, and one download is counted', async ({ startTap, server, browser, cli, folder }) => {
  const { tap, owner, address, context, receive } = await underWay({ startTap, server, browser, cli, folder });
  await receive.page.close({ runBeforeUnload: true });
  await expect.poll(async () => (await owner.status()).active, { timeout: 30_000 }).toBe(0);
  tap.standAfter = undefined;
  const again = await newPage(context);
  await again.openList(address);
  expect(await again.receive()).toBe('verified');
  expect(await owner.status(), 'the same claim went on: nothing failed').toMatchObject({ used: 1, active: 0, failed: 0 });
  await context.close();
});

test('where nothing could be said, the same browser finds its own place and others are told when it is free', async ({ startTap, server, browser, cli, folder, recipient }) => {
  const { tap, owner, address, context, receive } = await underWay({ startTap, server, browser, cli, folder });
  // The page's last request is refused, whenever the browser sends it.
  const isLastWord = ({ url }: { url: string }) => url.endsWith('/release');
  tap.refuse = (exchange) => (isLastWord(exchange) ? 503 : undefined);
  await receive.page.goto('about:blank');
  await expect.poll(() => tap.exchanges.some(isLastWord), { timeout: 30_000 }).toBe(true);
  tap.standAfter = undefined;
  expect((await owner.status()).active, 'the place is still reserved').toBe(1);
  const other = await recipient();
  await other.openList(address);
  await other.download.first().click();
  const said = await expectExplained(other.page, problem.busy);
  expect(said).toMatch(/still reserved.*becomes free in about (9|10) minutes/);
  expect(said).not.toContain('Other people');
  await receive.openList(address);
  expect(await receive.receive()).toBe('verified');
  expect(await owner.status()).toMatchObject({ used: 1, active: 0, failed: 0 });
  await context.close();
});

test('the claim that a browser keeps is sealed, and gone when its download is counted', async ({ startTap, server, browser, cli, folder }) => {
  const { tap, link, address, context, receive } = await underWay({ startTap, server, browser, cli, folder });
  const claimsAsked = () => tap.exchanges.flatMap((one) => /claims\/([A-Za-z0-9_-]{22})\//.exec(one.url)?.[1] ?? []);
  await expect.poll(() => claimsAsked().length).toBeGreaterThan(0);
  const claims = claimsAsked();
  await expect.poll(() => places(receive)).toHaveLength(1);
  const kept = JSON.stringify(await places(receive));
  expect(kept).toContain(link.id);
  for (const claim of claims) {
    expect(kept).not.toContain(claim);
    expect(kept).not.toContain(Buffer.from(claim, 'base64url').toString('hex'));
  }
  expect(kept).not.toContain(link.fragment.slice(4, 40));
  tap.standAfter = undefined;
  expect(await receive.verdict()).toBe('verified');
  await expect.poll(() => places(receive)).toEqual([]);
  await receive.page.goto('about:blank');
  await receive.page.goto(address);
  await context.close();
});

test('a wait is told with its time, by the server as well', async ({ cli, folder }) => {
  const { link } = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1']);
  const holder = new Recipient(link);
  const claim = await holder.claim();
  const refused = await fetch(`${link.origin}/api/v1/links/${link.id}/claims`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: holder.auth, claim_id: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'download' }),
  });
  expect(refused.status).toBe(409);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(9 * 60);
  expect(wait).toBeLessThanOrEqual(10 * 60);
  await holder.release(claim);
});

// Whether Firefox sends what a page says last depends on how busy it is; until it has, or the lease is over, the place is the browser's own.
test('Firefox: a tab that is left downloads it when it comes again', async ({ server, cli, folder }) => {
  const { url, link, ownerToken } = await cli.send([(await folder.random('one.bin', 48 << 20)).path], ['--downloads', '1']);
  const owner = new Owner(link, ownerToken);
  const line = await Line.start(server.url, 4 << 20);
  const browser = await Firefox.start();
  try {
    await receiveSome(browser, line.through(url), 4 << 20);
    expect((await owner.status()).active).toBe(1);
    await browser.go('about:blank');
    await openList(browser, url);
    await browser.click(byTestId('receive-download'));
    expect(await verdict(browser)).toBe('verified');
    expect(await owner.status()).toMatchObject({ used: 1, active: 0 });
  } finally {
    await browser.close();
    await line.stop();
  }
});

/** What the database holds of places. */
function places(receive: ReceivePage): Promise<unknown[]> {
  return receive.page.evaluate(() => new Promise<unknown[]>((resolve, reject) => {
    const opening = indexedDB.open('sealdrop');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const store = opening.result.transaction('places').objectStore('places');
      const [keys, values] = [store.getAllKeys(), store.getAll()];
      store.transaction.oncomplete = () => {
        opening.result.close();
        resolve(keys.result.map((key, at) => [key, values.result[at]]));
      };
    };
  }));
}

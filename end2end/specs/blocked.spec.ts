// What stands between a page and its server: a proxy that refuses, a login in front, another address. It is named, with what to do.
import type { Page } from '@playwright/test';
import { Cli } from '../fixtures/cli';
import { SeaweedFs } from '../fixtures/seaweedfs';
import { header, type Exchange } from '../fixtures/tap';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { ReceivePage } from '../pages/receive-page';
import { ready, SendPage } from '../pages/send-page';

const isPart = ({ method, url }: { method: string; url: string }): boolean => method === 'PUT' && url.startsWith('/blobs/');

test.describe('X15 a proxy that refuses parts', () => {
  for (const [status, words] of [[413, 'does not accept pieces of this size (413)'], [403, 'does not allow this (403)'], [405, 'does not allow this (405)'], [401, 'asks for a login']] as const) {
    test(`X15 with ${status}: named by page and command line, each with what to do`, async ({ server, startTap, folder, browser }) => {
      const tap = await startTap(server.url);
      tap.refuse = (exchange) => (isPart(exchange) ? status : undefined);
      const file = folder.write('a.txt', 'hello').path;
      const context = await browser.newContext({ baseURL: tap.url });
      const send = new SendPage(await context.newPage());
      await send.open();
      await send.choose(file);
      await send.create.click();
      const said = await expectExplained(send.page, 'refused-on-the-way');
      expect(said).toContain(words);
      expect(said).toContain('Tell the operator of this server');
      expect(said).not.toContain('The server does not answer');
      tap.refuse = undefined;
      await send.page.getByTestId('try-again').click();
      await send.send();
      await context.close();

      tap.refuse = (exchange) => (isPart(exchange) ? status : undefined);
      const ran = await new Cli(tap.url, folder.sub('state')).run(['send', file]);
      expect(ran.code, ran.stderr).toBe(1);
      expect(ran.stderr).toContain(`(${status})`);
      expect(ran.stderr).toMatch(/tell the operator of the server/i);
    });
  }

  test('X15 ranges: named, and the link is still good', async ({ server, startTap, folder, browser, cli }) => {
    const sent = await cli.send([folder.write('a.txt', 'hello').path]);
    const tap = await startTap(server.url);
    const context = await browser.newContext({ baseURL: tap.url });
    const receive = new ReceivePage(await context.newPage());
    await receive.openList(sent.url.replace(server.url, tap.url));
    tap.refuse = ({ url }) => (url.startsWith('/blobs/') ? 403 : undefined);
    await receive.download.first().click();
    expect(await expectExplained(receive.page, 'refused-on-the-way')).toContain('Your link is still good');
    tap.refuse = undefined;
    await receive.page.getByTestId('try-again').click();
    expect(await receive.verdict()).toBe('verified');
    await context.close();
  });
});

test('X16 a server that is open under another address than its own is named', async ({ server, folder, context }) => {
  const body = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SignatureDoesNotMatch</Code></Error>';
  await context.route('**/blobs/**', (route) => route.fulfill({ status: 403, contentType: 'application/xml', body }));
  const send = new SendPage(await context.newPage());
  await send.page.goto(server.url);
  await ready(send.page);
  await send.choose(folder.write('a.txt', 'hello').path);
  await send.create.click();
  expect(await expectExplained(send.page, 'wrong-address')).toContain('Open the site at its usual address');
});

test('X16 a storage that keeps the page out is told from a server that is away', async ({ server, folder, context }) => {
  const send = new SendPage(await context.newPage());
  await send.page.clock.install();
  await context.route('**/blobs/**', (route) => route.abort('connectionrefused'));
  await send.page.goto(server.url);
  await ready(send.page);
  await send.choose(folder.write('a.txt', 'hello').path);
  await send.create.click();
  await waits(send.page);
  const said = await expectExplained(send.page, 'storage-unreachable');
  expect(said).toContain('The server answers, but its storage does not');
});

/** Lets the pauses between tries pass. */
async function waits(page: Page): Promise<void> {
  await expect.poll(async () => {
    await page.clock.fastForward(40_000);
    return page.getByTestId('error').count();
  }, { timeout: 60_000, intervals: [50] }).toBe(1);
}

test('X17 behind a login that a proxy asks for, a page sends and receives', async ({ server, startTap, folder, browser }) => {
  const tap = await startTap(server.url);
  tap.login = { username: 'ada', password: 'engine' };
  const context = await browser.newContext({ baseURL: tap.url, httpCredentials: { ...tap.login, origin: tap.url } });
  const send = new SendPage(await context.newPage());
  await send.open();
  await send.choose(folder.write('a.txt', 'hello').path);
  const link = await send.send();
  const receive = new ReceivePage(await context.newPage());
  await receive.openList(link);
  expect(await receive.receive()).toBe('verified');
  await context.close();
});

test('X17 the login that a proxy asked for goes to no other origin, even where that asks for one', async ({ startServer, startTap, folder, browser }) => {
  const s3 = await SeaweedFs.start();
  try {
    const storage = await startTap(s3.url);
    const credentials = { S3_REGION: s3.region, S3_BUCKET: s3.bucket, S3_ACCESS_KEY_ID: s3.accessKey, S3_SECRET_ACCESS_KEY: s3.secretKey };
    const server = await startServer({ env: { S3_ENDPOINT: s3.url, S3_PUBLIC_ENDPOINT: storage.url, ...credentials } });
    const tap = await startTap(server.url);
    s3.allow(tap.url);
    tap.login = { username: 'ada', password: 'engine' };
    // Without an origin: the browser itself would give it to any page.
    const context = await browser.newContext({ baseURL: tap.url, httpCredentials: tap.login });
    const send = new SendPage(await context.newPage());
    await send.open();
    await send.choose(folder.write('a.txt', 'hello').path);
    const link = await send.send();
    const receive = new ReceivePage(await context.newPage());
    await receive.openList(link);
    // From now on the storage asks as well, once. A request that would carry a login there is one that S3 does not allow to pages.
    const before = storage.exchanges.length;
    storage.refusalHeaders = { 'access-control-allow-origin': tap.url, 'access-control-allow-credentials': 'true', 'www-authenticate': 'Basic realm="drop"' };
    storage.refuse = ({ method }) => {
      if (method !== 'GET') return undefined;
      storage.refuse = undefined;
      return 401;
    };
    const verdict = await receive.receive();
    await context.close();
    const statuses = storage.exchanges.slice(before).filter(({ method }) => method === 'GET').map(({ status }) => status);
    const told = (exchanges: Exchange[]) => exchanges.filter(({ requestHeaders }) => header(requestHeaders, 'authorization') !== undefined).map(({ method, url }) => `${method} ${url.split('?')[0]}`);
    expect(told(storage.exchanges)).toEqual([]);
    expect(statuses.slice(0, 2), 'it asked for a login, and was asked once more').toEqual([401, 206]);
    expect(verdict).toBe('verified');
    expect(told(tap.exchanges), 'its own origin has it').not.toEqual([]);
  } finally {
    await s3.stop();
  }
});

// The canary test: nothing that a sender wants hidden may be found in anything the operator can see, in any shape, and
// a leak planted in any of those places is found.
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { Recipient } from '../fixtures/api';
import { Cli } from '../fixtures/cli';
import { deriveAuth, derivePayloadKey, parseLink } from '../fixtures/link';
import type { Server } from '../fixtures/server';
import type { Exchange, Tap } from '../fixtures/tap';
import { expect, figure, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';
import { SendPage } from '../pages/send-page';
import { exchangeHaystacks, folderHaystacks, scan, text, type Haystack, type Marker } from '../scan/scan';

test.describe.configure({ timeout: 900_000 });

const tag = (what: string) => `Kanarie-${what}-${randomBytes(9).toString('hex')}-ß&"é`;

/** Everything that the browser says it asked for and was told, beside what the tap saw. */
function listen(context: BrowserContext, into: Haystack[]): () => Promise<void> {
  const pending: Promise<void>[] = [];
  context.on('request', (request) => {
    const where = `browser: ${request.method()} ${new URL(request.url()).pathname}`;
    into.push({ channel: 'request address', where, bytes: text(request.url()) });
    if (request.postDataBuffer()) into.push({ channel: 'request body', where, bytes: request.postDataBuffer()! });
    pending.push(request.allHeaders().then((headers) => {
      into.push({ channel: 'request headers', where, bytes: text(JSON.stringify(headers)) });
    }, () => undefined));
  });
  context.on('response', (response) => {
    // What the service worker hands to the download was opened here and never crossed a wire.
    if (response.fromServiceWorker()) return;
    const where = `browser: answer of ${new URL(response.url()).pathname}`;
    pending.push(response.body().then((bytes) => { into.push({ channel: 'response body', where, bytes }); }, () => undefined));
  });
  return async () => { await Promise.race([Promise.all(pending), new Promise((resolve) => setTimeout(resolve, 60_000))]); };
}

/** What only the holder of a link can know: its key and everything derived from it that stays with clients. */
async function linkSecrets(url: string, name: string): Promise<Marker[]> {
  const link = parseLink(url);
  const markers: Marker[] = [{ name: `${name}: fragment`, bytes: text(link.fragment) }, { name: `${name}: link secret`, bytes: link.secret }];
  if (link.flags !== 0) return markers;
  markers.push({ name: `${name}: payload key`, bytes: derivePayloadKey(link) });
  const { text: payload } = await new Recipient(link).payload();
  const { objs = [], man } = JSON.parse(payload) as { objs?: { fek: string }[]; man?: { fek: string } };
  for (const [index, { fek }] of [...objs, ...(man ? [man] : [])].entries()) {
    markers.push({ name: `${name}: key of object ${index}`, bytes: Buffer.from(fek, 'base64url') });
  }
  return markers;
}

function* everything(server: Server, tap: Tap, heard: Haystack[], clientState: string): Generator<Haystack> {
  yield* exchangeHaystacks(tap.exchanges);
  yield* heard;
  yield { channel: 'log', where: 'all lines', bytes: text(server.lines.join('\n')) };
  // The data folder holds the database with its write-ahead log, and the bucket.
  for (const one of folderHaystacks('data', server.data)) yield { ...one, channel: one.where.includes('blobs') ? 'bucket' : 'database' };
  yield* folderHaystacks('state of the command line', clientState);
}

for (const level of [undefined, 'trace']) {
  test(`S03 nothing is found with ${level ? `SEALDROP_LOG=${level}` : 'the usual log'}`, async ({ startServer, startTap, folder, browser }, info) => {
    const server = await startServer({ log: level });
    const tap = await startTap(server.url);
    tap.record = true;
    const cli = new Cli(tap.url, folder.sub('cli-state'));
    const [inside, name, password, note] = [tag('content'), tag('name'), tag('password'), tag('note')];
    const body = Buffer.concat([text(inside), randomBytes(300_000), text(inside), Buffer.from(inside, 'utf16le'), randomBytes(100_000)]);
    const made = [folder.write(`${name.replaceAll('"', '')}.txt`, body), folder.write('second.txt', `${inside}\n`)];
    const markers: Marker[] = [
      { name: 'content', bytes: text(inside) },
      { name: 'content, digest', bytes: createHash('sha256').update(body).digest() },
      { name: 'content, a random piece', bytes: body.subarray(200_000, 200_032) },
      { name: 'file name', bytes: text(name.replaceAll('"', '')) },
      { name: 'password', bytes: text(password) },
      { name: 'note', bytes: text(note) },
    ];

    const heard: Haystack[] = [];
    const settle: (() => Promise<void>)[] = [];
    const stored: Haystack[] = [];
    const fresh = async () => {
      const context = await browser.newContext({ baseURL: tap.url });
      settle.push(listen(context, heard));
      return context;
    };
    const links: string[] = [];
    for (const guarded of [false, true]) {
      const sender = await fresh();
      const send = new SendPage(await sender.newPage());
      await send.open();
      await send.choose(made.map((one) => one.path));
      await send.terms({ note, ...(guarded ? { password } : {}) });
      links.push(await send.send());
      stored.push(await storageOf(sender, send));
      await sender.close();
      const recipient = await fresh();
      const receive = new ReceivePage(await recipient.newPage());
      await receive.openList(links.at(-1)!, guarded ? password : undefined);
      await expect(receive.page.getByTestId('receive-note')).toHaveText(note);
      expect(await receive.receive()).toBe('verified');
      stored.push(await storageOf(recipient, receive));
      await recipient.close();
    }
    const fromCli = await cli.send(made.map((one) => one.path), [], { password });
    links.push(fromCli.url, (await cli.send([made[0]!.path])).url);
    for (const [link, more] of [[links[0]!, {}], [links[2]!, { password }]] as const) {
      const received = await cli.receive(link, folder.sub(`received-${link.slice(-4)}`), more);
      expect(received.code, received.stderr).toBe(0);
    }
    // A wrong password and a wrong link leave no trace either.
    await cli.receive(links[1]!, folder.sub('refused'), { password: `${password}x` });
    await Promise.all(settle.map((one) => one()));
    for (const [index, link] of links.entries()) markers.push(...(await linkSecrets(link, `link ${index + 1}`)));

    await server.halt();
    const haystacks = [...everything(server, tap, heard, cli.state), ...stored];
    const channels = new Set(haystacks.map((one) => one.channel));
    for (const channel of ['request address', 'request headers', 'request body', 'response body', 'log', 'database', 'bucket']) {
      expect(channels, `something was searched in: ${channel}`).toContain(channel);
    }
    const { hits, searches, bytes } = scan(haystacks, markers);
    // Bearers do travel, but only in requests: a dump of what the operator keeps opens nothing.
    const bearers: Marker[] = [
      { name: 'bearer of a link', bytes: deriveAuth(parseLink(links[0]!)) },
      { name: 'bearer of a link, as text', bytes: text(deriveAuth(parseLink(links[0]!)).toString('base64url')) },
      { name: 'owner token', bytes: Buffer.from(fromCli.ownerToken, 'base64url') },
      { name: 'owner token, as text', bytes: text(fromCli.ownerToken) },
    ];
    const kept = haystacks.filter((one) => ['log', 'database', 'bucket', 'response body', 'response headers', 'request address'].includes(one.channel));
    expect(scan(kept, bearers).hits).toEqual([]);
    expect(scan(haystacks, bearers).hits.map((hit) => hit.channel), 'they were looked for in the right shape').toContain('request body');
    figure(info, `${searches.toLocaleString('en')} canary searches (${markers.length} markers, ${haystacks.length} places, ${(bytes / 1e6).toFixed(1)} MB, log ${level ?? 'usual'}): ${hits.length} hits`);
    expect(hits).toEqual([]);
  });
}

/** What the app left in the browser, where a later page or another person at this computer could read it. */
async function storageOf(context: BrowserContext, { page }: { page: import('@playwright/test').Page }): Promise<Haystack> {
  const state = await context.storageState({ indexedDB: true }).catch(() => context.storageState());
  const caches = await page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await globalThis.caches.keys()) {
      for (const request of await (await globalThis.caches.open(name)).keys()) found.push(request.url);
    }
    return found;
  });
  return { channel: 'browser storage', where: page.url().split('#')[0]!, bytes: text(JSON.stringify([state, caches, await page.evaluate(() => history.state as unknown)])) };
}

test('S03 a planted leak is found in every channel', async ({ startServer, startTap, folder, page }, info) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  tap.record = true;
  const heard: Haystack[] = [];
  const settle = listen(page.context(), heard);
  const secret = tag('planted');
  const marker: Marker = { name: 'planted', bytes: text(secret) };
  const cli = new Cli(tap.url, folder.sub('cli-state'));
  await cli.send([folder.write('x.txt', 'x').path]);

  await page.goto(tap.url);
  const base64 = text(`xx${secret}`).toString('base64url');
  await page.evaluate(async ([plain, coded]) => {
    await fetch(`/healthz?leak=${encodeURIComponent(plain!)}`);
    await fetch('/healthz', { headers: { 'x-leak': coded! } });
    await fetch('/api/v1/uploads', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ leak: plain }) });
  }, [secret, base64] as const);
  await settle();
  await server.halt();

  const copy = folder.sub('copy');
  cpSync(server.data, copy, { recursive: true });
  const bucketFile = [...folderHaystacks('bucket', server.bucket)].find((one) => !one.where.startsWith('name of'))!.where;
  appendFileSync(join(copy, 'blobs', bucketFile), Buffer.from(secret, 'utf16le').swap16());
  const database = readdirSync(copy).find((name) => /\.(db|sqlite3?)$/.test(name))!;
  appendFileSync(join(copy, database), text(secret).toString('hex'));
  appendFileSync(join(cli.state, 'forgotten'), encodeURIComponent(secret));
  const answered: Exchange = { ...tap.exchanges[0]!, responseBody: text(`{"x":"${base64}"}`), responseHeaders: ['x-leak', encodeURIComponent(secret)] };

  const planted = scan([
    ...exchangeHaystacks([...tap.exchanges, answered]),
    ...heard,
    { channel: 'log', where: 'a planted line', bytes: text(`${server.lines.join('\n')}\nlink=${JSON.stringify(secret)}`) },
    ...[...folderHaystacks('data', copy)].map((one) => ({ ...one, channel: one.where.includes('blobs') ? 'bucket' : 'database' })),
    ...folderHaystacks('state of the command line', cli.state),
  ], [marker]).hits;
  const found = [...new Set(planted.map((hit) => hit.channel))].sort();
  expect(found).toEqual([
    'bucket', 'database', 'log', 'request address', 'request body', 'request headers', 'response body', 'response headers',
    'state of the command line',
  ]);
  figure(info, `planted leaks found in ${found.length} of 9 channels`);
});

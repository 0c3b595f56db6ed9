// The main path in Debian's Firefox ESR: from Firefox to Firefox, to the command line, and from Chromium. Files of nothing, of
// one record and of several parts; the last one streams through the service worker.
import { join } from 'node:path';
import { Firefox } from '../driver/firefox';
import { receiveSome } from '../driver/interrupted';
import type { Tab } from '../driver/tab';
import { receive, send, type Terms } from '../driver/transfer';
import { Driver } from '../driver/webdriver';
import { Cli } from '../fixtures/cli';
import { Folder, onlyIn, sha256, type Made } from '../fixtures/folder';
import { Line } from '../fixtures/line';
import { expectSaved } from '../fixtures/saved';
import { Server } from '../fixtures/server';
import { expect, figure, test } from '../fixtures/test';

const megabytes = Number(process.env.SEALDROP_FIREFOX_MIB ?? 40);
/** Of its own: what a policy stopped in other tests, on purpose, is not reported to it. */
let server: Server;
let source: Folder;
let made: Made[];
/** One sender for all; who receives has a clean profile each time. */
let sender: Firefox;
let link: string;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  source = new Folder();
  made = [await source.random('empty.bin', 0), await source.random('small é.bin', 1024), await source.random('large.bin', megabytes << 20)];
  server = await Server.start();
  sender = await Firefox.start();
});

test.afterAll(async () => {
  await sender?.close();
  await server?.stop();
  source?.remove();
});

/** Nothing on the console, nothing that a policy stopped. */
function expectCalm(browser: Firefox): void {
  expect(browser.complaints).toEqual([]);
  expect(server.lines.filter((line) => line.includes('content security policy')), 'reports to the server').toEqual([]);
}

const sendFrom = (browser: Tab, terms: Terms = {}): Promise<string> => send(browser, server.url, made.map((one) => one.path), { terms });

/** Receives in a Firefox with a clean profile. */
async function receiveInFirefox(url: string, password?: string): Promise<number> {
  const browser = await Firefox.start();
  try {
    const begin = performance.now();
    const watched = await receive(browser, url, [], { password });
    expect(watched.states.filter((state) => state !== 'idle')).toEqual(['working', 'verified']);
    await expectSaved(browser, made);
    const seconds = (performance.now() - begin) / 1000;
    expect(await browser.run('return location.href'), 'the key is gone from the address').not.toContain('#');
    expectCalm(browser);
    return seconds;
  } finally {
    await browser.close();
  }
}

test('from Firefox to Firefox', async ({}, info) => {
  const begin = performance.now();
  link = await sendFrom(sender);
  expectCalm(sender);
  const sent = (performance.now() - begin) / 1000;
  const received = await receiveInFirefox(link);
  figure(info, `Firefox ESR ${sender.version}: 3 files, ${megabytes} MiB, sent in ${sent.toFixed(1)} s, received in ${received.toFixed(1)} s, SHA-256 equal, 0 complaints`);
});

test('from Firefox to the command line', async ({ folder }) => {
  const into = folder.sub('received');
  const ran = await new Cli(server.url, folder.sub('state')).receive(link, into);
  expect(ran.code, ran.stderr).toBe(0);
  for (const one of made) expect(await sha256(join(onlyIn(into), one.name)), one.name).toBe(one.sha256);
});

test('from Chromium to Firefox', async () => {
  const driver = await Driver.start();
  let url: string;
  try {
    url = await sendFrom(await driver.browser());
  } finally {
    await driver.stop();
  }
  await receiveInFirefox(url);
});

test('a link with a password, from Firefox to Firefox', async () => {
  const url = await sendFrom(sender, { password: 'Größe und Güte' });
  expectCalm(sender);
  await receiveInFirefox(url, 'Größe und Güte');
});

test('D04 Firefox: a process that is killed in the middle leaves nothing that looks finished', async ({ folder }) => {
  const one = await folder.random('killed.bin', 64 << 20);
  const { url } = await new Cli(server.url, folder.sub('state')).send([one.path]);
  const line = await Line.start(server.url, 4 << 20);
  const browser = await Firefox.start();
  try {
    await receiveSome(browser, line.through(url), 12 << 20);
    await browser.kill();
    expect(browser.hasSaved(one.name)).toBe(false);
  } finally {
    await browser.close();
    await line.stop();
  }
});

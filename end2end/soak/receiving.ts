// Gigabytes received in real browsers: whole over a slow line, and ended in the middle by the two things that end them.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Firefox } from '../driver/firefox';
import { receiveSome, verdict } from '../driver/interrupted';
import { QuietChromium } from '../driver/quiet-chromium';
import { sideBySide } from '../driver/side-by-side';
import { Cli } from '../fixtures/cli';
import { Folder, sha256, type Made } from '../fixtures/folder';
import { Server } from '../fixtures/server';
import { expect, figure, test } from '../fixtures/test';

const mebibytes = Number(process.env.SEALDROP_SOAK_RECEIVE_MIB ?? 6144);
const bytesPerSecond = Number(process.env.SEALDROP_SOAK_RATE ?? 12_000_000);
let folder: Folder;
let server: Server;
let made: Made;
let link: string;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  folder = new Folder();
  server = await Server.start();
  made = await folder.random('large.bin', mebibytes * 2 ** 20);
  link = (await new Cli(server.url, folder.sub('state')).send([made.path], ['--downloads', '10'])).url;
  rmSync(made.path);
});

test.afterAll(async () => {
  await server?.stop();
  folder?.remove();
});

test('D03 gigabytes over a slow line arrive whole, in Firefox and in Chromium side by side', async ({}, info) => {
  figure(info, await sideBySide({ origin: server.url, link, made, bytesPerSecond }));
});

test('D04 Chromium: a service worker that is stopped in the middle completes or fails, and nothing looks finished that is not', async ({}, info) => {
  const browser = await QuietChromium.start();
  try {
    await receiveSome(browser, link, made.len / 3, 900_000);
    await browser.stopServiceWorkers();
    const state = await verdict(browser, 600_000);
    if (state === 'verified') expect(await sha256(join(browser.downloads, made.name))).toBe(made.sha256);
    else expect(browser.hasSaved(made.name)).toBe(false);
    figure(info, `Chromium ${browser.version}, service worker stopped after ${Math.round(mebibytes / 3)} MiB: ${state}`);
  } finally {
    await browser.close();
  }
});

test('D04 Firefox: a process that is killed in the middle leaves nothing that looks finished', async ({}, info) => {
  const browser = await Firefox.start();
  try {
    await receiveSome(browser, link, made.len / 3, 900_000);
    await browser.kill();
    expect(browser.hasSaved(made.name)).toBe(false);
    figure(info, `Firefox ESR ${browser.version}, killed after ${Math.round(mebibytes / 3)} MiB: left as unfinished`);
  } finally {
    await browser.close();
  }
});

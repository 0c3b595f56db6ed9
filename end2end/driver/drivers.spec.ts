// Every driver against a page of ten lines: choosing files, typing, running scripts, and saving downloads.
import { expect, test } from '@playwright/test';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Folder } from '../fixtures/folder';
import { Firefox } from './firefox';
import { QuietChromium } from './quiet-chromium';
import { webkit } from './engines';
import { finished, type Tab } from './tab';
import { Driver } from './webdriver';

const page = `<!doctype html><title>t</title><input type=file multiple data-testid=pick hidden><input data-testid=type>
<p style="height: 3000px"></p><button data-testid=go disabled>go</button>
<p id=said></p><script>
const [pick, type] = document.querySelectorAll('input'), go = document.querySelector('button');
pick.onchange = () => { go.disabled = false; };
go.onclick = () => { said.textContent = [type.value, ...[...pick.files].map((f) => f.name + ':' + f.size)].join(' '); location.href = '/save'; };
</script>`;
let server: Server;
let driver: Driver;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/save') response.setHeader('content-disposition', 'attachment; filename="saved.bin"');
    response.setHeader('content-type', request.url === '/save' ? 'application/octet-stream' : 'text/html').end(request.url === '/save' ? 'bytes' : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  driver = await Driver.start();
});

test.afterAll(async () => {
  await driver?.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const drivers: [string, () => Promise<Tab>][] = [
  ['chromedriver', () => driver.browser()],
  ['Chromium of which only the page is looked at', () => QuietChromium.start()],
  ['Firefox', () => Firefox.start()],
  ['WebKitGTK', async () => alone(await Driver.start(webkit))],
];

/** A browser of a driver that can have only one, and ends with it. */
async function alone(one: Driver): Promise<Tab> {
  const browser = await one.browser();
  const close = browser.close.bind(browser);
  browser.close = async () => {
    await close();
    await one.stop();
  };
  return browser;
}

for (const [name, start] of drivers) {
  test(`${name} chooses files, types, clicks, reads and saves`, async () => {
    const folder = new Folder();
    const browser = await start();
    try {
      expect(Number.parseInt(browser.version, 10)).toBeGreaterThan(1);
      await browser.go(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await browser.fill('[data-testid=pick]', [folder.write('a.txt', 'abc').path, folder.write('b é.txt', '').path].join('\n'));
      await browser.fill('[data-testid=type]', 'Größe 1');
      await browser.click('[data-testid=go]');
      expect(await browser.until('the names', 'return document.querySelector("#said").textContent || null')).toBe('Größe 1 a.txt:3 b é.txt:0');
      // Firefox holds the name with an empty file first.
      await expect.poll(() => browser.hasSaved('saved.bin') && readFileSync(join(browser.downloads, 'saved.bin'), 'utf8')).toBe('bytes');
      expect(finished(browser.downloads)).toEqual(['saved.bin']);
      expect(readFileSync(join(browser.downloads, 'saved.bin'), 'utf8')).toBe('bytes');
      expect(await browser.run('return [arguments[0], document.title]', { a: 1 })).toEqual([{ a: 1 }, 't']);
      await expect(browser.run('throw new Error("no")')).rejects.toThrow(/javascript error/);
    } finally {
      await browser.close();
      folder.remove();
    }
  });

  test(`${name}: two browsers share nothing`, async () => {
    const [one, two] = [await start(), await start()];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const browser of [one, two]) await browser.go(url);
    await one.run('localStorage.setItem("who", "one")');
    expect(await two.run('return localStorage.getItem("who")')).toBeNull();
    await one.close();
    await two.close();
  });
}

test('Firefox: what pages complain about is heard', async () => {
  const browser = await Firefox.start();
  try {
    await browser.go(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await browser.run('console.error("told"); setTimeout(() => { throw new Error("thrown"); })');
    await expect.poll(() => browser.complaints.join('\n')).toMatch(/told[^]*thrown/);
  } finally {
    await browser.close();
  }
});

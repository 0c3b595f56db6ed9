// The WebDriver client against a page of ten lines: choosing files, running scripts, and saving downloads.
import { expect, test } from '@playwright/test';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Folder } from '../fixtures/folder';
import { finished } from './transfer';
import { Driver } from './webdriver';

const page = `<!doctype html><title>t</title><input type=file multiple data-testid=pick hidden><button data-testid=go disabled>go</button>
<p id=said></p><script>
const pick = document.querySelector('input'), go = document.querySelector('button');
pick.onchange = () => { go.disabled = false; };
go.onclick = () => { said.textContent = [...pick.files].map((f) => f.name + ':' + f.size).join(' '); location.href = '/save'; };
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
  await new Promise((resolve) => server.close(resolve));
});

test('chooses files, clicks, reads and saves', async () => {
  const folder = new Folder();
  const browser = await driver.browser();
  try {
    await browser.go(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await browser.fill('[data-testid=pick]', [folder.write('a.txt', 'abc').path, folder.write('b é.txt', '').path].join('\n'));
    await browser.click('[data-testid=go]');
    expect(await browser.until('the names', 'return document.querySelector("#said").textContent || null')).toBe('a.txt:3 b é.txt:0');
    await expect.poll(() => finished(browser.downloads)).toEqual(['saved.bin']);
    expect(readFileSync(join(browser.downloads, 'saved.bin'), 'utf8')).toBe('bytes');
    await expect(browser.run('throw new Error("no")')).rejects.toThrow(/javascript error/);
  } finally {
    await browser.close();
    folder.remove();
  }
});

test('two browsers share nothing', async () => {
  const [one, two] = [await driver.browser(), await driver.browser()];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const browser of [one, two]) await browser.go(url);
  await one.run('localStorage.setItem("who", "one")');
  expect(await two.run('return localStorage.getItem("who")')).toBeNull();
  await one.close();
  await two.close();
});

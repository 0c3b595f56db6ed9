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
import { Refused } from './wire';

const page = `<!doctype html><title>t</title><input type=file multiple data-testid=pick hidden><input data-testid=type>
<p style="height: 3000px"></p><button data-testid=go disabled>go</button>
<p id=said></p><script>
const [pick, type] = document.querySelectorAll('input'), go = document.querySelector('button');
pick.onchange = () => { go.disabled = false; };
go.onclick = () => { said.textContent = [type.value, ...[...pick.files].map((f) => f.name + ':' + f.size)].join(' '); location.href = '/save'; };
</script>`;
/** Its button is drawn anew three times when the mouse comes. */
const restless = `<!doctype html><title>r</title><main></main><p id=said></p><script>
let drawn = 0;
const draw = () => {
  const button = document.createElement('button');
  button.textContent = 'go';
  button.onclick = () => { said.textContent += 'pressed '; };
  button.onmousemove = () => { if ((drawn += 1) < 4) draw(); };
  document.querySelector('main').style.padding = drawn * 50 + 'px';
  document.querySelector('main').replaceChildren(button);
};
draw();
</script>`;
const told = `<button>go</button><p id=said></p><script>
const button = document.querySelector('button');
button.onclick = () => { said.textContent += 'pressed '; };`;
/** Its button moves away when the mouse comes. */
const shy = `<!doctype html><title>s</title><main style="padding: 0">${told}
button.addEventListener('mousemove', () => { document.querySelector('main').style.padding = '150px'; }, { once: true });
</script></main>`;
/** What is pressed first goes nowhere. */
const deaf = `<!doctype html><title>d</title>${told}
for (const kind of ['mousedown', 'mouseup', 'click']) addEventListener(kind, (event) => event.stopImmediatePropagation(), { capture: true, once: true });
</script>`;
const pages: Record<string, string> = { '/': page, '/restless': restless, '/shy': shy, '/deaf': deaf };
let server: Server;
let driver: Driver;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/save') response.setHeader('content-disposition', 'attachment; filename="saved.bin"');
    response.setHeader('content-type', request.url === '/save' ? 'application/octet-stream' : 'text/html').end(request.url === '/save' ? 'bytes' : pages[request.url!.replace(/\?.*/, '')]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  driver = await Driver.start();
});

test.afterAll(async () => {
  await driver?.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const address = (path = '/'): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

const drivers: [string, () => Promise<Tab>][] = [
  ['chromedriver', () => driver.browser()],
  ['Chromium of which only the page is looked at', () => QuietChromium.start()],
  ['Firefox', () => Firefox.start()],
  ['WebKitGTK', async () => alone(await Driver.start(webkit))],
];

/** Those whose wire is ours: they are told places, not elements. */
const wired = drivers.filter(([name]) => /^Firefox|only the page/.test(name));

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
      await browser.go(address());
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
    for (const browser of [one, two]) await browser.go(address());
    await one.run('localStorage.setItem("who", "one")');
    expect(await two.run('return localStorage.getItem("who")')).toBeNull();
    await one.close();
    await two.close();
  });
}

for (const [name, start] of wired) {
  test(`${name}: who waits is not lost when the page goes under the question`, async () => {
    const browser = await start();
    try {
      // The question itself makes the page go, so it is always on its way when that happens.
      const asked = 'if (location.search === "?second") return true; location.replace("/?second"); return new Promise(() => undefined)';
      await browser.go(address('/?first'));
      // Firefox asks the next page by itself.
      if (name !== 'Firefox') await expect(browser.run(asked)).rejects.toThrow(Refused);
      await browser.go(address('/?first'));
      expect(await browser.until('the second page', asked)).toBe(true);
    } finally {
      await browser.close();
    }
  });
}

for (const [name, start] of wired) {
  for (const [what, path] of [
    ['a button that moves away when the mouse comes', '/shy'], ['a button whose first press goes nowhere', '/deaf'],
    ['a button that is drawn anew elsewhere when the mouse comes', '/restless'],
  ] as const) {
    test(`${name}: ${what} is pressed once`, async () => {
      const browser = await start();
      try {
        await browser.go(address(path));
        await browser.click('button');
        expect(await browser.until('the click', 'return document.querySelector("#said").textContent || null')).toBe('pressed ');
      } finally {
        await browser.close();
      }
    });
  }
}

test('Firefox: what pages complain about is heard', async () => {
  const browser = await Firefox.start();
  try {
    await browser.go(address());
    await browser.run('console.error("told"); setTimeout(() => { throw new Error("thrown"); })');
    await expect.poll(() => browser.complaints.join('\n')).toMatch(/told[^]*thrown/);
  } finally {
    await browser.close();
  }
});

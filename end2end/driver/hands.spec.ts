// Hands against a page of a few controls: what they press is pressed, in both engines.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { chrome, chromePhone } from './engines';
import { Firefox } from './firefox';
import { finger, keyboard, type Hand } from './hands';
import type { Tab } from './tab';
import { Driver } from './webdriver';

const page = `<!doctype html><meta name=viewport content="width=device-width"><title>hands</title><input id=field><p style="height: 3000px"></p>
<input type=checkbox id=tick><select id=list><option>one<option>two<option>three</select><button id=go>go</button><p id=said></p><script>
const [field, tick, list, go, said] = ['field', 'tick', 'list', 'go', 'said'].map((id) => document.getElementById(id));
let changed = '';
list.onchange = () => { changed = list.value; };
go.onclick = () => { said.textContent += [field.value, tick.checked, changed, matchMedia('(pointer: coarse)').matches, innerWidth].join(' '); };
</script>`;
let server: Server;
let url: string;

test.beforeAll(async () => {
  server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.afterAll(() => server.close());

async function work(tab: Tab, hand: Hand, coarse: boolean, width: number): Promise<void> {
  await tab.go(url);
  await hand.type(tab, '#field', 'typed');
  await hand.pick(tab, '#list', 'three');
  await hand.press(tab, '#tick');
  await hand.press(tab, '#go');
  await expect.poll(() => tab.run('return said.textContent')).toBe(`typed true three ${coarse} ${width}`);
  await tab.go(`${url}/next`);
  await tab.travel!(-1);
  await expect.poll(() => tab.run('return location.pathname')).toBe('/');
  await tab.travel!(1);
  await expect.poll(() => tab.run('return location.pathname')).toBe('/next');
  const other = await tab.beside!();
  await other.go(`${url}/other`);
  await hand.press(other, '#go');
  await expect.poll(() => other.run('return said.textContent')).toBe(` false  ${coarse} ${width}`);
  expect(await tab.run('return said.textContent')).toBe('');
  await other.leave!();
  await tab.reload!();
  expect(await tab.run('return location.pathname')).toBe('/next');
}

for (const [engine, hand, phone] of [[chromePhone, finger, true], [chrome, keyboard, false]] as const) {
  test(`Chromium ${hand.name}`, async () => {
    const driver = await Driver.start(engine);
    try {
      await work(await driver.browser(), hand, phone, phone ? 390 : 1280);
    } finally {
      await driver.stop();
    }
  });
}

for (const [hand, touch, width] of [[finger, true, 390], [keyboard, false, 1280]] as const) {
  test(`Firefox ${hand.name}`, async () => {
    const browser = await Firefox.start({ touch, viewport: { width, height: 844 } });
    try {
      await work(browser, hand, touch, width);
    } finally {
      await browser.close();
    }
  });
}

// Pages that other software changed before their program ran: it works all the same. In Chromium and in Firefox.
import { Firefox } from '../driver/firefox';
import { receive, send } from '../driver/transfer';
import type { Tab } from '../driver/tab';
import { Driver } from '../driver/webdriver';
import { forged, known, more } from '../fixtures/disturbances';
import { Folder, type Made } from '../fixtures/folder';
import { Meddler } from '../fixtures/meddler';
import { expectSaved } from '../fixtures/saved';
import { expect, test } from '../fixtures/test';
import { byTestId } from '../pages/handles';
import { SendPage, ready } from '../pages/send-page';

const started = (browser: Tab): Promise<string | null> => browser.run('return document.documentElement.getAttribute("data-hydrated")');

/** Begins to send, and receives what the command line sent. */
async function halfway(browser: Tab, meddler: Meddler, link: string, one: Made, cases: Record<string, string>): Promise<void> {
  for (const [name, script] of Object.entries(cases)) {
    await test.step(name, async () => {
      meddler.script = script;
      await browser.go(meddler.url);
      await browser.until('it runs', 'return document.documentElement?.dataset.hydrated !== undefined');
      await browser.fill(byTestId('file-input'), one.path);
      await browser.until('the file is on the list', `return document.querySelector('${byTestId('chosen-files')}')?.textContent.includes('halfway')`);
      const watched = await receive(browser, link, []);
      expect(watched.states.filter((state) => state !== 'idle'), name).toEqual(['working', 'verified']);
      expect(await browser.run('return location.href'), 'the key is gone from the address').not.toContain('#');
    });
  }
  meddler.leave();
}

/** Sends and receives in a page that is meddled with each time. */
async function there(browser: Tab, meddler: Meddler, folder: Folder, cases: Record<string, string>): Promise<void> {
  let number = 0;
  for (const [name, script] of Object.entries(cases)) {
    await test.step(name, async () => {
      meddler.script = script;
      const made: Made[] = [await folder.random(`file ${number += 1}.bin`, 3_000)];
      const link = await send(browser, meddler.url, made.map((one) => one.path));
      const watched = await receive(browser, link, made.map((one) => one.name));
      expect(watched.states.filter((state) => state !== 'idle'), name).toEqual(['working', 'verified']);
      await expectSaved(browser, made);
      expect(await browser.run('return location.href'), 'the key is gone from the address').not.toContain('#');
    });
  }
  meddler.leave();
}

test('X01 Chromium: whatever changed the page, it sends and receives', async ({ server, folder, cli }) => {
  const one = await folder.random('halfway.bin', 3_000);
  const { link } = await cli.send([one.path], ['--downloads', '100']);
  const meddler = await Meddler.start(server.url);
  const driver = await Driver.start();
  try {
    const browser = await driver.browser();
    await there(browser, meddler, folder, known);
    await halfway(browser, meddler, `${meddler.url}/d/${link.id}#${link.fragment}`, one, more);
    // Nothing meddles: then the server's page is hydrated, not drawn anew.
    for (const path of ['/', '/sent', '/security', '/cli', '/d/AAAAAAAAAAAAAAAAAAAAAA']) {
      await browser.go(meddler.url + path);
      await browser.until('it runs', 'return document.documentElement?.dataset.hydrated !== undefined');
      expect(await started(browser), path).toBe('');
    }
  } finally {
    await driver.stop();
    await meddler.stop();
  }
});

test('X01 Firefox: whatever changed the page, it sends and receives', async ({ server, folder }) => {
  const meddler = await Meddler.start(server.url);
  const browser = await Firefox.start();
  try {
    await there(browser, meddler, folder, known);
    await browser.go(meddler.url);
    await browser.until('it runs', 'return document.documentElement?.dataset.hydrated !== undefined');
    expect(await started(browser)).toBe('');
  } finally {
    await browser.close();
    await meddler.stop();
  }
});

test('X01 what was chosen and typed before a page is drawn anew is kept', async ({ page, folder }) => {
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => { arrive = resolve; });
  await page.route(/\.wasm$/, async (route) => {
    await arrived;
    await route.continue();
  });
  await page.addInitScript(known['a password manager puts an element behind every field']!);
  await page.goto('/', { waitUntil: 'commit' });
  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('file-input').first().click();
  await (await chooser).setFiles(folder.write('early.txt', 'chosen early').path);
  await page.locator('details.terms > summary').click();
  await page.getByTestId('send-password').fill('typed early');
  await page.getByTestId('send-downloads').selectOption('1');
  await page.getByTestId('send-note').fill('a note, typed early');
  arrive();
  await ready(page);
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', 'anew');
  await expect(page.getByTestId('chosen-files')).toContainText('early.txt');
  await expect(page.getByTestId('send-password')).toHaveValue('typed early');
  await expect(page.getByTestId('send-note')).toHaveValue('a note, typed early');
  await expect(page.getByTestId('send-downloads')).toHaveValue('1');
  await new SendPage(page).send();
});

test('X02 a page whose program dies at the start keeps its link and is drawn anew', async ({ cli, folder, server }) => {
  const made = await folder.random('kept.bin', 3_000);
  const { link } = await cli.send([made.path]);
  const meddler = await Meddler.start(server.url);
  const browser = await Firefox.start();
  try {
    meddler.script = forged;
    const watched = await receive(browser, `${meddler.url}/d/${link.id}#${link.fragment}`, [made.name]);
    expect(watched.states.at(-1)).toBe('verified');
    expect(await started(browser), 'after one reload').toBe('anew');
    expect(meddler.asked.filter((path) => path.startsWith('/d/'))).toHaveLength(2);
    expect(await browser.run('return location.href'), 'the key is gone from the address').not.toContain('#');
  } finally {
    await browser.close();
    await meddler.stop();
  }
});

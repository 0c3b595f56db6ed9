// Pages whose program does not come, or cannot run: they say so in words, where they say what is missing without JavaScript, and the
// link stays in the address. In Chromium and in Firefox.
import { Firefox } from '../driver/firefox';
import type { Tab } from '../driver/tab';
import { Driver } from '../driver/webdriver';
import { inventLink } from '../fixtures/link';
import { Meddler, type Instead } from '../fixtures/meddler';
import { expect, test } from '../fixtures/test';

interface Case {
  /** Of the row of faults. */
  row: string;
  /** Also in the second engine. */
  everywhere?: boolean;
  words: RegExp;
  script?: string;
  markup?: (html: string) => string;
  instead?: (path: string) => Instead | undefined;
}

const only = (file: RegExp, instead: Instead) => (path: string): Instead | undefined => (file.test(path) ? instead : undefined);
const SCRIPT = /^\/pkg\/app\.[^/]*js$/;
const WASM = /^\/pkg\/app[^/]*\.wasm$/;
/** A module that is valid and is not ours. */
const OTHER_WASM = Buffer.from('0061736d0100000001040160000003020100070a010668796472617465000a040102000b', 'hex');

/** A page for an engine that checks no hashes, or of a server that knows none. */
const unchecked = (html: string): string => html.replaceAll(/sha384-[A-Za-z0-9+/=]+/g, '');

/** The script and the program as the server has them, for what cuts and mixes them up. */
async function filesOf(url: string): Promise<{ script: string; wasm: Buffer }> {
  const html = await (await fetch(url)).text();
  const read = async (path: RegExp): Promise<Buffer> => Buffer.from(await (await fetch(url + path.exec(html)![0])).arrayBuffer());
  return { script: (await read(/\/pkg\/app\.[^/"]*js/)).toString(), wasm: await read(/\/pkg\/app[^/"]*\.wasm/) };
}

async function cases(url: string): Promise<Record<string, Case>> {
  const { script, wasm } = await filesOf(url);
  const type = 'text/javascript';
  return {
    'no WebAssembly': { row: 'X03', everywhere: true, words: /WebAssembly is turned off/, script: 'delete window.WebAssembly;' },
    'WebAssembly that the policy forbids': {
      row: 'X03', words: /WebAssembly is turned off/,
      markup: (html) => html.replace('<head>', `<head><meta http-equiv="content-security-policy" content="script-src 'self' 'unsafe-inline'">`),
    },
    'the script is blocked': { row: 'X04', everywhere: true, words: /Part of this page did not load/, instead: only(SCRIPT, 'broken') },
    'the script is gone': { row: 'X04', words: /Part of this page did not load/, instead: only(SCRIPT, { status: 404 }) },
    'a page of a proxy instead of the script': { row: 'X04', words: /Part of this page did not load/, instead: only(SCRIPT, { type: 'text/html', body: '<p>Sign in</p>' }) },
    'the script is cut': { row: 'X04', words: /Part of this page did not load/, instead: only(SCRIPT, { type, body: script.slice(0, script.length / 2) }) },
    'a script that was altered on its way': { row: 'N16', everywhere: true, words: /Part of this page did not load/, instead: only(SCRIPT, { type, body: `${script}\n` }) },
    'a script of another version': {
      row: 'X04', everywhere: true, words: /This page could not start/, markup: unchecked,
      instead: only(SCRIPT, { type, body: script.replace(/app_bg\.[0-9a-f]{8}\.js/, 'app_bg.01234567.js') }),
    },
    'a script that knows no such start': {
      row: 'X04', words: /This page could not start/, markup: unchecked, instead: only(SCRIPT, { type, body: 'export default async () => {};' }),
    },
    'the program is blocked': { row: 'X04', everywhere: true, words: /Part of this page did not load/, instead: only(WASM, 'broken') },
    'the program is gone': { row: 'X04', words: /Part of this page did not load/, instead: only(WASM, { status: 404, body: 'not found' }) },
    'the program is refused': { row: 'X04', words: /Part of this page did not load/, instead: only(WASM, { status: 403, type: 'text/html', body: '<p>Blocked</p>' }) },
    // A section that no engine looks at: it would run as before.
    'a program that was altered on its way': {
      row: 'N16', everywhere: true, words: /Part of this page did not load/, instead: only(WASM, { type: 'application/wasm', body: Buffer.concat([wasm, Buffer.from('00020161', 'hex')]) }),
    },
    'the program is cut': { row: 'X04', everywhere: true, words: /Part of this page did not load/, instead: only(WASM, { type: 'application/wasm', body: wasm.subarray(0, wasm.length / 2) }) },
    'the program is empty': { row: 'X04', words: /Part of this page did not load/, instead: only(WASM, { type: 'application/wasm' }) },
    'a program of another version': { row: 'X04', words: /This page could not start/, markup: unchecked, instead: only(WASM, { type: 'application/wasm', body: OTHER_WASM }) },
    'no script at all, forbidden by an extension': { row: 'X08', everywhere: true, words: /needs JavaScript/, markup: (html) => html.replaceAll(/ nonce="[^"]*"/g, '') },
  };
}

/** What a person sees of it. */
interface Seen {
  notes: string[];
  text: string;
  hash: string;
}

const SEE = `
  const shown = (element) => element.checkVisibility ? element.checkVisibility() : element.getClientRects().length > 0;
  const notes = [...document.querySelectorAll('.note.no-script')].filter(shown).map((one) => one.innerText);
  return notes.length && notes.every((text) => text.trim()) ? { notes, text: document.querySelector('main').innerText, hash: location.hash } : null;`;

async function said(browser: Tab, words: RegExp): Promise<Seen> {
  let last: Seen | null = null;
  try {
    return await browser.until<Seen>('the words', `const seen = (() => { ${SEE} })(); return seen && new RegExp(${JSON.stringify(words.source)}).test(seen.notes.join()) ? seen : null;`);
  } catch (error) {
    last = await browser.run<Seen | null>(SEE);
    throw new Error(`${String(error)}\nseen: ${JSON.stringify(last)}`);
  }
}

async function everyCase(browser: Tab, meddler: Meddler, all: Record<string, Case>): Promise<void> {
  for (const [name, one] of Object.entries(all)) {
    await test.step(`${one.row} ${name}`, async () => {
      meddler.leave();
      meddler.script = one.script ?? '';
      meddler.markup = one.markup;
      meddler.instead = one.instead;
      const link = new URL(inventLink(meddler.url));
      await browser.go('about:blank');
      await browser.go(link.href);
      const { text, hash } = await said(browser, one.words);
      expect(hash, `${name}: the key stays in the address`).toBe(link.hash);
      expect(text, name).toContain('Nothing has been downloaded or counted.');
      expect(text, name).not.toContain('Opening your link');
      await browser.go(meddler.url);
      const send = await said(browser, one.words);
      expect(send.text, name).not.toContain('Getting ready');
    });
  }
  // What was said goes with the reload that mends it.
  meddler.leave();
  meddler.instead = only(WASM, 'broken');
  await browser.go(`${meddler.url}/sent`);
  await said(browser, /Part of this page did not load/);
  meddler.leave();
  await browser.click('[data-testid="start-reload"]');
  await browser.until('it runs', 'return document.documentElement?.dataset.hydrated !== undefined');
  expect(await browser.run(SEE)).toBeNull();
  // Also where the browser would keep what was altered.
  const { script } = await filesOf(meddler.url);
  meddler.instead = only(SCRIPT, { type: 'text/javascript', body: `${script}\n`, isKept: true });
  await browser.go(`${meddler.url}/sent`);
  await said(browser, /Part of this page did not load/);
  meddler.leave();
  await browser.click('[data-testid="start-reload"]');
  await browser.until('it runs', 'return document.documentElement?.dataset.hydrated !== undefined');
}

test('X03 X04 X08 B09 Chromium: what does not come or may not run is named', async ({ server }) => {
  const meddler = await Meddler.start(server.url);
  const driver = await Driver.start();
  try {
    await everyCase(await driver.browser(), meddler, await cases(server.url));
  } finally {
    await driver.stop();
    await meddler.stop();
  }
});

test('X03 X04 X08 B09 Firefox: what does not come or may not run is named', async ({ server }) => {
  const meddler = await Meddler.start(server.url);
  const browser = await Firefox.start();
  try {
    const all = Object.entries(await cases(server.url));
    await everyCase(browser, meddler, Object.fromEntries(all.filter(([, one]) => one.everywhere)));
  } finally {
    await browser.close();
    await meddler.stop();
  }
});

test('X05 a start that takes long says so, and goes on when the rest comes', async ({ page, server }) => {
  const meddler = await Meddler.start(server.url);
  try {
    await page.clock.install();
    meddler.instead = only(WASM, 'never');
    const link = new URL(inventLink(meddler.url));
    await page.goto(link.href, { waitUntil: 'commit' });
    const note = page.locator('.note.no-script');
    await expect(page.getByRole('heading', { name: 'Opening your link' })).toBeVisible();
    await expect(note).toBeHidden();
    await page.clock.fastForward(20_000);
    await expect(note).toContainText('This page is still loading.');
    await expect(note).toBeVisible();
    expect(new URL(page.url()).hash).toBe(link.hash);
    await page.clock.resume();
    meddler.leave();
    await expect(page.locator('html')).toHaveAttribute('data-hydrated', '');
    await expect(note).toBeHidden();
    // It went on to the server, which has no such link.
    await expect(page.getByTestId('error')).toBeVisible();
    expect(new URL(page.url()).hash).toBe('');
  } finally {
    await meddler.stop();
  }
});

test('X02 a program that dies later says so', async ({ server }) => {
  const meddler = await Meddler.start(server.url);
  const driver = await Driver.start();
  try {
    const browser = await driver.browser();
    // By a script of the page: an error that a driver's own script throws is not reported to the page.
    meddler.script = `addEventListener('die', () => { throw new WebAssembly.RuntimeError('unreachable'); });`;
    for (const path of ['/', '/sent', '/security']) {
      await browser.go(meddler.url + path);
      await browser.until('it runs', 'return document.documentElement?.dataset.hydrated !== undefined');
      await browser.run(`dispatchEvent(new Event('die'));`);
      await browser.until('the words', `return /This page has stopped working/.test(document.querySelector('main').innerText)`);
      await browser.click('[data-testid="start-reload"]');
      await browser.until('it runs again', `return document.documentElement?.dataset.hydrated !== undefined && !/stopped/.test(document.body.innerText)`);
    }
  } finally {
    await driver.stop();
    await meddler.stop();
  }
});

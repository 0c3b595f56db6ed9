// Sending and receiving in a browser that nothing inspects: the few steps that large transfers need.
import { readdirSync } from 'node:fs';
import { byTestId } from '../pages/handles';
import type { Tab } from './tab';

export interface Terms {
  password?: string;
}

/** Chooses files, seals and sends them; gives the whole link. */
export async function send(browser: Tab, origin: string, paths: string[], { within = 300_000, terms = {} }: { within?: number; terms?: Terms } = {}): Promise<string> {
  await browser.go(origin);
  await hydrated(browser);
  await browser.fill(byTestId('file-input'), paths.join('\n'));
  if (terms.password !== undefined) {
    const details = `details:has(${byTestId('send-password')})`;
    if (!(await browser.run<boolean>('return document.querySelector(arguments[0]).open', details))) await browser.click(`${details} > summary`);
    await browser.fill(byTestId('send-password'), terms.password);
  }
  await browser.click(byTestId('create-link'));
  return browser.until<string>('the link', `
    const error = document.querySelector('${byTestId('error')}');
    if (error) throw new Error('sending failed: ' + error.innerText);
    const link = document.querySelector('${byTestId('share-link')}');
    return link ? link.textContent.replace(/\\s/g, '') : null;`, within, 250);
}

export interface Watched {
  /** Every state that `receive-status` showed, in order, without repeats. */
  states: string[];
  /** Milliseconds that the page's longest task took while receiving; 0 where the engine does not tell. */
  longest: number;
}

/** Opens a link, downloads everything and waits for the verdict and for the last file to be on disk. */
export async function receive(browser: Tab, link: string, names: string[], { within = 300_000, password }: { within?: number; password?: string } = {}): Promise<Watched> {
  await openList(browser, link, password);
  await browser.run(`
    window.seen = [];
    const look = () => {
      const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
      if (state && window.seen.at(-1) !== state) window.seen.push(state);
    };
    look();
    window.longest = 0;
    if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
      new PerformanceObserver((list) => { for (const task of list.getEntries()) window.longest = Math.max(window.longest, Math.round(task.duration)); })
        .observe({ type: 'longtask' });
    }
    new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, attributes: true });`);
  await browser.click(byTestId('receive-download'));
  const verdict = await browser.until<string>('the verdict', `
    const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
    return state === 'verified' || state === 'failed' ? state : null;`, within, 50);
  const end = Date.now() + 30_000;
  while (verdict === 'verified' && !names.every((name) => browser.hasSaved(name))) {
    if (Date.now() > end) throw new Error(`saved so far: ${readdirSync(browser.downloads).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { states: await browser.run<string[]>('return window.seen'), longest: await browser.run<number>('return window.longest') };
}

/** Opens a link, starts the download and waits until the page says that something is wrong, or that all is well. */
export async function receiveUntilError(browser: Tab, link: string, within = 60_000): Promise<{ state: string; problem: string; words: string }> {
  await browser.go(link);
  await hydrated(browser);
  await browser.click(byTestId('receive-download'));
  return browser.until('the verdict', `
    const error = document.querySelector('${byTestId('error')}');
    const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
    return state === 'verified' || error ? { state, problem: error?.dataset.problem, words: error?.innerText } : null;`, within);
}

/** Opens a link as far as its list of files. */
export async function openList(browser: Tab, link: string, password?: string): Promise<void> {
  await browser.go(link);
  await hydrated(browser);
  if (password !== undefined) {
    // The gate takes the focus to its field, one frame after it is there: keys that come sooner are lost on the way.
    await browser.until('the field has the focus', `return document.activeElement?.matches('${byTestId('receive-password')}') ?? false`);
    await browser.fill(byTestId('receive-password'), password);
    await browser.click(`form:has(${byTestId('receive-password')}) button[type=submit]`);
  }
  await browser.until('the list of files', `return !!document.querySelector('${byTestId('receive-files')}')`);
}

export const hydrated = (browser: Tab): Promise<unknown> =>
  browser.until('the page answers to clicks', `return document.documentElement?.dataset.hydrated !== undefined`, 90_000);

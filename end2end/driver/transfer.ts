// Sending and receiving in a browser that nothing inspects: the few steps that large transfers need.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byTestId } from '../pages/handles';
import type { Browser } from './webdriver';

/** Chooses files, seals and sends them; gives the whole link. */
export async function send(browser: Browser, origin: string, paths: string[], within = 300_000): Promise<string> {
  await browser.go(origin);
  await hydrated(browser);
  await browser.fill(byTestId('file-input'), paths.join('\n'));
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
}

/** Opens a link, downloads everything and waits for the verdict and for the last file to be on disk. */
export async function receive(browser: Browser, link: string, names: string[], within = 300_000): Promise<Watched> {
  await browser.go(link);
  await hydrated(browser);
  await browser.until('the list of files', `return !!document.querySelector('${byTestId('receive-files')}')`);
  await browser.run(`
    window.seen = [];
    const look = () => {
      const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
      if (state && window.seen.at(-1) !== state) window.seen.push(state);
    };
    look();
    new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, attributes: true });`);
  await browser.click(byTestId('receive-download'));
  const verdict = await browser.until<string>('the verdict', `
    const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
    return state === 'verified' || state === 'failed' ? state : null;`, within, 50);
  const end = Date.now() + 30_000;
  while (verdict === 'verified' && !names.every((name) => existsSync(join(browser.downloads, name)))) {
    if (Date.now() > end) throw new Error(`saved so far: ${readdirSync(browser.downloads).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { states: await browser.run<string[]>('return window.seen') };
}

/** Opens a link, starts the download and waits until the page says that something is wrong, or that all is well. */
export async function receiveUntilError(browser: Browser, link: string, within = 60_000): Promise<{ state: string; problem: string; words: string }> {
  await browser.go(link);
  await hydrated(browser);
  await browser.click(byTestId('receive-download'));
  return browser.until('the verdict', `
    const error = document.querySelector('${byTestId('error')}');
    const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
    return state === 'verified' || error ? { state, problem: error?.dataset.problem, words: error?.innerText } : null;`, within);
}

/** Whole files in a download folder: Chromium writes others under another name. */
export const finished = (folder: string): string[] =>
  readdirSync(folder).filter((name) => !name.endsWith('.crdownload') && !name.startsWith('.')).sort();

const hydrated = (browser: Browser): Promise<unknown> =>
  browser.until('the page answers to clicks', `return document.documentElement.dataset.hydrated !== undefined`, 30_000);

// Downloads that something ends in the middle: how far they came, and what the page says then.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { byTestId } from '../pages/handles';
import { openList } from './transfer';
import type { Tab } from './tab';

/** Opens a link, starts the download and waits until so many bytes of it are on the disk. */
export async function receiveSome(browser: Tab, link: string, bytes: number, within = 120_000): Promise<void> {
  await openList(browser, link);
  await browser.click(byTestId('receive-download'));
  for (const end = Date.now() + within; written(browser.downloads) < bytes;) {
    if (Date.now() > end) throw new Error(`${written(browser.downloads)} bytes within ${within} ms; the page says:\n${await browser.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** `verified` or `failed`, whichever the page comes to. */
export const verdict = (browser: Tab, within = 120_000): Promise<string> => browser.until<string>('the verdict', `
  const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
  return state === 'verified' || state === 'failed' ? state : null;`, within);

/** Bytes in a download folder, under whatever names. */
export const written = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);

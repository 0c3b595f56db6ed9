// Sending from a browser: raw PUTs out of memory, a loop written by hand, and the product.
import type { Browser, Driver } from '../driver/webdriver';
import { byTestId } from '../pages/handles';
import type { Server } from '../fixtures/server';
import type { Bucket } from './bucket';
import { costing } from './cost';
import type { Run } from './rounds';

export const PART = 10 * 2 ** 20;
const RECORD = 256 * 1024;

/** Lengths of the parts of an object. */
export const partsOf = (len: number): number[] =>
  Array.from({ length: Math.ceil(len / PART) }, (_, at) => Math.min(PART, len - at * PART));

/** Runs one of the page's functions and waits for what it says. */
export async function pageRun<T>(browser: Browser, what: string, args: unknown[], within = 600_000): Promise<T> {
  await browser.run(`start(${what}, ...arguments)`, ...args);
  const { value, error } = await browser.until<{ value?: T; error?: string }>(what, 'return window.result', within, 200);
  if (error !== undefined) throw new Error(`${what}: ${error}`);
  return value as T;
}

/** Waits until the product's page answers to clicks. */
export const hydrated = (browser: Browser): Promise<unknown> =>
  browser.until('the page answers to clicks', 'return document.documentElement.dataset.hydrated !== undefined');

/** From the first click on, by the page's own clock: its long tasks, and when something is shown. */
export const watch = (shown: string): string => `
  const bench = window.bench = { longest: 0 };
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) bench.longest = Math.max(bench.longest, duration); })
    .observe({ type: 'longtask' });
  document.addEventListener('click', () => { bench.begin ??= performance.now(); bench.clicked ??= Date.now(); }, true);
  new MutationObserver(() => { if (!bench.end && ${shown}) { bench.end = performance.now(); bench.ended = Date.now(); } })
    .observe(document.documentElement, { subtree: true, childList: true, attributes: true });`;

export interface Watched {
  longest: number;
  begin: number;
  end: number;
  clicked: number;
  ended: number;
}

export class Sending {
  constructor(private readonly driver: Driver, private readonly server: Server, private readonly bucket: Bucket) {}

  async raw(browser: Browser, sealedLen: number, lanes: number): Promise<Run> {
    const lens = partsOf(sealedLen);
    const upload = await this.bucket.begin('bench/raw', lens.length);
    await browser.go(`${this.server.url}/bench/index.html`);
    const run = await this.costing(async () => ({ seconds: (await pageRun<number>(browser, 'raw', [upload.urls, lens, lanes])) / 1000 }));
    await upload.abort();
    return run;
  }

  async byHand(browser: Browser, path: string, len: number, lanes: number): Promise<Run> {
    const upload = await this.bucket.begin('bench/by-hand', Math.ceil(len / (40 * (RECORD - 28))));
    await browser.go(`${this.server.url}/bench/index.html`);
    await browser.fill('#pick', path);
    const run = await this.costing(async () => ({ seconds: (await pageRun<number>(browser, 'sealed', [upload.urls, upload.end, lanes])) / 1000 }));
    await this.bucket.remove('bench/by-hand');
    return run;
  }

  /** From the click to the link. The longest task is that of sending; of a folder, also that of choosing it. */
  async product(browser: Browser, path: string, input: 'file-input' | 'folder-input' = 'file-input'): Promise<Run & { link: string }> {
    const watching = watch(`document.querySelector('${byTestId('share-link')}')`);
    await browser.go('about:blank');
    await browser.go(this.server.url);
    await hydrated(browser);
    if (input === 'folder-input') await browser.run(watching);
    await browser.fill(byTestId(input), path);
    await browser.until('the button', `const e = document.querySelector('${byTestId('create-link')}'); return !!e && !e.disabled`, 60_000);
    if (input === 'file-input') await browser.run(watching);
    let link = '';
    const run = await this.costing(async () => {
      await browser.click(byTestId('create-link'));
      link = await browser.until<string>('the link', `
        const error = document.querySelector('${byTestId('error')}');
        if (error) throw new Error('sending failed: ' + error.innerText);
        return window.bench.end ? document.querySelector('${byTestId('share-link')}').textContent.replace(/\\s/g, '') : null;`, 600_000, 200);
      const { begin, end, longest } = await browser.run<Watched>('return window.bench');
      return { seconds: (end - begin) / 1000, longest };
    });
    return { ...run, link };
  }

  /** The longest task that choosing a folder costs a page which does nothing with it: the engine's own share. */
  async choosing(browser: Browser, path: string): Promise<number> {
    await browser.go(`${this.server.url}/bench/index.html`);
    await browser.run(watch('false'));
    await browser.fill('#folder', path);
    await browser.until('the files', `return document.querySelector('#folder').files.length > 0`, 60_000);
    // Tasks are told of a moment after they end.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return (await browser.run<Watched>('return window.bench')).longest;
  }

  private costing(action: () => Promise<{ seconds: number; longest?: number }>): Promise<Run> {
    return costing(this.driver.pid, this.server.pid, action);
  }
}

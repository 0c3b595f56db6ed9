// What Chromium really fetches of the program until a page works: WebAssembly, scripts and the style sheet, as they come over the line
// (brotli). Not a sum of files: what a page asks for too early counts here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, figure, test } from '../fixtures/test';
import { SendPage } from '../pages/send-page';

interface Budget {
  first_visit_brotli_bytes: Record<string, { bytes: number }>;
}
const budget = (JSON.parse(readFileSync(join(__dirname, '../budget.json'), 'utf8')) as Budget).first_visit_brotli_bytes;

interface Fetched {
  path: string;
  bytes: number;
}

/** Goes somewhere with nothing in the cache, and tells what had been asked for when `selector` was there. */
async function fetchedUntil(page: Page, address: string, selector: string): Promise<Fetched[]> {
  await page.addInitScript((wanted) => {
    const look = () => {
      if ('worksAt' in window || !document.querySelector(wanted)) return;
      Object.assign(window, { worksAt: performance.now() });
    };
    performance.setResourceTimingBufferSize(1000);
    new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
  }, selector);
  await page.goto(address);
  await expect(page.locator(selector).first()).toBeAttached();
  // What was asked for before and is still on its way counts as well.
  await page.waitForLoadState('networkidle');
  const found = await page.evaluate(() => {
    const { worksAt } = window as unknown as { worksAt: number };
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return entries.filter((entry) => entry.startTime < worksAt && /\.(wasm|pack|m?js|css)$/.test(new URL(entry.name).pathname))
      .map((entry) => ({ path: new URL(entry.name).pathname, bytes: entry.encodedBodySize, coded: entry.contentEncoding, cached: entry.transferSize === 0 }));
  });
  const unique = new Map<string, Fetched>();
  for (const one of found) {
    expect(one.bytes, `${one.path} has a length`).toBeGreaterThan(0);
    unique.set(one.path, { path: one.path, bytes: Math.max(one.bytes, unique.get(one.path)?.bytes ?? 0) });
  }
  return [...unique.values()];
}

const together = (files: Fetched[]): number => files.reduce((sum, file) => sum + file.bytes, 0);

for (const [page, address] of [['/', '/'], ['/security', '/security'], ['/signin', '/signin'], ['/sent', '/sent']] as const) {
  test(`a first visit of ${page} is light`, async ({ page: tab }, info) => {
    const files = await fetchedUntil(tab, address, 'html[data-hydrated]');
    figure(info, `first visit of ${page}: ${together(files)} bytes in ${files.length} files, of ${budget[page]!.bytes}`);
    expect(files.some(({ path }) => path.endsWith('.wasm')) && files.some(({ path }) => path.endsWith('.css')), 'it counts').toBe(true);
    expect(together(files), files.map(({ path, bytes }) => `${path} ${bytes}`).join('\n')).toBeLessThanOrEqual(budget[page]!.bytes);
  });
}

test('a link with its list open is light', async ({ page, folder, browser, baseURL }, info) => {
  await page.goto('/');
  const sender = new SendPage(page);
  await sender.choose([folder.write('a.txt', 'a').path, folder.write('b.txt', 'b').path]);
  const link = await sender.send();
  const fresh = await browser.newContext({ baseURL });
  const files = await fetchedUntil(await fresh.newPage(), link, '[data-screen="receive-list"]');
  figure(info, `first visit of a link: ${together(files)} bytes in ${files.length} files, of ${budget['/d/']!.bytes}`);
  expect(together(files), files.map(({ path, bytes }) => `${path} ${bytes}`).join('\n')).toBeLessThanOrEqual(budget['/d/']!.bytes);
  await fresh.close();
});

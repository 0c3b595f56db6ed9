// One link, received by Firefox and by Chromium at the same time, each over a slow line of its own.
import { join } from 'node:path';
import { sha256, type Made } from '../fixtures/folder';
import { Line } from '../fixtures/line';
import { expect } from '../fixtures/test';
import { Firefox } from './firefox';
import { QuietChromium } from './quiet-chromium';
import type { Tab } from './tab';
import { receive } from './transfer';

export interface OverLine {
  /** Of the server that the link is on. */
  origin: string;
  link: string;
  /** What must arrive. */
  made: Made;
  bytesPerSecond: number;
}

/** Receives over a line and compares; says how long it took. A machine with other work may need several times as long as the line. */
async function receiveSlowly(start: () => Promise<Tab>, { origin, link, made, bytesPerSecond }: OverLine): Promise<string> {
  const line = await Line.start(origin, bytesPerSecond);
  const seconds = made.len / bytesPerSecond;
  try {
    const browser = await start();
    try {
      const begin = performance.now();
      const watched = await receive(browser, line.through(link), [made.name], { within: (seconds * 5 + 120) * 1000 });
      const took = (performance.now() - begin) / 1000;
      expect(watched.states.at(-1), browser.version).toBe('verified');
      expect(await sha256(join(browser.downloads, made.name)), browser.version).toBe(made.sha256);
      // The line is what took the time: otherwise this proves nothing.
      expect(took).toBeGreaterThan(seconds * 0.95);
      return `${browser.version} in ${took.toFixed(0)} s`;
    } finally {
      await browser.close();
    }
  } finally {
    await line.stop();
  }
}

export async function sideBySide(what: OverLine): Promise<string> {
  const [fox, chromium] = await Promise.all([
    receiveSlowly(() => Firefox.start(), what),
    receiveSlowly(() => QuietChromium.start(), what),
  ]);
  return `${(what.made.len / 1e6).toFixed(0)} MB at ${(what.bytesPerSecond / 1e6).toFixed(1)} MB/s: Firefox ESR ${fox}, Chromium ${chromium}, SHA-256 equal`;
}

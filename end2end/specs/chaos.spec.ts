// A page behind a proxy that spoils what passes. Whatever the seed: the link comes, or an error with a name comes, from which
// the page goes on. SEALDROP_CHAOS_SEED and SEALDROP_CHAOS_RUNS choose others by hand.
import { join } from 'node:path';
import { Driver, type Browser } from '../driver/webdriver';
import { Chaos } from '../fixtures/chaos';
import { sha256 } from '../fixtures/folder';
import { expect, figure, test } from '../fixtures/test';
import { byTestId } from '../pages/handles';

const MIB = 1 << 20;
const START = Number(process.env.SEALDROP_CHAOS_SEED ?? 1);
const RUNS = Number(process.env.SEALDROP_CHAOS_RUNS ?? 3);

/** Waits for the link or an error. */
const ending = (browser: Browser, within: number): Promise<{ link?: string; problem?: string }> =>
  browser.until('an end, whichever', `
    const error = document.querySelector('${byTestId('error')}');
    if (error) return { problem: error.dataset.problem };
    const link = document.querySelector('${byTestId('share-link')}');
    return link ? { link: link.textContent.replace(/\\s/g, '') } : null;`, within, 100);

test.describe('a page behind a proxy that spoils', () => {
  let driver: Driver;
  let chaos: Chaos;
  test.setTimeout(600_000);
  test.beforeEach(async ({ server }) => {
    driver = await Driver.start();
    chaos = await Chaos.start(server.url);
  });
  test.afterEach(async () => {
    await driver.stop();
    chaos.stop();
  });

  /** Chooses a file, behind a proxy that is calm so far. */
  const chosen = async (path: string): Promise<Browser> => {
    const browser = await driver.browser();
    await browser.go(chaos.url);
    await browser.until('hydrated', 'return document.documentElement?.dataset.hydrated !== undefined');
    await browser.fill(byTestId('file-input'), path);
    return browser;
  };

  for (let seed = START; seed < START + RUNS; seed += 1) {
    test(`seed ${seed} ends with a link, or with a name and then a link`, async ({ server, folder, cli }, info) => {
      const file = await folder.random('big.bin', 45 * MIB);
      const browser = await chosen(file.path);
      await chaos.seed(seed, 20);
      await browser.click(byTestId('create-link'));
      let end = await ending(browser, 240_000);
      const spoiled = await chaos.calm();
      figure(info, `chaos, seed ${seed}: ${spoiled} requests spoiled, ${end.link ? 'complete' : `ended with ${end.problem}, complete later`}`);
      if (!end.link) {
        expect(end.problem, 'the error has a name').toMatch(/^[a-z-]+$/);
        await browser.click(byTestId('try-again'));
        await browser.click(byTestId('create-link'));
        end = await ending(browser, 120_000);
      }
      const got = folder.sub('got');
      await cli.receive(end.link!.replace(chaos.url, server.url), got);
      expect(await sha256(join(got, 'big.bin'))).toBe(file.sha256);
    });
  }

  test('U02 a part that goes silent is given up and sent again', async ({ server, folder, cli }) => {
    const file = await folder.random('big.bin', 25 * MIB);
    const browser = await chosen(file.path);
    await chaos.rule('PUT', 'partNumber=2', 1, 'stall:1000000:600000');
    await browser.click(byTestId('create-link'));
    const { link } = await ending(browser, 120_000);
    const got = folder.sub('got');
    await cli.receive(link!.replace(chaos.url, server.url), got);
    expect(await sha256(join(got, 'big.bin'))).toBe(file.sha256);
  });

  test('U02 an answer may take four times as long as a part usually does', async ({ server, folder, cli }) => {
    const file = await folder.random('big.bin', 79 * MIB);
    const browser = await chosen(file.path);
    // All bytes are through at once; then each part waits 12 s for its answer, and one of the last 36 s.
    await chaos.rule('PUT', 'partNumber=8', 0, 'late-answer:36000');
    await chaos.rule('PUT', 'partNumber=', 0, 'late-answer:12000');
    await browser.click(byTestId('create-link'));
    const { link } = await ending(browser, 120_000);
    expect(await chaos.calm(), 'nine parts, padding included, and none of them again').toBe(9);
    const got = folder.sub('got');
    await cli.receive(link!.replace(chaos.url, server.url), got);
    expect(await sha256(join(got, 'big.bin'))).toBe(file.sha256);
  });
});

// The page against API and bucket that lie: a file is what was sent, or there is no file and the page says so. The command
// line's client hears thousands of these lies in its own tests; here is a seeded choice of them, in the real browser.
import { readFileSync } from 'node:fs';
import { MaliciousServer } from '../fixtures/malicious-server';
import { expect, figure, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';

const seed = Number(process.env.SEALDROP_SEED ?? 4);
const lies = Number(process.env.SEALDROP_LIES ?? 24);
// A lie that looks like a network that comes and goes is tried again for a minute: in time, that is not refused and not done.
const patience = 12_000;

test('D05 hostile API and bucket: nothing wrong is ever delivered to a browser', async ({ server, cli, folder, browser }, info) => {
  test.setTimeout(lies * 15_000);
  const made = await folder.random('minutes.bin', 600_000);
  const right = readFileSync(made.path);
  const sent = await cli.send([made.path]);
  const hostile = await MaliciousServer.start(server.url);
  const outcome = { right: 0, refused: 0, waiting: 0 };
  const seen = async (): Promise<keyof typeof outcome> => {
    const context = await browser.newContext({ baseURL: hostile.url });
    try {
      const receive = new ReceivePage(await context.newPage());
      await receive.page.goto(`${hostile.url}/d/${sent.link.id}#${sent.link.fragment}`);
      const over = receive.page.locator('[data-testid=receive-status][data-state=verified], [data-testid=receive-status][data-state=failed], [data-testid=error]').first();
      await expect(receive.download.first().or(over).first()).toBeVisible({ timeout: patience }).catch(() => undefined);
      if (await receive.download.first().isVisible()) await receive.download.first().click();
      await expect(over).toBeVisible({ timeout: patience }).catch(() => undefined);
      const verified = (await receive.page.locator('[data-testid=receive-status][data-state=verified]').count()) > 0;
      for (const download of receive.downloads) {
        if (await Promise.race([download.failure(), new Promise((resolve) => setTimeout(() => resolve('still running'), 2_000))]) !== null) continue;
        expect(readFileSync(await download.path()).equals(right), 'a finished file is the one that was sent').toBe(true);
      }
      if (verified) {
        expect(receive.downloads, 'verified means saved').toHaveLength(1);
        return 'right';
      }
      return (await over.count()) > 0 ? 'refused' : 'waiting';
    } finally {
      await context.close();
    }
  };
  try {
    expect(await seen(), 'the honest download').toBe('right');
    const count = await hostile.count(seed);
    expect(count).toBeGreaterThan(500);
    // An odd step through the whole list: some of every kind.
    const step = Math.floor(count / lies) | 1;
    for (let n = 0; n < lies; n += 1) {
      const said = await hostile.tell((seed * 7 + n * step) % count);
      const came = await test.step(said, seen);
      expect(await hostile.told(), `${said} was heard`).toBeGreaterThan(0);
      outcome[came] += 1;
    }
    expect(outcome.refused).toBeGreaterThan(lies / 3);
    figure(info, `hostile: ${lies} of ${count} lies told to the page: ${outcome.refused} refused, ${outcome.right} without effect, ${outcome.waiting} still trying, 0 believed`);
  } finally {
    hostile.stop();
  }
});

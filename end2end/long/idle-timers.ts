// Downloads that take longer than any browser lets a service worker sit idle: Firefox stops one after 30 s without an event,
// also while its stream is read. Side by side, over a bad line, and over one so slow that no part of a file ends in that time:
// each request of the page is an event as well, so only there is the ping all that keeps it awake.
import { rmSync } from 'node:fs';
import { sideBySide } from '../driver/side-by-side';
import { Cli } from '../fixtures/cli';
import { figure, test } from '../fixtures/test';

const seconds = Number(process.env.SEALDROP_LONG_SECONDS ?? 420);
const bytesPerSecond = Number(process.env.SEALDROP_LONG_RATE ?? 1_000_000);

test.describe.configure({ mode: 'parallel' });

for (const [what, rate, within] of [
  ['downloads of many minutes arrive whole', bytesPerSecond, seconds],
  ['downloads of which no part arrives within the idle timers arrive whole', 180_000, Math.min(seconds, 200)],
] as const) {
  test(`D03 ${what}, in Firefox and in Chromium side by side`, async ({ server, folder }, info) => {
    const made = await folder.random('long.bin', within * rate);
    const { url } = await new Cli(server.url, folder.sub('state')).send([made.path], ['--downloads', '2']);
    rmSync(made.path);
    figure(info, await sideBySide({ origin: server.url, link: url, made, bytesPerSecond: rate }));
  });
}

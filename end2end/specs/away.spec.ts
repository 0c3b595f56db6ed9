// A server that is away for a while: transfers wait and go on by themselves, and nothing is lost.
import { join } from 'node:path';
import { Cli } from '../fixtures/cli';
import { sha256 } from '../fixtures/folder';
import { header } from '../fixtures/tap';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
import { SendPage } from '../pages/send-page';

/** Bytes a second of each connection: with three of them, 48 MiB take eight seconds, long enough to be cut on a busy machine. */
const SLOW = 2 << 20;

test.describe('the server is away', () => {
  test('U01 while sending: it goes on by itself and nothing is lost', async ({ startTap, server, browser, folder }) => {
    const tap = await startTap(server.url);
    const made = await folder.random('long.bin', 48 << 20);
    const context = await browser.newContext({ baseURL: tap.url });
    const send = new SendPage(await context.newPage());
    await send.open();
    await send.choose(made.path);
    tap.bytesPerSecond = SLOW;
    await send.create.click();
    await expect.poll(async () => Number(await send.progress.first().getAttribute('aria-valuenow'))).toBeGreaterThan(5);
    const before = Number(await send.progress.first().getAttribute('aria-valuenow'));
    await tap.cut();
    await expect(send.page.getByText(/connection lost|retrying|offline/i).first()).toBeVisible({ timeout: 30_000 });
    expect(await send.link.count()).toBe(0);
    expect(Number(await send.progress.first().getAttribute('aria-valuenow')), 'the percentage never goes back').toBeGreaterThanOrEqual(before);
    tap.bytesPerSecond = undefined;
    await tap.mend();
    const link = await send.sent(100_000);
    const into = folder.sub('received');
    const ran = await new Cli(tap.url, folder.sub('cli-state')).receive(link, into);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await sha256(join(into, made.name))).toBe(made.sha256);
    await context.close();
  });

  test('D01 while receiving: it goes on by itself, and the file is right', async ({ startTap, server, browser, cli, folder }) => {
    const tap = await startTap(server.url);
    const made = await folder.random('long.bin', 48 << 20);
    const { link } = await cli.send([made.path]);
    const context = await browser.newContext({ baseURL: tap.url });
    const receive = new ReceivePage(await context.newPage());
    await receive.openList(`${tap.url}/d/${link.id}#${link.fragment}`);
    // It stands still when the first of three ranges is surely here: with that the download begins.
    tap.standAfter = 32 << 20;
    await receive.download.first().click();
    await expect.poll(() => receive.downloads.length, { timeout: 30_000 }).toBe(1);
    await tap.cut();
    await expect(receive.page.getByText(/connection lost|retrying|offline/i).first()).toBeVisible({ timeout: 30_000 });
    await receive.expectState('working');
    tap.standAfter = undefined;
    await tap.mend();
    expect(await receive.verdict(100_000)).toBe('verified');
    expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
    // Each range is of the object that the link means, or is refused: nothing goes on from the middle of another.
    const ranges = tap.exchanges.filter((exchange) => exchange.method === 'GET' && exchange.url.startsWith('/blobs/'));
    const asked = (exchange: (typeof ranges)[0]) => header(exchange.requestHeaders, 'if-match') !== undefined;
    expect(ranges.filter(asked).length).toBe(ranges.length);
    expect(ranges.length).toBeGreaterThan(3);
    await context.close();
  });

  test('before anything: opening says so, and works when it is back', async ({ startTap, server, browser, cli, folder }) => {
    const tap = await startTap(server.url);
    const { link } = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'p' });
    const context = await browser.newContext({ baseURL: tap.url });
    const receive = new ReceivePage(await context.newPage());
    await receive.open(`${tap.url}/d/${link.id}#${link.fragment}`);
    await expect(receive.password).toBeVisible();
    await tap.cut();
    await receive.unlock('p');
    await expectExplained(receive.page, problem.serverAway, 90_000);
    await tap.mend();
    await receive.page.getByTestId('try-again').click();
    // The password is not kept: it is asked for again.
    await receive.unlock('p');
    await expect(receive.files).toBeVisible({ timeout: 30_000 });
    await context.close();
  });

  test('a link that has ended says so, though the screen for it does not come', async ({ page, cli, folder }) => {
    const { url } = await cli.send([folder.write('x.txt', 'x').path]);
    expect((await cli.run(['revoke', url])).code).toBe(0);
    await page.route(/receive_failed.*\.pack|split_failed.*\.wasm/, (route) => route.abort());
    const receive = new ReceivePage(page);
    await receive.open(url);
    await expectExplained(page, problem.revoked);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.unroute(/receive_failed.*\.pack|split_failed.*\.wasm/);
    // Asked again, the whole screen comes.
    await page.getByTestId('try-again').click();
    await expect(page.getByTestId('copy-message')).toBeVisible();
  });

  test('what sends does not come: it says so, and what was chosen is still there', async ({ page, folder }) => {
    await page.route(/send_sending.*\.pack|split_sending.*\.wasm/, (route) => route.abort());
    const send = new SendPage(page);
    await send.open();
    await send.choose([folder.write('kept.txt', 'x').path]);
    await send.create.click();
    await expectExplained(page, problem.notLoaded);
    await page.unroute(/send_sending.*\.pack|split_sending.*\.wasm/);
    await page.getByTestId('try-again').click();
    await expect(page.getByText('kept.txt').first()).toBeVisible();
    expect(await send.send()).toMatch(/\/d\//);
  });

  test('the command line says so with its own exit code', async ({ folder }) => {
    const away = new Cli('http://127.0.0.1:1', folder.sub('cli-state'));
    const ran = await away.run(['send', folder.write('x.txt', 'x').path, '--json']);
    expect(ran.code, ran.stderr).toBe(3);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).not.toMatch(/panicked/);
  });
});

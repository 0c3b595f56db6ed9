// Limits and full disks, on either end: said before or while it happens, in words, and the list stays.
import { readdirSync, statSync } from 'node:fs';
import { receiveUntilError } from '../driver/transfer';
import { Driver } from '../driver/webdriver';
import { Owner } from '../fixtures/api';
import { Cli } from '../fixtures/cli';
import { filesUnder } from '../fixtures/folder';
import { onSmallDisk } from '../fixtures/small-disk';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import { SendPage } from '../pages/send-page';

test.describe('the server says no', () => {
  test('over the limit of guests: said before the first byte', async ({ startServer, browser, folder }) => {
    const server = await startServer({ env: { SEALDROP_GUEST_MAX_BYTES: String(1 << 20) } });
    const context = await browser.newContext({ baseURL: server.url });
    const send = new SendPage(await context.newPage());
    const asked: string[] = [];
    context.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const limits = send.page.waitForResponse('**/api/v1/limits');
    await send.open();
    await limits;
    const [large, small] = [await folder.random('large.bin', 2 << 20), await folder.random('small.bin', 1000)];
    await send.choose(large.path);
    await expect(send.create).toBeDisabled();
    await expectExplained(send.page, problem.tooLarge);
    expect(asked.filter((one) => one.startsWith('POST /api/v1/uploads'))).toEqual([]);
    // The list is still there: remove the large one, and what is left goes.
    await expect(send.page.getByText('large.bin').first()).toBeVisible();
    await send.page.getByRole('button', { name: /remove.*large\.bin/i }).first().click();
    await send.choose(small.path);
    const link = await send.send();
    const into = folder.sub('received');
    expect((await new Cli(server.url, folder.sub('cli-state')).receive(link, into)).code).toBe(0);
    expect(filesUnder(into)).toEqual(['small.bin']);

    const refused = await new Cli(server.url, folder.sub('cli-state')).run(['send', large.path]);
    expect(refused.code, refused.stderr).toBe(8);
    await context.close();
  });

  test('guests are off', async ({ startServer, browser }) => {
    const server = await startServer({ env: { SEALDROP_GUEST_MAX_BYTES: '0' } });
    const context = await browser.newContext({ baseURL: server.url });
    const send = new SendPage(await context.newPage());
    await send.open();
    await expectExplained(send.page, problem.guestsOff);
    await expect(send.create, 'nothing invites to send').toHaveCount(0);
    await expect(send.page.getByRole('button', { name: /choose/i })).toHaveCount(0);
    await context.close();
  });

  test('its disk is full: said, and the list is kept', async ({ startServer, browser, folder }) => {
    await onSmallDisk(folder, 24, async (small) => {
      const server = await startServer({ data: small });
      try {
        const context = await browser.newContext({ baseURL: server.url });
        const send = new SendPage(await context.newPage());
        await send.open();
        const made = await folder.random('large.bin', 30 << 20);
        await send.choose(made.path);
        await send.create.click();
        await expectExplained(send.page, problem.storageFull, 60_000);
        expect(await send.link.count()).toBe(0);
        await context.close();
        const refused = await new Cli(server.url, folder.sub('cli-state')).run(['send', made.path]);
        expect(refused.code, refused.stderr).toBe(8);
        expect(statSync(made.path).size, 'what was to be sent is untouched').toBe(made.len);
      } finally {
        await server.halt();
      }
    });
  });
});

test.describe('the disk of the recipient is full', () => {
  test('D07 nothing is finished, and both clients say so', async ({ server, cli, folder }) => {
    const made = await folder.random('large.bin', 30 << 20);
    const sent = await cli.send([made.path]);
    await onSmallDisk(folder, 16, async (small) => {
      const ran = await cli.receive(sent.url, small);
      expect(ran.code, ran.stderr).toBe(8);
      expect(ran.stderr).not.toMatch(/panicked/);
      expect(readdirSync(small)).not.toContain('large.bin');
      // What fits on the disk is kept, with its place on the link, for the same command to go on; this gives both back.
      const given = await cli.run(['receive', sent.url, '-o', small, '--discard']);
      expect(given.code, given.stderr).toBe(0);
      expect(await new Owner(sent.link, sent.ownerToken).status()).toMatchObject({ used: 0, active: 0 });
    });
    await onSmallDisk(folder, 16, async (small) => {
      const driver = await Driver.start();
      try {
        const browser = await driver.browser(small);
        const { state, problem: named, words } = await receiveUntilError(browser, sent.url);
        expect(state).not.toBe('verified');
        expect(['disk-full', 'save-refused']).toContain(named);
        expect(words.length).toBeGreaterThan(60);
        expect(readdirSync(small)).not.toContain('large.bin');
        // The page gives its place back beside telling what happened: looked for while the page is still there.
        const owner = new Owner(sent.link, sent.ownerToken);
        await expect.poll(async () => (await owner.status()).active, { message: 'the place is given back' }).toBe(0);
        await browser.close();
      } finally {
        await driver.stop();
      }
    });
    expect(await new Owner(sent.link, sent.ownerToken).status(), 'and nothing was counted').toMatchObject({ used: 0, active: 0 });
    expect(server.lines.join('\n')).not.toMatch(/panicked/);
  });
});

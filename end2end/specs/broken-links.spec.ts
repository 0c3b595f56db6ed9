// Links that are cut, foreign, ended, taken or guarded: each page says what happened, what is safe and what to do.
import { Owner, Recipient } from '../fixtures/api';
import type { Sent } from '../fixtures/cli';
import { inventLink } from '../fixtures/link';
import type { Server } from '../fixtures/server';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';

test.describe('links that are not whole', () => {
  let sent: Sent;
  let other: Sent;
  test.beforeEach(async ({ cli, folder }) => {
    const path = folder.write('x.txt', 'x').path;
    sent = await cli.send([path]);
    other = await cli.send([path]);
  });

  const broken: [string, string | RegExp, () => string][] = [
    ['without its key', problem.noKey, () => sent.url.split('#')[0]!],
    ['cut', problem.incomplete, () => sent.url.slice(0, -20)],
    ['cut by one character', problem.incomplete, () => sent.url.slice(0, -1)],
    ['mistyped', problem.alteredLink, () => { const at = sent.url.indexOf('#') + 20; return sent.url.slice(0, at) + (sent.url[at] === 'A' ? 'B' : 'A') + sent.url.slice(at + 1); }],
    ['with the key of another', problem.alteredLink, () => `${sent.url.split('#')[0]}#${other.link.fragment}`],
    ['that does not exist', problem.gone, () => inventLink(sent.link.origin)],
  ];
  for (const [name, expected, url] of broken) {
    test(`a link ${name}`, async ({ page }) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await new ReceivePage(page).open(url());
      await expectExplained(page, expected);
      if (expected !== problem.gone) expect(asked.filter((path) => path.startsWith('/api/v1/links')), 'nothing was asked of the server').toEqual([]);
      expect(page.url(), 'what was there of the key is gone from the address').not.toContain('#');
      expect((await new Owner(sent.link, sent.ownerToken).status()).used).toBe(0);
    });
  }

  test('a cut link goes on when the whole one is pasted', async ({ page }) => {
    const receive = new ReceivePage(page);
    await receive.open(sent.url.slice(0, -20));
    await expectExplained(page, problem.incomplete);
    await page.getByTestId('paste-link').fill(sent.url);
    await page.keyboard.press('Enter');
    await expect(receive.files).toBeVisible();
    expect(await receive.receive()).toBe('verified');
  });

  test('a pasted link of another server stays where it is, and the page says so', async ({ page, server }) => {
    await new ReceivePage(page).open(sent.url.slice(0, -20));
    await expectExplained(page, problem.incomplete);
    const { pathname } = new URL(page.url());
    const field = page.getByTestId('paste-link');
    for (const [pasted, expected] of [
      [sent.url.replace(server.url, 'https://elsewhere.example'), problem.foreign], [' ', problem.foreign], [`${server.url}/d/`, problem.incomplete],
    ] as const) {
      await field.fill(pasted);
      await page.keyboard.press('Enter');
      await expectExplained(page, expected);
      expect(new URL(page.url()).pathname).toBe(pathname);
    }
    await field.fill(sent.url);
    await page.keyboard.press('Enter');
    await expect(new ReceivePage(page).files).toBeVisible();
  });

  test('a link of a newer version', async ({ page }) => {
    const owner = new Owner(sent.link, sent.ownerToken);
    await owner.rewrite((payload) => ({ ...payload, v: 2 }));
    await new ReceivePage(page).open(sent.url);
    await expectExplained(page, problem.newer);
  });
});

test.describe('links that have ended', () => {
  const ends: [string, string, (sent: Sent, server: Server) => Promise<unknown>][] = [
    ['expired', problem.expired, async (sent, server) => server.expire(sent.link.id)],
    ['revoked', problem.revoked, (sent) => new Owner(sent.link, sent.ownerToken).revoke()],
    ['exhausted', problem.exhausted, async (sent) => { const one = new Recipient(sent.link); await one.commit(await one.claim()); }],
  ];
  for (const [name, expected, end] of ends) {
    test(`${name} before it is opened`, async ({ server, cli, folder, page }) => {
      const sent = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1']);
      await end(sent, server);
      await new ReceivePage(page).open(sent.url);
      await expectExplained(page, expected);
      const late = await cli.receive(sent.url, folder.sub('late'));
      expect(late.code, late.stderr).toBe(4);
    });

    test(`${name} between looking and clicking`, async ({ server, cli, folder, page }) => {
      const sent = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1']);
      const receive = new ReceivePage(page);
      await receive.openList(sent.url);
      await end(sent, server);
      await receive.download.first().click();
      await expectExplained(page, expected);
      expect(receive.downloads).toHaveLength(0);
    });
  }

  test('every place is taken at the moment', async ({ cli, folder, page }) => {
    const sent = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1']);
    const receive = new ReceivePage(page);
    await receive.openList(sent.url);
    const holder = new Recipient(sent.link);
    const claim = await holder.claim();
    await receive.download.first().click();
    await expectExplained(page, problem.busy);
    await holder.release(claim);
    await page.getByTestId('try-again').click();
    expect(await receive.verdict()).toBe('verified');
  });

  test('a wrong password, twice, then the right one', async ({ cli, folder, page }) => {
    const sent = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'right' });
    const receive = new ReceivePage(page);
    await receive.open(sent.url);
    for (const wrong of ['Right', 'ri ght']) {
      await receive.unlock(wrong);
      await expectExplained(page, problem.wrongPassword);
      await expect(receive.password).toBeEditable();
    }
    await receive.unlock('right');
    await expect(receive.files).toBeVisible({ timeout: 30_000 });
    expect((await new Owner(sent.link, sent.ownerToken).status()).used).toBe(0);
  });
});

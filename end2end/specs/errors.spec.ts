// When something goes wrong: each page says what happened, what is safe and what to do, and nothing is lost.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { Driver } from '../driver/webdriver';
import { Owner, Recipient } from '../fixtures/api';
import { Cli, type Sent } from '../fixtures/cli';
import { filesUnder, sha256, sizeOf, type Folder } from '../fixtures/folder';
import { inventLink } from '../fixtures/link';
import type { Server } from '../fixtures/server';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { byTestId, problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
import { SendPage } from '../pages/send-page';

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
    ['mistyped', /^(incomplete|foreign)-link$/, () => { const at = sent.url.indexOf('#') + 20; return sent.url.slice(0, at) + (sent.url[at] === 'A' ? 'B' : 'A') + sent.url.slice(at + 1); }],
    ['with the key of another', /^(incomplete|foreign)-link$/, () => `${sent.url.split('#')[0]}#${other.link.fragment}`],
    ['that nobody made', problem.gone, () => inventLink(sent.link.origin)],
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
    await page.getByRole('textbox').first().fill(sent.url);
    await page.keyboard.press('Enter');
    await expect(receive.files).toBeVisible();
    expect(await receive.receive()).toBe('verified');
  });

  test('a link of a newer version', async ({ page }) => {
    const owner = new Owner(sent.link, sent.ownerToken);
    await owner.rewrite((payload) => ({ ...payload, v: 2 }));
    await new ReceivePage(page).open(sent.url);
    await expectExplained(page, problem.newer);
  });
});

test.describe('links that have ended', () => {
  const ends: [string, string, (sent: Sent) => Promise<unknown>][] = [
    ['expired', problem.expired, (sent) => new Owner(sent.link, sent.ownerToken).expire()],
    ['revoked', problem.revoked, (sent) => new Owner(sent.link, sent.ownerToken).revoke()],
    ['exhausted', problem.exhausted, async (sent) => { const one = new Recipient(sent.link); await one.commit(await one.claim()); }],
  ];
  for (const [name, expected, end] of ends) {
    test(`${name} before it is opened`, async ({ cli, folder, page }) => {
      const sent = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1']);
      await end(sent);
      await new ReceivePage(page).open(sent.url);
      await expectExplained(page, expected);
      const late = await cli.receive(sent.url, folder.sub('late'));
      expect(late.code, late.stderr).toBe(4);
    });

    test(`${name} between looking and clicking`, async ({ cli, folder, page }) => {
      const sent = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1']);
      const receive = new ReceivePage(page);
      await receive.openList(sent.url);
      await end(sent);
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
    await page.getByRole('button', { name: /again|download/i }).first().click();
    expect(await receive.verdict()).toBe('verified');
  });

  test('a wrong password, twice, then the right one', async ({ cli, folder, page }) => {
    const sent = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'right' });
    const receive = new ReceivePage(page);
    await receive.open(sent.url);
    for (const wrong of ['Right', 'right ']) {
      await receive.unlock(wrong);
      await expectExplained(page, problem.wrongPassword);
      await expect(receive.password).toBeEditable();
    }
    await receive.unlock('right');
    await expect(receive.files).toBeVisible({ timeout: 20_000 });
    expect((await new Owner(sent.link, sent.ownerToken).status()).used).toBe(0);
  });
});

test.describe('what was sealed and what is there differ', () => {
  const largest = (server: Server): string =>
    filesUnder(server.bucket).map((name) => join(server.bucket, name)).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;

  const damages: [string, number, (bytes: Buffer) => Buffer][] = [
    ['one bit of the first record', 60_000, (bytes) => { bytes[5000]! ^= 1; return bytes; }],
    ['one bit of the last record of many', 3_000_000, (bytes) => { bytes[bytes.length - 40]! ^= 0x80; return bytes; }],
    ['one bit of the header', 60_000, (bytes) => { bytes[70]! ^= 1; return bytes; }],
    ['two records swapped', 3_000_000, (bytes) => {
      const [one, two] = [Buffer.from(bytes.subarray(262144, 524288)), Buffer.from(bytes.subarray(524288, 786432))];
      two.copy(bytes, 262144);
      one.copy(bytes, 524288);
      return bytes;
    }],
  ];
  for (const [name, len, damage] of damages) {
    test(name, async ({ startServer, browser, folder }) => {
      const server = await startServer();
      const cli = new Cli(server.url, folder.sub('cli-state'));
      const made = await folder.random('victim.bin', len);
      const sent = await cli.send([made.path]);
      const path = largest(server);
      writeFileSync(path, damage(readFileSync(path)));
      const context = await browser.newContext({ baseURL: server.url });
      const receive = new ReceivePage(await context.newPage());
      await receive.openList(sent.url);
      expect(await receive.receive()).toBe('failed');
      await expectExplained(receive.page, problem.altered);
      for (const download of receive.downloads) {
        // A download that had begun must end as failed: nothing wrong is ever finished.
        expect(await download.failure(), 'no finished file').not.toBeNull();
      }
      await expect(receive.page.locator('[data-testid=receive-status][data-state=verified]')).toHaveCount(0);
      expect(await new Owner(sent.link, sent.ownerToken).status(), 'and nothing was counted').toMatchObject({ used: 0, active: 0 });
      await context.close();

      const into = folder.sub('received');
      const ran = await cli.receive(sent.url, into);
      expect(ran.code, ran.stderr).toBe(6);
      expect(readdirSync(into).filter((one) => !one.endsWith('.part'))).toEqual([]);
    });
  }

  test('the object of another link in its place', async ({ startServer, browser, folder }) => {
    const server = await startServer();
    const cli = new Cli(server.url, folder.sub('cli-state'));
    const before = new Set(filesUnder(server.bucket));
    await cli.send([(await folder.random('one.bin', 400_000)).path]);
    const first = filesUnder(server.bucket).filter((name) => !before.has(name));
    const sent = await cli.send([(await folder.random('two.bin', 400_000)).path]);
    const second = filesUnder(server.bucket).filter((name) => !before.has(name) && !first.includes(name));
    const pick = (names: string[]) => names.map((name) => join(server.bucket, name)).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;
    writeFileSync(pick(second), readFileSync(pick(first)));
    const context = await browser.newContext({ baseURL: server.url });
    const receive = new ReceivePage(await context.newPage());
    await receive.openList(sent.url);
    expect(await receive.receive()).toBe('failed');
    await expectExplained(receive.page, problem.altered);
    expect(receive.downloads.length).toBe(0);
    await context.close();
  });
});

test.describe('the server is away', () => {
  test('while sending: it goes on by itself and nothing is lost', async ({ startTap, server, browser, folder }) => {
    test.setTimeout(150_000);
    const tap = await startTap(server.url);
    const made = await folder.random('long.bin', 24 << 20);
    const context = await browser.newContext({ baseURL: tap.url });
    const send = await newSendPage(context);
    await send.open();
    await send.choose(made.path);
    tap.bytesPerSecond = 6 << 20;
    await send.create.click();
    await expect.poll(async () => Number(await send.progress.first().getAttribute('aria-valuenow'))).toBeGreaterThan(5);
    const before = Number(await send.progress.first().getAttribute('aria-valuenow'));
    await tap.cut();
    await expect(send.page.getByText(/dropped|retry|waiting|again in|not reach|away/i).first()).toBeVisible({ timeout: 30_000 });
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

  test('while receiving: it goes on by itself, and the file is right', async ({ startTap, server, browser, cli, folder }) => {
    test.setTimeout(150_000);
    const tap = await startTap(server.url);
    const made = await folder.random('long.bin', 24 << 20);
    const { link } = await cli.send([made.path]);
    const context = await browser.newContext({ baseURL: tap.url });
    const receive = new ReceivePage(await context.newPage());
    await receive.openList(`${tap.url}/d/${link.id}#${link.fragment}`);
    tap.bytesPerSecond = 4 << 20;
    await receive.download.first().click();
    await expect.poll(() => receive.downloads.length).toBe(1);
    await tap.cut();
    await expect(receive.page.getByText(/dropped|retry|waiting|again in|not reach|away/i).first()).toBeVisible({ timeout: 30_000 });
    await receive.expectState('working');
    tap.bytesPerSecond = undefined;
    await tap.mend();
    expect(await receive.verdict(100_000)).toBe('verified');
    expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
    await context.close();
  });

  test('before anything: opening says so, and works when it is back', async ({ startTap, server, browser, cli, folder }) => {
    const tap = await startTap(server.url);
    const { link } = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'p' });
    const context = await browser.newContext({ baseURL: tap.url });
    const receive = new ReceivePage(await context.newPage());
    await receive.open(`${tap.url}/d/${link.id}#${link.fragment}`);
    await tap.cut();
    await receive.unlock('p');
    await expectExplained(receive.page, problem.serverAway, 90_000);
    await tap.mend();
    await receive.page.getByRole('button', { name: /again|open/i }).first().click();
    await expect(receive.files).toBeVisible({ timeout: 30_000 });
    await context.close();
  });

  test('the command line says so with its own exit code', async ({ folder }) => {
    const away = new Cli('http://127.0.0.1:1', folder.sub('cli-state'));
    const ran = await away.run(['send', folder.write('x.txt', 'x').path, '--json'], { env: { SEALDROP_RETRY_FOR: '1' } });
    expect(ran.code, ran.stderr).toBe(3);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).not.toMatch(/panicked/);
  });
});

test.describe('the server says no', () => {
  test('over the limit of guests: said before the first byte', async ({ startServer, browser, folder }) => {
    const server = await startServer({ env: { SEALDROP_GUEST_MAX_BYTES: String(1 << 20) } });
    const context = await browser.newContext({ baseURL: server.url });
    const send = await newSendPage(context);
    const asked: string[] = [];
    context.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await send.open();
    const [large, small] = [await folder.random('large.bin', 2 << 20), await folder.random('small.bin', 1000)];
    await send.choose(large.path);
    if (await send.create.isEnabled()) await send.create.click();
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

  test('guests are off', async ({ startServer, browser, folder }) => {
    const server = await startServer({ env: { SEALDROP_GUEST_MAX_BYTES: '0' } });
    const context = await browser.newContext({ baseURL: server.url });
    const send = await newSendPage(context);
    await send.open();
    if (await send.input.count()) {
      await send.choose(folder.write('x.txt', 'x').path);
      if (await send.create.isEnabled()) await send.create.click();
    }
    await expectExplained(send.page, problem.guestsOff);
    await context.close();
  });

  test('its disk is full: said, and the list is kept', async ({ startServer, browser, folder }) => {
    test.setTimeout(120_000);
    await onSmallDisk(folder, 24, async (small) => {
      const server = await startServer({ data: small });
      try {
        const context = await browser.newContext({ baseURL: server.url });
        const send = await newSendPage(context);
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
  test('nothing is finished, and both clients say so', async ({ server, cli, folder }) => {
    test.setTimeout(120_000);
    const made = await folder.random('large.bin', 30 << 20);
    const sent = await cli.send([made.path]);
    await onSmallDisk(folder, 16, async (small) => {
      const ran = await cli.receive(sent.url, small);
      expect(ran.code, ran.stderr).toBe(8);
      expect(ran.stderr).not.toMatch(/panicked/);
      expect(readdirSync(small)).not.toContain('large.bin');
    });
    await onSmallDisk(folder, 16, async (small) => {
      const driver = await Driver.start();
      try {
        const browser = await driver.browser(small);
        await browser.go(sent.url);
        await browser.click(byTestId('receive-download'), 30_000);
        const [state, named, words] = await browser.until<[string, string, string]>('the verdict', `
          const error = document.querySelector('${byTestId('error')}');
          const state = document.querySelector('${byTestId('receive-status')}')?.dataset.state;
          return state === 'verified' || error ? [state, error?.dataset.problem, error?.innerText] : null;`, 60_000);
        expect(state).not.toBe('verified');
        expect(['disk-full', 'save-refused']).toContain(named);
        expect(words.length).toBeGreaterThan(60);
        expect(readdirSync(small)).not.toContain('large.bin');
        await browser.close();
      } finally {
        await driver.stop();
      }
    });
    expect(await new Owner(sent.link, sent.ownerToken).status(), 'and nothing was counted').toMatchObject({ used: 0, active: 0 });
    expect(server.lines.join('\n')).not.toMatch(/panicked/);
  });
});

/** A file system of some MiB; where none can be mounted, the test is left out and says so. */
async function onSmallDisk(folder: Folder, mib: number, action: (path: string) => Promise<void>): Promise<void> {
  const path = folder.nested().path;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', path], { stdio: 'pipe' });
  } catch {
    test.skip(true, 'mounting a small file system is not allowed here');
  }
  try {
    await action(path);
  } finally {
    execFileSync('umount', ['-l', path]);
  }
}

async function newSendPage(context: BrowserContext): Promise<SendPage> {
  return new SendPage(await context.newPage());
}

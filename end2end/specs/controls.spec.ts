// Controls that no story needs and that must do what they say all the same: each is pressed, and what it shows and what it sends or stores
// is looked at. scripts/control-table.mjs tells when one is left.
import { mkdirSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { Owner, Recipient } from '../fixtures/api';
import { parseLink } from '../fixtures/link';
import { expect, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';
import { ready, SendPage } from '../pages/send-page';

const screen = (page: Page) => page.locator('main');

/** Notes what a page sends to the server, but for what it loads. */
function calls(page: Page): string[] {
  const made: string[] = [];
  page.on('request', (request) => { if (request.url().includes('/api/')) made.push(`${request.method()} ${new URL(request.url()).pathname}`); });
  return made;
}

test('the links of the bar and of the foot', async ({ page, sendPage }) => {
  await sendPage.open();
  for (const [control, path, shown] of [
    ['foot-security', '/security', 'security'], ['nav-brand', '/', 'send-empty'], ['nav-security', '/security', 'security'],
    ['nav-send', '/', 'send-empty'], ['what-we-see', '/security', 'security'],
  ] as const) {
    await page.getByTestId(control).first().click();
    await expect(screen(page), control).toHaveAttribute('data-screen', shown);
    expect(new URL(page.url()).pathname, control).toBe(path);
  }
  for (const control of ['foot-check', 'foot-cli']) {
    await page.goto('/');
    await ready(page);
    const leads = new URL((await page.getByTestId(control).getAttribute('href'))!, page.url());
    await page.getByTestId(control).click();
    await expect(page).toHaveURL(leads.href);
    if (leads.hash) await expect(page.locator(leads.hash)).toBeInViewport();
    else await expect(page.locator('main h1')).toBeVisible();
  }
  await page.goto('/security');
  await ready(page);
  await page.getByTestId('security-cli').click();
  await expect(screen(page)).toHaveAttribute('data-screen', 'command-line');
  // The way to Rust leads off this site.
  await page.route('https://rustup.rs/**', (route) => route.fulfill({ body: 'there' }));
  await page.getByTestId('cli-rust').click();
  await expect(page).toHaveURL('https://rustup.rs/');
});

test('an address that leads nowhere leads to Send', async ({ page }) => {
  await page.goto('/no-such-page');
  await ready(page);
  await page.getByTestId('go-send').click();
  await expect(screen(page)).toHaveAttribute('data-screen', 'send-empty');
  expect(new URL(page.url()).pathname).toBe('/');
});

test('the bar of a phone folds into a menu, and a choice closes it', async ({ page, sendPage }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await sendPage.open();
  await expect(page.getByTestId('nav-security')).toBeHidden();
  await page.getByTestId('menu').click();
  await page.getByTestId('nav-security').click();
  await expect(screen(page)).toHaveAttribute('data-screen', 'security');
  await expect(page.getByTestId('nav-security')).toBeHidden();
});

test('skip leads past the bar', async ({ page }) => {
  await page.goto('/security');
  await ready(page);
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#main$/);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null), 'the focus is in the page').toBe(true);
});

test('files, a folder and a photo, chosen by their buttons, and more of them', async ({ browser, server, folder, cli }) => {
  const context = await browser.newContext({ baseURL: server.url, hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  // The plain inputs: the dialog of showOpenFilePicker is the system's.
  await page.addInitScript(() => { delete (window as { showOpenFilePicker?: unknown }).showOpenFilePicker; });
  const send = new SendPage(page);
  const choose = async (control: string, paths: string | string[]) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByTestId(control).tap();
    await (await chooser).setFiles(paths);
  };
  const tree = folder.sub('tree');
  mkdirSync(`${tree}/deep`);
  const inTree = [folder.write('tree/one.txt', 'one'), folder.write('tree/deep/two.txt', 'two')];
  const [file, more, photo] = [folder.write('file.txt', 'a file'), folder.write('more.txt', 'more'), folder.write('photo.jpg', 'a photo')];
  for (const [control, path, holds] of [['take-photo', photo.path, 'photo.jpg'], ['choose-folder', tree, 'tree'], ['choose-files', file.path, 'file.txt']] as const) {
    await send.open();
    await choose(control, path);
    await expect(page.locator('.files .name').filter({ hasText: holds }).first(), control).toBeVisible();
  }
  await choose('add-more', more.path);
  await page.setViewportSize({ width: 1280, height: 900 });
  await choose('add-folder', tree);
  await expect(page.locator('h1')).toContainText('4 files');
  const link = await send.send();
  const into = folder.sub('got');
  const ran = await cli.receive(link, into);
  expect(ran.code, ran.stderr).toBe(0);
  const { filesUnder, onlyIn } = await import('../fixtures/folder');
  expect(filesUnder(onlyIn(into))).toEqual(['file.txt', 'more.txt', 'tree/deep/two.txt', 'tree/one.txt']);
  expect(inTree).toHaveLength(2);
  await context.close();
});

test('the options fold under their line', async ({ page, sendPage }) => {
  await sendPage.open();
  const line = page.getByTestId('terms').first();
  const before = await page.getByTestId('send-note').isVisible();
  await line.click();
  await expect(page.getByTestId('send-note')).toBeVisible({ visible: !before });
  await line.click();
  await expect(page.getByTestId('send-note')).toBeVisible({ visible: before });
});

test('who opens a dialog of the owner and leaves it again has changed nothing', async ({ page, sendPage, folder }) => {
  await sendPage.open();
  await sendPage.choose(folder.write('x.txt', 'x').path);
  const link = await sendPage.send();
  const { rev: _, ...before } = await new Recipient(parseLink(link)).open() as unknown as Record<string, unknown>;
  const made = calls(page);
  for (const [control, leave] of [['extend', 'extend-cancel'], ['limit', 'limit-cancel'], ['revoke', 'revoke-keep']] as const) {
    for (const by of ['button', 'Escape']) {
      await page.getByTestId(control).click();
      const dialog = page.getByTestId(`${control}-dialog`);
      await expect(dialog).toBeVisible();
      if (by === 'button') await page.getByTestId(leave).click();
      else await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
    }
  }
  expect(made.filter((call) => !call.startsWith('GET')), 'nothing was asked of the server').toEqual([]);
  expect(await new Recipient(parseLink(link)).open()).toMatchObject(before);
});

test('a link is shared and mailed by what the device has', async ({ page, sendPage, folder }) => {
  await page.addInitScript(() => {
    Object.assign(navigator, { share: (data: ShareData) => { (window as { shared?: ShareData }).shared = data; return Promise.resolve(); } });
    // A mail program would open: where it is asked for is enough.
    addEventListener('click', (event) => {
      const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[href^="mailto:"]');
      if (link) { event.preventDefault(); (window as { mailed?: string }).mailed = link.href; }
    });
  });
  await sendPage.open();
  await sendPage.choose(folder.write('x.txt', 'x').path);
  const link = await sendPage.send();
  const made = calls(page);
  await page.getByTestId('share').click();
  expect(await page.evaluate(() => (window as { shared?: ShareData }).shared)).toMatchObject({ url: link });
  await page.getByTestId('mail').click();
  expect(decodeURIComponent(await page.evaluate(() => (window as { mailed?: string }).mailed ?? ''))).toContain(link);
  expect(made.filter((call) => !call.startsWith('GET')), 'the server hears nothing of it').toEqual([]);
  await expect(sendPage.link).toBeVisible();
});

test('sending more begins anew', async ({ page, sendPage, folder }) => {
  await sendPage.open();
  await sendPage.choose(folder.write('x.txt', 'x').path);
  const first = await sendPage.send();
  await page.getByTestId('send-more').click();
  await expect(screen(page)).toHaveAttribute('data-screen', 'send-empty');
  await sendPage.choose(folder.write('y.txt', 'y').path);
  const second = await sendPage.send();
  expect(second).not.toBe(first);
  await new Recipient(parseLink(first)).open();
});

test('a message to the sender is copied', async ({ browser, server, cli, folder }) => {
  const sent = await cli.send([folder.write('x.txt', 'x').path]);
  await new Owner(sent.link, sent.ownerToken).revoke();
  const context = await browser.newContext({ baseURL: server.url, permissions: ['clipboard-read', 'clipboard-write'] });
  const receive = new ReceivePage(await context.newPage());
  await receive.open(sent.url);
  await receive.page.getByTestId('copy-message').click();
  await expect(receive.page.getByTestId('copy-message')).toContainText('Copied');
  const text = await receive.page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(await receive.page.locator('main h1').innerText());
  expect(text, 'neither the key nor the address').not.toContain(sent.link.id);
  await context.close();
});

test('where this browser cannot do it, the command line is one press away', async ({ page, cli, folder }) => {
  await page.addInitScript(() => { delete (window as { MessageChannel?: unknown }).MessageChannel; });
  const { url } = await cli.send([folder.write('x.txt', 'x').path]);
  const receive = new ReceivePage(page);
  await receive.open(url);
  await expect(receive.error.first()).toHaveAttribute('data-problem', /.+/);
  await page.getByTestId('use-cli').click();
  await expect(screen(page)).toHaveAttribute('data-screen', /security|command-line/);
  await expect(page.getByText(/sealdrop receive/).first()).toBeVisible();
});

test('what is for the technically minded is folded, on both sides; and something is sent back', async ({ startTap, server, browser, folder, recipient }) => {
  const tap = await startTap(server.url);
  const context = await browser.newContext({ baseURL: tap.url });
  const send = new SendPage(await context.newPage());
  await send.open();
  await send.choose((await folder.random('slow.bin', 12_000_000)).path);
  tap.lastPart = 0;
  await send.create.click();
  const cipher = send.page.getByTestId('cipher');
  await expect(cipher).toBeHidden();
  await send.page.getByTestId('technically').click();
  await expect(cipher).toContainText('AES-256-GCM');
  tap.lastPart = undefined;
  const link = await send.sent();
  const receive = await recipient();
  await receive.openList(link.replace(tap.url, server.url));
  expect(await receive.receive()).toBe('verified');
  await expect(receive.page.getByText('AES-256-GCM')).toBeHidden();
  await receive.page.getByTestId('technically').click();
  await expect(receive.page.getByText('AES-256-GCM')).toBeVisible();
  await receive.page.getByTestId('send-back').click();
  await expect(screen(receive.page)).toHaveAttribute('data-screen', 'send-empty');
  await context.close();
});

test('a sending that is not cancelled after all goes on; one that is leaves no link', async ({ startTap, server, browser, folder }) => {
  const tap = await startTap(server.url);
  const context = await browser.newContext({ baseURL: tap.url });
  const send = new SendPage(await context.newPage());
  const page = send.page;
  await send.open();
  await send.choose((await folder.random('large.bin', 25_000_000)).path);
  tap.lastPart = 1;
  await send.create.click();
  const dialog = page.getByTestId('cancel-dialog');
  await page.getByTestId('cancel').click();
  await page.getByTestId('cancel-keep').click();
  await expect(dialog).toBeHidden();
  await page.getByTestId('cancel').click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(screen(page)).toHaveAttribute('data-screen', 'sending');
  await page.getByTestId('cancel').click();
  await page.getByTestId('cancel-confirm').click();
  await expect(screen(page)).toHaveAttribute('data-screen', /send-(empty|files)/);
  tap.lastPart = undefined;
  await expect.poll(() => tap.exchanges.some(({ method, url }) => method === 'DELETE' && url.includes('/uploads/')), 'the server is told').toBe(true);
  expect(tap.exchanges.some(({ method, url }) => method === 'POST' && url.endsWith('/links'))).toBe(false);
  await context.close();
});

test('"Try now" does not wait for its time', async ({ startTap, browser, server, folder }) => {
  const tap = await startTap(server.url);
  const context = await browser.newContext({ baseURL: tap.url });
  const send = new SendPage(await context.newPage());
  await send.open();
  await send.choose((await folder.random('large.bin', 25_000_000)).path);
  tap.lastPart = 1;
  await send.create.click();
  await expect.poll(async () => Number(await send.progress.first().getAttribute('aria-valuenow'))).toBeGreaterThan(0);
  await tap.cut();
  // Until a wait is so long that only the press ends it within two seconds. Its length is drawn: where all tries were short and are used
  // up, the upload is begun again.
  const long = send.page.getByText(/(again|Retrying) in ([5-9]|\d\d) s/);
  const stopped = send.page.getByTestId('try-again');
  for (;;) {
    await expect(long.or(stopped).first()).toBeVisible({ timeout: 60_000 });
    if (await long.first().isVisible()) break;
    await stopped.click();
    await send.create.click();
  }
  tap.lastPart = undefined;
  await tap.mend();
  const before = tap.exchanges.length;
  await send.page.getByTestId('try-now').click();
  await expect.poll(() => tap.exchanges.length, { timeout: 2_000 }).toBeGreaterThan(before);
  await send.sent();
  await context.close();
});

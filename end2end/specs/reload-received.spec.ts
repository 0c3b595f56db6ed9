// A received link outlives a reload and the way back: the tab keeps its key, sealed, and nothing else does.
import type { Page } from '@playwright/test';
import { Firefox } from '../driver/firefox';
import { hydrated, openList } from '../driver/transfer';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { byTestId, problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
import { ready } from '../pages/send-page';

const stored = (page: Page): Promise<string[]> => page.evaluate(() => Object.values(sessionStorage) as string[]);

/** Every shape in which a key might lie in a text. */
function shapes(fragment: string): string[] {
  const bytes = Buffer.from(fragment, 'base64url');
  return [fragment, fragment.slice(4, 44), bytes.toString('hex'), bytes.subarray(2, 34).toString('hex'), bytes.toString('base64'), bytes.subarray(2, 34).toString('base64url')];
}

/** The tab keeps a key a moment after its page has opened. */
const untilKept = (page: Page): Promise<void> => expect.poll(async () => (await stored(page)).length).toBe(1);

test('F5 shows the list again; the address stays clean, and the tab keeps only what is sealed', async ({ cli, folder, page }) => {
  const { url, link } = await cli.send([folder.write('one.txt', 'one').path, folder.write('two.txt', 'two').path]);
  const receive = new ReceivePage(page);
  await receive.openList(url);
  await untilKept(page);
  for (let times = 0; times < 2; times += 1) {
    await page.reload();
    await expect(receive.files).toContainText('one.txt');
    expect(page.url()).not.toContain('#');
  }
  const everything = JSON.stringify([await stored(page), await page.evaluate(() => [Object.entries(localStorage), history.state])]);
  for (const shape of shapes(link.fragment)) expect(everything).not.toContain(shape);
  const [sealed] = await stored(page);
  expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
  // Version 1, suite 1, purpose 32.
  expect(Buffer.from(sealed!, 'base64url').subarray(0, 4).toString('hex')).toBe('01013200');
  expect(Buffer.from(sealed!, 'base64url').toString('latin1')).not.toContain(link.fragment.slice(0, 12));
  expect(await receive.receive()).toBe('verified');
});

test('Back and Forward from another page of the site and from another site show the list', async ({ cli, folder, page, startServer }) => {
  const other = await startServer();
  const { url } = await cli.send([folder.write('one.txt', 'one').path]);
  const receive = new ReceivePage(page);
  await receive.openList(url);
  await untilKept(page);
  const path = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'Security' }).first().click();
  await expect(page).toHaveURL(/\/security/);
  await page.goBack();
  await expect(receive.files).toContainText('one.txt');
  await page.goto(`${other.url}/security`);
  await page.goBack();
  await ready(page);
  await expect(receive.files).toContainText('one.txt');
  expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe(path);
  await page.goto('/security');
  await page.goBack();
  await expect(receive.files).toContainText('one.txt');
  await page.goForward();
  await expect(page).toHaveURL(/\/security/);
  await page.goBack();
  expect(await receive.receive()).toBe('verified');
});

test('a reload asks for the password again: it is not kept', async ({ cli, folder, page }) => {
  const { url } = await cli.send([folder.write('one.txt', 'one').path], [], { password: 'open sesame' });
  const receive = new ReceivePage(page);
  await receive.openList(url, 'open sesame');
  await untilKept(page);
  await page.reload();
  await expect(receive.password).toBeVisible();
  expect(JSON.stringify(await stored(page))).not.toContain('sesame');
  await receive.unlock('open sesame');
  await expect(receive.files).toBeVisible({ timeout: 30_000 });
});

for (const [what, block] of [
  ['the storage of the tab', () => { Object.defineProperty(window, 'sessionStorage', { get: () => { throw new DOMException('blocked', 'SecurityError'); } }); }],
  ['IndexedDB', () => { Object.defineProperty(window, 'indexedDB', { value: undefined }); }],
  ['WebCrypto', () => { Object.defineProperty(crypto, 'subtle', { value: undefined }); }],
] as const) {
  test(`without ${what} a reload says what the page did and what to do`, async ({ cli, folder, page }) => {
    await page.addInitScript(block);
    const { url } = await cli.send([folder.write('one.txt', 'one').path]);
    const receive = new ReceivePage(page);
    await receive.openList(url);
    await page.reload();
    const said = await expectExplained(page, 'key-forgotten');
    expect(said).toContain('This page was reloaded and the key is no longer here');
    expect(said).toContain('Open the link from the message again');
    expect(said).not.toMatch(/mail/i);
    await page.getByTestId('paste-link').fill(url);
    await page.keyboard.press('Enter');
    await expect(receive.files).toContainText('one.txt');
  });
}

test('another tab knows nothing: a link without its key stays without it', async ({ cli, folder, page, context }) => {
  const { url } = await cli.send([folder.write('one.txt', 'one').path]);
  await new ReceivePage(page).openList(url);
  await untilKept(page);
  const second = new ReceivePage(await context.newPage());
  await second.open(url.split('#')[0]!);
  await expectExplained(second.page, problem.noKey);
});

test('a link that was pasted is the one that a reload opens', async ({ cli, folder, page }) => {
  const { url } = await cli.send([folder.write('one.txt', 'one').path]);
  const other = await cli.send([folder.write('two.txt', 'two').path]);
  const receive = new ReceivePage(page);
  await receive.open(url.split('#')[0]!);
  await expectExplained(page, problem.noKey);
  await page.getByTestId('paste-link').fill(other.url);
  await page.keyboard.press('Enter');
  await expect(receive.files).toContainText('two.txt');
  expect(new URL(page.url()).pathname).toBe(`/d/${other.link.id}`);
  await untilKept(page);
  await page.reload();
  await expect(receive.files).toContainText('two.txt');
});

test('another link in the address bar of the same page, and an anchor of the page itself', async ({ cli, folder, page }) => {
  const { url, link } = await cli.send([folder.write('one.txt', 'one').path]);
  const receive = new ReceivePage(page);
  await receive.open(url.split('#')[0]!);
  await expectExplained(page, problem.noKey);
  await page.evaluate((fragment) => { location.hash = fragment; }, link.fragment);
  await expect(receive.files).toContainText('one.txt');
  expect(page.url()).not.toContain('#');
  await untilKept(page);
  await page.evaluate(() => { location.hash = 'main'; });
  await page.reload();
  await expect(receive.files).toContainText('one.txt');
});

test('"Copy link" copies the whole link and says so for a moment', async ({ cli, folder, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { url } = await cli.send([folder.write('one.txt', 'one').path]);
  await new ReceivePage(page).openList(url);
  const button = page.getByTestId('copy-link');
  await button.click();
  await expect(button).toHaveText('Copied');
  await expect(button.locator('use')).toHaveAttribute('href', '#i-check');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
  await expect(button).toHaveText('Copy link', { timeout: 4_000 });
});

test('a page that may not write to the clipboard shows the link', async ({ cli, folder, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.execCommand = () => false;
  });
  const { url } = await cli.send([folder.write('one.txt', 'one').path]);
  await new ReceivePage(page).openList(url);
  await page.getByTestId('copy-link').click();
  await expect(page.locator('#received-link')).toHaveText(url);
  expect(await page.evaluate(() => getSelection()!.toString())).toBe(url);
});

for (const [device, viewport] of [['a desktop', { width: 1280, height: 900 }], ['a phone', { width: 390, height: 844 }]] as const) {
  test(`Back closes a preview instead of leaving the page, on ${device}`, async ({ cli, folder, page }) => {
    await page.setViewportSize(viewport);
    const { url } = await cli.send([folder.write('one.txt', 'the first'), folder.write('two.txt', 'the second')].map((one) => one.path));
    await page.goto('/security');
    const receive = new ReceivePage(page);
    await receive.openList(url);
    const preview = page.getByTestId('preview');
    const open = async (row: number, text: string) => {
      await page.getByTestId('preview-one').nth(row).click();
      await expect(page.getByTestId('preview-text')).toHaveText(text);
    };
    await open(0, 'the first');
    await page.goBack();
    await expect(preview).toBeHidden();
    await expect(receive.files).toBeVisible();
    // Forward shows it again; the button and Escape leave no entry behind.
    await page.goForward();
    await expect(page.getByTestId('preview-text')).toHaveText('the first');
    await page.getByTestId('preview-close').click();
    await expect(preview).toBeHidden();
    await open(1, 'the second');
    await page.keyboard.press('Escape');
    await expect(preview).toBeHidden();
    // Beside the dialog lies what it covers; on a phone it covers everything.
    if (device === 'a desktop') {
      await open(0, 'the first');
      await page.mouse.click(2, 2);
      await expect(preview).toBeHidden();
    }
    // One opened at once after another was closed has its own entry.
    await open(0, 'the first');
    await page.evaluate((close) => document.querySelector<HTMLElement>(close)!.click(), byTestId('preview-close'));
    await open(1, 'the second');
    await page.goBack();
    await expect(preview).toBeHidden();
    await expect(receive.files).toBeVisible();
    await expect.poll(() => page.evaluate(() => (history.state as { previewRow?: number } | null)?.previewRow)).toBeUndefined();
    await page.goBack();
    await expect(page).toHaveURL(/\/security/);
  });
}

test('a click inside a preview does not close it; a reload with a preview open shows the list', async ({ cli, folder, page }) => {
  const { url } = await cli.send([folder.write('one.txt', 'the first').path]);
  const receive = new ReceivePage(page);
  await receive.openList(url);
  await untilKept(page);
  await page.getByTestId('preview-one').click();
  await page.getByTestId('preview-text').click();
  await expect(page.getByTestId('preview')).toBeVisible();
  await page.reload();
  await expect(receive.files).toContainText('one.txt');
  await expect(page.getByTestId('preview')).toBeHidden();
  await expect.poll(() => page.evaluate(() => (history.state as { previewRow?: number } | null)?.previewRow)).toBeUndefined();
});

test('Firefox: a reload and the way back show the list again', async ({ cli, folder, server }) => {
  const { url } = await cli.send([folder.write('one.txt', 'one').path]);
  const browser = await Firefox.start();
  const list = (what: string) => browser.until(what, `return document.querySelector('${byTestId('receive-files')}')?.innerText.includes('one.txt') ?? false`);
  try {
    await openList(browser, url);
    await browser.until('the key is kept', 'return sessionStorage.length === 1');
    await browser.run('setTimeout(() => location.reload(), 0); window.old = true');
    await browser.until('the page is a new one', 'return !window.old');
    await list('the list after a reload');
    await browser.go(`${server.url}/security`);
    // Firefox complains of scripts that were still on their way when their page went,
    await hydrated(browser);
    await browser.run('setTimeout(() => history.back(), 0)');
    await list('the list after Back');
    expect(await browser.run('return location.href'), 'the key is not in the address').not.toContain('#');
    await browser.click(byTestId('preview-one'));
    await browser.until('the preview', `return document.querySelector('${byTestId('preview-text')}')?.innerText === 'one'`);
    await browser.run('setTimeout(() => history.back(), 0)');
    await browser.until('the preview is closed', `return !document.querySelector('${byTestId('preview')}').open && !!document.querySelector('${byTestId('receive-files')}')`);
    // and of a frame of the service worker's that went with its page.
    expect(browser.complaints.filter((one) => !/A ServiceWorker intercepted the request/.test(one))).toEqual([]);
  } finally {
    await browser.close();
  }
});

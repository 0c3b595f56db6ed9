// What a screen says and where: one file is its own headline, long notes are folded, dates are exact, a phone has room.
import type { Page } from '@playwright/test';
import { galleryStates, showState } from '../fixtures/gallery';
import { png } from '../fixtures/media';
import { gallery, site } from '../fixtures/paths';
import { serveFolder } from '../fixtures/static';
import { expect, test } from '../fixtures/test';

const DATE = /\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d/;

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('one file is the headline, with its type; its end has a date', async ({ cli, folder, recipient }) => {
  const sent = await cli.send([folder.write('Minutes of May.pdf', '%PDF-1.7').path]);
  const receive = await recipient();
  await receive.openList(sent.url);
  await expect(receive.page.getByRole('heading', { level: 1 })).toHaveText('Minutes of May.pdf');
  await expect(receive.page.getByTestId('file-kind')).toHaveText('Document, PDF');
  await expect(receive.page.getByTestId('deadline')).toHaveText(DATE);
});

test('a long note is folded, and shown whole on request', async ({ sendPage, folder, recipient }) => {
  await sendPage.open();
  await sendPage.choose([folder.write('one.txt', '1').path]);
  await sendPage.terms({ note: 'one line of many\n'.repeat(20) });
  const link = await sendPage.send();
  await expect(sendPage.page.getByTestId('deadline').first(), 'the Sent page').toHaveText(DATE);
  const receive = await recipient();
  await receive.openList(link);
  const { page } = receive;
  const note = page.getByTestId('receive-note');
  const height = async () => (await note.boundingBox())!.height;
  const folded = await height();
  await page.getByTestId('note-more').click();
  await expect(page.getByTestId('note-more')).toHaveAttribute('aria-expanded', 'true');
  expect(await height()).toBeGreaterThan(2 * folded);
  await page.getByTestId('note-more').click();
  expect(await height()).toBe(folded);
});

test('the pictures of a link are looked at one after the other', async ({ cli, folder, recipient }) => {
  const files = [folder.write('a.png', png(40, 20)), folder.write('b.bin', 'not shown'), folder.write('c.png', png(60, 30)), folder.write('d.png', png(80, 40))];
  const sent = await cli.send(files.map((file) => file.path));
  const receive = await recipient();
  await receive.openList(sent.url);
  const { page } = receive;
  const title = page.locator('#preview-title .name');
  const width = () => page.getByTestId('preview-image').evaluate((image: HTMLImageElement) => image.naturalWidth).catch(() => 0);
  await page.getByTestId('preview-one').first().click();
  await expect(title).toHaveText('a.png');
  await expect(page.getByTestId('preview-previous')).toHaveAttribute('aria-disabled', 'true');
  await page.getByTestId('preview-next').click();
  await expect(title, 'what cannot be shown is passed over').toHaveText('c.png');
  await expect.poll(width).toBe(60);
  await expect(page.getByTestId('preview-next')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(title).toHaveText('d.png');
  await expect.poll(width).toBe(80);
  await expect(page.getByTestId('preview-next')).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('ArrowLeft');
  await page.getByTestId('preview-previous').click();
  await expect(title).toHaveText('a.png');
  await expect.poll(width).toBe(40);

  await page.getByTestId('preview-image').click();
  await expect(page.getByTestId('preview'), 'a press inside closes nothing').toBeVisible();
  await page.mouse.click(4, 4);
  await expect(page.getByTestId('preview'), 'a press beside it does').toBeHidden();
});

test('a phone: options under their line, rows of two lines, nothing about dropping', async ({ browser, baseURL, folder }) => {
  const context = await browser.newContext({ baseURL, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto('/');
  await page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
  const said = async () => (await page.locator('body').innerText()).match(/\bdrop\b|Ctrl/i);
  expect(await said()).toBeNull();
  await page.getByTestId('file-input').first().setInputFiles([folder.write('a.pdf', 'a').path, folder.write('b.txt', 'b').path]);
  await expect(page.getByTestId('create-link')).toBeVisible();
  await expect(page.getByTestId('send-password')).toBeHidden();
  expect(await said()).toBeNull();
  const second = page.locator('.file').nth(1);
  const box = (await second.boundingBox())!;
  expect(box.height).toBeLessThanOrEqual(62);
  const button = (await second.getByTestId('remove').boundingBox())!;
  expect(Math.abs(button.y + button.height / 2 - (box.y + box.height / 2)), 'the button is in the middle').toBeLessThanOrEqual(1);
  await context.close();
});

test('every state fits into 320 px, and with letters of twice the size', async ({ page }) => {
  test.setTimeout(600_000);
  const server = await serveFolder(gallery, site);
  for (const state of galleryStates()) {
    await page.setViewportSize({ width: 320, height: 640 });
    await showState(page, server.url, state);
    expect.soft(await sideways(page), `${state.name} at 320 px`).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 640, height: 900 });
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    expect.soft(await sideways(page), `${state.name} at twice the text size`).toBeLessThanOrEqual(0);
  }
  await server.stop();
});

test('colours of the system keep arrows and icons, and paper gets the content only', async ({ page }) => {
  const server = await serveFolder(gallery, site);
  const state = (name: string) => galleryStates().find((one) => one.name === name)!;
  await page.emulateMedia({ forcedColors: 'active' });
  await showState(page, server.url, state('send-files'));
  const arrow = await page.getByTestId('send-expires').evaluate((select) => {
    const style = getComputedStyle(select);
    return style.appearance !== 'none' || (style.backgroundImage !== 'none' && style.forcedColorAdjust === 'none');
  });
  expect(arrow, 'a select shows that it opens').toBe(true);
  await page.emulateMedia({ forcedColors: 'none', media: 'print' });
  await showState(page, server.url, state('receive-list'));
  await expect(page.locator('.top')).toBeHidden();
  await expect(page.locator('.btn:visible')).toHaveCount(0);
  await expect(page.locator('input:visible')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await server.stop();
});

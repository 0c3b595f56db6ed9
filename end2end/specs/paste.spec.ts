// Text that is pasted on Send: a note, a file or a link, as the person says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { onlyIn } from '../fixtures/folder';
import { expect, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';

/** Pastes as the browser does: an event with data, where the focus is. */
const paste = (page: Page, text: string) => page.evaluate((text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  (document.activeElement ?? document.body).dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}, text);

test('pasted text becomes a text file, and another one beside it', async ({ sendPage, folder, cli }) => {
  await sendPage.open();
  const { page } = sendPage;
  await paste(page, 'first line\nsecond line');
  await expect(page.getByTestId('pasted-text')).toHaveText('first line\nsecond line');
  await page.getByTestId('pasted-file').click();
  await expect(page.getByTestId('pasted-text')).toBeHidden();
  await expect(page.locator('.name')).toHaveText(['text.txt']);
  await paste(page, 'something else');
  await page.getByTestId('pasted-file').click();
  await expect(page.locator('.name')).toHaveText(['text.txt', 'text 2.txt']);
  const link = await sendPage.send();
  const got = folder.sub('got');
  await cli.receive(link, got);
  expect(readFileSync(join(onlyIn(got), 'text.txt'), 'utf8')).toBe('first line\nsecond line');
  expect(readFileSync(join(onlyIn(got), 'text 2.txt'), 'utf8')).toBe('something else');
});

test('pasted text becomes the note, behind what is in it', async ({ sendPage, folder, recipient }) => {
  await sendPage.open();
  const { page } = sendPage;
  await sendPage.choose([folder.write('one.txt', '1').path]);
  await sendPage.terms({ note: 'Dear Ada,' });
  await page.getByTestId('create-link').focus();
  await paste(page, 'the plan is inside.');
  await page.getByTestId('pasted-note').click();
  await expect(page.getByTestId('send-note')).toHaveValue('Dear Ada,\nthe plan is inside.');
  await expect(page.getByTestId('send-note')).toBeFocused();
  const receive = await recipient();
  await receive.openList(await sendPage.send());
  await expect(receive.page.getByTestId('receive-note')).toHaveText('Dear Ada,\nthe plan is inside.');
});

test('text that is too long for a note can only be a file; cancelling does nothing', async ({ sendPage }) => {
  await sendPage.open();
  const { page } = sendPage;
  await paste(page, 'x'.repeat(4001));
  await expect(page.getByTestId('pasted-too-long')).toBeVisible();
  await expect(page.getByTestId('pasted-note')).toBeDisabled();
  await page.getByTestId('pasted-cancel').click();
  await expect(page.getByTestId('pasted-text')).toBeHidden();
  await paste(page, 'left by Escape');
  await expect(page.getByTestId('pasted-text')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('pasted-text')).toBeHidden();
  await expect(page.locator('.name')).toHaveCount(0);
  await sendPage.terms({ password: 'typed' });
  await page.getByTestId('send-note').focus();
  await paste(page, 'into the field');
  await expect(page.getByTestId('pasted-text'), 'a field keeps what is pasted into it').toBeHidden();
});

test('a pasted link of this server opens; with files chosen it asks first', async ({ sendPage, folder, cli }) => {
  const sent = await cli.send([folder.write('there.txt', 'hello').path]);
  await sendPage.open();
  const { page } = sendPage;
  await sendPage.choose([folder.write('one.txt', '1').path]);
  await paste(page, sent.url);
  await expect(page.getByTestId('pasted-open')).toBeVisible();
  await page.getByTestId('pasted-cancel').click();
  await expect(page.locator('.name')).toHaveText(['one.txt']);
  await paste(page, `see ${sent.url}`);
  await expect(page.getByTestId('pasted-open'), 'not a link alone').toHaveCount(0);
  await page.getByTestId('pasted-cancel').click();
  await paste(page, sent.url);
  await page.getByTestId('pasted-open').click();
  await expect(new ReceivePage(page).files).toContainText('there.txt');

  await sendPage.open();
  await paste(page, ` ${sent.url}\n`);
  await expect(new ReceivePage(page).files, 'at once, where nothing is chosen').toContainText('there.txt');
});

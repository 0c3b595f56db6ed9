// Folders as a tree: on the page of a link they open, close and are ticked; on Send one file of a chosen folder is left out.
import type { Locator, Page } from '@playwright/test';
import { entries } from '../fixtures/archive';
import { listed } from '../fixtures/listed';
import { expect, test } from '../fixtures/test';

/** The row of a file or folder, by its visible name. */
const row = (list: Locator, name: string): Locator =>
  list.getByRole('listitem').filter({ has: list.page().locator('.name').filter({ hasText: new RegExp(`^${name}$`) }) });

const names = (list: Locator) => list.locator('.name').allTextContents();
const mixed = (box: Locator) => box.evaluate((element: HTMLInputElement) => element.indeterminate);

test('a folder of a link opens, closes and is ticked with what is in it', async ({ folder, cli, recipient }) => {
  for (const [path, text] of [['house/plans/ground.txt', 'ground'], ['house/plans/roof.txt', 'roof'], ['house/note.txt', 'note'], ['loose.txt', 'loose']] as const) folder.write(path, text);
  const sent = await cli.send([folder.join('house'), folder.join('loose.txt')]);
  const receive = await recipient();
  await receive.openList(sent.url);
  const { page, files } = receive;
  expect((await names(files)).sort(), 'a few files are all shown').toEqual(['ground.txt', 'house', 'loose.txt', 'note.txt', 'plans', 'roof.txt']);

  const plans = row(files, 'plans');
  await plans.getByTestId('unfold').click();
  await expect(plans.getByTestId('unfold')).toHaveAttribute('aria-expanded', 'false');
  await expect(row(files, 'roof.txt')).toHaveCount(0);
  await expect(plans.getByTestId('unfold')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row(files, 'roof.txt')).toBeVisible();

  await row(files, 'house').getByTestId('pick').check();
  await expect(page.getByTestId('picked')).toContainText('3');
  await expect(row(files, 'ground.txt').getByTestId('pick')).toBeChecked();
  await expect(row(files, 'loose.txt').getByTestId('pick')).not.toBeChecked();

  await row(files, 'ground.txt').getByTestId('pick').uncheck();
  await expect(plans.getByTestId('pick')).not.toBeChecked();
  await expect.poll(() => mixed(plans.getByTestId('pick')), 'some of it').toBe(true);
  await expect.poll(() => mixed(row(files, 'house').getByTestId('pick'))).toBe(true);

  expect(await receive.receive()).toBe('verified');
  await expect.poll(() => receive.downloads.length).toBe(1);
  const archive = await receive.downloads[0]!.path();
  expect(entries(archive).map((entry) => entry.name).sort()).toEqual(['house/note.txt', 'house/plans/roof.txt']);
});

test('thousands of files begin with closed folders', async ({ folder, cli, recipient }) => {
  for (let at = 0; at < 1200; at += 1) folder.write(`many/${at % 3}/file ${at}.txt`, `${at}`);
  const sent = await cli.send([folder.join('many')]);
  const receive = await recipient();
  await receive.openList(sent.url);
  expect(await names(receive.files), 'the outer folder is open, the inner ones are not').toEqual(['many', '0', '1', '2']);
  await row(receive.files, '1').getByTestId('unfold').click();
  await expect(receive.files.getByRole('listitem')).toHaveCount(404);
  await row(receive.files, '0').getByTestId('unfold').click();
  await expect(receive.files.getByRole('listitem'), 'no more than 500 rows are drawn').toHaveCount(500);
  await expect(receive.page.getByText('and 304 more')).toBeVisible();
});

async function chooseFolder(page: Page, path: string): Promise<void> {
  await page.getByTestId('folder-input').first().setInputFiles(path);
}

test('one file of a chosen folder is left out, and does not arrive', async ({ folder, sendPage, cli }) => {
  for (const [path, text] of [['trip/day one/beach.txt', 'beach'], ['trip/day one/passport.txt', 'secret'], ['trip/day two/hills.txt', 'hills'], ['trip/list.txt', 'list']] as const) folder.write(path, text);
  await sendPage.open();
  const { page } = sendPage;
  await chooseFolder(page, folder.join('trip'));
  const list = page.getByTestId('chosen-files');
  await expect(list.locator('.name')).toHaveText(['trip']);
  await row(list, 'trip').getByTestId('unfold').click();
  await row(list, 'day one').getByTestId('unfold').click();
  await expect(list.getByRole('listitem')).toHaveCount(6);

  await row(list, 'passport.txt').getByTestId('remove').click();
  await expect(row(list, 'passport.txt')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('3 files');
  await expect(row(list, 'trip')).toContainText('3 files');
  await expect(page.locator('[data-testid=remove]:focus'), 'the focus stays in the list').toHaveCount(1);

  await row(list, 'day two').getByTestId('remove').click();
  await expect(row(list, 'hills.txt')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('2 files');

  const link = await sendPage.send();
  const got = folder.sub('got');
  await cli.receive(link, got);
  expect(listed(got).sort()).toEqual(['trip/day one/beach.txt', 'trip/list.txt']);
});

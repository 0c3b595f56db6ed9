// Folders as a tree: on the page of a link they open, close and are ticked.
import type { Locator } from '@playwright/test';
import { entries } from '../fixtures/archive';
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

// Choosing files: what is removed from the list is not sent, and what stands on the list is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test';

const names = (page: import('@playwright/test').Page) => page.getByTestId('chosen-files').locator('.name').allTextContents();
const removeButton = (page: import('@playwright/test').Page, name: string) =>
  page.getByTestId('chosen-files').locator('li', { hasText: name }).getByTestId('remove');

test('each × removes the file it stands beside, and only the rest is sent', async ({ sendPage, cli, folder }) => {
  const contents = { 'contract.txt': 'the contract', 'salary.txt': 'nobody may see this', 'photo.txt': 'a photo' };
  const paths = Object.entries(contents).map(([name, text]) => folder.write(name, text).path);
  await sendPage.open();
  await sendPage.choose(paths);
  const page = sendPage.page;
  await expect.poll(() => names(page)).toEqual(['contract.txt', 'salary.txt', 'photo.txt']);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('3 files');

  await removeButton(page, 'contract.txt').click();
  await expect.poll(() => names(page)).toEqual(['salary.txt', 'photo.txt']);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('2 files');
  await expect(removeButton(page, 'salary.txt'), 'the focus is on what stands in its place').toBeFocused();

  await removeButton(page, 'salary.txt').click();
  await expect.poll(() => names(page)).toEqual(['photo.txt']);
  await expect(removeButton(page, 'photo.txt')).toBeFocused();

  const link = await sendPage.send();
  const into = folder.sub('received');
  const ran = await cli.receive(link, into);
  expect(ran.code, ran.stderr).toBe(0);
  expect(readFileSync(join(into, 'photo.txt'), 'utf8')).toBe('a photo');
  expect(ran.stdout + ran.stderr).not.toContain('salary');
});

test('a removed file can be added again, and the last one removed leads back to the empty page', async ({ sendPage, folder }) => {
  const paths = [folder.write('one.txt', '1').path, folder.write('two.txt', '22').path];
  await sendPage.open();
  const page = sendPage.page;
  await sendPage.choose(paths);
  await removeButton(page, 'one.txt').click();
  await sendPage.choose([paths[0]!]);
  await expect.poll(() => names(page)).toEqual(['two.txt', 'one.txt']);
  await removeButton(page, 'two.txt').click();
  await removeButton(page, 'one.txt').click();
  await expect(page.getByTestId('chosen-files')).toHaveCount(0);
  await expect(sendPage.create).toHaveCount(0);
});

test('of two files of one name the one that is removed goes', async ({ sendPage, cli, folder }) => {
  const paths = [folder.write('one/same.txt', 'first').path, folder.write('other/same.txt', 'the second one').path];
  await sendPage.open();
  const page = sendPage.page;
  await sendPage.choose([paths[0]!]);
  await sendPage.choose([paths[1]!]);
  await expect.poll(() => names(page)).toEqual(['same.txt', 'same.txt']);
  await page.getByTestId('remove').first().click();
  await expect.poll(() => names(page)).toEqual(['same.txt']);
  const link = await sendPage.send();
  const into = folder.sub('received');
  expect((await cli.receive(link, into)).code).toBe(0);
  expect(readFileSync(join(into, 'same.txt'), 'utf8')).toBe('the second one');
});

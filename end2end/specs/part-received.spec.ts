// Some of the files: what the page says was checked is what was downloaded, and no more.
import { expect, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';

test('three of five files: the headline says how many were downloaded and checked, never that all were', async ({ cli, folder, page }) => {
  const names = ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt'];
  const { url } = await cli.send(names.map((name) => folder.write(name, `content of ${name}`).path));
  const receive = new ReceivePage(page);
  await receive.openList(url);
  for (const name of names.slice(0, 3)) await receive.files.getByRole('checkbox', { name }).check();
  expect(await receive.receive()).toBe('verified');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('3 of 5 files downloaded and checked');
  await expect(page).toHaveTitle(/^3 of 5 files downloaded and checked/);
  const main = page.locator('main');
  await expect(main).not.toContainText(/unaltered$|compared with what the sender encrypted|final checksum/i);
  await expect(page.getByTestId('what-was-checked')).toContainText('The other files were not downloaded and not checked');
  // The rest by their rows: in the end every file is here.
  for (const rows of [2, 1]) {
    await expect(page.getByTestId('download-one')).toHaveCount(rows);
    await page.getByTestId('download-one').first().click();
    expect(await receive.verdict()).toBe('verified');
  }
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('5 of 5 files downloaded and checked');
});

test('all files: the headline says so, and that the whole was compared', async ({ cli, folder, page }) => {
  const { url } = await cli.send([folder.write('a.txt', 'a').path, folder.write('b.txt', 'b').path]);
  const receive = new ReceivePage(page);
  await receive.openList(url);
  expect(await receive.receive()).toBe('verified');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Complete and unaltered');
  await expect(page.getByTestId('what-was-checked')).toContainText('compared with what the sender encrypted');
});

// The password of a link: the cursor is where it is typed, nothing typed is said, and a space that came with copying is no fault.
import { Firefox } from '../driver/firefox';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { byTestId, problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';

test('the field has the focus when the gate appears, and again after a refusal', async ({ cli, folder, page }) => {
  const { url } = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'right one' });
  const receive = new ReceivePage(page);
  await receive.open(url);
  await expect(receive.password).toBeFocused();
  await page.keyboard.press('Enter');
  const said = page.getByTestId('error');
  await expect(said).toHaveAttribute('data-problem', 'empty-password');
  await expect(said).toHaveText('Enter the password first.');
  await expect(receive.password).toBeFocused();
  await expect(receive.password).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.type('w');
  await expect(said).toHaveCount(0);
  await page.keyboard.type('rong');
  await page.keyboard.press('Enter');
  await expectExplained(page, problem.wrongPassword);
  await expect(receive.password).toBeFocused();
  await receive.unlock('right one');
  await expect(receive.files).toBeVisible({ timeout: 30_000 });
});

test('white space at its ends, as copying adds it, is forgiven in one try; where it belongs to it, it counts', async ({ cli, folder, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => { if (request.url().endsWith('/open')) asked.push(request.url()); });
  const { url } = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'right' });
  const receive = new ReceivePage(page);
  await receive.open(url);
  await receive.unlock(' right \t');
  await expect(receive.files).toBeVisible({ timeout: 30_000 });
  expect(asked).toHaveLength(2);
  asked.length = 0;
  const spaced = await cli.send([folder.write('y.txt', 'y').path], [], { password: ' spaced ' });
  await receive.open(spaced.url);
  await receive.unlock(' spaced ');
  await expect(receive.files).toBeVisible({ timeout: 30_000 });
  expect(asked).toHaveLength(1);
});

test('Firefox: the field has the focus, and nothing typed is said', async ({ cli, folder }) => {
  const { url } = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'right' });
  const browser = await Firefox.start();
  try {
    await browser.go(url);
    await browser.until('the field has the focus', `return document.activeElement?.dataset.testid === 'receive-password'`);
    await browser.click(`form:has(${byTestId('receive-password')}) button[type=submit]`);
    await browser.until('it is said', `return document.querySelector('${byTestId('error')}')?.dataset.problem === 'empty-password' && document.activeElement?.dataset.testid === 'receive-password'`);
    await browser.fill(byTestId('receive-password'), 'right ');
    await browser.click(`form:has(${byTestId('receive-password')}) button[type=submit]`);
    await browser.until('the list', `return !!document.querySelector('${byTestId('receive-files')}')`);
  } finally {
    await browser.close();
  }
});

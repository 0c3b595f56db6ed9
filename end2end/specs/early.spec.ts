// Before the program of the page has arrived: what a person chooses and types then counts.
import { expect, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';
import { SendPage, ready } from '../pages/send-page';

test('files chosen and options set before the program came are kept', async ({ page, folder, recipient }) => {
  // The program waits at the network until the person is done.
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => { arrive = resolve; });
  await page.route(/\.wasm$/, async (route) => {
    await arrived;
    await route.continue();
  });
  await page.goto('/', { waitUntil: 'commit' });
  const send = new SendPage(page);
  await expect(page.getByText('Getting ready')).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('file-input').first().click();
  await (await chooser).setFiles(folder.write('early.txt', 'chosen early').path);
  await page.locator('details.terms > summary').click();
  await page.getByTestId('send-password').fill('typed early');
  await page.getByTestId('send-note').fill('a note, typed early');
  await page.getByTestId('send-downloads').selectOption('1');
  await page.getByTestId('send-expires').selectOption('3600');

  arrive();
  await ready(page);
  await expect(page.getByText('Getting ready')).toBeHidden();
  await expect(page.getByTestId('chosen-files')).toContainText('early.txt');
  await expect(page.getByTestId('send-password')).toHaveValue('typed early');
  await expect(page.getByTestId('send-note')).toHaveValue('a note, typed early');
  await expect(page.getByTestId('send-downloads')).toHaveValue('1');
  await expect(page.getByTestId('send-expires')).toHaveValue('3600');

  const link = await send.send();
  const receive: ReceivePage = await recipient();
  await receive.openList(link, 'typed early');
  await expect(receive.page.getByText('a note, typed early')).toBeVisible();
});

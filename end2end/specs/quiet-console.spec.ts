// A page on which nothing is wrong says nothing in the browser's console, and asks for nothing that is refused.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/mailed';
import { AccountPage } from '../pages/account-page';
import { ReceivePage } from '../pages/receive-page';
import { ready } from '../pages/send-page';

function listen(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(`${message.type()}: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) heard.push(`${response.status()} ${response.url()}`);
  });
  return heard;
}

test('every page is opened, and opened again, without an error in the console', async ({ page, server, cli, folder }) => {
  const { url } = await cli.send([folder.write('a.txt', 'words').path]);
  const heard = listen(page);
  const visit = async (path: string) => {
    await page.goto(new URL(path, server.url).href);
    await ready(page);
    await expect(page.locator('main h1').first()).toBeVisible();
    await page.waitForLoadState('networkidle');
  };
  for (const path of ['/', '/sent', '/security', '/cli', '/signin']) await visit(path);
  await new ReceivePage(page).openList(url);
  const account = new AccountPage(page, server);
  await account.signIn(`quiet-${Date.now()}@example.org`);
  for (const path of ['/account', '/account', '/', '/sent', '/signin']) await visit(path);
  expect(heard).toEqual([]);
});

test('what cannot be an address or a code is told without asking the server', async ({ page, server }) => {
  const heard = listen(page);
  await page.goto('/signin');
  await ready(page);
  const account = new AccountPage(page, server);
  await account.page.getByTestId('sign-in-email').fill('nobody');
  await account.page.getByTestId('send-code').click();
  await expect(page.locator('[data-problem="email-refused"]')).toBeVisible();
  await account.ask(`quiet-${Date.now()}@example.org`);
  await account.enter('123456');
  await expect(page.locator('[data-problem="code-malformed"]')).toBeVisible();
  expect(heard).toEqual([]);
});

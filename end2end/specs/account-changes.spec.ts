// Changing and closing the account: another address, notices of new devices, a file with everything, the end.
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { codeFor, mailsAreSent, mailsTo, otherThan, stepUpsAreOver } from '../fixtures/mailbox';
import { expect, test } from '../fixtures/mailed';
import { AccountPage } from '../pages/account-page';

const problem = (page: Page, name: string): Locator => page.locator(`[data-testid=error][data-problem=${name}]`);

let people = 0;
const somebody = (): string => `changer${(people += 1)}.${process.pid}@x.test`;

async function confirm(page: Page, code: () => Promise<string>): Promise<void> {
  await page.getByTestId('confirm-go').click();
  await expect(page.getByTestId('confirm-code')).toBeFocused();
  await page.getByTestId('confirm-code').fill(await code());
  await page.getByTestId('confirm-go').click();
}

test('r26 another address: confirmed, proved by a code, and everything else ends', async ({ page, browser, context, server }) => {
  const [email, to] = [somebody(), somebody()];
  const other = await (await browser.newContext({ baseURL: server.url })).newPage();
  await new AccountPage(other, server).signIn(email);
  await new AccountPage(page, server).signIn(email);
  await page.reload();
  await expect(page.getByTestId('session')).toHaveCount(2);
  await page.getByTestId('change-email').click();
  for (const [typed, said] of [['', 'email-refused'], ['no address', 'email-refused'], [email.toUpperCase(), 'email-same']] as const) {
    await page.getByTestId('new-email').fill(typed);
    await page.getByTestId('send-change-code').click();
    await expect(problem(page, said)).toBeVisible();
    if (!await page.getByTestId('new-email').isVisible()) await page.getByTestId('change-email').click();
  }
  stepUpsAreOver(server);
  await page.getByTestId('new-email').fill(to);
  await page.getByTestId('send-change-code').click();
  await expect(page.getByTestId('confirm')).toContainText(email);
  await page.getByTestId('confirm-leave').click();
  await expect(page.getByTestId('new-email'), 'what was typed stays').toHaveValue(to);
  await page.getByTestId('send-change-code').click();
  await confirm(page, () => codeFor(context, server, 'step-up'));
  await expect(page.getByTestId('change-sent-to')).toHaveText(to);
  const code = await codeFor(context, server, 'change-email');
  await page.getByTestId('change-code').fill(otherThan(code));
  await page.getByTestId('change-email-go').click();
  await expect(problem(page, 'code-wrong')).toBeVisible();
  await expect(page.getByTestId('account-email')).toHaveText(email);
  // A phone that drops the tab comes back to the code.
  await page.reload();
  await expect(page.getByTestId('change-sent-to')).toHaveText(to);
  await page.getByTestId('change-email-leave').click();
  await expect(page.getByTestId('new-email')).toHaveValue(to);
  await page.reload();
  const tab = await context.newPage();
  await tab.goto(`${server.url}/account`);
  await expect(tab.getByTestId('session')).toHaveCount(2);
  await page.getByTestId('change-code').fill(code);
  await page.getByTestId('change-email-go').click();
  await expect(page.getByTestId('account-said')).toContainText('Your address is changed');
  await expect(page.getByTestId('account-email')).toHaveText(to);
  await expect(page.getByTestId('email-now')).toHaveText(to);
  await expect(tab.getByTestId('account-email'), 'the other tab hears of it').toHaveText(to);
  await expect(tab.getByTestId('email-now')).toHaveText(to);
  await expect(page.getByTestId('session')).toHaveCount(1);
  expect(mailsTo(server, email, 'email-changed')).toBe(1);
  await other.reload();
  await expect(other).toHaveURL(/\/signin$/);
  await other.context().close();
});

test('r26 an address that another account has is said once its code is shown', async ({ page, browser, context, server }) => {
  const [email, taken] = [somebody(), somebody()];
  const owner = await (await browser.newContext({ baseURL: server.url })).newPage();
  await new AccountPage(owner, server).signIn(taken);
  await owner.context().close();
  await new AccountPage(page, server).signIn(email);
  await page.getByTestId('change-email').click();
  await page.getByTestId('new-email').fill(taken);
  await page.getByTestId('send-change-code').click();
  await expect(page.getByTestId('change-sent-to')).toHaveText(taken);
  await page.getByTestId('change-code').fill(await codeFor(context, server, 'change-email'));
  await page.getByTestId('change-email-go').click();
  await expect(problem(page, 'email-taken')).toBeVisible();
  await expect(page.getByTestId('new-email')).toHaveValue(taken);
  await expect(page.getByTestId('account-email')).toHaveText(email);
});

test('r24 a notice of a new device, and none where it is turned off', async ({ page, browser, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  expect(mailsTo(server, email, 'new-device')).toBe(0);
  const onAnother = async (userAgent: string): Promise<void> => {
    const context = await browser.newContext({ baseURL: server.url, userAgent });
    await new AccountPage(await context.newPage(), server).signIn(email);
    await context.close();
  };
  await onAnother('Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1');
  expect(mailsTo(server, email, 'new-device')).toBe(1);
  await expect(page.getByTestId('notice-new-device')).toBeChecked();
  await page.getByTestId('notice-new-device').uncheck();
  await expect.poll(async () => (await (await page.request.get(`${server.url}/api/v1/account`)).json()).notices.new_device).toBe(false);
  await page.reload();
  await expect(page.getByTestId('notice-new-device')).not.toBeChecked();
  await onAnother('Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0');
  await mailsAreSent(server);
  expect(mailsTo(server, email, 'new-device')).toBe(1);
});

test('a10 everything that the server holds, in a file', async ({ page, context, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  stepUpsAreOver(server);
  await page.getByTestId('export').click();
  const saving = page.waitForEvent('download');
  await confirm(page, () => codeFor(context, server, 'step-up'));
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('sealdrop-account.json');
  await expect(page.getByTestId('account-said')).toContainText('Saved as a file');
  const text = readFileSync(await saved.path(), 'utf8');
  const held = JSON.parse(text) as { account: { email: string }; sessions: { browser: string }[]; mails: { reason: string }[] };
  expect(held.account.email).toBe(email);
  expect(held.sessions.map(({ browser }) => browser)).toEqual(['Chrome']);
  expect(held.mails.map(({ reason }) => reason)).toContain('sign-in-code');
  for (const { value } of await context.cookies(server.url)) expect(text).not.toContain(value);
});

test('r27 a11 the account is closed after it was said what goes, and every browser hears why', async ({ page, browser, context, server }) => {
  const email = somebody();
  const other = await (await browser.newContext({ baseURL: server.url })).newPage();
  await new AccountPage(other, server).signIn(email);
  await new AccountPage(page, server).signIn(email);
  stepUpsAreOver(server);
  await page.getByTestId('close-account').click();
  await expect(page.getByTestId('close-says')).toContainText('within 24 hours');
  await expect(page.getByTestId('close-says')).toContainText('This stays');
  await page.getByTestId('close-account-go').click();
  await page.getByTestId('confirm-leave').click();
  await expect(page.getByTestId('account-email')).toHaveText(email);
  await page.getByTestId('close-account').click();
  await page.getByTestId('close-account-go').click();
  await confirm(page, () => codeFor(context, server, 'step-up'));
  await expect(page).toHaveURL(/\/signin$/);
  await expect(page.getByTestId('sign-in-said')).toContainText('this account was closed');
  await expect(page.getByText(email)).toHaveCount(0);
  expect((await context.cookies(server.url)).map(({ name }) => name)).not.toContain('session');
  expect(mailsTo(server, email, 'account-closed')).toBe(1);
  // Another browser hears it with its next page, once.
  await other.goto(`${server.url}/account`);
  await expect(other).toHaveURL(/\/signin$/);
  await expect(other.getByTestId('sign-in-said')).toContainText('this account was closed');
  await other.reload();
  await expect(other.getByTestId('sign-in-email')).toBeVisible();
  await expect(other.getByTestId('sign-in-said')).toHaveCount(0);
  // The address signs up again, and starts empty.
  await new AccountPage(other, server).signIn(email);
  await expect(other.getByTestId('session')).toHaveCount(1);
  await other.context().close();
});

test('a sign-in that is not long ago needs no second code', async ({ page, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  await page.getByTestId('close-account').click();
  await page.getByTestId('close-account-go').click();
  await expect(page.getByTestId('sign-in-said')).toContainText('this account was closed');
});

// Signing in: with and without JavaScript, from a tab that was reloaded, by a hurried person, in the middle of an upload.
import type { Locator, Page, Request } from '@playwright/test';
import { freePort } from '../fixtures/postgres';
import { codeFor, mailsAreSent, otherThan } from '../fixtures/mailbox';
import { expect, test } from '../fixtures/mailed';
import { AccountPage } from '../pages/account-page';
import { SendPage, ready } from '../pages/send-page';

const problem = (page: Page, name: string): Locator => page.locator(`[data-testid=error][data-problem=${name}]`);

let people = 0;
const somebody = (): string => `person${(people += 1)}.${process.pid}@x.test`;

test('from the top bar to the account: a wrong code, then the right one with a space', async ({ page, server }) => {
  const email = somebody();
  const account = new AccountPage(page, server);
  await page.goto('/');
  await ready(page);
  await expect(page.getByTestId('nav-account')).toHaveText('Sign in');
  await page.getByTestId('nav-account').click();
  await expect(page).toHaveURL(/\/signin$/);
  await page.getByTestId('send-code').click();
  await expect(problem(page, 'email-refused')).toBeVisible();
  await account.ask(email);
  await expect(page.getByTestId('sign-in-code')).toBeFocused();
  await expect(page.getByTestId('send-again')).toHaveText(/^Send again in (1:00|0:5\d)$/);
  const code = await codeFor(page.context(), server);
  await account.enter(otherThan(code));
  await expect(problem(page, 'code-wrong')).toContainText('4 more tries');
  await account.enter('1234');
  await expect(problem(page, 'code-malformed'), 'a slip costs no try').toBeVisible();
  // What was refused is selected, so it is typed over.
  await expect.poll(() => page.evaluate(() => String(getSelection()))).toBe('1234');
  await page.keyboard.type(`${code.slice(0, 4)} ${code.slice(4)}`);
  await page.keyboard.press('Enter');
  await account.isIn(email);
  await page.reload();
  await account.isIn(email);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('up to being signed in, and out again', async ({ page, context, server }) => {
    const email = somebody();
    await page.goto('/signin');
    await page.getByTestId('sign-in-email').fill(email);
    await page.getByTestId('send-code').click();
    await expect(page.getByTestId('sent-to')).toHaveText(email);
    const code = await codeFor(context, server);
    await page.getByTestId('sign-in-code').fill(otherThan(code));
    await page.getByTestId('sign-in').click();
    await expect(problem(page, 'code-wrong')).toContainText('4 more tries');
    await page.getByTestId('sign-in-code').fill(code);
    await page.getByTestId('sign-in').click();
    await expect(page.getByTestId('account-email')).toHaveText(email);
    await expect(page.getByTestId('nav-account')).toHaveText('Account');
    await page.getByTestId('sign-out').click();
    await expect(page.getByTestId('sign-in-said')).toContainText('You are signed out');
    await page.goto('/account');
    await expect(page).toHaveURL(/\/signin$/);
  });
});

// Row 5: the challenge is in a cookie, so that what a phone does to a tab loses nothing.
test('r05 a reload, the way back and a second tab come back to the code', async ({ page, context, server }) => {
  const email = somebody();
  const account = new AccountPage(page, server);
  await page.goto('/signin');
  await ready(page);
  await account.ask(email);
  await page.reload();
  await ready(page);
  await expect(page.getByTestId('sent-to')).toHaveText(email);
  await page.getByTestId('nav-security').click();
  await expect(page).toHaveURL(/\/security$/);
  await page.goBack();
  await expect(page.getByTestId('sent-to')).toHaveText(email);
  const second = await context.newPage();
  await second.goto('/signin');
  await expect(second.getByTestId('sent-to')).toHaveText(email);
  await second.close();
  await account.enter(await codeFor(context, server));
  await account.isIn(email);
});

// Row 6: autofill and Enter at once.
test('r06 what is pasted and sent twice in one moment is one request, and shows no error', async ({ page, server }) => {
  const email = somebody();
  const account = new AccountPage(page, server);
  await page.goto('/signin');
  await ready(page);
  await account.ask(email);
  const code = await codeFor(page.context(), server);
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/auth/sessions')) sent.push(request);
  });
  await page.evaluate((text) => {
    const errors: string[] = [];
    Object.assign(window, { errors });
    new MutationObserver(() => {
      for (const shown of document.querySelectorAll('[data-testid=error]')) errors.push(shown.textContent ?? '');
    }).observe(document.body, { childList: true, subtree: true });
    const field = document.querySelector<HTMLInputElement>('[data-testid=sign-in-code]')!;
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    field.form!.requestSubmit();
    field.form!.requestSubmit();
  }, ` ${code}\n`);
  await account.isIn(email);
  expect(sent.length).toBe(1);
  expect(await page.evaluate(() => (window as unknown as { errors: string[] }).errors)).toEqual([]);
});

test('another address, and a code that has ended', async ({ page, server }) => {
  const email = somebody();
  const account = new AccountPage(page, server);
  await page.goto('/signin');
  await ready(page);
  await account.ask('slip@x.test');
  await page.getByTestId('other-address').click();
  await expect(page.getByTestId('sign-in-email')).toBeFocused();
  await account.ask(email);
  const code = await codeFor(page.context(), server);
  for (let left = 4; left >= 0; left -= 1) {
    await account.enter(otherThan(code));
    if (left > 0) await expect(problem(page, 'code-wrong')).toContainText(`${left} more tr`);
  }
  await expect(problem(page, 'code-ended')).toBeVisible();
  await page.getByTestId('send-again').click();
  await expect(page.getByTestId('error')).toHaveCount(0);
  const anew = await codeFor(page.context(), server);
  expect(anew).not.toBe(code);
  await account.enter(anew);
  await account.isIn(email);
});

test('an upload that runs survives signing in and out', async ({ startTap, page, folder, server }) => {
  const email = somebody();
  const tap = await startTap(server.url);
  const send = new SendPage(page);
  await page.goto(tap.url);
  await ready(page);
  const made = await folder.random('long.bin', 48 << 20);
  await send.choose(made.path);
  // A minute and a half, also of a machine that is busy with other things: longer than signing in and out takes.
  tap.bytesPerSecond = 512 << 10;
  await send.create.click();
  await expect.poll(() => tap.exchanges.filter((one) => one.method === 'PUT').length).toBeGreaterThan(0);
  await page.getByTestId('nav-account').click();
  await page.getByTestId('sign-in-email').fill(email);
  await page.getByTestId('send-code').click();
  await expect(page.getByTestId('sent-to')).toHaveText(email);
  await mailsAreSent(server);
  await page.getByTestId('sign-in-code').fill(await codeFor(page.context(), server));
  await page.getByTestId('sign-in').click();
  await expect(page.getByTestId('account-email')).toHaveText(email);
  await expect(page.getByTestId('nav-send'), 'it runs').toHaveText(/^Sending, \d+%/);
  await page.getByTestId('sign-out').click();
  await expect(page.getByTestId('sign-in-said')).toBeVisible();
  await expect(page.getByTestId('nav-send'), 'it runs').toHaveText(/^Sending, \d+%/);
  tap.bytesPerSecond = undefined;
  await page.getByTestId('nav-send').click();
  expect(await send.sent()).toContain('/d/');
});

test('under another address than the server\'s own there is the way to it, and no form', async ({ startServer, startTap, page }) => {
  const port = await freePort();
  const home = `http://127.0.0.1:${port}`;
  const server = await startServer({ address: `127.0.0.1:${port}`, env: { SEALDROP_PUBLIC_URL: home } });
  const elsewhere = await startTap(server.url);
  await page.goto(`${elsewhere.url}/signin`);
  await ready(page);
  await expect(page.getByTestId('sign-in-email')).toHaveCount(0);
  await page.getByTestId('sign-in-home').click();
  await expect(page).toHaveURL(`${home}/signin`);
  await expect(page.getByTestId('sign-in-email')).toBeVisible();
});

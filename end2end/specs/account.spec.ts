// The account: what it says, ending sessions, access tokens with the code that they need, and signing out of every tab.
import type { Locator, Page } from '@playwright/test';
import { codeFor, stepUpsAreOver } from '../fixtures/mailbox';
import { expect, test } from '../fixtures/mailed';
import { AccountPage } from '../pages/account-page';
import { SendPage, ready } from '../pages/send-page';

const problem = (page: Page, name: string): Locator => page.locator(`[data-testid=error][data-problem=${name}]`);

let people = 0;
const somebody = (): string => `owner${(people += 1)}.${process.pid}@x.test`;

test('sessions: this one, the others, and one that is ended from elsewhere', async ({ page, browser, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  await expect(page.getByTestId('account-space')).toContainText('0 B of');
  await expect(page.getByTestId('session')).toHaveCount(1);
  await expect(page.getByTestId('session')).toContainText('Chrome on Linux');
  await expect(page.getByTestId('this-session')).toBeVisible();
  await expect(page.getByTestId('end-others')).toHaveCount(0);

  const others = [];
  for (let n = 0; n < 2; n += 1) {
    const context = await browser.newContext({ baseURL: server.url });
    const other = await context.newPage();
    await new AccountPage(other, server).signIn(email);
    others.push(other);
  }
  await page.reload();
  await expect(page.getByTestId('session')).toHaveCount(3);
  await page.getByTestId('end-session').first().click();
  await expect(page.getByTestId('account-said')).toBeVisible();
  await expect(page.getByTestId('session')).toHaveCount(2);
  await page.getByTestId('end-others').click();
  await expect(page.getByTestId('session')).toHaveCount(1);
  // The others hear of it at the next answer.
  const other = others[0]!;
  await other.getByTestId('new-token').click();
  await other.getByTestId('token-name').fill('x');
  await other.getByTestId('make-token').click();
  await expect(other).toHaveURL(/\/signin$/);
  await expect(other.getByTestId('sign-in-said')).toContainText('this session has ended');
  await expect(other.getByText(email)).toHaveCount(0);
  for (const one of others) await one.context().close();
});

test('an access token: a code where one is needed, shown once, copied, revoked', async ({ page, context, server }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  await expect(page.getByTestId('no-tokens')).toBeVisible();
  await page.getByTestId('new-token').click();
  await page.getByTestId('make-token').click();
  await expect(problem(page, 'name-missing')).toBeVisible();
  await page.getByTestId('token-name').fill('build server');
  await page.getByTestId('scope-send').uncheck();
  await page.getByTestId('make-token').click();
  await expect(problem(page, 'scope-missing')).toBeVisible();
  await page.getByTestId('scope-read').check();
  await page.getByTestId('scope-manage').check();
  await page.getByTestId('token-days').selectOption('30');
  stepUpsAreOver(server);
  await page.getByTestId('make-token').click();
  await expect(page.getByTestId('confirm')).toContainText(email);
  await page.getByTestId('confirm-leave').click();
  await expect(page.getByTestId('confirm')).toHaveCount(0);
  // What was typed is still there.
  await expect(page.getByTestId('token-name')).toHaveValue('build server');
  await expect(page.getByTestId('token-days')).toHaveValue('30');
  await expect(page.getByTestId('scope-send')).not.toBeChecked();
  await expect(page.getByTestId('scope-manage')).toBeChecked();
  await page.getByTestId('scope-manage').uncheck();
  await page.getByTestId('make-token').click();
  await page.getByTestId('confirm-go').click();
  await expect(page.getByTestId('confirm-code')).toBeFocused();
  await page.getByTestId('confirm-code').fill(await codeFor(context, server, 'step-up'));
  await page.getByTestId('confirm-go').click();
  const token = await page.getByTestId('token-text').innerText();
  expect(token).toMatch(/^sd_[\w-]{43}$/);
  await page.getByTestId('copy-token').click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  const asked = (path: string) => fetch(`${server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asked('account')).status).toBe(200);
  await page.getByTestId('token-kept').click();
  await expect(page.getByTestId('token-text')).toHaveCount(0);
  await page.reload();
  await expect(page.getByTestId('token')).toContainText('build server');
  expect(await page.content(), 'shown once').not.toContain(token);
  await page.getByTestId('revoke-token').click();
  await expect(page.getByTestId('token')).toHaveCount(0);
  expect((await asked('account')).status).toBe(401);
});

// Rows 18 and 19.
test('r19 signing out is for all tabs, and the way back shows nothing of the account', async ({ page, context, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  const second = await context.newPage();
  await second.goto('/account');
  await expect(second.getByTestId('session')).toHaveCount(1);
  // Out of the application and into the browser's cache.
  await page.goto(`${server.url}/robots.txt`);
  await second.getByTestId('sign-out').click();
  await expect(second.getByTestId('sign-in-said')).toContainText('Links that this browser keeps are still here');
  await page.goBack();
  await expect(page).toHaveURL(/\/signin$/);
  await expect(page.getByText(email)).toHaveCount(0);
  await second.goBack().catch(() => undefined);
  await expect(second.getByText(email)).toHaveCount(0);
});

test('r19 a second tab hears of it at once', async ({ page, context, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  const second = await context.newPage();
  await second.goto('/account');
  await expect(second.getByTestId('session')).toHaveCount(1);
  const asked: string[] = [];
  second.on('request', (request) => asked.push(request.url()));
  await page.getByTestId('sign-out').click();
  await expect(second).toHaveURL(/\/signin$/, { timeout: 5000 });
  await expect(second.getByText(email)).toHaveCount(0);
});

test('r18 links that this browser keeps survive signing out', async ({ page, folder, server }) => {
  const send = new SendPage(page);
  await page.goto('/');
  await ready(page);
  await send.choose(folder.write('kept.txt', 'kept').path);
  await send.send();
  await new AccountPage(page, server).signIn(somebody());
  await page.getByTestId('sign-out').click();
  await expect(page.getByTestId('sign-in-said')).toBeVisible();
  await page.getByTestId('nav-sent').click();
  await expect(page.getByTestId('sent-link')).toContainText('kept.txt');
});

test('a server that does not answer is said, and asked again', async ({ page, server }) => {
  await new AccountPage(page, server).signIn(somebody());
  await page.route('**/api/v1/account', (route) => route.abort());
  await page.reload();
  await expect(problem(page, 'server-away')).toBeVisible();
  await page.unroute('**/api/v1/account');
  await page.getByTestId('try-again').click();
  await expect(page.getByTestId('account-space')).toBeVisible();
});

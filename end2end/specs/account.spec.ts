// The account: what it says, ending sessions, access tokens with the code that they need, own links, and signing out of every tab.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { codeFor, stepUpsAreOver } from '../fixtures/mailbox';
import { expect, test } from '../fixtures/mailed';
import { AccountPage } from '../pages/account-page';
import { python } from '../fixtures/paths';
import { expectExplained } from '../pages/explains';
import { problem as problems } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
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
  await expect(page.getByTestId('token-made')).toBeFocused();
  expect(token).toMatch(/^sd_[\w-]{43}$/);
  await page.getByTestId('copy-token').click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  const asked = (path: string) => fetch(`${server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asked('account')).status).toBe(200);
  await page.getByTestId('token-kept').click();
  await expect(page.getByTestId('token-text')).toHaveCount(0);
  await expect(page.getByTestId('new-token')).toBeFocused();
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

test('own links: paused, gone on with, extended and ended by the account', async ({ page, browser, folder, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  await expect(page.getByTestId('no-own-links')).toBeVisible();
  const send = new SendPage(page);
  await send.open();
  await send.choose(folder.write('plans.txt', 'plans').path);
  const link = await send.send();
  await page.getByTestId('nav-account').click();
  const own = page.getByTestId('own-link');
  await expect(own).toHaveCount(1);
  await expect(own.getByTestId('own-link-name')).toHaveText('plans.txt');
  await expect(own).toContainText('not opened yet');
  await expect(page.getByTestId('account-space')).not.toContainText('0 B of');

  // Another device of the same user knows everything of it but its name.
  const context = await browser.newContext({ baseURL: server.url });
  const other = await context.newPage();
  await new AccountPage(other, server).signIn(email);
  await expect(other.getByTestId('own-link-name')).toHaveText('Link made on another device');
  expect(await other.content()).not.toContain('plans.txt');
  await other.getByTestId('pause-link').click();
  await expect(other.getByTestId('own-link-state')).toHaveText('Paused');
  await expect(other.getByTestId('account-said')).toContainText('Nobody can open the link');
  await expect(other.getByTestId('pause-link')).toHaveText('Resume');

  const anybody = await (await browser.newContext({ baseURL: server.url })).newPage();
  const receive = new ReceivePage(anybody);
  await receive.open(link);
  await expectExplained(anybody, problems.paused);
  await other.getByTestId('pause-link').click();
  await expect(other.getByTestId('own-link-state')).toHaveText('Active');
  await anybody.getByTestId('try-again').click();
  await expect(receive.files).toBeVisible();

  for (const leave of [() => other.getByTestId('extend-link-leave').click(), () => other.keyboard.press('Escape')]) {
    await other.getByTestId('extend-link').click();
    await expect(other.getByTestId('extend-link-to')).toBeFocused();
    await leave();
    await expect(other.getByTestId('extend-link-to')).toHaveCount(0);
    await expect(other.getByTestId('extend-link')).toBeFocused();
  }
  await other.getByTestId('extend-link').click();
  await other.getByTestId('extend-link-to').selectOption('2592000');
  await other.getByTestId('extend-link-save').click();
  await expect(other.getByTestId('account-said')).toContainText('Saved');
  await expect(other.getByTestId('extend-link')).toBeFocused();
  await expect(own).toContainText('in 7 days');
  await page.reload();
  await expect(own).toContainText(/in (29|30) days|in 1 month/);

  // The question has a way out: by its button, by Escape, and by the button that asked it.
  const [end, keep] = [page.getByTestId('end-link'), page.getByTestId('end-link-keep')];
  for (const leave of [() => keep.press('Enter'), () => keep.press('Escape'), () => end.click()]) {
    await end.click();
    await expect(page.getByTestId('end-link-question')).toContainText('End and delete its files?');
    await expect(keep).toBeFocused();
    await leave();
    await expect(page.getByTestId('end-link-question')).toHaveCount(0);
    await expect(end).toBeFocused();
    await expect(own).toHaveAttribute('data-state', 'active');
  }
  await end.click();
  await page.getByTestId('end-link-sure').click();
  await expect(own).toHaveAttribute('data-state', 'closed');
  await expect(page.getByTestId('link-timeline')).toBeFocused();
  await expect(page.getByTestId('account-space')).toContainText('0 B of');
  await receive.open(link);
  await expectExplained(anybody, problems.revoked);
  await anybody.context().close();
  await context.close();
});

test('own links: what happened to one, in sentences, asked for when it is opened', async ({ page, browser, folder, server }) => {
  await new AccountPage(page, server).signIn(somebody());
  const send = new SendPage(page);
  await send.open();
  await send.choose(folder.write('plans.txt', 'plans').path);
  const link = await send.send();
  const asked: string[] = [];
  page.on('request', (request) => { if (request.url().endsWith('/events')) asked.push(request.url()); });
  await page.getByTestId('nav-account').click();
  const [button, told] = [page.getByTestId('link-timeline'), page.getByTestId('timeline-event')];
  await expect(button).toHaveAttribute('aria-expanded', 'false');
  expect(asked, 'nothing before it is opened').toEqual([]);
  await button.click();
  await expect(page.getByTestId('timeline-empty')).toBeVisible();
  await expect(button).toHaveAttribute('aria-expanded', 'true');
  await button.click();
  await expect(page.getByTestId('timeline')).toHaveCount(0);

  const anybody = await (await browser.newContext({ baseURL: server.url })).newPage();
  const receive = new ReceivePage(anybody);
  await receive.openList(link);
  await anybody.reload();
  await expect(receive.files).toBeVisible();
  expect(await receive.receive()).toBe('verified');
  await anybody.context().close();
  await page.getByTestId('pause-link').click();
  await expect(page.getByTestId('own-link-state')).toHaveText('Paused');

  await page.route('**/events', (route) => route.abort());
  await button.click();
  await expect(page.getByTestId('timeline-failed')).toContainText('does not answer');
  await page.unroute('**/events');
  await page.getByTestId('timeline-retry').click();
  for (const sentence of ['Opened 2 times', 'A download began', 'A download was finished', 'You changed the link']) {
    await expect(told.filter({ hasText: sentence })).toHaveCount(1);
  }
  await expect(told).toHaveCount(4);
  const at = await told.first().locator('time').getAttribute('datetime');
  expect(Math.abs(Date.parse(at!) - Date.now())).toBeLessThan(300_000);
  // One that has ended still says it.
  await page.getByTestId('end-link').click();
  await page.getByTestId('end-link-sure').click();
  await expect(page.getByTestId('own-link')).toHaveAttribute('data-state', 'closed');
  await expect(told).toHaveCount(4);
});

test('own links: one that the server forgot meanwhile is gone, one that it does not tell of is ended', async ({ page, folder, server }) => {
  await new AccountPage(page, server).signIn(somebody());
  const send = new SendPage(page);
  await send.open();
  await send.choose(folder.write('plans.txt', 'plans').path);
  await send.send();
  await page.getByTestId('nav-account').click();
  const end = async () => {
    await page.getByTestId('end-link').click();
    await page.getByTestId('end-link-sure').click();
  };
  const look = /\/api\/v1\/links\/[\w-]{22}$/;
  await page.route(look, (route) => route.request().method() === 'GET' ? route.abort() : route.fulfill({ status: 204 }));
  await end();
  await expect(page.getByTestId('own-link')).toHaveAttribute('data-state', 'closed');
  await page.unroute(look);
  await page.reload();
  await expect(page.getByTestId('own-link')).toHaveAttribute('data-state', 'active');
  await page.route(look, (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify({ type: 'urn:sealdrop:problem:link-not-found', title: 'x', status: 404 }) }));
  await end();
  await expect(page.getByTestId('own-link')).toHaveCount(0);
  await expect(page.getByTestId('no-own-links')).toBeVisible();
});

test('what may be sent is what the plan of who is signed in allows', async ({ page, folder, server }) => {
  const change = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=10); c.execute(sys.argv[2]); c.commit()";
  const largestLink = (bytes: number | null) => execFileSync(python, ['-c', change, join(server.data, 'sealdrop.db'), `UPDATE plans SET max_link_bytes = ${bytes ?? 'NULL'} WHERE name = 'free'`]);
  const limits = () => page.waitForResponse('**/api/v1/limits').then((answer) => answer.json() as Promise<{ max_link_bytes: number }>);
  largestLink(1_000_000);
  try {
    // A guest first: what the server said then is asked again.
    const ofGuest = limits();
    await page.goto('/');
    expect((await ofGuest).max_link_bytes).toBeGreaterThan(1_000_000);
    await page.getByTestId('nav-account').click();
    const account = new AccountPage(page, server);
    await account.ask(somebody());
    const ofUser = limits();
    await account.enter(await codeFor(page.context(), server));
    expect((await ofUser).max_link_bytes).toBe(1_000_000);
    await page.getByTestId('nav-send').click();
    await new SendPage(page).choose((await folder.random('large.bin', 2_000_000)).path);
    await expect(page.getByText('This server accepts up to 1 MB per link')).toBeVisible();
  } finally {
    largestLink(null);
  }
});

test('own links: further pages are asked for', async ({ page, server }) => {
  const link = (id: string) => ({
    link_id: `${id.repeat(21)}A`, state: 'active', expires_at: '2126-01-01T00:00:00Z', max_downloads: 2, rev: 1, opened: 0, active: 0,
    used: 0, failed: 0, sealed_bytes: 65_536, revivable_until: null, created_at: '2026-01-01T00:00:00Z', paused: false,
  });
  const asked: string[] = [];
  await page.route('**/api/v1/links?after=*', async (route) => {
    asked.push(new URL(route.request().url()).search);
    const isFirst = new URL(route.request().url()).searchParams.get('after') === '0';
    // One that came to the front meanwhile moves the next page by one.
    await route.fulfill({ json: isFirst ? { links: [link('A'), link('B')], next: 2 } : { links: [link('B'), link('C')], next: null } });
  });
  await new AccountPage(page, server).signIn(somebody());
  await expect(page.getByTestId('own-link')).toHaveCount(2);
  await page.getByTestId('more-links').click();
  await expect(page.getByTestId('own-link')).toHaveCount(3);
  await expect(page.getByTestId('more-links')).toHaveCount(0);
  expect(asked, 'nothing behind the number').toEqual(['?after=0', '?after=2']);
});

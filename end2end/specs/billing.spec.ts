// Plans and payments: from a limit to a plan, the payment page of the double, and back; what goes wrong there; without JavaScript.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page, request } from '@playwright/test';
import { codeFor } from '../fixtures/mailbox';
import { type Razorpay, change, expect, test } from '../fixtures/selling';
import { figure } from '../fixtures/test';
import { AccountPage } from '../pages/account-page';
import { ready, SendPage } from '../pages/send-page';

let people = 0;
const somebody = (): string => `buyer${(people += 1)}.${process.pid}@x.test`;
const state = (page: Page) => page.getByTestId('order-state');
const orderOf = (page: Page): string => new URL(page.url()).searchParams.get('pay') ?? new URL(page.url()).searchParams.get('order') ?? '';

/** From the plans to the payment page. */
async function goToPay(page: Page): Promise<string> {
  await page.locator('[data-plan=plus]').getByTestId('buy').click();
  await expect(page).toHaveURL(/\/billing\?pay=/);
  const order = orderOf(page);
  await page.getByTestId('continue-to-payment').click();
  await expect(page.getByRole('button', { name: 'Pay', exact: true })).toBeVisible();
  return order;
}

/** The payment that the double has for an order. */
async function paymentOf(razorpay: Razorpay): Promise<string> {
  const { payments } = await razorpay.tell<{ payments: { id: string; status: string }[] }>('state');
  return payments.filter(({ status }) => status === 'created').at(-1)!.id;
}

test('w08 w16 w17 q04 a free account hits its limit, pays, gets its plan without a reload, sees the invoice and cancels', async ({ page, server, folder }) => {
  const account = new AccountPage(page, server);
  await account.signIn(somebody());
  // What this user holds leaves no space.
  change(server, "UPDATE plans SET storage_bytes = 300000 WHERE name = 'free'");
  const send = new SendPage(page);
  await send.open();
  await send.choose(folder.write('large.bin', 'x'.repeat(400_000)).path);
  await expect(page.getByTestId('too-large-plans')).toBeVisible();
  await page.getByTestId('remove').first().click();
  await send.choose(folder.write('first.bin', 'x'.repeat(180_000)).path);
  await send.send();
  await page.getByTestId('nav-send').click();
  await send.choose(folder.write('second.bin', 'x'.repeat(180_000)).path);
  await send.create.click();
  await expect(page.locator('[data-testid=error][data-problem=quota-exceeded]')).toBeVisible();
  await page.getByTestId('error-plans').click();
  await expect(page).toHaveURL(`${server.url}/plans`);
  await expect(page.locator('[data-plan=free]')).toHaveAttribute('data-own', '');
  await expect(page.locator('[data-plan=plus]')).toContainText('₹99');
  await expect(page.locator('main')).toContainText('UPI');
  await expect(page.getByTestId('test-banner')).toContainText('no money moves');

  const order = await goToPay(page);
  await page.goBack();
  await expect(page.getByTestId('continue-to-payment')).toBeVisible();
  await page.getByTestId('continue-to-payment').click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page).toHaveURL(`${server.url}/billing?order=${order}`);
  // Nothing but the server's word, and nobody loads the page again.
  await expect(state(page)).toHaveAttribute('data-state', 'granted', { timeout: 30_000 });
  await page.reload();
  await expect(state(page)).toHaveAttribute('data-state', 'granted');

  await page.getByTestId('order-invoice').click();
  await expect(page.getByTestId('invoice-number')).toHaveText(/\d/);
  await expect(page.getByTestId('seller')).toContainText('Example Ltd');
  await expect(page.getByTestId('gstin')).toContainText('27AAAAA0000A1Z5');
  await expect(page.getByTestId('invoice-tax').first()).toContainText('GST');
  await expect(page.getByTestId('invoice-total')).toContainText('99.00');
  await page.evaluate(() => { window.print = () => { document.title = 'printed'; }; });
  await page.getByTestId('print').click();
  await expect(page).toHaveTitle('printed');
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('header.top')).toBeHidden();
  await expect(page.getByTestId('print')).toBeHidden();
  await page.emulateMedia({ media: null });

  // More is held than will fit when the plan ends.
  change(server, "UPDATE plans SET storage_bytes = 100000 WHERE name = 'free'");
  await page.getByTestId('to-billing').click();
  await expect(page.getByTestId('current-plan')).toHaveAttribute('data-plan', 'plus');
  await expect(page.getByTestId('after-end')).toContainText('Nothing is deleted for 30 days');
  await expect(page.getByTestId('invoice')).toHaveCount(1);
  await page.getByTestId('cancel-plan').click();
  await page.getByTestId('keep-plan').click();
  await expect(page.getByTestId('confirm-cancel-plan')).toBeHidden();
  await page.getByTestId('cancel-plan').click();
  await page.getByTestId('confirm-cancel-plan').click();
  await expect(page.getByTestId('billing-said')).toHaveAttribute('data-notice', 'plan-cancelled');
  await expect(page.getByTestId('plan-cancelled')).toBeVisible();
  await expect(page.getByTestId('current-plan'), 'it stays to its end').toHaveAttribute('data-plan', 'plus');
  await page.reload();
  await expect(page.getByTestId('billing-said'), 'it is said once').toHaveCount(0);
  await page.getByTestId('extend-plan').click();
  await expect(page.locator('[data-plan=plus]')).toHaveAttribute('data-own', '');
  await page.goBack();
  await page.getByTestId('order-link').click();
  await page.getByTestId('to-send').click();
  await ready(page);
  await send.choose(folder.write('third.bin', 'x'.repeat(180_000)).path);
  await send.send();

  // Q04: it ends, and more is held than fits: nothing is deleted.
  change(server, 'UPDATE entitlements SET starts_at = 1, ends_at = 2');
  await page.goto('/account');
  await page.getByTestId('account-billing').click();
  await expect(page.getByTestId('read-only')).toContainText('Nothing is deleted for 30 days');
  await expect(page.getByTestId('see-plans')).toBeVisible();
  await page.getByTestId('see-plans').click();
  await expect(page).toHaveURL(/\/plans$/);
  change(server, "UPDATE plans SET storage_bytes = 10000000000 WHERE name = 'free'");
});

test('w16 failing, closing and a late bank are never called failed; two tabs pay once', async ({ page, server, razorpay, context }) => {
  await new AccountPage(page, server).signIn(somebody());
  await page.getByTestId('account-plans').click();
  const order = await goToPay(page);
  await page.getByRole('button', { name: 'Fail' }).click();
  await expect(page.getByRole('status')).toContainText('You can try again');
  await page.getByRole('button', { name: 'Close' }).click();
  const back = await context.newPage();
  await back.goto(`${server.url}/billing?order=${order}`);
  await expect(state(back)).toHaveAttribute('data-state', 'open');
  await expect(back.locator('main')).not.toContainText(/failed/i);
  await back.reload();
  await expect(state(back)).toHaveAttribute('data-pending', '');

  await page.getByRole('button', { name: 'Pay, but the bank answers late' }).click();
  await expect(page.getByRole('status')).toContainText('not answered yet');
  await back.goto(`${server.url}/billing`);
  await back.getByTestId('pay-order').click();
  await expect(state(back)).toHaveAttribute('data-state', 'open');
  // Another tab begins to pay the same order: it is one order.
  await page.goto(`${server.url}/plans`);
  await page.locator('[data-plan=plus]').getByTestId('buy').click();
  expect(orderOf(page)).toBe(order);
  await page.getByTestId('continue-to-payment').click();
  const late = await paymentOf(razorpay);
  await razorpay.tell('settle', { payment_id: late, outcome: 'captured' });
  await expect(state(back)).toHaveAttribute('data-state', 'granted', { timeout: 30_000 });
  await page.reload();
  await expect(page.getByRole('button', { name: 'Pay', exact: true })).toHaveCount(0);
  await back.getByTestId('to-billing').click();
  await expect(back.getByTestId('invoice')).toHaveCount(1);
  await back.getByTestId('invoice-link').click();
  await expect(back.getByTestId('invoice-page')).toBeVisible();
  // The page of somebody else's order is none.
  await back.goto(`${server.url}/billing?order=AAAAAAAAAAAAAAAAAAAAAA`);
  await expect(back).toHaveURL(`${server.url}/billing`);
});

test('an order is cancelled, and what is paid all the same goes back', async ({ page, server, razorpay }) => {
  await new AccountPage(page, server).signIn(somebody());
  await page.goto('/billing');
  await page.getByTestId('see-plans').click();
  await page.getByTestId('plans').getByTestId('buy').click();
  await expect(page.getByTestId('continue-to-payment')).toBeVisible();
  const order = orderOf(page);
  const offer = page.url();
  await page.goto(`/billing?order=${order}`);
  // Drawn for those without scripts only: the test that has none presses it, and is not counted for that reason.
  await page.getByTestId('look-again').dispatchEvent('click');
  await expect(page).toHaveURL(`${server.url}/billing?order=${order}`);
  await expect(state(page)).toHaveAttribute('data-state', 'open');
  await page.goto(offer);
  await page.getByTestId('cancel-order').click();
  await expect(page.getByTestId('billing-said')).toHaveAttribute('data-notice', 'order-cancelled');
  await expect(page.getByTestId('order')).toHaveAttribute('data-state', 'cancelled');
  await page.goto(`/billing?order=${order}`);
  await expect(state(page)).toHaveAttribute('data-state', 'cancelled');
  expect((await razorpay.tell<{ links: { reference_id: string }[] }>('state')).links.length).toBeGreaterThan(0);
});

test('a guest is led to signing in and comes back to the plans', async ({ page, server }) => {
  await page.goto('/');
  await ready(page);
  await page.getByTestId('nav-plans').click();
  await expect(page).toHaveURL(`${server.url}/plans`);
  await page.getByTestId('plans-send').click();
  await ready(page);
  await page.getByTestId('foot-plans').click();
  await page.getByTestId('plans-sign-in').click();
  await expect(page).toHaveURL(/\/signin$/);
  await page.goto('/plans');
  await page.getByTestId('buy').click();
  await expect(page).toHaveURL(/\/signin$/);
  await ready(page);
  const account = new AccountPage(page, server);
  await account.ask(somebody());
  await account.enter(await codeFor(page.context(), server));
  await expect(page).toHaveURL(`${server.url}/plans`);
  await expect(page.locator('[data-plan=free]')).toHaveAttribute('data-own', '');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('up to the payment page and back', async ({ page, context, server }) => {
    await page.goto('/plans');
    await page.getByTestId('plans-sign-in').click();
    await page.goto('/plans');
    await page.getByTestId('buy').click();
    await page.getByTestId('sign-in-email').fill(somebody());
    await page.getByTestId('send-code').click();
    await page.getByTestId('sign-in-code').fill(await codeFor(context, server));
    await page.getByTestId('sign-in').click();
    await expect(page).toHaveURL(`${server.url}/plans`);
    await page.getByTestId('buy').click();
    // The page loads itself again until the payment page is there.
    await expect(page.getByTestId('continue-to-payment')).toBeVisible({ timeout: 30_000 });
    const order = orderOf(page);
    await page.goto(`/billing?order=${order}`);
    await page.getByTestId('look-again').click();
    await expect(page).toHaveURL(`${server.url}/billing?order=${order}`);
    await page.getByTestId('continue-to-payment').click();
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await expect(page).toHaveURL(`${server.url}/billing?order=${order}`);
    await expect(state(page)).toHaveAttribute('data-state', 'granted', { timeout: 30_000 });
  });
});

test('plans and billing load no program', async ({ page, server }, info) => {
  await new AccountPage(page, server).signIn(somebody());
  const { documents } = JSON.parse(readFileSync(join(__dirname, '../budget.json'), 'utf8')) as { documents: Record<string, number> };
  for (const [path, most] of Object.entries(documents)) {
    await page.goto(path, { waitUntil: 'networkidle' });
    // What lies in the cache counts as well.
    const files = await page.evaluate(() => {
      const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] as PerformanceResourceTiming[];
      return entries.map((entry) => ({ path: new URL(entry.name).pathname, bytes: entry.encodedBodySize }));
    });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    figure(info, `first visit of ${path}: ${bytes} bytes in ${files.length} files, of ${most}`);
    expect(files.some((file) => file.path.endsWith('.css')), 'it counts').toBe(true);
    expect(files.filter((file) => /\.(wasm|m?js|pack)$/.test(file.path)), path).toEqual([]);
    expect(bytes, path).toBeGreaterThan(5000);
    expect(bytes, path).toBeLessThanOrEqual(most);
  }
});

// Every page that the server draws: those that hold keys and those that take orders.
test('w17 no page of a server that sells names another origin for scripts, frames or connections', async ({ server, razorpay }) => {
  const client = await request.newContext({ baseURL: server.url });
  for (const path of ['/', '/sent', '/signin', '/security', '/cli', '/d/AAAAAAAAAAAAAAAAAAAAAA', '/plans', '/no-such-page']) {
    const answer = await client.get(path);
    const policy = answer.headers()['content-security-policy'] ?? '';
    expect(policy, path).toContain("default-src 'none'");
    for (const rule of policy.split(';').map((one) => one.trim()).filter((one) => !one.startsWith('report-to'))) {
      for (const source of rule.split(' ').slice(1)) expect(source, `${path}: ${rule}`).toMatch(/^'(self|none|wasm-unsafe-eval|nonce-[\w-]+)'$/);
    }
    expect(await answer.text(), path).not.toContain(new URL(razorpay.said.url).host);
  }
  await client.dispose();
});

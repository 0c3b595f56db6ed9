// Notices: what a user chooses, and what a mail then says.
import type { Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailsAreSent, mailsTo } from '../fixtures/mailbox';
import { expect, test } from '../fixtures/mailed';
import { python } from '../fixtures/paths';
import type { Server } from '../fixtures/server';
import { AccountPage } from '../pages/account-page';
import { ReceivePage } from '../pages/receive-page';
import { SendPage } from '../pages/send-page';

let people = 0;
const somebody = (): string => `noticed${(people += 1)}.${process.pid}@x.test`;

type Choices = Record<'new_device' | 'link_downloaded' | 'link_unused' | 'storage' | 'daily', boolean>;

async function choices(page: Page, server: Server): Promise<Choices> {
  const account = await (await page.request.get(`${server.url}/api/v1/account`)).json() as { notices: Choices };
  return account.notices;
}

interface Kept { to: string; subject: string; text: string; unsubscribe_url?: string }

/** What the memory transport kept, the newest first. */
async function kept(server: Server, to: string): Promise<Kept[]> {
  const token = readFileSync(join(server.data, 'operator-token'), 'utf8');
  const answer = await fetch(`${server.url}/_operator/mails`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json() as Kept[]).filter((mail) => mail.to === to);
}

/** Lets the morning come: what waits has waited for a day, and the job is due. */
function morning(server: Server): void {
  const back = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=10); c.execute('UPDATE notices SET made_at = made_at - 86400000'); "
    + "c.execute(\"UPDATE jobs SET run_at = 0 WHERE kind = 'daily_notices'\"); c.commit()";
  execFileSync(python, ['-c', back, join(server.data, 'sealdrop.db')]);
}

const boxes = [
  ['notice-link-downloaded', 'link_downloaded', false],
  ['notice-link-unused', 'link_unused', true],
  ['notice-storage', 'storage', true],
  ['notice-new-device', 'new_device', true],
  ['notice-daily', 'daily', false],
] as const;

test('each choice is kept, for itself alone', async ({ page, server }) => {
  await new AccountPage(page, server).signIn(somebody());
  for (const [box, name, before] of boxes) {
    await expect(page.getByTestId(box)).toBeChecked({ checked: before });
    const others = await choices(page, server);
    await page.getByTestId(box).setChecked(!before);
    await expect.poll(() => choices(page, server)).toEqual({ ...others, [name]: !before });
    await page.reload();
    for (const [other, key] of boxes) {
      await expect(page.getByTestId(other)).toBeChecked({ checked: key === name ? !before : others[key] });
    }
  }
  await page.getByTestId('notice-storage').focus();
  await page.keyboard.press('Space');
  await expect.poll(async () => (await choices(page, server)).storage).toBe(true);
});

test('clicks while the server is slow are all kept, and the last one holds', async ({ page, server }) => {
  await new AccountPage(page, server).signIn(somebody());
  let go = (): void => {};
  const held = new Promise<void>((resolve) => { go = resolve; });
  await page.route('**/api/v1/account', async (route) => {
    if (route.request().method() === 'PATCH') await held;
    await route.continue();
  });
  await page.getByTestId('notice-link-downloaded').check();
  await page.getByTestId('notice-daily').check();
  await page.getByTestId('notice-storage').uncheck();
  await page.getByTestId('notice-storage').check();
  await page.getByTestId('notice-link-unused').uncheck();
  go();
  const wanted = { link_downloaded: true, daily: true, storage: true, link_unused: false, new_device: true };
  await expect.poll(() => choices(page, server)).toEqual(wanted);
  await page.reload();
  for (const [box, name] of boxes) await expect(page.getByTestId(box)).toBeChecked({ checked: wanted[name] });
});

test('a choice that could not be kept is said, and the box shows what holds', async ({ page, server }) => {
  await new AccountPage(page, server).signIn(somebody());
  await page.route('**/api/v1/account', (route) => (route.request().method() === 'PATCH' ? route.abort() : route.continue()));
  await page.getByTestId('notice-link-downloaded').click();
  await expect(page.locator('#notices [data-testid=error][data-problem=server-away]')).toBeVisible();
  await expect(page.getByTestId('notice-link-downloaded')).not.toBeChecked();
  await page.unroute('**/api/v1/account');
  await page.getByTestId('notice-link-downloaded').click();
  await expect.poll(async () => (await choices(page, server)).link_downloaded).toBe(true);
  await expect(page.locator('#notices [data-testid=error]')).toHaveCount(0);
});

test('m40 m43 a download of a link is told by mail: at once, or the next morning', async ({ page, folder, recipient, server }) => {
  const email = somebody();
  await new AccountPage(page, server).signIn(email);
  await page.getByTestId('notice-link-downloaded').check();
  await expect.poll(async () => (await choices(page, server)).link_downloaded).toBe(true);
  const send = new SendPage(page);
  await send.open();
  await send.choose(folder.write('wills of the north wing.txt', 'plans').path);
  const link = await send.send();
  const download = async (): Promise<void> => {
    const receive: ReceivePage = await recipient();
    await receive.openList(link);
    expect(await receive.receive()).toBe('verified');
  };
  await download();
  await expect.poll(() => mailsTo(server, email, 'link-downloaded'), { timeout: 30_000 }).toBe(1);
  await mailsAreSent(server);
  const mail = (await kept(server, email))[0]!;
  expect(mail.subject).toBe('Your link was downloaded');
  expect(mail.text).toMatch(/^\d[^\n]*B, made [^\n]+ UTC: downloaded once, 1 of \d+ downloads used$/m);
  for (const secret of ['wills', link.split('#')[1]!, new URL(link).pathname.split('/').pop()!]) expect(JSON.stringify(mail)).not.toContain(secret);
  // One mail a day.
  await page.getByTestId('nav-account').click();
  await page.getByTestId('notice-daily').check();
  await expect.poll(async () => (await choices(page, server)).daily).toBe(true);
  await download();
  await download();
  await expect(page.getByTestId('notice-daily')).toBeChecked();
  expect(mailsTo(server, email, 'link-downloaded')).toBe(1);
  morning(server);
  await expect.poll(() => mailsTo(server, email, 'link-downloaded'), { timeout: 30_000 }).toBe(2);
  await mailsAreSent(server);
  expect((await kept(server, email))[0]!.text).toContain('downloaded 2 times');
});

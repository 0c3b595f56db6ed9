// A sent link outlives its page: it is kept in this browser, sealed, and its owner looks after it from the list.
import type { Page } from '@playwright/test';
import { problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
import { SendPage, ready, type Terms } from '../pages/send-page';
import type { Folder } from '../fixtures/folder';
import { expect, test } from '../fixtures/test';

const NOTE = 'The north stair is rotten.';

async function sendOne(page: SendPage, folder: Folder, name: string, terms: Terms = {}): Promise<string> {
  await page.choose([folder.write(name, name).path]);
  await page.terms(terms);
  return page.send();
}

/** Everything that this origin keeps, as one text: every store of the database, and both storages of the tab. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name ?? ''));
      for (const store of Array.from(database.objectStoreNames)) {
        const objects = database.transaction(store).objectStore(store);
        found.push(store, await asked(objects.getAllKeys()), await asked(objects.getAll()));
      }
      database.close();
    }
    return JSON.stringify(found);
  });
}

/** A text, and the ways in which its bytes may be written. */
const spellings = (text: string): string[] => {
  const bytes = Buffer.from(text, 'utf8');
  return [text, bytes.toString('base64url').slice(0, -2), bytes.toString('base64').replace(/=*$/, '').slice(0, -2), bytes.toString('hex'),
    JSON.stringify([...bytes]).slice(1, -1)];
};

/** The secret behind the `#`, without its first bytes, which every link has. */
const secretOf = (link: string): Buffer => Buffer.from(link.split('#')[1] ?? '', 'base64url').subarray(2, 34);

test.beforeEach(({ page }) => page.on('dialog', (dialog) => void dialog.accept()));

test('a reload leads back to the link, and so does the list', async ({ page, sendPage, folder, recipient }) => {
  await sendPage.open();
  const link = await sendOne(sendPage, folder, 'plans.txt', { note: NOTE });
  await expect(page.getByTestId('keeping')).toHaveAttribute('data-state', 'kept');
  await expect(page.getByTestId('sent-contents')).toContainText('plans.txt');
  await expect(page.getByTestId('sent-note')).toContainText(NOTE);

  await page.reload();
  await ready(page);
  await expect(sendPage.link).toHaveText(link);
  await expect(page.getByTestId('sent-note')).toContainText(NOTE);

  // "Send" leads to a new sending; the link is the first of the newest ones there.
  await page.getByTestId('nav-send').click();
  await expect(page.getByTestId('choose-files')).toBeVisible();
  const row = page.getByTestId('newest-sent').getByTestId('sent-link');
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('plans.txt');
  await page.reload();
  await ready(page);
  await expect(page.getByTestId('choose-files')).toBeVisible();

  await page.getByTestId('all-sent').click();
  await expect(page).toHaveURL(/\/sent$/);
  await page.getByTestId('sent-details').click();
  await expect(page.getByTestId('share-link')).toHaveText(link);
  await expect(page.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
  const receive = await recipient();
  await receive.openList(link);
  expect(await receive.receive()).toBe('verified');
  await page.reload();
  await ready(page);
  const only = page.getByTestId('sent-link');
  await expect(only).toHaveAttribute('data-state', 'active');
  await expect(only).toContainText('1 of 10 downloads used');
});

test('copy gives the whole link, from the page and from the list', async ({ page, sendPage, folder, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await sendPage.open();
  const link = await sendOne(sendPage, folder, 'plans.txt');
  const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await page.getByTestId('copy-link').click();
  await expect(page.getByTestId('copy-link')).toContainText('Copied');
  expect(await clipboard()).toBe(link);
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.getByTestId('nav-sent').click();
  await page.getByTestId('sent-copy').click();
  await expect(page.getByTestId('sent-copy')).toContainText('Copied');
  expect(await clipboard()).toBe(link);
});

test('the list changes the end, the limit and the note, and closes the link', async ({ page, sendPage, folder, recipient }) => {
  await sendPage.open();
  const link = await sendOne(sendPage, folder, 'plans.txt', { note: NOTE });
  await page.goto('/sent');
  await ready(page);
  await page.getByTestId('sent-details').click();

  await page.getByTestId('extend').click();
  await page.getByTestId('extend-to').selectOption('own');
  await page.getByTestId('extend-to-unit').selectOption('86400');
  await page.getByTestId('extend-to-number').fill('3');
  await page.getByTestId('extend-save').click();
  await expect(page.getByTestId('owner-expires')).toContainText('in 3 days');

  await page.getByTestId('limit').click();
  await page.getByTestId('limit-to').selectOption('own');
  await page.getByTestId('limit-to-number').fill('7');
  await page.getByTestId('limit-save').click();
  await expect(page.getByTestId('owner-downloads')).toHaveText('0 of 7 used');

  await page.getByTestId('change-note').click();
  await page.getByTestId('new-note').fill('It was mended.');
  await page.getByTestId('new-note-save').click();
  await expect(page.getByTestId('owner-note')).toHaveText('It was mended.');
  await expect(page.getByTestId('sent-note')).toContainText('It was mended.');
  const receive = await recipient();
  await receive.openList(link);
  await expect(receive.page.getByTestId('receive-note')).toContainText('It was mended.');
  expect(await receive.receive()).toBe('verified');

  // All of it is written down.
  await page.reload();
  await ready(page);
  await page.getByTestId('sent-details').click();
  await expect(page.getByTestId('owner-note')).toHaveText('It was mended.');
  await expect(page.getByTestId('owner-downloads')).toHaveText('1 of 7 used');

  await page.getByTestId('revoke').click();
  await page.getByTestId('revoke-confirm').click();
  await expect(page.getByTestId('sent-link')).toHaveAttribute('data-state', 'closed');
  await expect(page.getByTestId('sent-copy')).toHaveCount(0);
  await expect(page.getByTestId('share-link')).toHaveCount(0);
  const other = await recipient();
  await other.open(link);
  await expect(other.error.first()).toHaveAttribute('data-problem', problem.revoked);

  await page.getByTestId('sent-forget').click();
  await expect(page.getByTestId('no-sent-links')).toBeVisible();
  await page.reload();
  await ready(page);
  await expect(page.getByTestId('no-sent-links')).toBeVisible();
});

test('a link with a password gets another one, and the link stays', async ({ page, sendPage, folder, recipient }) => {
  await sendPage.open();
  const link = await sendOne(sendPage, folder, 'plans.txt', { password: 'first' });
  await page.getByTestId('change-password').click();
  await page.getByTestId('new-password-save').click();
  await expect(page.getByTestId('new-password'), 'an empty one is none').toHaveAttribute('aria-invalid', 'true');
  await page.getByTestId('new-password').fill('second');
  const changed = page.waitForResponse((response) => response.request().method() === 'PATCH' && response.ok());
  await page.getByTestId('new-password-save').click();
  await changed;
  const receive = await recipient();
  await receive.open(link);
  await receive.unlock('first');
  await expect(receive.error.first()).toHaveAttribute('data-problem', problem.wrongPassword, { timeout: 30_000 });
  await receive.unlock('second');
  await expect(receive.files).toBeVisible({ timeout: 30_000 });
  expect(await receive.receive()).toBe('verified');
});

test('a closed link says so on its own page, and the logo leads on', async ({ page, sendPage, folder }) => {
  await sendPage.open();
  await sendOne(sendPage, folder, 'plans.txt');
  await page.getByTestId('revoke').click();
  await page.getByTestId('revoke-confirm').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link is revoked');
  await expect(page.getByRole('heading', { level: 1 }), 'the button is gone').toBeFocused();
  await expect(page.getByTestId('share-link')).toHaveCount(0);
  await page.getByTestId('nav-brand').click();
  await expect(page.getByTestId('choose-files')).toBeVisible();
});

test('what is kept says nothing in the clear', async ({ page, sendPage, folder }) => {
  await sendPage.open();
  const link = await sendOne(sendPage, folder, 'rotten-stair-plans.txt', { note: NOTE, password: 'a long password' });
  const all = await kept(page);
  // The control: what may stand there is found, and so is what would be written next to it.
  const id = new URL(link).pathname.split('/').at(-1) ?? '';
  expect(all).toContain(id);
  await page.evaluate((words) => localStorage.setItem('planted', words), NOTE);
  expect(await kept(page)).toContain(NOTE);
  for (const secret of [link.split('#')[1] ?? '', 'rotten-stair-plans', NOTE, 'a long password']) {
    for (const spelling of spellings(secret)) expect(all, `${secret} as ${spelling}`).not.toContain(spelling);
  }
  for (const spelling of ['base64url', 'base64', 'hex'] as const) {
    expect(all).not.toContain(secretOf(link).toString(spelling).replace(/=*$/, '').slice(0, 40));
  }
});

test('"Do not keep on this device" keeps nothing, and the page warns before it is left', async ({ page, sendPage, folder }) => {
  await sendPage.open();
  await sendPage.choose([folder.write('plans.txt', 'x').path]);
  await sendPage.terms({});
  await page.getByTestId('send-forget').check();
  const link = await sendPage.send();
  await expect(page.getByTestId('keeping')).toHaveAttribute('data-state', 'not-wanted');
  expect(await kept(page), 'not even its id').not.toContain(`"${new URL(link).pathname.split('/').at(-1)}",[`);

  // In this visit it is still there.
  await page.getByTestId('nav-send').click();
  await expect(page.getByTestId('sent-link')).toContainText('not kept');
  await page.getByTestId('nav-sent').click();
  await page.getByTestId('sent-details').click();
  await expect(page.getByTestId('share-link')).toHaveText(link);

  const warned = page.waitForEvent('dialog');
  await page.reload();
  expect((await warned).type()).toBe('beforeunload');
  await ready(page);
  await expect(page.getByTestId('no-sent-links')).toBeVisible();
});

test('a link that was copied, or is kept, is left without a question', async ({ page, sendPage, folder, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const asked: string[] = [];
  page.on('dialog', (dialog) => asked.push(dialog.type()));
  await sendPage.open();
  await sendOne(sendPage, folder, 'kept.txt');
  await page.goto('/');
  await ready(page);
  await sendPage.choose([folder.write('copied.txt', 'x').path]);
  await sendPage.terms({});
  await page.getByTestId('send-forget').check();
  await sendPage.send();
  await page.getByTestId('copy-link').click();
  await expect(page.getByTestId('copy-link')).toContainText('Copied');
  await page.goto('/security');
  expect(asked).toEqual([]);
});

test('without its server the list shows what is kept, and says that the server does not answer', async ({ startServer, folder, browser }) => {
  const server = await startServer();
  const context = await browser.newContext({ baseURL: server.url });
  const page = new SendPage(await context.newPage());
  await page.open();
  const link = await sendOne(page, folder, 'plans.txt');
  await context.route('**/api/v1/**', (route) => route.abort());
  await page.page.goto('/sent');
  await ready(page.page);
  await expect(page.page.getByTestId('sent-link')).toContainText('plans.txt');
  await expect(page.page.getByTestId('sent-link')).toHaveAttribute('data-state', 'away', { timeout: 60_000 });
  await page.page.getByTestId('sent-details').click();
  await expect(page.page.getByTestId('share-link')).toHaveText(link);
  await context.close();
});

test('B10 where nothing can be kept the page says so', async ({ page, sendPage, folder }) => {
  await page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
  await sendPage.open();
  await sendOne(sendPage, folder, 'plans.txt');
  await expect(page.getByTestId('keeping')).toHaveAttribute('data-state', 'impossible');
  await page.getByTestId('nav-sent').click();
  await expect(page.getByTestId('cannot-keep')).toBeVisible();
});

test('a link that has expired says so and can be forgotten', async ({ page, sendPage, folder, server }) => {
  await sendPage.open();
  const link = await sendOne(sendPage, folder, 'plans.txt');
  server.expire(new URL(link).pathname.split('/').at(-1) ?? '');
  await page.goto('/sent');
  await ready(page);
  await expect(page.getByTestId('sent-link')).toHaveAttribute('data-state', 'expired');
  await page.getByTestId('sent-forget').click();
  await expect(page.getByTestId('no-sent-links')).toBeVisible();
});

test('own values of time and downloads hold for the link', async ({ page, sendPage, folder, recipient }) => {
  await sendPage.open();
  await sendPage.choose([folder.write('plans.txt', 'x').path]);
  await sendPage.terms({});
  await page.getByTestId('send-expires').selectOption('own');
  await page.getByTestId('send-expires-unit').selectOption('3600');
  await page.getByTestId('send-expires-number').fill('5');
  await page.getByTestId('send-downloads').selectOption('own');
  await page.getByTestId('send-downloads-number').fill('100000');
  await expect(page.getByTestId('send-downloads-own'), 'the most that the server allows').toContainText('Set to 100.');
  await page.getByTestId('send-downloads-number').fill('3');
  const link = await sendPage.send();
  await expect(page.getByTestId('owner-expires')).toContainText('in 5 hours');
  await expect(page.getByTestId('owner-downloads')).toHaveText('0 of 3 used');
  const receive = await recipient();
  await receive.openList(link);
});

test('a page that is not there leads to the page that sends; a pasted link has an example of this server', async ({ page, server, sendPage, folder }) => {
  await page.goto('/no-such-page');
  await ready(page);
  await page.getByTestId('go-send').click();
  await expect(page.getByTestId('choose-files')).toBeVisible();
  const link = await sendOne(sendPage, folder, 'plans.txt');
  await new ReceivePage(page).open(link.slice(0, -10));
  await expect(page.getByTestId('paste-link')).toHaveAttribute('placeholder', `${server.url}/d/…`);
});

test('a dialog that is left changes nothing, and Send and Sent lead to each other', async ({ page, sendPage, folder }) => {
  await page.goto('/sent');
  await ready(page);
  await page.getByTestId('sent-send').click();
  await expect(page.getByTestId('choose-files')).toBeVisible();
  await sendOne(sendPage, folder, 'plans.txt', { note: NOTE, password: 'first' });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.method()));
  for (const [control, field, leave] of [['change-note', 'new-note', 'new-note-cancel'], ['change-password', 'new-password', 'new-password-cancel']] as const) {
    await page.getByTestId(control).click();
    await page.getByTestId(field).fill('something else');
    await page.getByTestId(leave).click();
    await expect(page.getByTestId(`${control}-dialog`)).toBeHidden();
    await page.getByTestId(control).click();
    await page.keyboard.press('Escape');
    await expect(page.getByTestId(`${control}-dialog`)).toBeHidden();
  }
  expect(asked.filter((method) => method !== 'GET'), 'nothing was asked of the server').toEqual([]);
  await expect(page.getByTestId('owner-note')).toHaveText(NOTE);
  await page.getByTestId('to-sent').click();
  await expect(page).toHaveURL(/\/sent$/);
  await expect(page.getByTestId('sent-link')).toContainText('plans.txt');
});

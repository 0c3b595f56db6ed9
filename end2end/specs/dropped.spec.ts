// Folders that are dropped with things in them that cannot be read: each is named before anything is sent, and left out only if the
// person says so. A drop of folders cannot be made from outside: its entries are as the browser hands them over.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Firefox } from '../driver/firefox';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { byTestId } from '../pages/handles';

/**
 * Drops a folder: two files that are read; one that may not be read, one that vanishes; a folder that may not be listed, one whose list
 * ends in an error after its first hundred, one that leads back into itself; and an empty one.
 */
const DROP = `
  const error = (name) => new DOMException('as the browser says it', name);
  const file = (name, text) => ({ isFile: true, isDirectory: false, name, file: (done) => done(new File([text], name)) });
  const lost = (name, why) => ({ isFile: true, isDirectory: false, name, file: (done, failed) => setTimeout(() => failed(error(why))) });
  const folder = (name, ...batches) => {
    const entry = { isFile: false, isDirectory: true, name };
    entry.createReader = () => {
      const left = [...batches, []];
      return { readEntries: (done, failed) => { const next = left.shift(); next instanceof DOMException ? setTimeout(() => failed(next)) : done(next === 'itself' ? [entry] : next); } };
    };
    return entry;
  };
  const many = Array.from({ length: 100 }, (_, n) => file('page ' + n + '.txt', 'p' + n));
  const tree = folder('tree', [
    file('a.txt', 'aaaa'), folder('inner', [file('b.txt', 'bb')]), folder('empty'),
    lost('forbidden.txt', 'NotReadableError'), lost('gone.txt', 'NotFoundError'),
    folder('locked', error('NotReadableError')), folder('cut short', many, error('NotFoundError')), folder('round', 'itself'),
  ]);
  const data = { types: ['Files'], files: [], items: { length: 1, 0: { kind: 'file', webkitGetAsEntry: () => tree } } };
  const event = new Event('drop', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'dataTransfer', { value: data });
  window.dispatchEvent(event);`;

const round = `tree/${Array.from({ length: 64 }, () => 'round').join('/')}`;
const UNREAD = ['tree/cut short', 'tree/forbidden.txt', 'tree/gone.txt', 'tree/locked', round];

test('X13 what of a dropped folder cannot be read is named, and nothing is sent without asking', async ({ sendPage, folder, cli }) => {
  await sendPage.open();
  const { page } = sendPage;
  const asked: string[] = [];
  page.on('request', (request) => { if (request.method() !== 'GET') asked.push(request.url()); });
  await page.evaluate(DROP);
  const named = page.getByTestId('unreadable').getByRole('listitem');
  await expect(named).toHaveText(UNREAD);
  await expect(page.getByTestId('empty-folders')).toHaveText(/1 empty folder was left out/);
  await page.getByTestId('create-link').click();
  const said = await expectExplained(page, 'source-unreadable');
  expect(said).toContain('tree/cut short');
  await expect(named).toHaveText(UNREAD);
  expect(asked, 'nothing is sent').toEqual([]);
  await page.getByTestId('try-again').click();
  await expect(named, 'back on the list they are still named').toHaveText(UNREAD);
  await page.getByTestId('leave-out').click();
  const link = await sendPage.link.textContent({ timeout: 60_000 });
  const got = folder.sub('got');
  await cli.receive(link!.replace(/\s/g, ''), got);
  expect(readFileSync(join(got, 'tree/inner/b.txt'), 'utf8')).toBe('bb');
  expect(readFileSync(join(got, 'tree/cut short/page 99.txt'), 'utf8')).toBe('p99');
  expect(existsSync(join(got, 'tree/gone.txt'))).toBe(false);
});

test('X13 a drop of which nothing can be read is no empty folder', async ({ sendPage }) => {
  await sendPage.open();
  const { page } = sendPage;
  await page.evaluate(DROP.replace(/file\('a.txt', 'aaaa'\).*folder\('empty'\),/, '').replace(/folder\('cut short.*$/m, ''));
  await expect(page.getByTestId('unreadable').getByRole('listitem')).toHaveText(['tree/forbidden.txt', 'tree/gone.txt', 'tree/locked']);
  await expect(page.getByTestId('leave-out')).toHaveCount(0);
  await expect(page.locator(byTestId('error'))).toHaveCount(0);
});

test('X13 what of a dropped folder cannot be read is named in Firefox', async ({ server }) => {
  const browser = await Firefox.start();
  try {
    await browser.go(server.url);
    await browser.until('the page', 'return document.documentElement?.hasAttribute("data-hydrated") ?? false');
    await browser.run(DROP);
    const named = `[...document.querySelectorAll('${byTestId('unreadable')} li')].map((li) => li.innerText.trim())`;
    expect(await browser.until<string[]>('the names', `const named = ${named}; return named.length ? named : null`)).toEqual(UNREAD);
    await browser.click(byTestId('create-link'));
    await browser.until('the refusal', `return !!document.querySelector('${byTestId('error')}[data-problem="source-unreadable"]')`);
    expect(await browser.run(`return ${named}`)).toEqual(UNREAD);
    await browser.click(byTestId('leave-out'));
    await browser.until('the link', `return !!document.querySelector('${byTestId('share-link')}')`);
    expect(browser.complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

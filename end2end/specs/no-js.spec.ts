// Without JavaScript every page still renders its text and says what is missing; and the page of a link is the same for all.
import { randomBytes } from 'node:crypto';
import { expect, test } from '../fixtures/test';

test.use({ javaScriptEnabled: false });

const pages: [string, RegExp[]][] = [
  ['/', [/encrypted in your browser before they are uploaded/i, /sending needs javascript/i]],
  [`/d/${randomBytes(16).toString('base64url')}`, [/opening a link needs javascript/i]],
  ['/sent', [/links sent from this device/i, /needs javascript/i]],
  ['/security', [/what we cannot see/i, /what no web page can promise/i]],
  ['/cli', [/build it/i, /cargo install/]],
];

for (const [path, texts] of pages) {
  test(`${path.replace(/[\w-]{22}/, '{link_id}')} says what it is and what is missing`, async ({ page }) => {
    const answer = await page.goto(path);
    expect(answer!.status()).toBe(200);
    for (const text of texts) await expect(page.getByText(text).first()).toBeVisible();
    await expect(page.locator('h1').first()).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', /^[a-z]{2}/);
    expect(await page.title()).toMatch(/Sealdrop/);
    // A button that cannot do anything must not look as if it could.
    for (const button of await page.getByTestId('create-link').all()) expect(await button.isVisible() && await button.isEnabled()).toBe(false);
  });
}

test('what cannot be done without a program is not offered', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Send encrypted files' })).toBeVisible();
  for (const hidden of ['Drop files here', 'Choose files to send', /^Expires in/, 'Choose a folder']) {
    await expect(page.getByText(hidden).filter({ visible: true }), String(hidden)).toHaveCount(0);
  }
});

test('a page that does not exist says so', async ({ page }) => {
  const answer = await page.goto('/no-such-page');
  expect(answer!.status()).toBe(404);
  await expect(page.locator('h1').first()).toBeVisible();
});

test('the page of a link is the same bytes for every id, but for the nonce', async ({ server, cli, folder }) => {
  const { link } = await cli.send([folder.write('x.txt', 'x').path]);
  const read = async (id: string) => {
    const answer = await fetch(`${server.url}/d/${id}`);
    const nonce = answer.headers.get('content-security-policy')!.match(/'nonce-([^']+)'/)![1]!;
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const text = await answer.text();
    expect(text).not.toContain(id);
    return { nonce, text: text.replaceAll(nonce, 'NONCE') };
  };
  const [real, invented] = [await read(link.id), await read(randomBytes(16).toString('base64url'))];
  expect(real.nonce).not.toBe(invented.nonce);
  expect(real.text).toBe(invented.text);
});

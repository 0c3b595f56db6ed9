// Addresses as people and programs spell them: a slash at the end, two in a row, an added query. One redirect leads to the
// page, and the key of a link comes along.
import { Firefox } from '../driver/firefox';
import { openList } from '../driver/transfer';
import { expect, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';
import { ready } from '../pages/send-page';

/** Spellings of a link's address, made of its id and what stands behind the `#`. */
const spellings = (id: string, fragment: string): string[] => [
  `/d/${id}/#${fragment}`,
  `/d/${id}/?x=1#${fragment}`,
  `/d/${id}?fbclid=x&utm_source=mail#${fragment}`,
  `/d/${id}//#${fragment}`,
  `//d/${id}#${fragment}`,
  `/d//${id}?#${fragment}`,
  `/d/${encoded(id)}#${fragment}`,
];

const encoded = (text: string): string => [...text].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');

test('X06 every page has one address, and other spellings lead there', async ({ page, server }) => {
  for (const [written, right] of [
    ['/security/', '/security'], ['//security', '/security'], ['/cli//', '/cli'], ['/sent/', '/sent'], ['/%73ent', '/sent'], ['//', '/'],
  ] as const) {
    const answer = await page.goto(server.url + written);
    expect(answer!.status(), written).toBe(200);
    await ready(page);
    expect(new URL(page.url()).pathname, written).toBe(right);
    await expect(page.locator('main h1'), written).toBeVisible();
  }
  await page.goto(`${server.url}/security/?x=1#check`);
  expect(page.url()).toBe(`${server.url}/security?x=1#check`);
  // What is not there is not there under its one address, too.
  const missing = await page.goto(`${server.url}/tomorrow/`);
  expect(missing!.status()).toBe(404);
  await ready(page);
  await expect(page.getByTestId('error')).toBeVisible();
});

test('X06 X07 Chromium: a link opens however its address is spelled', async ({ page, server, cli, folder }) => {
  const { link } = await cli.send([folder.write('spelled.txt', 'x').path]);
  for (const spelling of spellings(link.id, link.fragment)) {
    // Another document each time: only a fragment that changes loads nothing.
    await page.goto('about:blank');
    await new ReceivePage(page).openList(server.url + spelling);
    expect(page.url(), spelling).toBe(`${server.url}/d/${link.id}`);
  }
});

test('X06 X07 Firefox: a link opens however its address is spelled', async ({ server, cli, folder }) => {
  const { link } = await cli.send([folder.write('spelled.txt', 'x').path]);
  const browser = await Firefox.start();
  try {
    for (const spelling of spellings(link.id, link.fragment).slice(0, 3)) {
      await browser.go('about:blank');
      await openList(browser, server.url + spelling);
      expect(await browser.run('return location.href'), spelling).toBe(`${server.url}/d/${link.id}`);
    }
  } finally {
    await browser.close();
  }
});

// Links as mail and chat programs hand them on: opened from the address bar and from the field, in both browsers; the key leaves the
// address wherever in it a program put it, and what cannot be read is named rightly.
import { Firefox } from '../driver/firefox';
import type { Tab } from '../driver/tab';
import type { Sent } from '../fixtures/cli';
import { inventLink } from '../fixtures/link';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { byTestId, problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';
import { ready } from '../pages/send-page';

/** Addresses as programs make them of a link. */
function addresses({ url }: Sent): [string, string][] {
  const [address, key] = url.split('#') as [string, string];
  return [
    ['# as %23', `${address}%23${key}`],
    ['# as %2523', `${address}%2523${key}`],
    ['%23 behind a slash', `${address}/%23${key}`],
    ['%23 behind a parameter', `${address}?fbclid=x%23${key}`],
    ['%23 before a parameter', `${address}%23${key}?fbclid=x`],
    ['%23 and %2D', `${address}%23${key.replaceAll('-', '%2D').replaceAll('_', '%5F')}`],
    ['a parameter before the #', `${address}?fbclid=IwAQ0x-y#${key}`],
    ['a parameter behind the key', `${url}&utm_source=mail`],
    ['a full stop', `${url}.`],
    ['a bracket', `${url})`],
    ['%3E', `${url}%3E`],
    ['zero width', `${address}#${key.slice(0, 9)}\u200b${key.slice(9)}`],
    ['%2D', `${address}#${key.replaceAll('-', '%2D').replaceAll('_', '%5F')}`],
  ];
}

/** Texts as people paste them. */
function texts({ url }: Sent): string[] {
  const [address, key] = url.split('#') as [string, string];
  const middle = address.length + 20;
  return [
    `<${url}>`, `"${url}"`, `${url}.`, `(${url})`, `“${url}”,`, `${address}?fbclid=x#${key}`, `${address}%23${key}`, url.replaceAll('-', '\u2013'),
    `${url.slice(0, middle)}\u00ad${url.slice(middle)}`, `${url.slice(0, middle)} ${url.slice(middle)}`,
    `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(url)}&data=05%7C02&reserved=0`,
  ];
}

test.describe('X10 X11 links with the marks of mail programs', () => {
  let sent: Sent;
  test.beforeEach(async ({ cli, folder }) => { sent = await cli.send([folder.write('there.txt', 'hello').path]); });

  test('X10 X11 open from the address bar, and the key leaves it', async ({ page, server }) => {
    const receive = new ReceivePage(page);
    const asked: string[] = [];
    page.on('request', (request) => { if (!request.isNavigationRequest()) asked.push(request.url(), JSON.stringify(request.headers())); });
    const clean = `${sent.link.origin}/d/${sent.link.id}`;
    for (const [name, address] of addresses(sent)) {
      await page.goto('about:blank');
      await receive.open(address);
      await expect(receive.files, name).toContainText('there.txt');
      expect(page.url(), name).toBe(clean);
      expect(await page.evaluate(() => [document.referrer, JSON.stringify(history.state), document.body.innerHTML].join()), name).not.toContain(sent.link.fragment);
    }
    await page.reload();
    await expect(receive.files, 'the tab keeps the key').toContainText('there.txt');
    expect(await receive.receive()).toBe('verified');
    expect(asked.join('\n')).not.toContain(sent.link.fragment.slice(0, 12));
    expect(server.lines.join('\n')).not.toContain(sent.link.fragment.slice(0, 12));
  });

  test('X10 open from the field and from a paste', async ({ page }) => {
    const receive = new ReceivePage(page);
    for (const text of texts(sent)) {
      await page.goto('about:blank');
      await receive.open(inventLink(sent.link.origin).split('#')[0]!);
      await page.getByTestId('paste-link').fill(text);
      await page.keyboard.press('Enter');
      await expect(receive.files, text).toContainText('there.txt');
    }
    await page.goto(sent.link.origin);
    await ready(page);
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, `<${sent.url.slice(0, 60)}\r\n${sent.url.slice(60)}>`);
    await expect(receive.files).toContainText('there.txt');
  });

  test('X10 X11 open in Firefox, from the address bar and from the field', async () => {
    const browser = await Firefox.start();
    try {
      const list = (name: string): Promise<unknown> => browser.until(name, `return !!document.querySelector('${byTestId('receive-files')}')`);
      for (const [name, address] of addresses(sent)) {
        await browser.go('about:blank');
        await browser.go(address);
        await list(name);
        expect(await browser.run('return location.href'), name).toBe(`${sent.link.origin}/d/${sent.link.id}`);
      }
      for (const text of texts(sent).slice(-5)) {
        await browser.go('about:blank');
        await browser.go(inventLink(sent.link.origin).split('#')[0]!);
        await paste(browser, text);
        await list(text);
      }
      // A page that goes at once takes the first stream of its service worker along.
      expect(browser.complaints.filter((line) => !line.includes('A ServiceWorker intercepted'))).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('X12 what cannot be read is named rightly, also after a reload', async ({ page }) => {
    const [address, key] = sent.url.split('#') as [string, string];
    const changed = `${key.slice(0, 20)}${key[20] === 'A' ? 'B' : 'A'}${key.slice(21)}`;
    for (const [broken, expected] of [
      [`${address}#${key.slice(0, 30)}`, problem.incomplete], [`${address}%23${key.slice(0, 30)}`, problem.incomplete],
      [`${address}#${changed}`, problem.alteredLink], [`${address}#${key.slice(0, 20)}xx${key.slice(20)}`, problem.alteredLink],
      [`${address}%23${changed}`, problem.alteredLink], [`${address}%23`, problem.noKey], [`${address}?fbclid=x`, problem.noKey],
    ] as const) {
      await page.goto('about:blank');
      await new ReceivePage(page).open(broken);
      const said = await expectExplained(page, expected);
      if (expected === problem.alteredLink) expect(said).not.toMatch(/incomplete|missing|cut/);
      expect(page.url(), broken).not.toContain(key.slice(0, 12));
      await page.reload();
      await expectExplained(page, expected);
    }
  });
});

/** Puts a text into the field for a link, and presses Enter. */
async function paste(browser: Tab, text: string): Promise<void> {
  await browser.until('the field', `return !!document.querySelector('${byTestId('paste-link')}')`);
  await browser.run(`
    const field = document.querySelector('${byTestId('paste-link')}');
    field.value = arguments[0];
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.form.requestSubmit();`, text);
}

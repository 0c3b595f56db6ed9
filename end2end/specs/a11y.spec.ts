// Accessibility: axe on every screen and state, in both themes and at two widths, and sending and receiving by keyboard alone.
import type { Page } from '@playwright/test';
import axe, { type RunOptions } from 'axe-core';
import { Owner } from '../fixtures/api';
import { sha256 } from '../fixtures/folder';
import { galleryStates, showState } from '../fixtures/gallery';
import { gallery, site } from '../fixtures/paths';
import { serveFolder } from '../fixtures/static';
import { expect, figure, tabTo, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';
import { SendPage } from '../pages/send-page';

/** What can differ between the themes; everything else is looked at once a width. */
const ofColours = ['color-contrast', 'link-in-text-block'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const widths = [{ width: 390, height: 844 }, { width: 1280, height: 900 }];
const themes = ['light', 'dark'] as const;

test.describe.configure({ timeout: 1_200_000 });

/** One page in both themes at both widths: axe finds nothing, nothing scrolls sideways, touch targets are large enough. */
async function examine(page: Page, name: string): Promise<number> {
  let checks = 0;
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const size of widths) {
      await page.setViewportSize(size);
      const { violations, passed } = await look(page, colorScheme === 'light' ? { type: 'tag', values: tags } : { type: 'rule', values: ofColours });
      const found = violations.map((one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.target.join(' ')).join('\n    ')}`);
      expect.soft(found, `${name}, ${colorScheme}, ${size.width} px`).toEqual([]);
      expect(passed, 'axe did look').toBeGreaterThan(colorScheme === 'light' ? 5 : 0);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(sideways, `${name} scrolls sideways at ${size.width} px`).toBeLessThanOrEqual(0);
      expect.soft(await page.evaluate(tornSentences), `${name} at ${size.width} px sets the pieces of a sentence side by side`).toEqual([]);
      checks += 1;
    }
  }
  return checks;
}

/** What axe finds in a page, and how many of its rules found nothing. The page keeps axe for the next look, and only what was found is
 * told in full: both together are three times as fast as a builder that brings axe anew and carries every node of the page out. */
async function look(page: Page, runOnly: RunOptions['runOnly']): Promise<{ violations: axe.Result[]; passed: number }> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (options) => {
    const { violations, passes } = await (window as unknown as { axe: typeof axe }).axe.run(options);
    return { violations, passed: passes.length };
  }, { runOnly, resultTypes: ['violations'] } satisfies RunOptions);
}

/** Text whose box lays out its pieces as columns, because of a style that was meant for something else: only icons stand beside text so. */
function tornSentences(): string[] {
  return [...document.querySelectorAll('body *')].filter((element) => {
    const pieces = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
    const besides = [...element.children].filter((child) => !child.matches('svg, input') && child.checkVisibility());
    return pieces.length > 0 && besides.length > 0 && /flex|grid/.test(getComputedStyle(element).display);
  }).map((element) => element.outerHTML.slice(0, 160));
}

test('screens that are a visit away', async ({ page, sendPage, folder, cli, recipient }, info) => {
  let checks = 0;
  await sendPage.open();
  checks += await examine(page, 'send, empty');
  await sendPage.choose([folder.write('a rather long name of a file that somebody chose, final version.pdf', 'x').path, folder.write('عقد الإيجار النهائي.pdf', 'y').path, folder.write('.keep', '').path]);
  await sendPage.terms({ note: 'A note.', password: 'a password' });
  checks += await examine(page, 'send, chosen, terms open');
  const link = await sendPage.send();
  checks += await examine(page, 'sent');
  const receive = await recipient();
  await receive.open(link);
  await expect(receive.password).toBeVisible();
  checks += await examine(receive.page, 'receive, password');
  await receive.unlock('wrong');
  await expect(receive.error.first()).toBeVisible({ timeout: 30_000 });
  checks += await examine(receive.page, 'receive, wrong password');
  await receive.unlock('a password');
  await expect(receive.files).toBeVisible({ timeout: 30_000 });
  checks += await examine(receive.page, 'receive, list');
  expect(await receive.receive()).toBe('verified');
  checks += await examine(receive.page, 'received');

  const sent = await cli.send([folder.write('x.txt', 'x').path]);
  await new Owner(sent.link, sent.ownerToken).revoke();
  const other = new ReceivePage(page);
  for (const [name, url] of [['revoked', sent.url], ['cut', sent.url.slice(0, -9)], ['without a key', sent.url.split('#')[0]!]] as const) {
    await page.goto('about:blank');
    await other.open(url);
    await expect(other.error.first()).toBeVisible({ timeout: 30_000 });
    checks += await examine(page, `receive, ${name}`);
  }
  for (const path of ['/sent', '/security', '/cli', '/no-such-page']) {
    await page.goto(path);
    checks += await examine(page, path);
  }
  figure(info, `axe: ${checks} examinations of live pages, 0 violations`);
});

test('every state that is hard to reach, from the gallery', async ({ page }, info) => {
  const states = galleryStates();
  expect(states.length).toBeGreaterThan(5);
  const served = await serveFolder(gallery, site);
  let checks = 0;
  try {
    for (const state of states) {
      await showState(page, served.url, state);
      checks += await examine(page, state.name);
    }
  } finally {
    await served.stop();
  }
  figure(info, `axe: ${checks} examinations of ${states.length} rendered states, 0 violations`);
});

test('sending and receiving by keyboard alone', async ({ page, sendPage, folder, recipient }) => {
  const made = await folder.random('typed.bin', 50_000);
  // The plain input: the dialog of showOpenFilePicker is the system's, and cannot be answered here.
  await page.addInitScript(() => { delete (window as { showOpenFilePicker?: unknown }).showOpenFilePicker; });
  await sendPage.open();
  const chooser = page.waitForEvent('filechooser');
  await tabToAny(page, ['file-input'], /choose files/i);
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(made.path);
  await expect(page.getByText('typed.bin').first()).toBeVisible();
  await tabTo(page, 'create-link');
  await expectFocusShown(page);
  await page.keyboard.press('Enter');
  const link = await sendPage.sent();
  await tabToAny(page, [], /copy link/i);
  await expectFocusShown(page);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/copied/i).first()).toBeVisible();

  const receive = await recipient();
  await receive.openList(link);
  await tabTo(receive.page, 'receive-download');
  await expectFocusShown(receive.page);
  await receive.page.keyboard.press('Enter');
  expect(await receive.verdict()).toBe('verified');
  expect(await sha256(await receive.downloads[0]!.path())).toBe(made.sha256);
});

test('a password by keyboard alone, the wrong one first', async ({ cli, folder, page }) => {
  const { url } = await cli.send([folder.write('x.txt', 'x').path], [], { password: 'open sesame' });
  const receive = new ReceivePage(page);
  await receive.open(url);
  for (const typed of ['open', 'open sesame']) {
    await tabTo(page, 'receive-password');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
    if (typed === 'open') await expect(receive.error.first()).toBeVisible({ timeout: 30_000 });
  }
  await expect(receive.files).toBeVisible({ timeout: 30_000 });
});

test('progress is announced as such', async ({ startTap, server, browser, folder }) => {
  const tap = await startTap(server.url);
  const context = await browser.newContext({ baseURL: tap.url });
  const send = new SendPage(await context.newPage());
  await send.open();
  tap.bytesPerSecond = 2 << 20;
  await send.choose((await folder.random('slow.bin', 8 << 20)).path);
  await send.create.click();
  const bar = send.progress.first();
  await expect(bar).toBeVisible();
  await expect(bar).toHaveRole('progressbar');
  await expect(bar).toHaveAccessibleName(/.+/);
  let last = -1;
  const titles = new Set<string>();
  while (!(await send.link.count())) {
    const now = Number(await bar.getAttribute('aria-valuenow', { timeout: 1_000 }).catch(() => null));
    if (Number.isFinite(now) && now > 0) {
      expect(now, 'never goes back').toBeGreaterThanOrEqual(last);
      last = now;
    }
    titles.add(await send.page.title());
    await send.page.waitForTimeout(100);
  }
  expect([...titles].some((title) => /\d+\s?%/.test(title)), 'the tab says how far it is').toBe(true);
  await context.close();
});

/** Tab until the focus is on one of the handles, or on a control of this name. */
async function tabToAny(page: Page, ids: string[], name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      return { id: element?.dataset.testid ?? '', name: element?.getAttribute('aria-label') ?? element?.innerText ?? '' };
    });
    if (ids.includes(at.id) || name.test(at.name)) return;
  }
  throw new Error(`${name} is not reached by Tab`);
}

/** A person without a mouse must see where the focus is. */
async function expectFocusShown(page: Page): Promise<void> {
  const shown = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement!);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  });
  expect(shown, 'the focus can be seen').toBe(true);
}

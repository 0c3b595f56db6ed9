// Photographs the screens of the real app, and each state of the gallery, and lays them out on contact sheets.
import type { Page } from '@playwright/test';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Owner } from '../fixtures/api';
import { galleryStates, showState } from '../fixtures/gallery';
import { gallery, root, site } from '../fixtures/paths';
import { serveFolder } from '../fixtures/static';
import { expect, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';

const target = join(root, 'target/screens');
const sizes = [{ width: 390, height: 844 }, { width: 1280, height: 900 }];
const themes = ['light', 'dark'] as const;
const taken: { name: string; file: string; width: number; theme: string }[] = [];

async function shoot(page: Page, name: string): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const size of sizes) {
      await page.setViewportSize(size);
      const file = `${name}-${theme}-${size.width}.png`;
      await page.screenshot({ path: join(target, file), fullPage: true });
      taken.push({ name, file, width: size.width, theme });
    }
  }
}

test.beforeAll(() => {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
});

test('live screens', async ({ server, page, sendPage, folder, cli, recipient }) => {
  await sendPage.open();
  await shoot(page, '01-send');
  const names = ['Site survey 2026-11, drone orthomosaic of both valleys, uncompressed export.tif', 'ceremony-camera-b.mov', 'عقد الإيجار النهائي مع الملاحق.pdf', 'IMG_8841.HEIC'];
  const made = [];
  for (const [index, name] of names.entries()) made.push((await folder.random(name, 400_000 * (index + 1) + 1234)).path);
  made.push(folder.write('.keep', '').path);
  await sendPage.choose(made);
  await shoot(page, '02-chosen');
  await sendPage.terms({ password: 'a password', note: 'Survey and contract for the two valleys.' });
  await shoot(page, '03-terms');
  const link = await sendPage.send();
  await page.mouse.move(0, 0);
  await shoot(page, '04-sent');
  const receive = await recipient();
  await receive.open(link);
  await expect(receive.password).toBeVisible();
  await shoot(receive.page, '05-password');
  await receive.unlock('wrong');
  await expect(receive.error.first()).toBeVisible({ timeout: 20_000 });
  await shoot(receive.page, '06-wrong-password');
  await receive.unlock('a password');
  await expect(receive.files).toBeVisible({ timeout: 20_000 });
  await shoot(receive.page, '07-receive');
  await receive.receive();
  await shoot(receive.page, '08-received');
  const sent = await cli.send([folder.write('x.txt', 'x').path]);
  const owner = new Owner(sent.link, sent.ownerToken);
  const late = await cli.send([folder.write('y.txt', 'y').path]);
  const other = new ReceivePage(page);
  for (const [name, url, before] of [
    ['09-cut', sent.url.slice(0, -9), undefined],
    ['10-no-key', sent.url.split('#')[0]!, undefined],
    ['11-revoked', sent.url, () => owner.revoke()],
    ['12-expired', late.url, async () => server.expire(late.link.id)],
  ] as [string, string, (() => Promise<void>) | undefined][]) {
    await before?.();
    await page.goto('about:blank');
    await other.open(url);
    await expect(other.error.first()).toBeVisible({ timeout: 20_000 });
    await shoot(page, name);
  }
  for (const [name, path] of [['13-security', '/security'], ['14-not-found', '/no-such-page']] as const) {
    await page.goto(path);
    await shoot(page, name);
  }
});

test('states of the gallery', async ({ page }) => {
  test.skip(!existsSync(gallery), 'no gallery: scripts/e2e.sh makes it');
  const served = await serveFolder(gallery, site);
  try {
    for (const state of galleryStates()) {
      await showState(page, served.url, state);
      await shoot(page, `gallery-${state.name}`);
    }
  } finally {
    await served.stop();
  }
});

test('contact sheets', async ({ browser }) => {
  for (const theme of themes) {
    for (const { width } of sizes) {
      const some = taken.filter((one) => one.theme === theme && one.width === width);
      const columns = width === 390 ? 6 : 3;
      const shown = width === 390 ? 260 : 560;
      const page = await browser.newPage({ viewport: { width: columns * (shown + 16) + 16, height: 800 } });
      const picture = (file: string) => `data:image/png;base64,${readFileSync(join(target, file)).toString('base64')}`;
      await page.setContent(`<style>body{margin:8px;background:${theme === 'dark' ? '#333' : '#bbb'};font:13px sans-serif;display:flex;flex-wrap:wrap;align-items:flex-start;color:${theme === 'dark' ? '#fff' : '#000'}}
        figure{margin:8px;width:${shown}px}img{width:100%;max-height:${shown * 2}px;object-fit:cover;object-position:top;display:block}</style>
        ${some.map((one) => `<figure><img src="${picture(one.file)}"><figcaption>${one.name}</figcaption></figure>`).join('')}`);
      await page.screenshot({ path: join(target, `sheet-${theme}-${width}.png`), fullPage: true });
      await page.close();
    }
  }
});

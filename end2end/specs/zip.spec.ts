// Several files are one archive: what is in it, what it is called, and that it is there only when all of it is proven.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Owner } from '../fixtures/api';
import { entries, entriesOf } from '../fixtures/archive';
import { Cli } from '../fixtures/cli';
import { filesUnder, sizeOf } from '../fixtures/folder';
import { expect, figure, tabTo, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';

/** What a Linux disk can hold, and what becomes of it in an archive that may be unpacked anywhere. */
const NAMES: [string, string][] = [
  ['tree/.hidden', 'tree/.hidden'], ['tree/a.txt', 'tree/a.txt'], ['tree/A.TXT', 'tree/A (2).TXT'], ['tree/a (2).txt', 'tree/a (2).txt'],
  ['tree/Folder/x', 'tree/Folder/x'], ['tree/folder/x', 'tree/folder (2)/x'], ['tree/con', 'tree/_con'], ['tree/nul.txt', 'tree/_nul.txt'],
  ['tree/back\\..\\slash.txt', 'tree/back_.._slash.txt'], ['tree/colon: star*.txt', 'tree/colon_ star_.txt'], ['tree/trailing dot.', 'tree/trailing dot'],
  ['tree/-rf', 'tree/-rf'], ['tree/über straße.txt', 'tree/über straße.txt'], ['tree/東京 計画.xlsx', 'tree/東京 計画.xlsx'], ['tree/שלום.txt', 'tree/שלום.txt'],
  ['tree/नमस्ते.txt', 'tree/नमस्ते.txt'], ['tree/👩‍👩‍👧‍👦.jpg', 'tree/👩‍👩‍👧‍👦.jpg'], ['tree/\u200fmark.txt', 'tree/mark.txt'], ['tree/empty', 'tree/empty'],
];

test('D12 a folder of hostile names arrives as one archive that nothing climbs out of', async ({ cli, folder, recipient }, info) => {
  const made = NAMES.map(([name]) => {
    mkdirSync(folder.join(dirname(name)), { recursive: true });
    return folder.write(name, name.endsWith('empty') ? '' : `content of ${name}`);
  });
  const { url } = await cli.send([folder.join('tree')]);
  const page = await recipient();
  await page.openList(url);
  await expect(page.download).toHaveText(/^Download all as a zip, \d+ B$/);
  expect(await page.receive()).toBe('verified');
  await expect(page.page.getByTestId('saved-as')).toContainText('tree.zip');
  const got = await entriesOf(page.downloads, 'tree.zip');
  const listed = new Map(got.map((one) => [one.name, one.sha256]));
  const wanted = new Map(NAMES.map(([, name], at) => [name, made[at]!.sha256]));
  // Twins: which of them keeps its name follows from the order of the list, not from ours.
  const twins = (name: string) => /\/a( \(\d\))?\.txt$|\/folder( \(\d\))?\/x$/i.test(name);
  for (const [name, sha256] of wanted) if (!twins(name)) expect(listed.get(name), name).toBe(sha256);
  expect(got).toHaveLength(NAMES.length);
  expect([...listed.values()].sort()).toEqual([...wanted.values()].sort());
  expect(new Set(got.map((one) => one.name.toLowerCase())).size, 'unique also where case does not count').toBe(NAMES.length);
  figure(info, `${NAMES.length} hostile names in one archive: zipfile, unzip and 7-Zip agree`);
});

test('D12 a forged list cannot make two files one', async ({ cli, folder, recipient }) => {
  const made = ['one', 'two', 'three'].map((name) => folder.write(name, `content of ${name}`));
  const sent = await cli.send(made.map((one) => one.path));
  const forged = ['evil\u200e.txt', '\ufeffEVIL.txt', 'evil.txt'];
  await new Owner(sent.link, sent.ownerToken).rewrite((payload) => {
    const files = payload.files as object[];
    return { ...payload, files: files.map((file, at) => ({ ...file, p: forged[at] })) };
  });
  const page = await recipient();
  await page.openList(sent.url);
  expect(await page.receive()).toBe('verified');
  const got = await entriesOf(page.downloads, 'one and 2 others.zip');
  expect(got.map((one) => one.name)).toEqual(['evil.txt', 'EVIL (2).txt', 'evil (3).txt']);
});

test('D12 some files of many, by keyboard', async ({ cli, folder, recipient }) => {
  const made = [await folder.random('first.bin', 40_000), await folder.random('second.bin', 50_000), await folder.random('third.bin', 60_000), folder.write('empty', '')];
  const { url, link, ownerToken } = await cli.send(made.map((one) => one.path));
  const page = await recipient();
  await page.openList(url);
  const tick = (name: string) => page.files.getByRole('checkbox', { name });
  await tabTo(page.page, 'pick-all');
  await page.page.keyboard.press('Space');
  await expect(page.page.getByTestId('picked')).toHaveText('4 of 4 selected');
  await expect(page.download).toHaveText('Download all as a zip, 150 kB');
  await tick('first.bin').focus();
  await page.page.keyboard.press('Space');
  await tick('empty').uncheck();
  await expect(page.page.getByTestId('pick-all')).toHaveJSProperty('indeterminate', true);
  await expect(page.download).toHaveText('Download 2 of 4 as a zip, 110 kB');
  for (const box of await page.page.locator('.tick').all()) {
    const { width, height } = (await box.boundingBox())!;
    expect(Math.min(width, height), 'large enough for a thumb').toBeGreaterThanOrEqual(44);
  }
  expect(await page.receive()).toBe('verified');
  const got = await entriesOf(page.downloads, 'second.bin and 1 other.zip');
  const sums = Object.fromEntries(got.map((one) => [one.name, one.sha256]));
  expect(sums).toEqual({ 'second.bin': made[1]!.sha256, 'third.bin': made[2]!.sha256 });
  await expect(page.files).not.toContainText('Unaltered', { timeout: 1_000 });
  expect(await new Owner(link, ownerToken).status()).toMatchObject({ used: 1, active: 0 });
});

test('D12 one ticked file comes as it is', async ({ cli, folder, recipient }) => {
  const made = [folder.write('a.txt', 'a'), folder.write('b.txt', 'b')];
  const { url } = await cli.send(made.map((one) => one.path));
  const page = await recipient();
  await page.openList(url);
  await page.files.getByRole('checkbox', { name: 'b.txt' }).check();
  await expect(page.download).toHaveText('Download 1 of 2, 1 B');
  expect(await page.receive()).toBe('verified');
  expect(page.downloads.map((one) => one.suggestedFilename())).toEqual(['b.txt']);
  expect(readFileSync(await page.downloads[0]!.path(), 'utf8')).toBe('b');
});

test('D12 an archive whose last object is altered is a failed download', async ({ startServer, browser, folder }) => {
  const server = await startServer();
  const cli = new Cli(server.url, folder.sub('cli-state'));
  // Two objects: a pack, and one that is read last and is large enough for the download to have begun.
  const made = [folder.write('a.txt', 'small'), await folder.random('z.bin', 24_000_000)];
  const sent = await cli.send(made.map((one) => one.path));
  const [largest] = filesUnder(server.bucket).map((name) => join(server.bucket, name)).sort((a, b) => sizeOf(b) - sizeOf(a));
  const bytes = readFileSync(largest!);
  bytes[bytes.length - 40]! ^= 0x80;
  writeFileSync(largest!, bytes);
  const context = await browser.newContext({ baseURL: server.url });
  const page = new ReceivePage(await context.newPage());
  await page.openList(sent.url);
  expect(await page.receive()).toBe('failed');
  await expectExplained(page.page, problem.altered);
  await expect.poll(() => page.downloads.length, 'it had begun').toBe(1);
  expect(await page.downloads[0]!.failure(), 'and is no finished file').not.toBeNull();
  await expect(page.files).not.toContainText('Unaltered');
  expect(await new Owner(sent.link, sent.ownerToken).status()).toMatchObject({ used: 0, active: 0 });
  await context.close();
});

test('D12 without a service worker the archive is gathered, up to a bound', async ({ cli, folder, browser, server }) => {
  const made = [await folder.random('a.bin', 12_000_000), folder.write('b.txt', 'b')];
  const { url } = await cli.send(made.map((one) => one.path));
  const context = await browser.newContext({ baseURL: server.url, serviceWorkers: 'block' });
  const page = new ReceivePage(await context.newPage());
  await page.openList(url);
  expect(await page.receive()).toBe('verified');
  await expect.poll(() => page.downloads.length).toBe(1);
  const got = entries(await page.downloads[0]!.path());
  expect(got.map((one) => one.sha256).sort()).toEqual(made.map((one) => one.sha256).sort());
  await context.close();
});

// Sizes where something changes in the format, and names that are chosen to do harm.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Owner } from '../fixtures/api';
import { entriesOf } from '../fixtures/archive';
import { filesUnder, onlyIn, sha256 } from '../fixtures/folder';
import { expect, figure, test } from '../fixtures/test';
import { problem } from '../pages/handles';
import { expectExplained } from '../pages/explains';

/** Content of the first part of an object (40 records of 256 KiB without header, nonces, tags and prologue). */
const partOne = 10_484_496;
/** From here on a file among several is an object of its own; below, it is packed with others. */
const packed = 10_485_760;
const singles = [0, 1, 65_364, 65_365, 261_972, 261_973, partOne - 1, partOne, partOne + 1];

test.describe.configure({ timeout: 900_000 });

test('every size from the command line to the browser', async ({ cli, folder, recipient }, info) => {
  for (const len of singles) {
    const made = await folder.random(`from-cli-${len}.bin`, len);
    const { url } = await cli.send([made.path]);
    const page = await recipient();
    await page.openList(url);
    expect(await page.receive(), `${len} bytes`).toBe('verified');
    expect(await sha256(await page.downloads[0]!.path()), `${len} bytes`).toBe(made.sha256);
    await page.page.close();
  }
  figure(info, `${singles.length} sizes from command line to browser: ${singles.join(', ')} bytes`);
});

test('every size from the browser to the command line', async ({ sendPage, cli, folder }, info) => {
  for (const len of singles) {
    const made = await folder.random(`from-browser-${len}.bin`, len);
    await sendPage.open();
    await sendPage.choose(made.path);
    const link = await sendPage.send();
    const into = folder.sub(`received-${len}`);
    const ran = await cli.receive(link, into);
    expect(ran.code, `${len} bytes: ${ran.stderr}`).toBe(0);
    expect(await sha256(join(into, made.name)), `${len} bytes`).toBe(made.sha256);
  }
  figure(info, `${singles.length} sizes from browser to command line`);
});

test('files around the size that is packed, together, both ways', async ({ sendPage, cli, folder, recipient }) => {
  const made = [];
  for (const len of [0, 1, packed - 1, packed, packed + 1, partOne]) made.push(await folder.random(`together-${len}.bin`, len));
  await sendPage.open();
  await sendPage.choose(made.map((one) => one.path));
  const into = folder.sub('received');
  const ran = await cli.receive(await sendPage.send(), into);
  expect(ran.code, ran.stderr).toBe(0);
  for (const one of made) expect(await sha256(join(onlyIn(into), one.name)), one.name).toBe(one.sha256);

  const page = await recipient();
  await page.openList((await cli.send(made.map((one) => one.path))).url);
  expect(await page.receive()).toBe('verified');
  const got = await entriesOf(page.downloads, 'together-0.bin and 5 others.zip');
  expect(new Map(got.map((one) => [one.name, one.sha256]))).toEqual(new Map(made.map((one) => [one.name, one.sha256])));
});

test.describe('hostile names', () => {
  // What a Linux disk can hold: the command line may send all of it.
  const hostile = [
    'CON', 'nul.txt', 'aux.c', 'COM1.log', 'trailing dot.', 'trailing space ', ' leading', '..hidden', '...', '-rf', '~', '$(id)', '`id`.txt',
    '<img src=x onerror=alert(1)>.html', 'a<b>c:d"e|f?g*h.txt', '%2e%2e%2fetc%2fpasswd', '"; filename="evil.exe', "'.txt", 'semi;colon.txt',
    'photo\u202egpj.exe', 'isolate\u2066\u2069.txt', '\u200fmark.txt', '\ufeffbom.txt', 'line\nbreak.txt', 'tab\t.txt', 'bell\u0007.txt', 'del\u007f.txt',
    'back\\slash.txt', 'e\u0301.txt', '\u00e9 composed.txt', `${'long'.repeat(62)}.txt`, '漢字仮名.txt', '🦭.txt', 'عقد.pdf', 'desktop.ini', '.htaccess',
  ];

  test('D10 B05 B11 are saved under sane ones by the browser', async ({ cli, folder, recipient }, info) => {
    mkdirSync(folder.join('in'));
    for (const name of hostile) writeFileSync(folder.join('in', name), `content of ${hostile.indexOf(name)}`);
    const sent = await cli.send(hostile.map((name) => folder.join('in', name)), ['--downloads', '100']);
    const page = await recipient();
    let dialogs = 0;
    page.page.on('dialog', (dialog) => { dialogs += 1; void dialog.dismiss(); });
    await page.openList(sent.url);
    expect(await page.page.locator('img[src=x]').count(), 'a name is text, never markup').toBe(0);
    // What reverses or hides is shown for what it is, wherever it still stands.
    expect(await page.files.innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    // One after another, by the buttons of their rows: each is a download of its own name.
    await page.receiveEach(hostile.length);
    const seen = new Set<string>();
    for (const download of page.downloads) {
      const name = download.suggestedFilename();
      expect(name).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\/\\:*?"<>|]/);
      expect(name, 'no dots or spaces at the edges').not.toMatch(/^[. ]|[. ]$/);
      expect(name, 'no device of Windows').not.toMatch(/^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)/i);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(name.length).toBeGreaterThan(0);
      expect(name).toBe(name.normalize('NFC'));
      seen.add(name);
    }
    expect(dialogs).toBe(0);
    const contents = await Promise.all(page.downloads.map(async (download) => sha256(await download.path())));
    expect(new Set(contents).size, 'each content once').toBe(hostile.length);
    figure(info, `${hostile.length} hostile names saved under sane ones (${seen.size} different)`);
  });

  test('stay inside the folder on the command line', async ({ cli, folder }) => {
    mkdirSync(folder.join('in'));
    for (const name of hostile) writeFileSync(folder.join('in', name), name);
    const sent = await cli.send(hostile.map((name) => folder.join('in', name)));
    const into = folder.sub('received');
    const ran = await cli.receive(sent.url, into);
    expect(ran.code, ran.stderr).toBe(0);
    expect(filesUnder(into)).toHaveLength(hostile.length);
    // The terminal is not a place for control characters either.
    expect(ran.stderr).not.toMatch(/\u202e|\u0007/);
    expect(readdirSync(onlyIn(into))).toEqual(expect.arrayContaining(['aux.c', 'CON', '🦭.txt', 'é.txt']));
  });

  test('the forger of the next tests can write what opens', async ({ cli, folder }) => {
    const sent = await cli.send([folder.write('good.txt', 'good').path, folder.write('other.txt', 'other').path]);
    await new Owner(sent.link, sent.ownerToken).rewrite((payload) => {
      const files = payload.files as { p: string }[];
      return { ...payload, files: [files[0], { ...files[1], p: 'renamed.txt' }] };
    });
    const into = folder.sub('received');
    expect((await cli.receive(sent.url, into)).code).toBe(0);
    expect(filesUnder(onlyIn(into))).toContain('renamed.txt');
  });

  const paths = [
    '../escape.txt', 'a/../../escape.txt', '/etc/cron.d/escape', '..', '.', 'a//b', 'a/', '', 'a\\..\\b', 'photo\u202egpj.exe', 'nul\u0000l.txt',
    'c1\u0085.txt', `${'x'.repeat(1025)}`, Array.from({ length: 65 }, () => 'd').join('/'),
  ];
  test('of a forged list are refused whole, by both clients', async ({ cli, folder, recipient }, info) => {
    for (const path of paths) {
      const made = [folder.write('good.txt', 'good'), folder.write('other.txt', 'other')];
      const sent = await cli.send(made.map((one) => one.path));
      await new Owner(sent.link, sent.ownerToken).rewrite((payload) => {
        const files = payload.files as { p: string }[];
        return { ...payload, files: [files[0], { ...files[1], p: path }] };
      });
      const into = folder.sub('received');
      const ran = await cli.receive(sent.url, into);
      expect(ran.code, JSON.stringify(path)).not.toBe(0);
      expect(ran.stderr).not.toMatch(/panicked/);
      expect(filesUnder(into), JSON.stringify(path)).toEqual([]);
      const page = await recipient();
      await page.open(sent.url);
      await expectExplained(page.page, problem.altered);
      await expect(page.files).toHaveCount(0);
      await page.page.close();
    }
    expect(readdirSync(folder.path)).not.toContain('escape.txt');
    figure(info, `${paths.length} forged lists refused by browser and command line`);
  });

  const lists: [string, (payload: Record<string, unknown>) => unknown][] = [
    ['the same path twice', (p) => ({ ...p, files: (p.files as unknown[]).concat([(p.files as unknown[])[0]]) })],
    ['a path that is a folder of another', (p) => { const [a, b] = p.files as object[]; return { ...p, files: [{ ...a, p: 'x' }, { ...b, p: 'x/y' }] }; }],
    ['extents that overlap', (p) => { const [a, b] = p.files as object[]; return { ...p, files: [a, { ...b, x: [[0, 0, 5]] }] }; }],
    ['an extent outside of its object', (p) => { const [a, b] = p.files as object[]; return { ...p, size: 100_004, files: [a, { ...b, s: 100_000, x: [[0, 4, 100_000]] }] }; }],
    ['a size that does not add up', (p) => ({ ...p, size: 1 })],
  ];
  test('and lists that contradict themselves too', async ({ cli, folder, recipient }) => {
    for (const [name, forge] of lists) {
      const sent = await cli.send([folder.write('good.txt', 'good').path, folder.write('other.txt', 'other').path]);
      await new Owner(sent.link, sent.ownerToken).rewrite(forge);
      const into = folder.sub('received');
      const ran = await cli.receive(sent.url, into);
      expect(ran.code, name).not.toBe(0);
      expect(filesUnder(into), name).toEqual([]);
      const page = await recipient();
      await page.open(sent.url);
      await expectExplained(page.page, problem.altered);
      await page.page.close();
    }
  });
});

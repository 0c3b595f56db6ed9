// Every client opens what every other wrote: browser, command line, pipes, folders, passwords.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, type Entry } from '../fixtures/archive';
import { filesUnder, type Made, onlyIn, randomStream, sha256 } from '../fixtures/folder';
import { expect, figure, test } from '../fixtures/test';

const password = 'correct horse Öffnung 42';
const pipeMegabytes = Number(process.env.SEALDROP_PIPE_MIB ?? 300);

test('browser to command line, several files', async ({ sendPage, cli, folder }) => {
  const made = [await folder.random('one.bin', 700_000), folder.write('two ü.txt', 'zwei\n'), folder.write('empty', '')];
  await sendPage.open();
  await sendPage.choose(made.map((one) => one.path));
  await sendPage.terms({ note: 'See “two ü”.' });
  const link = await sendPage.send();
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/d\/[\w-]{22}#[\w-]{51}$/);
  const info = await cli.run(['info', link, '--json']);
  expect(info.code, info.stderr).toBe(0);
  for (const one of made) expect(info.stdout).toContain(one.name);
  expect(info.stdout).toContain('See “two ü”.');
  const into = folder.sub('received');
  const received = await cli.receive(link, into);
  expect(received.code, received.stderr).toBe(0);
  await expectTree(onlyIn(into), made);
});

test('command line to browser, several files', async ({ cli, folder, recipient }) => {
  const made = [await folder.random('a.bin', 300_000), await folder.random('b.bin', 1), folder.write('c.txt', '')];
  const { url } = await cli.send(made.map((one) => one.path), ['--note', 'From the command line.']);
  const page = await recipient();
  await page.openList(url);
  await expect(page.page.getByTestId('receive-note')).toHaveText('From the command line.');
  await page.expectState('idle');
  expect(page.page.url()).not.toContain('#');
  for (const one of made) await expect(page.files).toContainText(one.name);
  expect(await page.receive()).toBe('verified');
  expectEntries(await entriesOf(page.downloads, 'a.bin and 2 others.zip'), made);
});

test('a title heads the page, names the archive, and is shown by the command line', async ({ sendPage, cli, folder, recipient }) => {
  const made = [folder.write('a.txt', 'a'), folder.write('b.txt', 'b')];
  await sendPage.open();
  await sendPage.choose(made.map((one) => one.path));
  await sendPage.terms({ title: ' July: 2026/first half? ' });
  const link = await sendPage.send();
  const info = await cli.run(['info', link]);
  expect(info.stdout).toContain('July: 2026_first half?: 2 files, 2 B');
  const page = await recipient();
  await page.openList(link);
  await expect(page.page.getByTestId('receive-title')).toHaveText('July: 2026_first half?');
  expect(await page.receive()).toBe('verified');
  expectEntries(await entriesOf(page.downloads, 'July_ 2026_first half_.zip'), made);

  // One file keeps its name, whatever was typed before it was chosen.
  await sendPage.open();
  await sendPage.terms({ title: 'Not its name' });
  await sendPage.choose(made[0]!.path);
  await expect(sendPage.page.getByTestId('send-title')).toBeHidden();
  const one = await cli.run(['info', await sendPage.send()]);
  expect(one.stdout).toContain('a.txt: 1 file, 1 B');
});

test('command line to command line, a pipe of unknown length', async ({ cli, folder }, info) => {
  test.setTimeout(120_000 + pipeMegabytes * 1000);
  const hash = createHash('sha256');
  const stream = randomStream(pipeMegabytes << 20);
  stream.on('data', (chunk: Buffer) => hash.update(chunk));
  const sent = await cli.send(['-'], ['--name', 'pipe.bin'], { stdin: stream });
  expect(sent.plainBytes).toBe(pipeMegabytes << 20);
  const into = folder.sub('received');
  const received = await cli.receive(sent.url, into);
  expect(received.code, received.stderr).toBe(0);
  expect(filesUnder(into)).toEqual(['pipe.bin']);
  expect(await sha256(join(into, 'pipe.bin'))).toBe(hash.digest('hex'));
  figure(info, `a pipe of ${pipeMegabytes} MiB from command line to command line, SHA-256 equal`);
});

test('an empty pipe arrives as an empty file', async ({ cli, folder }) => {
  const sent = await cli.send(['-'], ['--name', 'nothing.bin'], { stdin: randomStream(0) });
  const into = folder.sub('received');
  expect((await cli.receive(sent.url, into)).code).toBe(0);
  expect(readFileSync(join(into, 'nothing.bin')).length).toBe(0);
});

test('a folder keeps its shape, to the command line and to the browser', async ({ cli, folder, recipient }) => {
  mkdirSync(folder.join('tree/deep/deeper'), { recursive: true });
  const made = [folder.write('tree/top.txt', 'top'), folder.write('tree/deep/deeper/leaf.txt', 'leaf'), await folder.random('tree/deep/big.bin', 500_000)];
  const { url } = await cli.send([folder.join('tree')]);
  const into = folder.sub('received');
  const received = await cli.receive(url, into);
  expect(received.code, received.stderr).toBe(0);
  expect(filesUnder(into)).toEqual(made.map((one) => one.name).sort());
  await expectTree(into, made);
  const page = await recipient();
  await page.openList(url);
  for (const name of ['top.txt', 'leaf.txt', 'big.bin']) await expect(page.files).toContainText(name);
  expect(await page.receive()).toBe('verified');
  expectEntries(await entriesOf(page.downloads, 'tree.zip'), made);
});

test('a password set in the browser holds on the command line', async ({ sendPage, cli, folder }) => {
  const made = await folder.random('guarded.bin', 5000);
  await sendPage.open();
  await sendPage.choose(made.path);
  await sendPage.terms({ password });
  const link = await sendPage.send();
  const into = folder.sub('received');
  const wrong = await cli.receive(link, into, { password: 'not this one' });
  expect(wrong.code, wrong.stderr).toBe(5);
  expect(filesUnder(into)).toEqual([]);
  expect(wrong.stderr).not.toMatch(/panicked|not this one/);
  const right = await cli.receive(link, into, { password });
  expect(right.code, right.stderr).toBe(0);
  await expectTree(into, [made]);
});

test('a password set on the command line holds in the browser', async ({ cli, folder, recipient }) => {
  const made = await folder.random('guarded.bin', 5000);
  // Written decomposed there, composed here: the same password to a person.
  const { url } = await cli.send([made.path], [], { password: password.normalize('NFD') });
  const page = await recipient();
  await page.open(url);
  await page.unlock('not this one');
  await expect(page.error.first()).toHaveAttribute('data-problem', 'wrong-password', { timeout: 30_000 });
  await expect(page.files).toHaveCount(0);
  await page.unlock(password);
  await expect(page.files).toBeVisible({ timeout: 30_000 });
  expect(await page.receive()).toBe('verified');
  expect(await sha256(await page.downloads[0]!.path())).toBe(made.sha256);
});

test('one file picked out of several', async ({ cli, folder, recipient }) => {
  const made = [await folder.random('first.bin', 40_000), await folder.random('second.bin', 50_000)];
  const { url } = await cli.send(made.map((one) => one.path));
  const page = await recipient();
  await page.openList(url);
  const begun = page.page.waitForEvent('download');
  await page.files.getByRole('button', { name: /second\.bin/ }).first().click();
  const download = await begun;
  expect(download.suggestedFilename()).toBe('second.bin');
  expect(await sha256(await download.path())).toBe(made[1]!.sha256);
});

test('what this machine sent, this machine closes', async ({ cli, folder }) => {
  const { url } = await cli.send([folder.write('x.txt', 'x').path]);
  expect((await cli.run(['revoke', url])).code).toBe(0);
  const late = await cli.receive(url, folder.sub('late'));
  expect(late.code, late.stderr).toBe(4);
  expect(late.stderr).toMatch(/turned this link off/i);
});

function expectEntries(got: Entry[], made: Made[]): void {
  expect(new Map(got.map((one) => [one.name, one.sha256]))).toEqual(new Map(made.map((one) => [one.name, one.sha256])));
}

async function expectTree(root: string, made: Made[]): Promise<void> {
  for (const one of made) expect(await sha256(join(root, one.name)), one.name).toBe(one.sha256);
}

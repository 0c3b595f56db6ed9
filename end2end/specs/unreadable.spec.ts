// Files that vanish between choosing and sending: all of them are named, and the rest goes on if the person says so.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { sha256, type Made } from '../fixtures/folder';
import type { Server } from '../fixtures/server';
import { expect, test, type Fixtures } from '../fixtures/test';
import { byTestId } from '../pages/handles';
import { SendPage, ready } from '../pages/send-page';

const MIB = 1 << 20;

/** Chooses three files, of which the second is gone and the third another one before they are sent; gives what arrives when the first goes alone. */
async function sendWhatIsLeft({ server, folder, context, cli }: Pick<Fixtures, 'folder' | 'cli'> & { server: Server; context: BrowserContext }, files: Made[]): Promise<string> {
  const page = new SendPage(await context.newPage());
  await page.page.goto(server.url);
  await ready(page.page);
  await page.choose(files.map((file) => file.path));
  // The page has looked at them: whatever vanishes before that has no length that could be missed.
  await expect(page.create).toBeEnabled();
  rmSync(files[1]!.path);
  writeFileSync(files[2]!.path, 'something else than was chosen');
  await page.create.click();
  await expect(page.page.locator(byTestId('error'))).toHaveAttribute('data-problem', /^source-(unreadable|changed)$/);
  await expect(page.page.locator(byTestId('unreadable')).getByRole('listitem')).toHaveText(files.slice(1).map((file) => file.name));
  await page.page.locator(byTestId('leave-out')).click();
  const link = await page.link.textContent({ timeout: 60_000 });
  const got = folder.sub('got');
  await cli.receive(link!.replace(/\s/g, ''), got);
  expect(await sha256(join(got, files[0]!.name))).toBe(files[0]!.sha256);
  return got;
}

test('U12 files that are gone are named, and the others are sent without them', async ({ server, folder, context, cli }) => {
  const files = [await folder.random('one.bin', 12 * MIB), await folder.random('two.bin', 1024), await folder.random('three.bin', 2048)];
  await sendWhatIsLeft({ server, folder, context, cli }, files);
});

test('U12 an empty file that is gone, or empty no more, does not arrive as an empty one', async ({ server, folder, context, cli }) => {
  const files = [await folder.random('one.bin', 1024), await folder.random('gone.txt', 0), await folder.random('grown.txt', 0)];
  const got = await sendWhatIsLeft({ server, folder, context, cli }, files);
  expect(readdirSync(got)).toEqual(['one.bin']);
});

test('U02 a disk that reads slowly is no silent line', async ({ server, folder, context, cli }) => {
  const file = await folder.random('slow.bin', MIB);
  const page = new SendPage(await context.newPage());
  // Workers read each part for longer than a line may be silent.
  let slowed = 0;
  await context.route(/\/worker\.js$/, async (route) => {
    const script = await route.fetch();
    const slow = `const read = Blob.prototype.arrayBuffer;
      Blob.prototype.arrayBuffer = async function () { await new Promise((go) => setTimeout(go, 35_000)); return read.call(this); };`;
    slowed += 1;
    await route.fulfill({ response: script, body: slow + (await script.text()) });
  });
  await page.page.goto(server.url);
  await ready(page.page);
  await page.choose(file.path);
  const link = await page.send(60_000);
  expect(slowed).toBeGreaterThan(0);
  const got = folder.sub('got');
  await cli.receive(link, got);
  expect(await sha256(join(got, 'slow.bin'))).toBe(file.sha256);
});

test('a dropped folder keeps its tree, and says that an empty folder is left out', async ({ server, context }) => {
  const page = new SendPage(await context.newPage());
  await page.page.goto(server.url);
  await ready(page.page);
  // A drop of folders cannot be made from outside: one with entries as the browser hands them over.
  await page.page.evaluate(() => {
    const file = (name: string, text: string) => ({ isFile: true, isDirectory: false, name, file: (done: (file: File) => void) => done(new File([text], name)) });
    const directory = (name: string, inside: unknown[]) => ({
      isFile: false, isDirectory: true, name,
      createReader: () => { let left = [inside, []]; return { readEntries: (done: (entries: unknown[]) => void) => done(left.shift() ?? []) }; },
    });
    const tree = directory('tree', [file('a.txt', 'aaaa'), directory('inner', [file('b.txt', 'bb')]), directory('empty', [])]);
    const data = { types: ['Files'], files: [], items: { length: 1, 0: { kind: 'file', webkitGetAsEntry: () => tree } } };
    const event = new Event('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: data });
    window.dispatchEvent(event);
  });
  await expect(page.page.locator(byTestId('empty-folders'))).toHaveText(/1 empty folder was left out/);
  await expect(page.create).toBeEnabled();
});

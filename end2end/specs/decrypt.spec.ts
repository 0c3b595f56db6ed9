// A second reader, written in another language from the description of the format alone, opens what our clients wrote.
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Recipient } from '../fixtures/api';
import { filesUnder, sha256, type Folder, type Made } from '../fixtures/folder';
import { parseLink } from '../fixtures/link';
import { bareEnv, python, root } from '../fixtures/paths';
import { expect, figure, test } from '../fixtures/test';

const run = promisify(execFile);
const script = join(root, 'end2end/decrypt.py');

interface Known {
  /** The bearer, where a password takes part in it. */
  auth?: string;
  password?: string;
  /** Ids of the link's objects, where the payload cannot be opened here. */
  objects?: string[];
}

/** Fetches what a recipient gets from the server, and lets the other reader open it. */
async function decrypt(url: string, folder: Folder, known: Known = {}): Promise<string> {
  const link = parseLink(url);
  const recipient = new Recipient(link, known.auth);
  const opened = await recipient.open();
  const ids = known.objects ?? (JSON.parse((await recipient.payload()).text) as { objs?: { oid: string }[] }).objs?.map((one) => one.oid) ?? [];
  if (opened.manifest) ids.push(opened.manifest.object_id);
  const objects = folder.sub(`objects-${link.id}`);
  for (const { url: at, object_id } of (await recipient.sign(await recipient.claim(), ids)).urls) {
    const answer = await fetch(new URL(at, link.origin));
    writeFileSync(join(objects, object_id), Buffer.from(await answer.arrayBuffer()));
  }
  const response = join(folder.path, `open-${link.id}.json`);
  writeFileSync(response, JSON.stringify(opened));
  const out = join(folder.path, `opened-${link.id}`);
  mkdirSync(out);
  const env = bareEnv({ SEALDROP_PASSWORD: known.password }) as NodeJS.ProcessEnv;
  await run(python, [script, '--link', url, '--payload-json', response, '--objects', objects, '--out', out], { env });
  return out;
}

async function expectAll(out: string, made: Made[]): Promise<void> {
  expect(filesUnder(out)).toEqual(made.map((one) => one.name).sort());
  for (const one of made) expect(await sha256(join(out, one.name)), one.name).toBe(one.sha256);
}

test.beforeAll(() => {
  if (!existsSync(script)) throw new Error(`${script} is missing`);
});

test('what the browser wrote', async ({ sendPage, folder }, info) => {
  const alone = await folder.random('alone.bin', 1_000_000);
  const many = [await folder.random('first.bin', 11 << 20), folder.write('second ü.txt', 'zwei'), folder.write('empty', '')];
  for (const made of [[alone], many]) {
    await sendPage.open();
    await sendPage.choose(made.map((one) => one.path));
    await expectAll(await decrypt(await sendPage.send(), folder), made);
  }
  figure(info, 'the independent decryptor opened 2 links of the browser');
});

test('what the command line wrote, a folder and a pipe too', async ({ cli, folder }, info) => {
  const alone = await folder.random('alone.bin', (10 << 20) + 5);
  await expectAll(await decrypt((await cli.send([alone.path])).url, folder), [alone]);
  const tree = [folder.write('tree/a.txt', 'a'), await folder.random('tree/b/c.bin', 700_000)];
  await expectAll(await decrypt((await cli.send([folder.join('tree')])).url, folder), tree);
  const piped = await folder.random('piped.bin', 12_345_678);
  const { url } = await cli.send(['-'], ['--name', 'piped.bin'], { stdin: createReadStream(piped.path) });
  await expectAll(await decrypt(url, folder), [piped]);
  figure(info, 'the independent decryptor opened 3 links of the command line');
});

test('what the browser wrote under a password', async ({ sendPage, folder, recipient }, info) => {
  const password = 'pässword';
  const made = [await folder.random('guarded.bin', 300_000)];
  await sendPage.open();
  await sendPage.choose(made[0]!.path);
  await sendPage.terms({ password });
  const reserved: string[] = [];
  sendPage.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/v1/uploads')) reserved.push((request.postDataJSON() as { object_id: string }).object_id);
  });
  const url = await sendPage.send();
  const page = await recipient();
  const asked = page.page.waitForRequest((request) => request.url().endsWith('/open'));
  await page.openList(url, password);
  const { auth } = (await asked).postDataJSON() as { auth: string };
  await expectAll(await decrypt(url, folder, { auth, password, objects: reserved }), made);
  await expect(decrypt(url, folder.nested(), { auth, password: 'wrong', objects: reserved })).rejects.toThrow();
  figure(info, 'the independent decryptor opened 1 link with a password, and refused the wrong one');
});

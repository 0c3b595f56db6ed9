// A bucket that does not give back what was put in: never verified, never a finished file, never counted.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Owner } from '../fixtures/api';
import { Cli } from '../fixtures/cli';
import { filesUnder, sizeOf } from '../fixtures/folder';
import type { Server } from '../fixtures/server';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import { ReceivePage } from '../pages/receive-page';

test.describe('what was sealed and what is there differ', () => {
  const largest = (server: Server): string =>
    filesUnder(server.bucket).map((name) => join(server.bucket, name)).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;

  const damages: [string, number, (bytes: Buffer) => Buffer][] = [
    ['one bit of the first record', 60_000, (bytes) => { bytes[5000]! ^= 1; return bytes; }],
    ['one bit of the last record of many', 3_000_000, (bytes) => { bytes[bytes.length - 40]! ^= 0x80; return bytes; }],
    ['one bit of the header', 60_000, (bytes) => { bytes[70]! ^= 1; return bytes; }],
    ['two records swapped', 3_000_000, (bytes) => {
      const [one, two] = [Buffer.from(bytes.subarray(262144, 524288)), Buffer.from(bytes.subarray(524288, 786432))];
      two.copy(bytes, 262144);
      one.copy(bytes, 524288);
      return bytes;
    }],
  ];
  for (const [name, len, damage] of damages) {
    test(`D05 ${name}`, async ({ startServer, browser, folder }) => {
      const server = await startServer();
      const cli = new Cli(server.url, folder.sub('cli-state'));
      const made = await folder.random('victim.bin', len);
      const sent = await cli.send([made.path]);
      const path = largest(server);
      writeFileSync(path, damage(readFileSync(path)));
      const context = await browser.newContext({ baseURL: server.url });
      const receive = new ReceivePage(await context.newPage());
      await receive.openList(sent.url);
      expect(await receive.receive()).toBe('failed');
      await expectExplained(receive.page, problem.altered);
      for (const download of receive.downloads) {
        // A download that had begun must end as failed: nothing wrong is ever finished.
        expect(await download.failure(), 'no finished file').not.toBeNull();
      }
      await expect(receive.page.locator('[data-testid=receive-status][data-state=verified]')).toHaveCount(0);
      expect(await new Owner(sent.link, sent.ownerToken).status(), 'and nothing was counted').toMatchObject({ used: 0, active: 0 });
      await context.close();

      const into = folder.sub('received');
      const ran = await cli.receive(sent.url, into);
      expect(ran.code, ran.stderr).toBe(6);
      expect(readdirSync(into).filter((one) => !one.endsWith('.part'))).toEqual([]);
    });
  }

  test('D05 the object of another link in its place', async ({ startServer, browser, folder }) => {
    const server = await startServer();
    const cli = new Cli(server.url, folder.sub('cli-state'));
    const before = new Set(filesUnder(server.bucket));
    await cli.send([(await folder.random('one.bin', 400_000)).path]);
    const first = filesUnder(server.bucket).filter((name) => !before.has(name));
    const sent = await cli.send([(await folder.random('two.bin', 400_000)).path]);
    const second = filesUnder(server.bucket).filter((name) => !before.has(name) && !first.includes(name));
    const pick = (names: string[]) => names.map((name) => join(server.bucket, name)).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;
    writeFileSync(pick(second), readFileSync(pick(first)));
    const context = await browser.newContext({ baseURL: server.url });
    const receive = new ReceivePage(await context.newPage());
    await receive.openList(sent.url);
    expect(await receive.receive()).toBe('failed');
    await expectExplained(receive.page, problem.altered);
    expect(receive.downloads.length).toBe(0);
    await context.close();
  });
});

// The whole of it: three files from one browser to another, bit for bit in one archive, on both kinds of storage. Large, so nothing inspects.
import { join } from 'node:path';
import { Driver } from '../driver/webdriver';
import { receive, send, type Watched } from '../driver/transfer';
import { entries } from '../fixtures/archive';
import { Folder, type Made } from '../fixtures/folder';
import { Postgres } from '../fixtures/postgres';
import { SeaweedFs } from '../fixtures/seaweedfs';
import { Server } from '../fixtures/server';
import { freePort } from '../fixtures/postgres';
import { expect, figure, test } from '../fixtures/test';

const megabytes = Number(process.env.SEALDROP_E2E_MIB ?? 200);
let driver: Driver;
let source: Folder;
let made: Made[];

test.describe.configure({ timeout: 300_000 });

test.beforeAll(async () => {
  driver = await Driver.start();
  source = new Folder();
  made = [await source.random('empty.bin', 0), await source.random('small.bin', 1024), await source.random('large.bin', megabytes << 20)];
});

test.afterAll(async () => {
  await driver?.stop();
  source?.remove();
});

async function thereAndBack(origin: string): Promise<{ watched: Watched; seconds: [number, number] }> {
  const begin = performance.now();
  const sender = await driver.browser();
  const link = await send(sender, origin, made.map((one) => one.path));
  await sender.close();
  const half = performance.now();
  const recipient = await driver.browser();
  const watched = await receive(recipient, link, ['empty.bin and 2 others.zip']);
  const end = performance.now();
  const got = new Map(entries(join(recipient.downloads, 'empty.bin and 2 others.zip')).map((one) => [one.name, one.sha256]));
  expect(got).toEqual(new Map(made.map((one) => [one.name, one.sha256])));
  expect(await recipient.run('return location.href'), 'the key is gone from the address').not.toContain('#');
  await recipient.close();
  return { watched, seconds: [(half - begin) / 1000, (end - half) / 1000] };
}

function judge(watched: Watched): void {
  // The verdict comes once, at the end: `altered.spec.ts` shows that one wrong bit in the last record keeps it away.
  expect(watched.states.filter((state) => state !== 'idle')).toEqual(['working', 'verified']);
}

test('SQLite and the embedded bucket', async ({ server }, info) => {
  const { watched, seconds } = await thereAndBack(server.url);
  judge(watched);
  figure(info, `3 files, ${megabytes} MiB, SQLite and embedded bucket: sent in ${seconds[0].toFixed(1)} s, received in ${seconds[1].toFixed(1)} s, SHA-256 equal`);
});

test('Postgres and SeaweedFS', async ({}, info) => {
  const postgres = await Postgres.start();
  const s3 = await SeaweedFs.start();
  let server: Server | undefined;
  try {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    s3.allow(origin);
    server = await Server.start({
      address: `127.0.0.1:${port}`,
      env: {
        DATABASE_URL: postgres.url, S3_ENDPOINT: s3.url, S3_REGION: s3.region, S3_BUCKET: s3.bucket,
        S3_ACCESS_KEY_ID: s3.accessKey, S3_SECRET_ACCESS_KEY: s3.secretKey, SEALDROP_PUBLIC_URL: origin,
      },
    });
    const { watched, seconds } = await thereAndBack(origin);
    judge(watched);
    figure(info, `3 files, ${megabytes} MiB, Postgres and SeaweedFS: sent in ${seconds[0].toFixed(1)} s, received in ${seconds[1].toFixed(1)} s, SHA-256 equal`);
  } finally {
    await server?.stop();
    await s3.stop();
    await postgres.stop();
  }
});

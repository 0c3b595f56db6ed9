// What one transfer of gigabytes costs in memory: command line, server and tab. Release binaries, nothing inspected.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { receive, send } from '../driver/transfer';
import { Driver } from '../driver/webdriver';
import { Cli } from '../fixtures/cli';
import { randomStream, sha256 } from '../fixtures/folder';
import { bareEnv, cliBinary } from '../fixtures/paths';
import type { Server } from '../fixtures/server';
import { expect, figure, test } from '../fixtures/test';
import { DiscardingBucket } from './discarding-bucket';
import { highest, onSlowDisk, peak, renderers } from './memory';

const cliMib = Number(process.env.SEALDROP_SOAK_CLI_MIB ?? 5120);
const tabMib = Number(process.env.SEALDROP_SOAK_TAB_MIB ?? 2048);
const takeMib = Number(process.env.SEALDROP_SOAK_TAKE_MIB ?? 10_240);
const sparseMib = Number(process.env.SEALDROP_SOAK_SPARSE_MIB ?? 20_480);
const pipeMib = Number(process.env.SEALDROP_SOAK_PIPE_MIB ?? 3072);
const mib = (value: number) => `${value.toFixed(0)} MiB`;
const rows: string[][] = [];
const row = (what: string, size: number, measured: number, limit: number, seconds: number) => {
  rows.push([what, mib(size), mib(measured), mib(limit), `${seconds.toFixed(0)} s`, `${(size / seconds).toFixed(0)} MiB/s`]);
  expect.soft(measured, what).toBeLessThan(limit);
};

/** Runs the command line under GNU time: its own peak, whatever we miss between two looks. */
async function timed(args: string[], server: string, state: string): Promise<{ stdout: string; mib: number; seconds: number }> {
  const begin = performance.now();
  const { stdout, stderr } = await promisify(execFile)('/usr/bin/time', ['-f', 'peak=%M', cliBinary, ...args], {
    env: bareEnv({ SEALDROP_SERVER: server, SEALDROP_STATE: state }) as NodeJS.ProcessEnv, maxBuffer: 1 << 26,
  });
  return { stdout, mib: Number(stderr.match(/peak=(\d+)/)![1]) / 1024, seconds: (performance.now() - begin) / 1000 };
}

test('command line and server', async ({ startServer, folder }) => {
  const server = await startServer();
  const made = await folder.random('large.bin', cliMib * 2 ** 20);
  const state = folder.sub('state');
  const sent = await timed(['send', made.path, '--json'], server.url, state);
  row('command line, sending', cliMib, sent.mib, 150, sent.seconds);
  row('server, storing that', cliMib, peak(server.pid), 100, sent.seconds);
  const into = folder.sub('received');
  const { link } = JSON.parse(sent.stdout) as { link: string };
  const received = await timed(['receive', link, '-o', into], server.url, state);
  row('command line, receiving', cliMib, received.mib, 150, received.seconds);
  row('server, after both', cliMib, peak(server.pid), 100, received.seconds);
  expect(await sha256(join(into, 'large.bin'))).toBe(made.sha256);
});

/** A tab that sends one file: its memory over idle against a limit, and the link. */
async function tab(server: Server, path: string, sizeMib: number, limit: number): Promise<string> {
  const driver = await Driver.start();
  try {
    const browser = await driver.browser();
    await browser.go(server.url);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const idle = renderers(driver.pid);
    const begin = performance.now();
    const { result: link, highest: most, samples } = await highest(() => renderers(driver.pid), () => send(browser, server.url, [path], { within: 3_000_000 }));
    const seconds = (performance.now() - begin) / 1000;
    expect(idle, 'the renderer was found').toBeGreaterThan(10);
    expect(samples).toBeGreaterThan(10);
    row(`tab, over its idle ${mib(idle)}`, sizeMib, most - idle, limit, seconds);
    row('server, meanwhile', sizeMib, peak(server.pid), 100, seconds);
    return link;
  } finally {
    await driver.stop();
  }
}

test('browser tab, sending', async ({ startServer, folder }) => {
  const server = await startServer();
  const made = await folder.random('large.bin', tabMib * 2 ** 20);
  const link = await tab(server, made.path, tabMib, 200);
  const into = folder.sub('received');
  const ran = await new Cli(server.url, folder.sub('state')).receive(link, into);
  expect(ran.code, ran.stderr).toBe(0);
  expect(await sha256(join(into, 'large.bin'))).toBe(made.sha256);
});

test('browser tab, receiving, at full speed and with a slow disk', async ({ startServer, folder }) => {
  const server = await startServer();
  const cli = new Cli(server.url, folder.sub('state'));
  for (const [size, how] of [[takeMib, 'at full speed'], [takeMib / 5, 'slow disk']] as const) {
    const made = await folder.random(`${how}.bin`, Math.round(size) * 2 ** 20);
    const { url } = await cli.send([made.path]);
    rmSync(made.path);
    const driver = await Driver.start();
    try {
      const browser = await driver.browser();
      await browser.go(url);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const idle = renderers(driver.pid);
      const begin = performance.now();
      const take = () => receive(browser, url, [made.name], { within: 3_000_000 });
      const { highest: most } = await highest(() => renderers(driver.pid), () => (how === 'slow disk' ? onSlowDisk(driver.pid, take) : take()));
      row(`tab and service worker, receiving, ${how}`, size, most - idle, 200, (performance.now() - begin) / 1000);
      expect(await sha256(join(browser.downloads, made.name))).toBe(made.sha256);
    } finally {
      await driver.stop();
    }
  }
});

test('U31 browser tab, sending far more than memory and disk hold', async ({ startServer, folder }) => {
  const bucket = await DiscardingBucket.start();
  try {
    const server = await startServer({ env: bucket.env });
    // Of zeros that no disk holds.
    const { path } = folder.write('sparse.bin', '');
    truncateSync(path, sparseMib * 2 ** 20);
    await tab(server, path, sparseMib, 200);
    expect(bucket.received).toBeGreaterThanOrEqual(sparseMib * 2 ** 20);
  } finally {
    bucket.stop();
  }
});

test('command line, a pipe of unknown length', async ({ startServer, folder }) => {
  const server = await startServer();
  const cli = new Cli(server.url, folder.sub('state'));
  const hash = createHash('sha256');
  const stream = randomStream(pipeMib * 2 ** 20);
  stream.on('data', (chunk: Buffer) => hash.update(chunk));
  const begin = performance.now();
  const sent = await cli.send(['-'], ['--name', 'pipe.bin'], { stdin: stream });
  const seconds = (performance.now() - begin) / 1000;
  const into = folder.sub('received');
  const received = await cli.receive(sent.url, into);
  expect(received.code, received.stderr).toBe(0);
  expect(await sha256(join(into, 'pipe.bin'))).toBe(hash.digest('hex'));
  row('server, storing a pipe', pipeMib, peak(server.pid), 100, seconds);
});

test.afterAll(async ({}, info) => {
  const table = [['what', 'size', 'memory', 'limit', 'time', 'speed'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((one) => one[column]!.length)));
  for (const one of table) process.stdout.write(`  ${one.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}\n`);
  figure(info, `${rows.length} figures of memory`);
});

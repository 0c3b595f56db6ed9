// Speeds, side by side: `make bench`. Nothing here is a test; the one thing that fails a run is a transfer that does not work.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Driver } from '../driver/webdriver';
import { Cli } from '../fixtures/cli';
import { Folder, type Made } from '../fixtures/folder';
import { cliBinary } from '../fixtures/paths';
import type { Server } from '../fixtures/server';
import { figure, test } from '../fixtures/test';
import { plant } from '../fixtures/tree';
import { highest, renderers } from '../soak/memory';
import { Bucket } from './bucket';
import { ciphers } from './ciphers';
import { program } from './cost';
import { Receiving } from './receiving';
import { compose, digits, report, targetText, transferHead, transferRow } from './report';
import { compare, disturbance, medianOf, type Contender, type Result } from './rounds';
import { Sending } from './sending';
import { canShape, shape } from './shape';
import { portOf, startServer } from './site';

const mb = Number(process.env.SEALDROP_BENCH_MB ?? 300);
const rounds = Number(process.env.SEALDROP_BENCH_ROUNDS ?? 3);
const memoryMib = Number(process.env.SEALDROP_BENCH_MEMORY_MIB ?? 1024);
const lanes = Number(process.env.SEALDROP_BENCH_LANES ?? 4);
const tell = (line: string) => process.stdout.write(`  ${line}\n`);

interface Line {
  name: string;
  mbit?: number;
  target: number;
  rounds: number;
}
const lines: Line[] = [
  { name: 'loopback', target: 0.7, rounds: rounds + 2 },
  { name: '1 Gbit/s', mbit: 1000, target: 0.97, rounds },
  { name: '100 Mbit/s', mbit: 100, target: 0.99, rounds },
].filter(({ mbit }) => mbit === undefined || canShape);

let folder: Folder;
let made: Made;
let driver: Driver;

test.beforeAll(async () => {
  folder = new Folder('sealdrop-bench-');
  made = await folder.random('bench.bin', mb * 1e6);
  driver = await Driver.start();
});

test.afterAll(async ({}, info) => {
  await driver?.stop();
  folder?.remove();
  figure(info, compose());
});

/** A server of its own for each line, so that none meets what the one before left behind. */
async function onLine(line: Line, action: (server: Server, bucket: Bucket) => Promise<void>): Promise<void> {
  tell(`${line.name}:`);
  const server = await startServer(folder);
  try {
    shape(portOf(server), line.mbit);
    await action(server, new Bucket(server));
  } finally {
    shape(portOf(server), undefined);
    await server.stop();
  }
}

test('sending in the browser', async () => {
  const rows: string[][] = [];
  let longest = 0;
  const all: Result[] = [];
  const browsers = [await driver.browser(), await driver.browser(), await driver.browser()] as const;
  let sealedLen = 0;
  for (const line of lines) {
    await onLine(line, async (server, bucket) => {
      const sending = new Sending(driver, server, bucket);
      const warm = folder.write('warm.bin', Buffer.alloc(1e6));
      await sending.product(browsers[2], warm.path);
      if (sealedLen === 0) {
        await sending.product(browsers[2], made.path);
        sealedLen = Math.max(...(await bucket.list()).map(({ len }) => len));
      }
      const [raw, hand, product] = await compare([
        { name: 'raw PUT from memory', run: () => sending.raw(browsers[0], sealedLen, lanes) },
        { name: 'JavaScript by hand', run: () => sending.byHand(browsers[1], made.path, made.len, lanes) },
        { name: 'Sealdrop', run: () => sending.product(browsers[2], made.path) },
      ], line.rounds, tell) as [Result, Result, Result];
      rows.push(transferRow(line.name, raw, raw, made.len, ''), transferRow('', hand, raw, made.len, ''),
        transferRow('', product, raw, made.len, targetText(product, raw, line.target)),
        ['', 'Sealdrop against JavaScript by hand', '', '', ...transferRow('', product, hand, made.len, targetText(product, hand, 1)).slice(4, 6), '']);
      longest = Math.max(longest, medianOf(product, (run) => run.longest));
      all.push(raw, hand, product);
    });
  }
  for (const browser of browsers) await browser.close();
  report('1-sending', {
    title: 'Sending in the browser',
    text: `A file of ${mb} MB (${digits(sealedLen / 1e6, 1)} MB as stored). The ratio is to raw PUTs of parts of the same lengths out of memory, ${lanes} at a time. By hand: ${lanes} `
      + 'workers that each read a slice, seal it with WebCrypto in records of 256 KiB, hash it and PUT it by fetch, and the end of the multipart upload. '
      + 'Sealdrop: from the click to the link shown. Lines other than the loopback are shaped by the kernel (HTB). '
      + `The longest task on the page's own thread while sending: ${digits(longest, 0)} ms (limit 100 ms; 0 means none over 50 ms). ${disturbance(all)}`,
    head: transferHead, rows,
  });
});

test('receiving in the browser', async () => {
  const rows: string[][] = [];
  let longest = 0;
  const all: Result[] = [];
  for (const line of lines.filter(({ mbit }) => mbit !== 100)) {
    await onLine(line, async (server, bucket) => {
      // Other browsers for each line: service workers belong to a port.
      const browsers = [await driver.browser(), await driver.browser(), await driver.browser()] as const;
      shape(portOf(server), undefined);
      const receiving = new Receiving(driver, server, bucket, made);
      await receiving.prepare();
      const { url } = await new Cli(server.url, folder.sub('state')).send([made.path]);
      await receiving.byHand(browsers[1]);
      await receiving.product(browsers[2], url);
      shape(portOf(server), line.mbit);
      const [plain, hand, product] = await compare([
        { name: 'plain download', run: () => receiving.plain(browsers[0]) },
        { name: 'JavaScript by hand', run: () => receiving.byHand(browsers[1]) },
        { name: 'Sealdrop', run: () => receiving.product(browsers[2], url) },
      ], line.rounds, tell) as [Result, Result, Result];
      rows.push(transferRow(line.name, plain, plain, made.len, ''), transferRow('', hand, plain, made.len, ''),
        transferRow('', product, plain, made.len, targetText(product, plain, line.target)),
        ['', 'Sealdrop against JavaScript by hand', '', '', ...transferRow('', product, hand, made.len, targetText(product, hand, 1)).slice(4, 6), '']);
      longest = Math.max(longest, medianOf(product, (run) => run.longest));
      all.push(plain, hand, product);
      for (const browser of browsers) await browser.close();
    });
  }
  report('2-receiving', {
    title: 'Receiving in the browser',
    text: `The same file of ${mb} MB, until it lies in the download folder under its name. The ratio is to the browser's own download of the plain bytes `
      + 'from the same bucket (a presigned GET). By hand: a service worker that reads three ranges of 10 MiB ahead, hashes them and opens records of 256 KiB with WebCrypto. '
      + `Sealdrop: from the click until the page has said "unaltered" as well. The longest task on the page's own thread: ${digits(longest, 0)} ms. ${disturbance(all)}`,
    head: transferHead, rows,
  });
});

test('command line', async () => {
  const rows: string[][] = [];
  const all: Result[] = [];
  await onLine({ ...lines[0]! }, async (server, bucket) => {
    const identity = folder.join('age.key');
    execFileSync('age-keygen', ['-o', identity], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', identity], { encoding: 'utf8' }).trim();
    const into = folder.sub('received');
    let link = '';
    const env = (round: string) => ({ ...bucket.rclone, SEALDROP_SERVER: server.url, SEALDROP_STATE: folder.sub(`state-${round}`) });
    const run = (line: string, round: number | string = '') => program(line, server.pid, env(String(round)));
    const file = (name: string) => join(into, name);
    const sends: Contender[] = [
      { name: 'rclone, in the clear', run: (round) => run(`rclone copyto '${made.path}' bench:blobs/bench/clear-${round}`) },
      { name: 'age \\| rclone rcat', run: (round) => run(`age -r ${recipient} '${made.path}' | rclone rcat bench:blobs/bench/age-${round}`) },
      { name: 'sealdrop send', run: async (round) => {
        const ran = await run(`'${cliBinary}' send '${made.path}' --json`, round);
        link = (JSON.parse(ran.stdout) as { link: string }).link;
        return ran;
      } },
    ];
    const receives: Contender[] = [
      { name: 'rclone, in the clear', run: () => saved('clear.bin', `rclone copyto bench:blobs/bench/clear-0 '${file('clear.bin')}'`) },
      { name: 'rclone cat \\| age -d', run: () => saved('age.bin', `rclone cat bench:blobs/bench/age-0 | age -d -i '${identity}' -o '${file('age.bin')}'`) },
      { name: 'sealdrop receive', run: () => saved(made.name, `'${cliBinary}' receive '${link}' -o '${into}'`) },
      // What receiving promises beyond a copy: that the file is on the disk before it has its name.
      { name: 'rclone, then sync', run: () => saved('synced.bin', `rclone copyto bench:blobs/bench/clear-0 '${file('synced.bin')}' && sync '${file('synced.bin')}'`) },
    ];
    const saved = async (name: string, line: string) => {
      const ran = await run(line);
      if (!existsSync(file(name))) throw new Error(`${line}: nothing was saved`);
      rmSync(file(name));
      return ran;
    };
    for (const [where, contenders, beatsAge] of [['send', sends, true], ['receive', receives, false]] as const) {
      const [clear, age, ours, synced] = await compare([...contenders], rounds + 2, tell) as [Result, Result, Result, Result?];
      all.push(clear, age, ours, ...(synced ? [synced] : []));
      rows.push(transferRow(where, clear, clear, made.len, ''), transferRow('', age, clear, made.len, ''), transferRow('', ours, clear, made.len, targetText(ours, clear, 0.9)),
        ['', `${ours.name} against ${age.name}`, '', '', ...transferRow('', ours, age, made.len, beatsAge ? targetText(ours, age, 1) : '').slice(4, 6), '', '']);
      if (synced) {
        rows.push(transferRow('', synced, clear, made.len, ''),
          ['', `${ours.name} against ${synced.name}`, '', '', ...transferRow('', ours, synced, made.len, '').slice(4, 6), '', '']);
      }
    }
  });
  report('3-command-line', {
    title: 'Command line',
    text: `The same file of ${mb} MB over the bare loopback, into and out of the embedded bucket; rclone with its own defaults and the bucket's keys. The ratio is to rclone moving the file in the clear. `
      + `CPU time is that of all processes of a line, memory that of the largest of them. ${disturbance(all)}`,
    head: ['task', ...transferHead.slice(1), 'peak MiB'], rows,
  });
});

test('memory of the tab', async () => {
  const large = await folder.random('large.bin', memoryMib * 2 ** 20);
  const rows: string[][] = [];
  await onLine(lines[0]!, async (server, bucket) => {
    const own = await Driver.start();
    try {
      const settle = async () => {
        await new Promise((resolve) => setTimeout(resolve, 3000));
        return renderers(own.pid);
      };
      const row = (what: string, idle: number, most: number, seconds: number, longest = 0) =>
        rows.push([what, digits(idle, 0), digits(most - idle, 0), most - idle < 200 ? '< 200: met' : '**< 200: missed**', digits(longest, 0), digits(seconds, 1)]);
      const browser = await own.browser();
      await browser.go(server.url);
      const idle = await settle();
      const sent = await highest(() => renderers(own.pid), () => new Sending(own, server, bucket).product(browser, large.path));
      row('tab, sending', idle, sent.highest, sent.result.seconds, sent.result.longest);
      await browser.close();
      const other = await own.browser();
      const receiving = new Receiving(own, server, bucket, large);
      await other.go(sent.result.link);
      const idleThere = await settle();
      const got = await highest(() => renderers(own.pid), () => receiving.product(other, sent.result.link));
      row('tab and service worker, receiving', idleThere, got.highest, got.result.seconds, got.result.longest);
      const tree = await plant(folder, 2_000, 2 ** 20);
      const alone = await new Sending(own, server, bucket).choosing(other, tree);
      rows.push(['an empty page, choosing 2,000 files', '', '', '', digits(alone, 0), '']);
      const many = await new Sending(own, server, bucket).product(other, tree, 'folder-input');
      const ours = (many.longest ?? 0) - alone;
      rows.push(['page, choosing and sending 2,000 files', '', '', ours < 100 ? '< 100 ms over it: met' : '**< 100 ms over it: missed**', digits(many.longest ?? 0, 0), digits(many.seconds, 1)]);
    } finally {
      await own.stop();
    }
  });
  rmSync(large.path);
  report('4-memory', {
    title: 'Memory of the tab, and its own thread',
    text: `One file of ${memoryMib} MiB over the loopback: proportional memory of Chromium's renderers (pages, workers and service worker) at its highest, over what they took before the click. `
      + 'The 2,000 small files are those of the browser tests: hostile names, a tenth of them empty, in folders. Handing them to a page is one task of the engine, '
      + 'which a page with nothing but an input has as well; a profile shows none of our code in it.',
    head: ['what', 'idle MiB', 'over it, MiB', 'limit', 'longest task, ms', 's'], rows,
  });
});

test('ciphers', async () => {
  await onLine(lines[0]!, async (server) => {
    const browser = await driver.browser();
    report('5-ciphers', await ciphers(browser, server.url, rounds));
    await browser.close();
  });
});

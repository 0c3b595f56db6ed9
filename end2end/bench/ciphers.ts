// Sealing and opening alone: natively, by the product's own code in a worker, and bare WebCrypto.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '../driver/webdriver';
import { root } from '../fixtures/paths';
import { digits, type Section } from './report';
import { median } from './rounds';
import { pageRun } from './sending';
import { measured } from './site';

const RECORD = 256 * 1024;

export async function ciphers(browser: Browser, origin: string, rounds: number): Promise<Section> {
  const seen: { what: string; len: number; seal: number[]; open: number[] }[] = [];
  const note = (what: string, len: number, [seal, open]: [number, number]) => {
    let one = seen.find((other) => other.what === what && other.len === len);
    if (!one) seen.push(one = { what, len, seal: [], open: [] });
    one.seal.push(seal);
    one.open.push(open);
  };
  let native = '';
  const rate = (name: string) => Number(native.match(new RegExp(`^${name}\\s+(\\d+) MB/s`, 'm'))?.[1]);
  await browser.go(`${origin}/bench/index.html`);
  for (let round = 0; round < rounds; round += 1) {
    native = execFileSync(join(root, 'target/release/examples/measure'), { encoding: 'utf8' });
    note('native, aes-gcm', RECORD, [rate('seal and hash, one buffer'), rate('open')]);
    if (existsSync(measured)) {
      const product = await pageRun<Record<string, [number, number]>>(browser, 'product', []);
      note('WebCrypto, by the product', RECORD, product.WebCrypto!);
      note('WebAssembly, by the product', RECORD, product.WebAssembly!);
    }
    for (const kib of [64, 256, 1024]) {
      const { seal, open } = await pageRun<{ seal: number; open: number }>(browser, 'webCrypto', [kib * 1024, 200]);
      note('WebCrypto alone', kib * 1024, [seal, open]);
    }
  }
  return {
    title: 'Ciphers, on one worker or thread',
    text: 'AES-256-GCM, one job at a time. Sealing by the product and natively includes the digest of each 10 MiB; SHA-256 alone runs at '
      + `${digits(rate('hash alone'), 0)} MB/s natively.`,
    head: ['what', 'record', 'seal, MB/s', 'open, MB/s', 'µs to seal one', 'µs to open one'],
    rows: seen.map(({ what, len, seal, open }) => {
      const [up, down] = [median(seal), median(open)];
      return [what, `${len / 1024} KiB`, digits(up, 0), digits(down, 0), digits(len / up, 0), digits(len / down, 0)];
    }),
  };
}

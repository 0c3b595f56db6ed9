// Receiving in a browser: its own download of the same plain bytes, a service worker written by hand, and the product.
// All three end when the file has its name and its length.
import { createCipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Driver } from '../driver/webdriver';
import type { Made } from '../fixtures/folder';
import type { Server } from '../fixtures/server';
import { byTestId } from '../pages/handles';
import type { Bucket } from './bucket';
import { costing } from './cost';
import type { Run } from './rounds';
import { hydrated, pageRun, watch, type Watched } from './sending';

const RECORD = 256 * 1024;

export class Receiving {
  private key = randomBytes(32);
  private sealedLen = 0;

  constructor(private readonly driver: Driver, private readonly server: Server, private readonly bucket: Bucket, private readonly made: Made) {}

  /** Puts the same file into the bucket twice: plain, and in the records that the service worker written by hand opens. */
  async prepare(): Promise<void> {
    const plain = readFileSync(this.made.path);
    await this.bucket.put('bench/plain', plain);
    const records: Buffer[] = [];
    for (let at = 0; at < plain.length; at += RECORD - 28) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
      records.push(nonce, cipher.update(plain.subarray(at, at + RECORD - 28)), cipher.final(), cipher.getAuthTag());
    }
    const sealed = Buffer.concat(records);
    this.sealedLen = sealed.length;
    await this.bucket.put('bench/sealed', sealed);
  }

  async plain(browser: Browser): Promise<Run> {
    await browser.go(`${this.server.url}/bench/index.html`);
    return this.saving(browser, 'plain.bin', () => pageRun<number>(browser, 'plain', [this.bucket.sign('GET', 'bench/plain'), 'plain.bin']));
  }

  async byHand(browser: Browser): Promise<Run> {
    const job = {
      id: randomBytes(8).toString('hex'), url: this.bucket.sign('GET', 'bench/sealed'), sealedLen: this.sealedLen, plainLen: this.made.len, name: 'by-hand.bin',
    };
    await browser.go(`${this.server.url}/bench/index.html`);
    return this.saving(browser, job.name, () => pageRun<number>(browser, 'opened', [job, this.key.toString('base64')]));
  }

  /** From the click until the file is there and the page has said that it is unaltered. */
  async product(browser: Browser, link: string): Promise<Run> {
    await browser.go('about:blank');
    await browser.go(link);
    await hydrated(browser);
    await browser.until('the list of files', `return !!document.querySelector('${byTestId('receive-files')}')`);
    await browser.run(watch(`/verified|failed/.test(document.querySelector('${byTestId('receive-status')}')?.dataset.state)`));
    let watched: Watched | undefined;
    const run = await this.saving(browser, this.made.name, async () => {
      await browser.click(byTestId('receive-download'));
      return browser.run<number>('return window.bench.clicked');
    }, async () => {
      watched = await browser.until<Watched>('the verdict', 'return window.bench.end ? window.bench : null', 60_000, 20);
      const state = await browser.run(`return document.querySelector('${byTestId('receive-status')}').dataset.state`);
      if (state !== 'verified') throw new Error(`the download ended as ${state}: ${await browser.text()}`);
      return watched.ended;
    });
    return { ...run, longest: watched?.longest };
  }

  /** Until the file is whole under its own name; `verdict` may tell a later end. */
  private async saving(browser: Browser, name: string, begin: () => Promise<number>, verdict?: () => Promise<number>): Promise<Run> {
    const path = join(browser.downloads, name);
    rmSync(path, { force: true });
    const run = await costing(this.driver.pid, this.server.pid, async () => {
      const begun = await begin();
      const limit = Date.now() + 300_000;
      while (!(existsSync(path) && statSync(path).size === this.made.len)) {
        if (Date.now() > limit) throw new Error(`${name} was not saved; the page says: ${await browser.text()}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const saved = Date.now();
      return { seconds: (Math.max(saved, (await verdict?.()) ?? 0) - begun) / 1000 };
    });
    rmSync(path, { force: true });
    return run;
  }
}

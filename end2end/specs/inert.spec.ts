// Files that would run as a page: whatever is sent, it never runs on this origin. Not as it is saved, and not under the
// bucket's addresses either, which share the origin when the bucket is the embedded one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page, Response } from '@playwright/test';
import { Recipient } from '../fixtures/api';
import { Cli } from '../fixtures/cli';
import { filesUnder, sizeOf } from '../fixtures/folder';
import { expect, figure, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';

const script = "try { alert('ran'); } catch {} try { fetch('/_csp?ran'); } catch {} globalThis.ran = 1;";
const files: Record<string, string> = {
  'page.html': `<!doctype html><title>ran</title><script>${script}</script><img src=x onerror="${script}"><body onload="${script}">`,
  'picture.svg': `<svg xmlns="http://www.w3.org/2000/svg" onload="${script}"><script>${script}</script></svg>`,
  'page.xhtml': `<html xmlns="http://www.w3.org/1999/xhtml"><body><script>${script}</script></body></html>`,
  'style.xml': `<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">${script}</x:script>`,
  'script.js': script,
  'paper.pdf': '%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert("ran"))>>>>endobj trailer<</Root 1 0 R>>',
};

/** Everything that would show that something ran: dialogs, requests that only the script makes, pages that opened. */
function watch(context: BrowserContext, page: Page): string[] {
  const ran: string[] = [];
  const follow = (one: Page): void => {
    one.on('dialog', (dialog) => { ran.push(`dialog at ${one.url()}`); void dialog.dismiss(); });
  };
  follow(page);
  context.on('page', (one) => { follow(one); ran.push(`a page opened: ${one.url()}`); });
  context.on('request', (request) => { if (request.url().endsWith('?ran')) ran.push(`a request from ${request.frame().url()}`); });
  return ran;
}

test('D11 what would run as a page is saved as it is, and never runs', async ({ cli, folder, browser, server }, info) => {
  for (const [name, body] of Object.entries(files)) writeFileSync(folder.join(name), body);
  const sent = await cli.send(Object.keys(files).map((name) => folder.join(name)), ['--downloads', '100']);
  const context = await browser.newContext({ baseURL: server.url });
  const receive = new ReceivePage(await context.newPage());
  const ran = watch(context, receive.page);
  const streamed: Response[] = [];
  context.on('response', (response) => { if (new URL(response.url()).pathname.startsWith('/d/_dl/')) streamed.push(response); });
  await receive.openList(sent.url);
  const address = receive.page.url();
  await receive.receiveEach(Object.keys(files).length);
  for (const download of receive.downloads) {
    const name = download.suggestedFilename();
    expect(readFileSync(await download.path(), 'utf8'), name).toBe(files[name]);
    // The address of a download is one for the browser, once: who asks again finds nothing there.
    if (download.url().startsWith(server.url)) expect((await fetch(download.url())).status, download.url()).toBe(404);
  }
  // The canary that tries whether streaming works is a few letters of ours, and no download.
  for (const response of streamed.filter((one) => one.headers()['content-type'] !== 'text/plain')) {
    expect(response.headers(), response.url()).toMatchObject({
      'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff',
    });
    expect(response.headers()['content-disposition'], response.url()).toMatch(/^attachment; /);
    expect(response.headers()['content-security-policy'], response.url()).toMatch(/sandbox/);
  }
  expect(receive.page.url()).toBe(address);
  expect(await receive.page.evaluate(() => 'ran' in globalThis)).toBe(false);
  expect(ran).toEqual([]);
  figure(info, `${receive.downloads.length} files that would run as a page saved, ${streamed.length} answers of the service worker seen, 0 dialogs`);
  await context.close();
});

test('D11 under /blobs/ nothing runs either, however it is asked for', async ({ startServer, folder, browser }, info) => {
  const server = await startServer();
  const cli = new Cli(server.url, folder.sub('cli-state'));
  let tried = 0;
  for (const [name, body] of Object.entries(files)) {
    const before = new Set(filesUnder(server.bucket));
    const sent = await cli.send([(await folder.random(`${name}.bin`, 1_000)).path]);
    // As if a page had been stored in the place of the sealed bytes: by hand, because the server commits nothing without a header.
    const stored = filesUnder(server.bucket).filter((one) => !before.has(one)).map((one) => join(server.bucket, one)).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;
    writeFileSync(stored, Buffer.concat([Buffer.from(body), Buffer.alloc(sizeOf(stored) - body.length, ' ')]));
    const recipient = new Recipient(sent.link);
    const { text } = await recipient.payload();
    const object = (JSON.parse(text) as { objs: { oid: string }[] }).objs[0]!.oid;
    const claim = await recipient.claim();
    const url = new URL((await recipient.sign(claim, [object])).urls[0]!.url, server.url).href;
    expect(await (await fetch(url)).text(), 'it is there').toContain(body);

    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    const ran = watch(context, page);
    await page.goto('/security');
    const found = await page.evaluate(async ([url, script]) => {
      // What must be refused is waited for; frames tell nothing.
      const settled = (act: (done: (said: string) => void) => void, within = 15_000): Promise<string> =>
        Promise.race([new Promise<string>(act), new Promise<string>((resolve) => setTimeout(() => resolve('nothing'), within))]);
      const element = (tag: string, set: Record<string, string>, within?: number) => settled((done) => {
        const one = document.createElement(tag);
        one.onload = () => done('loaded');
        one.onerror = () => done('refused');
        Object.assign(one, set);
        document.body.append(one);
      }, within);
      const said: Record<string, string> = {};
      said.script = await element('script', { src: url! });
      said.module = await element('script', { type: 'module', src: url! });
      said.style = await element('link', { rel: 'stylesheet', href: url! });
      await element('iframe', { src: url! }, 1_500);
      await element('embed', { src: url! }, 1_500);
      await element('object', { data: url! }, 1_500);
      for (const frame of [...document.querySelectorAll('iframe, object')]) {
        const inside = (frame as HTMLIFrameElement).contentDocument?.documentElement?.textContent ?? '';
        if (inside.includes(script!.slice(0, 20))) said[`inside ${frame.tagName}`] = 'shown';
      }
      said.worker = await settled((done) => {
        const worker = new Worker(url!);
        worker.onerror = () => done('refused');
        worker.onmessage = () => done('ran');
      });
      said.serviceWorker = await navigator.serviceWorker.register(url!).then(() => 'ran', () => 'refused');
      said.ran = String('ran' in globalThis);
      return said;
    }, [url, script] as const);
    expect(found, name).toEqual({ script: 'refused', module: 'refused', style: 'refused', worker: 'refused', serviceWorker: 'refused', ran: 'false' });
    tried += 8;
    // And as a page of its own: the browser saves it, or shows nothing.
    const other = await context.newPage();
    ran.length = 0;
    await other.goto(url).catch(() => undefined);
    await other.waitForTimeout(300);
    expect(other.url(), name).not.toContain('/blobs/');
    expect(await other.evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(ran, name).toEqual([]);
    tried += 1;
    // What a signature does not cover cannot be asked for.
    expect((await fetch(`${url}&response-content-type=text/html`)).status).toBe(403);
    await context.close();
  }
  figure(info, `${tried} ways to run what lies in the bucket: none ran`);
});

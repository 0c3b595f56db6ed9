// What stands between a page and other origins: it talks to none but its bucket, stands in no frame of theirs, and its service worker
// takes messages from pages of its own only.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../fixtures/test';

/** A server of another origin: the same host on another port. */
async function elsewhere(answer: RequestListener): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

test('B03 a page talks to its own origin and its own bucket', async ({ startServer, browser }) => {
  const asked: string[] = [];
  const bucket = await elsewhere((request, response) => {
    if (request.headers.origin) asked.push(request.url ?? '');
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end('x');
  });
  const context = await browser.newContext();
  try {
    const server = await startServer({
      env: {
        S3_ENDPOINT: `http://127.0.0.1:${bucket.port}`, S3_BUCKET: 'ours', S3_ACCESS_KEY_ID: 'key', S3_SECRET_ACCESS_KEY: 'not a secret',
      },
    });
    const page = await context.newPage();
    await page.goto(server.url);
    const tried = await page.evaluate(async (port) => {
      const attempt = (url: string) => fetch(url).then(() => 'done', () => 'refused');
      return {
        own: await attempt('/healthz'),
        bucket: await attempt(`http://127.0.0.1:${port}/ours/o/x`),
        // The same endpoint holds the buckets of others.
        other: await attempt(`http://127.0.0.1:${port}/others/o/x`),
        root: await attempt(`http://127.0.0.1:${port}/`),
        beginsAlike: await attempt(`http://127.0.0.1:${port}/ours-too/x`),
        otherName: await attempt(`http://localhost:${port}/ours/o/x`),
      };
    }, bucket.port);
    expect(tried).toEqual({ own: 'done', bucket: 'done', other: 'refused', root: 'refused', beginsAlike: 'refused', otherName: 'refused' });
    expect(asked).toEqual(['/ours/o/x']);
  } finally {
    await context.close();
    await bucket.stop();
  }
});

test('B04 no page stands in a frame of another origin', async ({ server, browser }) => {
  const paths = ['/', '/security', '/d/AAAAAAAAAAAAAAAAAAAAAA', '/sent', '/nothing', '/robots.txt', '/api/v1/limits', '/blobs/o/none'];
  const frames = ['/own', ...paths.map((path) => server.url + path)].map((url) => `<iframe src="${url}"></iframe>`).join('');
  const other = await elsewhere((request, response) => {
    response.setHeader('content-type', 'text/html').end(request.url === '/own' ? '<p>its own</p>' : frames);
  });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${other.port}/`);
    await page.waitForLoadState('load');
    const shown = await Promise.all(page.frames().slice(1).map((frame) => frame.evaluate(() => document.body?.innerText ?? '').catch(() => '')));
    expect(shown[0], 'the frame of its own is shown').toContain('its own');
    expect(page.frames()).toHaveLength(paths.length + 2);
    for (const frame of page.frames().slice(2)) expect(frame.url()).toBe('chrome-error://chromewebdata/');
  } finally {
    await context.close();
    await other.stop();
  }
});

test('B06 the service worker listens to pages of its own origin, and to messages of its form', async ({ server, browser }) => {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    const heard = await page.evaluate(async () => {
      await navigator.serviceWorker.register('/sw.js');
      const worker = (await navigator.serviceWorker.ready).active!;
      const id = (n: number) => `${'A'.repeat(20)}${String(n).padStart(2, '0')}`;
      const good = { kind: 'announce', disposition: 'attachment; filename="a.bin"', length: 3 };
      // A ping behind each says when the worker has been through it: whether it knows that id.
      const knows = async (id: string) => {
        const { port1, port2 } = new MessageChannel();
        const answer = new Promise<string>((resolve) => { port1.onmessage = ({ data }) => resolve(data.kind); });
        worker.postMessage({ kind: 'ping', id }, [port2]);
        return answer;
      };
      const announce = async (n: number, message: unknown, ports = 1) => {
        worker.postMessage(message, Array.from({ length: ports }, () => new MessageChannel().port2));
        return knows(id(n));
      };
      return {
        good: await announce(1, { ...good, id: id(1) }),
        noPort: await announce(2, { ...good, id: id(2) }, 0),
        twoPorts: await announce(3, { ...good, id: id(3) }, 2),
        shown: await announce(4, { ...good, id: id(4), disposition: 'inline' }),
        secondHeader: await announce(5, { ...good, id: id(5), disposition: 'attachment; a\r\nset-cookie: b=c' }),
        page: await announce(6, { ...good, id: id(6), disposition: '', length: 1_000 }),
        negative: await announce(7, { ...good, id: id(7), length: -1 }),
        noNumber: await announce(8, { ...good, id: id(8), length: '3' }),
        unknown: await announce(9, { ...good, id: id(9), kind: 'serve' }),
        previewOfAPage: await announce(10, { kind: 'preview', id: id(10), type: 'text/html', length: 3 }),
        previewOfADrawing: await announce(11, { kind: 'preview', id: id(11), type: 'image/svg+xml', length: 3 }),
        text: await announce(12, 'announce'),
        nothing: await announce(13, null),
      };
    });
    expect(heard).toEqual({
      good: 'here', noPort: 'gone', twoPorts: 'gone', shown: 'gone', secondHeader: 'gone', page: 'gone', negative: 'gone', noNumber: 'gone',
      unknown: 'gone', previewOfAPage: 'gone', previewOfADrawing: 'gone', text: 'gone', nothing: 'gone',
    });
  } finally {
    await context.close();
  }
  // A page of another origin that opens one of ours has no hold on it: neither the window nor its worker hears a word.
  const other = await elsewhere((_, response) => {
    response.setHeader('content-type', 'text/html').end('<p>another</p>');
  });
  const foreign = await browser.newContext();
  try {
    const page = await foreign.newPage();
    await page.goto(`http://localhost:${other.port}/`);
    const opened = foreign.waitForEvent('page');
    await page.evaluate((url) => { (globalThis as { it?: Window | null }).it = open(url); }, server.url);
    const ours = await opened;
    await ours.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
    expect(await ours.evaluate(() => opener)).toBeNull();
    expect(await page.evaluate(() => (globalThis as { it?: Window | null }).it?.closed ?? true), 'it looks closed from there').toBe(true);
    expect(await page.evaluate((url) => navigator.serviceWorker.getRegistration(url).then(() => 'had', () => 'refused'), `${server.url}/`)).toBe('refused');
  } finally {
    await foreign.close();
    await other.stop();
  }
});

interface Manifest { format: number; build: string; pages: unknown; shells: unknown; files: { path: string }[] }

test('C13 what is served is what its name says, and the build number is of all of it', async ({ server }) => {
  const { createHash } = await import('node:crypto');
  const digest = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const html = await (await fetch(server.url)).text();
  const named = [/\/pkg\/app\.\w+\.js/, /\/pkg\/__wasm_split\.\w+\.js/, /\/pkg\/app_bg\.\w+\.wasm/, /\/pkg\/app\.\w+\.css/].map((path) => path.exec(html)![0]);
  const [js, split, wasm, css] = named;
  const read = async (path: string) => new Uint8Array(await (await fetch(server.url + path)).arrayBuffer());
  // The two scripts name each other, and have one hash over what they were before that.
  const scripts = await Promise.all([js!, split!].map(async (path) => Buffer.from(await read(path)).toString()));
  const hash = js!.split('.')[1]!;
  expect(split!.split('.')[1]).toBe(hash);
  expect(hash).toBe(digest(scripts.join('').replaceAll(`.${hash}.js`, '.js')));
  // Every part is named there.
  const list = `/pkg/${/"(parts\.\w+\.json)"/.exec(scripts[1]!)![1]}`;
  const packs = [...scripts[1]!.matchAll(/"(\w+\.\w+\.pack)"/g)].map(([, file]) => `/pkg/${file}`);
  const single = Object.values(JSON.parse(Buffer.from(await read(list)).toString()) as Record<string, [string, string]>).map(([file]) => `/pkg/${file}`);
  const parts = [list, ...packs, ...single];
  expect(parts.length).toBeGreaterThan(5);
  for (const path of [wasm!, css!, ...parts]) expect(path.split('.')[1], path).toBe(digest(await read(path)));
  const build = /<meta name="sealdrop-build" content="(\w+)"/.exec(html)![1];
  const { format, build: stated, ...content } = JSON.parse(Buffer.from(await read('/manifest-sha256.json')).toString()) as Manifest;
  expect([format, stated]).toEqual([1, build]);
  expect(build, 'the build is of all that the manifest holds').toBe(digest(JSON.stringify(content)).slice(0, 8));
  for (const path of [js!, split!, wasm!, css!, ...parts]) expect(content.files.map((file) => file.path), path).toContain(path);
  const security = await (await fetch(`${server.url}/security`)).text();
  expect(security).toContain('The page itself comes from a server.');
  expect(security).toContain('The command line does not use the page at all.');
});

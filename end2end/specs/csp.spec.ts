// The policy that protects the key: it is there on every page, and a whole sending and receiving breaks none of it.
import { chromium, chromiumArgs } from '../fixtures/paths';
import { expect, figure, test } from '../fixtures/test';

// The whole browser, because it keeps sites apart as the shell does not: there a frame that was refused still says that it loaded.
test.use({ launchOptions: { executablePath: chromium, args: chromiumArgs } });

test('B01 nothing is complained about over a whole sending and receiving', async ({ context, sendPage, folder, recipient }, info) => {
  const complaints: string[] = [];
  const listen = async (one: typeof context) => {
    await one.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`violation of ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    one.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`); });
    one.on('weberror', (error) => complaints.push(`exception: ${error.error().message}`));
    one.on('request', (request) => { if (request.url().endsWith('/_csp')) complaints.push(`report: ${request.postData()}`); });
    one.on('requestfailed', (request) => complaints.push(`failed: ${request.method()} ${request.url()} ${request.failure()?.errorText}`));
  };
  await listen(context);
  await sendPage.open();
  await sendPage.choose([(await folder.random('a.bin', 1_500_000)).path, folder.write('b.txt', 'b').path]);
  await sendPage.terms({ note: 'A note.', password: 'a password' });
  const link = await sendPage.send();
  const receive = await recipient();
  await listen(receive.page.context());
  await receive.openList(link, 'a password');
  expect(await receive.receive()).toBe('verified');
  await expect.poll(() => receive.downloads.length).toBe(1);
  for (const path of ['/', '/sent', '/security', '/cli', '/no-such-page']) {
    await sendPage.page.goto(path);
    await sendPage.page.waitForLoadState('networkidle');
  }
  // To Chromium a response is over some milliseconds after its last byte. Ranges whose every byte arrived and verified were seen to count as
  // aborted in between: in half of the runs with a password, in none without, in one of 14 where the worker does not ask its engine to
  // collect. So a collection in those milliseconds is the likely reason; it is no complaint of a policy.
  // A navigation that a download answers counts as aborted, and a page that is not there is logged as such.
  const real = complaints.filter((one) => !/\/_dl\/.*ERR_ABORTED|GET \S*\/blobs\/.*ERR_ABORTED|no-such-page|status of 404/.test(one));
  expect(real).toEqual([]);
  figure(info, `a whole sending and receiving: ${real.length} violations, errors or warnings`);
});

test('B02 what a page must not do is refused', async ({ browser, server }) => {
  // A context of its own: here complaints are what is wanted.
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  const tried = await page.evaluate(async (own) => {
    const attempt = async (action: () => unknown) => {
      try { await action(); return 'done'; } catch { return 'refused'; }
    };
    const foreign = own.replace('127.0.0.1', 'localhost');
    return {
      foreign: await attempt(() => fetch(`${foreign}/healthz`, { mode: 'no-cors' })),
      // Not from here: what the test's own protocol runs may evaluate.
      eval: await attempt(() => new Promise((resolve, reject) => { setTimeout(() => { try { resolve((0, eval)('1')); } catch (error) { reject(error as Error); } }); })),
      blobWorker: await attempt(() => new Promise((resolve, reject) => {
        const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
        worker.onmessage = resolve;
        worker.onerror = reject;
      })),
      inline: await attempt(() => new Promise((resolve, reject) => {
        document.addEventListener('securitypolicyviolation', reject, { once: true });
        const script = document.createElement('script');
        script.textContent = 'window.injected = 1';
        document.head.append(script);
        setTimeout(() => ((window as { injected?: number }).injected ? resolve(1) : reject(new Error('not run'))), 500);
      })),
      frame: await attempt(() => new Promise((resolve, reject) => {
        document.addEventListener('securitypolicyviolation', reject, { once: true });
        const frame = document.createElement('iframe');
        frame.src = `${foreign}/`;
        frame.onload = resolve;
        document.body.append(frame);
      })),
      picture: await attempt(() => new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = resolve;
        image.onerror = reject;
        image.src = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
      })),
      own: await attempt(async () => { if (!(await fetch('/healthz')).ok) throw new Error('no'); }),
    };
  }, server.url);
  expect(tried).toEqual({ foreign: 'refused', eval: 'refused', blobWorker: 'refused', inline: 'refused', frame: 'refused', picture: 'refused', own: 'done' });
  await context.close();
});

test('every answer carries its headers', async ({ server }) => {
  for (const path of ['/', '/security', '/d/AAAAAAAAAAAAAAAAAAAAAA', '/sw.js', '/api/v1/limits']) {
    const headers = (await fetch(server.url + path)).headers;
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('strict-transport-security'), `${path}: not on plain http`).toBeNull();
    if (!path.startsWith('/api')) expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
  }
  const policy = (await fetch(server.url)).headers.get('content-security-policy')!;
  for (const part of ["script-src 'self' 'nonce-", "'wasm-unsafe-eval'", "worker-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "img-src 'self';", "media-src 'self';"]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toMatch(/'unsafe-eval'|'unsafe-inline'|strict-dynamic|upgrade-insecure-requests/);
});

// Turns what a page opened into a download of the browser's own.
//
// It holds no key and caches nothing. A page announces one file, navigates a hidden frame to /_dl/<random> and hands
// over one chunk each time the browser asks for more. Everything else goes to the network as if this were not here.
'use strict';

const ADDRESS = /^\/_dl\/([A-Za-z0-9_-]{22})$/;
const HEADER = /^attachment; [\x20-\x7e]{1,2000}$/;
const AHEAD = 4 << 20; // bytes that wait here for the browser, so that it never waits for the page
const COLLECT = 16 << 20; // bytes after which the engine is asked to collect what the browser took (see pressure.rs)
const announced = new Map(); // id → { port, disposition, length }, until its one request comes
const running = new Set(); // ids of streams

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const { data, ports, origin, source } = event;
  if (origin !== self.location.origin || !(source instanceof WindowClient) || ports.length !== 1) return;
  if (!data || typeof data.id !== 'string' || !ADDRESS.test(`/_dl/${data.id}`)) return;
  if (data.kind === 'announce') announce(data, ports[0]);
  // A page asks now and then: that keeps this worker awake, and tells a page when it was not.
  if (data.kind === 'ping') ports[0].postMessage({ kind: announced.has(data.id) || running.has(data.id) ? 'here' : 'gone' });
});

function announce({ id, disposition, length }, port) {
  if (announced.has(id) || running.has(id)) return;
  if (typeof disposition !== 'string' || !HEADER.test(disposition)) return;
  if (!Number.isSafeInteger(length) || length < 0) return;
  announced.set(id, { port, disposition, length });
  port.onmessage = ({ data }) => { if (data && data.kind === 'abort') announced.delete(id); };
  port.postMessage({ kind: 'announced' });
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const id = url.origin === self.location.origin && event.request.method === 'GET' && ADDRESS.exec(url.pathname)?.[1];
  const entry = id && announced.get(id);
  if (!entry) return;
  announced.delete(id); // one request, never a second
  event.respondWith(respond(id, entry));
});

function respond(id, { port, disposition, length }) {
  running.add(id);
  let left = length;
  let uncollected = 0;
  let answered; // ends the browser's current wait
  const body = new ReadableStream({
    start(controller) {
      const end = (act) => {
        running.delete(id);
        port.onmessage = null;
        try { act(); } catch { /* the browser had let go of it already */ }
        answered?.();
      };
      port.onmessage = ({ data }) => {
        if (data?.kind === 'chunk' && Array.isArray(data.pieces)) {
          for (const piece of data.pieces) {
            if (!(piece instanceof Uint8Array) || piece.byteLength > left) return end(() => controller.error(new Error('too much')));
            left -= piece.byteLength;
            uncollected += piece.byteLength;
            controller.enqueue(piece);
          }
          if (uncollected >= COLLECT) {
            uncollected = 0;
            try { new ArrayBuffer(64 << 20); } catch { /* memory is short: the engine collects by itself */ }
          }
          answered?.();
        } else if (data?.kind === 'end' && left === 0) {
          end(() => controller.close());
          port.postMessage({ kind: 'closed' });
        } else {
          end(() => controller.error(new Error('not whole'))); // an abort, an early end, anything unknown
        }
      };
      port.postMessage({ kind: 'opened' });
    },
    pull(controller) {
      // After the last bytes the page is asked once more, when the browser has taken them all: then it may end this.
      if (left === 0 && controller.desiredSize < AHEAD) return undefined;
      port.postMessage({ kind: 'pull' });
      return new Promise((resolve) => { answered = resolve; });
    },
    cancel() {
      running.delete(id);
      port.onmessage = null;
      port.postMessage({ kind: 'cancelled' });
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: AHEAD }));
  return new Response(body, {
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': disposition,
      'Content-Length': String(length),
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    },
  });
}

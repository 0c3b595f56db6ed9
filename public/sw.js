// Turns what a page opened into a download of the browser's own, or into what a picture, a player of that page shows.
//
// It holds no key and caches nothing. A page announces one file, navigates a hidden frame to /d/_dl/<random> and hands
// over one chunk each time the browser asks for more. What is looked at instead has an address /d/_preview/<random>, for
// as many ranges as its page wants (see the end). Everything else goes to the network as if this were not here.
//
// Its scope is /d/, where links are opened: requests of pages that send do not pass it, which would copy every part's body.
'use strict';

const ADDRESS = /^\/d\/_dl\/([A-Za-z0-9_-]{22})$/;
const HEADER = /^attachment; [\x20-\x7e]{1,2000}$/;
const CANARY = 16; // bytes that a page may have shown instead of saved, to see whether a stream arrives at all
const AHEAD = 4 << 20; // bytes that wait here for the browser, so that it never waits for the page
const LOOK = 3_000; // milliseconds between two looks whether the page of a download is still there
const COLLECT = 16 << 20; // bytes after which the engine is asked to collect what the browser took (see gc_hint.rs)
const announced = new Map(); // id → { port, client, disposition, length }, until its one request comes
const running = new Set(); // ids of streams

self.addEventListener('install', (event) => {
  // Where an engine can be told: the API is asked past this worker. What a page says last gets no further than to here otherwise, now and
  // then, because its way here ends with the page.
  try { event.waitUntil(event.addRoutes?.({ condition: { urlPattern: '/api/*' }, source: 'network' })); } catch { /* it goes the other way */ }
  event.waitUntil(self.skipWaiting());
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const { data, ports, origin, source } = event;
  if (origin !== self.location.origin || !(source instanceof WindowClient) || ports.length !== 1) return;
  if (!data || typeof data.id !== 'string' || !ADDRESS.test(`/d/_dl/${data.id}`)) return;
  if (data.kind === 'announce') announce(data, ports[0], source.id);
  // A page that was reloaded past this worker asks it for nothing until it is claimed anew.
  if (data.kind === 'preview') event.waitUntil(self.clients.claim().catch(() => {}).then(() => beginPreview(data, ports[0], source.id)));
  // A page asks now and then: that keeps this worker awake, and tells a page when it was not.
  if (data.kind === 'ping') ports[0].postMessage({ kind: announced.has(data.id) || running.has(data.id) || previews.has(data.id) ? 'here' : 'gone' });
});

function announce({ id, disposition, length }, port, client) {
  if (announced.has(id) || running.has(id)) return;
  if (typeof disposition !== 'string' || !(HEADER.test(disposition) || (disposition === '' && length <= CANARY))) return;
  if (!Number.isSafeInteger(length) || length < 0) return;
  announced.set(id, { port, client, disposition, length });
  port.onmessage = ({ data }) => { if (data && data.kind === 'abort') announced.delete(id); };
  port.postMessage({ kind: 'announced' });
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const looked = url.origin === self.location.origin && event.request.method === 'GET' && LOOKED_AT.exec(url.pathname)?.[1];
  if (looked && event.request.mode !== 'navigate') return event.respondWith(answerPreview(event, looked));
  const id = url.origin === self.location.origin && event.request.method === 'GET' && ADDRESS.exec(url.pathname)?.[1];
  const entry = id && announced.get(id);
  if (!entry) return;
  announced.delete(id); // one request, never a second
  event.respondWith(respond(id, entry));
});

function respond(id, { port, client, disposition, length }) {
  running.add(id);
  let left = length;
  let uncollected = 0;
  let answered; // ends the browser's current wait
  let looking;
  const silence = () => {
    running.delete(id);
    clearInterval(looking);
    port.onmessage = null;
  };
  const body = new ReadableStream({
    start(controller) {
      const end = (act) => {
        silence();
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
      // A page that is left says so. One that crashed cannot, and engines do not tell of its port: so it is looked for.
      looking = setInterval(async () => {
        if (!(await self.clients.get(client))) end(() => controller.error(new Error('no page')));
      }, LOOK);
      port.postMessage({ kind: 'opened' });
    },
    pull(controller) {
      // After the last bytes the page is asked once more, when the browser has taken them all: then it may end this.
      if (left === 0 && controller.desiredSize < AHEAD) return undefined;
      port.postMessage({ kind: 'pull' });
      return new Promise((resolve) => { answered = resolve; });
    },
    cancel() {
      silence();
      port.postMessage({ kind: 'cancelled' });
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: AHEAD }));
  return new Response(body, {
    headers: {
      ...(disposition
        ? { 'Content-Type': 'application/octet-stream', 'Content-Disposition': disposition }
        : { 'Content-Type': 'text/plain' }),
      'Content-Length': String(length),
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    },
  });
}

// --- Previews: one file, its page's own <img>, <audio> or <video>, any number of ranges, until the page closes it.

const LOOKED_AT = /^\/d\/_preview\/([A-Za-z0-9_-]{22})$/;
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|audio\/(mpeg|mp4|ogg|wav|flac)|video\/(mp4|webm))$/;
const PREVIEW_AHEAD = 256 << 10; // bytes that wait here for the element: a record
const previews = new Map(); // id → { port, client, type, length, streams: number → { take, fail } }
const recalled = new Map(); // page and id → { again, promise }, while that page is asked to announce it again
let streams = 0;

function beginPreview({ id, type, length }, port, client) {
  if (previews.has(id) && previews.get(id).client !== client) return;
  if (typeof type !== 'string' || !SHOWN.test(type) || !Number.isSafeInteger(length) || length < 1) return;
  const before = previews.get(id);
  const preview = { port, client, type, length, streams: new Map() };
  previews.set(id, preview);
  // The page listens to the new port only: whoever waits at the old one asks again.
  for (const one of [...before?.streams.values() ?? []]) one.fail();
  port.onmessage = ({ data }) => {
    const stream = preview.streams.get(data?.stream);
    if (data?.kind === 'chunk' && Array.isArray(data.pieces)) stream?.take(data.from, data.pieces);
    else if (data?.kind === 'fail') stream?.fail();
    else if (data?.kind === 'close') {
      if (previews.get(id) === preview) previews.delete(id);
      for (const one of [...preview.streams.values()]) one.fail();
      port.close();
    }
  };
  port.postMessage({ kind: 'announced' });
  recalled.get(`${client} ${id}`)?.again();
}

async function answerPreview({ request, clientId }, id) {
  const preview = previews.get(id) ?? await recall(id, clientId);
  // Only what the page that opened it shows in an element of its kind; no script, no request of a program. A document or a
  // frame is not answered at all: the server says that there is nothing.
  const fits = preview && preview.client === clientId && preview.type.startsWith(`${request.destination}/`);
  if (!fits) return new Response(null, { status: 404, headers: { 'Cache-Control': 'no-store' } });
  const { type, length } = preview;
  const headers = {
    'Content-Type': type,
    'Accept-Ranges': 'bytes',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  };
  const range = rangeOf(request.headers.get('range'), length);
  if (!range) return new Response(null, { status: 416, headers: { ...headers, 'Content-Range': `bytes */${length}` } });
  const { start, end, partial } = range;
  headers['Content-Length'] = String(end - start);
  if (partial) headers['Content-Range'] = `bytes ${start}-${end - 1}/${length}`;
  return new Response(previewStream(preview, start, end), { status: partial ? 206 : 200, headers });
}

// One range; what asks for several, or for none that makes sense, gets the whole, as RFC 9110 (14.2) allows.
function rangeOf(header, length) {
  const [, first, last] = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header ?? '') ?? [];
  const isRange = first ? !last || Number(last) >= Number(first) : Boolean(last);
  if (!isRange) return { start: 0, end: length, partial: false };
  const start = first ? Number(first) : Math.max(0, length - Number(last));
  const end = first && last ? Math.min(Number(last) + 1, length) : length;
  return start < end ? { start, end, partial: true } : undefined;
}

function previewStream(preview, start, end) {
  const stream = ++streams;
  let at = start;
  let answered; // ends the element's current wait
  const forget = () => {
    preview.streams.delete(stream);
    preview.port.postMessage({ kind: 'cancel', stream });
    answered?.();
  };
  return new ReadableStream({
    start(controller) {
      const fail = () => {
        forget();
        try { controller.error(new Error('not to be had')); } catch { /* the element had let go of it already */ }
      };
      const take = (from, pieces) => {
        if (from !== at) return; // meant for a stream of this number before this worker was stopped
        for (const piece of pieces) {
          if (!(piece instanceof Uint8Array) || piece.byteLength < 1 || piece.byteLength > end - at) return fail();
          at += piece.byteLength;
          controller.enqueue(piece);
        }
        if (pieces.length === 0) return fail();
        if (at === end) {
          controller.close();
          forget();
        }
        answered?.();
      };
      preview.streams.set(stream, { take, fail });
    },
    pull() {
      preview.port.postMessage({ kind: 'pull', stream, from: at, to: end });
      return new Promise((resolve) => { answered = resolve; });
    },
    // A seek, or the end of the element: its page decides whether what is under way is still of use.
    cancel: forget,
  }, new ByteLengthQueuingStrategy({ highWaterMark: PREVIEW_AHEAD }));
}

// This worker was stopped in between and forgot everything: the page that shows it announces it again, once for all
// requests that wait for it. A second announcement would end the streams of the first.
function recall(id, client) {
  const key = `${client} ${id}`;
  const asked = recalled.get(key);
  if (asked) return asked.promise;
  let again;
  const promise = new Promise((resolve) => {
    again = () => {
      clearTimeout(patience);
      recalled.delete(key);
      resolve(previews.get(id));
    };
  });
  const patience = setTimeout(again, 15_000);
  recalled.set(key, { again, promise });
  const tell = (page) => (page ? page.postMessage({ kind: 'recall', id }) : again());
  self.clients.get(client).then(tell, again);
  return promise;
}

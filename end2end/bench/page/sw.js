// A download made of ranges: three are read ahead, their records opened, and what opened goes on to the browser.
'use strict';

const RECORD = 256 * 1024;
const PART = 40 * RECORD;
const AHEAD = 3;
const known = new Map();

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', ({ data, ports }) => {
  known.set(data.id, data);
  ports[0].postMessage('known');
});
self.addEventListener('fetch', (event) => {
  const job = known.get(new URL(event.request.url).pathname.match(/\/dl\/(.+)$/)?.[1]);
  if (job) event.respondWith(respond(job));
});

async function read({ url, key, sealedLen }, at) {
  const end = Math.min(sealedLen, (at + 1) * PART);
  const answer = await fetch(url, { headers: { range: `bytes=${at * PART}-${end - 1}` } });
  if (answer.status !== 206) throw new Error(`GET: ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const digest = crypto.subtle.digest('SHA-256', bytes);
  const pieces = await Promise.all(Array.from({ length: Math.ceil(bytes.length / RECORD) }, async (_, n) => {
    const record = bytes.subarray(n * RECORD, (n + 1) * RECORD);
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: record.subarray(0, 12) }, key, record.subarray(12)));
  }));
  await digest;
  return pieces;
}

function respond(job) {
  const count = Math.ceil(job.sealedLen / PART);
  const ahead = [];
  let next = 0;
  const more = () => {
    while (ahead.length < AHEAD && next < count) ahead.push(read(job, next++));
  };
  const body = new ReadableStream({
    async pull(controller) {
      more();
      const reading = ahead.shift();
      if (!reading) return controller.close();
      more();
      for (const piece of await reading) controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: {
      'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename="${job.name}"`, 'content-length': String(job.plainLen),
    },
  });
}

// What the product is measured against, as somebody would write it by hand. Each function puts its result into `result`.
'use strict';

const RECORD = 256 * 1024; // a slot: nonce, ciphertext, tag
const PART = 40 * RECORD;
const lanes = (many, lane) => Promise.all(Array.from({ length: many }, lane));
const answered = async (response) => {
  const answer = await response;
  await answer.text();
  if (!answer.ok) throw new Error(`${answer.url.split('?')[0]}: ${answer.status}`);
  return answer;
};

/** PUTs parts that lie in memory already, the same bytes each time. */
async function raw(urls, lens, many) {
  const bytes = new Uint8Array(Math.max(...lens));
  for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  const bodies = lens.map((len) => (len === bytes.length ? bytes.buffer : bytes.slice(0, len).buffer));
  let next = 0;
  const begin = performance.now();
  await lanes(many, async () => {
    while (next < urls.length) {
      const at = next++;
      await answered(fetch(urls[at], { method: 'PUT', body: bodies[at] }));
    }
  });
  return performance.now() - begin;
}

/** Reads, seals and sends a picked file part by part in workers, and ends the multipart upload. */
async function sealed(urls, end, many) {
  const file = document.getElementById('pick').files[0];
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const content = 40 * (RECORD - 28);
  const workers = await lanes(many, () => new Promise((resolve) => {
    const worker = new Worker('worker.js');
    worker.onmessage = () => resolve(worker);
  }));
  const etags = [];
  let next = 0;
  const begin = performance.now();
  await Promise.all(workers.map(async (worker) => {
    while (next < urls.length) {
      const at = next++;
      etags[at] = await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => (data.etag ? resolve(data.etag) : reject(new Error(data.error)));
        worker.postMessage({ slice: file.slice(at * content, (at + 1) * content), key, url: urls[at] });
      });
    }
  }));
  const parts = etags.map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`).join('');
  await answered(fetch(end, { method: 'POST', body: `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>` }));
  const took = performance.now() - begin;
  workers.forEach((worker) => worker.terminate());
  return took;
}

/** The browser's own download of plain bytes. Gives the time of the click. */
async function plain(url, name) {
  const link = document.createElement('a');
  Object.assign(link, { href: url, download: name });
  document.body.append(link);
  link.click();
  return Date.now();
}

/** A download through a service worker that reads ranges ahead and opens them. Gives the time of the first message. */
async function opened(job, raw) {
  const registration = await navigator.serviceWorker.register('sw.js', { scope: './' });
  while (registration.active?.state !== 'activated') await new Promise((resolve) => setTimeout(resolve, 20));
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(atob(raw), (c) => c.charCodeAt(0)), 'AES-GCM', false, ['decrypt']);
  const begin = Date.now();
  const { port1, port2 } = new MessageChannel();
  const known = new Promise((resolve) => { port1.onmessage = resolve; });
  registration.active.postMessage({ ...job, key }, [port2]);
  await known;
  const frame = document.createElement('iframe');
  frame.src = `dl/${job.id}`;
  document.body.append(frame);
  return begin;
}

/** Seals and opens records of one length by WebCrypto, six at a time; MB/s each way. */
async function webCrypto(len, mb) {
  const worker = new Worker('cipher.js');
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.postMessage({ len, mb });
  });
}

/** The product's own path through both of its ciphers, in a worker. */
async function product() {
  const worker = new Worker('measure/worker.js', { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

const start = (what, ...args) => {
  window.result = null;
  what(...args).then((value) => { window.result = { value }; }, (error) => { window.result = { error: String(error) }; });
};

// The engine reports a long task only where some script of the page ran in it.
document.getElementById('folder').addEventListener('change', () => {});

// One part: read, sealed in records of 256 KiB, hashed, sent.
'use strict';

const RECORD = 256 * 1024;
const PLAIN = RECORD - 28;

self.onmessage = async ({ data: { slice, key, url } }) => {
  try {
    const plain = new Uint8Array(await slice.arrayBuffer());
    const count = Math.ceil(plain.length / PLAIN);
    const part = new Uint8Array(plain.length + 28 * count);
    const nonces = crypto.getRandomValues(new Uint8Array(12 * count));
    await Promise.all(Array.from({ length: count }, async (_, at) => {
      const iv = nonces.subarray(12 * at, 12 * at + 12);
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain.subarray(at * PLAIN, (at + 1) * PLAIN));
      part.set(iv, at * RECORD);
      part.set(new Uint8Array(sealed), at * RECORD + 12);
    }));
    const [answer] = await Promise.all([fetch(url, { method: 'PUT', body: part.buffer }), crypto.subtle.digest('SHA-256', part)]);
    await answer.text();
    self.postMessage(answer.ok ? { etag: answer.headers.get('etag') } : { error: `PUT: ${answer.status}` });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
self.postMessage('ready');

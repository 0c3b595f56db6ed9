// WebCrypto alone, record after record, six at a time, out of and into memory.
'use strict';

self.onmessage = async ({ data: { len, mb } }) => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const plain = new Uint8Array(len);
  const iv = new Uint8Array(12);
  const algorithm = { name: 'AES-GCM', iv };
  const sealed = await crypto.subtle.encrypt(algorithm, key, plain);
  const count = Math.ceil((mb * 1e6) / len);
  const rate = async (action) => {
    let left = count;
    const begin = performance.now();
    await Promise.all(Array.from({ length: 6 }, async () => { while (left-- > 0) await action(); }));
    return (count * len) / 1e3 / (performance.now() - begin);
  };
  self.postMessage({ seal: await rate(() => crypto.subtle.encrypt(algorithm, key, plain)), open: await rate(() => crypto.subtle.decrypt(algorithm, key, sealed)) });
};

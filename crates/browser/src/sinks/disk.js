// Writes files of the origin's private file system in place, which only a worker may do. One call at a time for each file; the page waits for every answer, so nothing piles up here.
const COLLECT = 16 << 20; // bytes after which the engine is asked to collect what was written (see pressure.rs)
const files = new Map(); // name → { handle, at }
let uncollected = 0;

const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('downloads', { create: true });

const calls = {
  async able() {
    await folder();
    return 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
  },
  async open({ name }) {
    const handle = await (await (await folder()).getFileHandle(name, { create: true })).createSyncAccessHandle();
    files.set(name, { handle, at: 0 });
    await handle.truncate(0);
  },
  write({ name, pieces }) {
    const file = files.get(name);
    for (const piece of pieces) {
      for (let done = 0; done < piece.byteLength;) {
        const more = file.handle.write(piece.subarray(done), { at: file.at });
        if (!(more > 0)) throw new DOMException('nothing was written', 'QuotaExceededError');
        done += more;
        file.at += more;
      }
      uncollected += piece.byteLength;
    }
    if (uncollected >= COLLECT) {
      uncollected = 0;
      try { new ArrayBuffer(64 << 20); } catch { /* memory is short: the engine collects by itself */ }
    }
  },
  async close({ name }) {
    const file = files.get(name);
    files.delete(name);
    await file?.handle.flush();
    await file?.handle.close();
  },
  async remove({ name }) {
    const file = files.get(name);
    files.delete(name);
    await file?.handle.close();
    await (await folder()).removeEntry(name);
  },
};

self.addEventListener('message', async ({ data }) => {
  try {
    self.postMessage({ call: data.call, value: await calls[data.kind](data) });
  } catch (error) {
    self.postMessage({ call: data.call, error: String(error?.name), text: String(error?.message) });
  }
});

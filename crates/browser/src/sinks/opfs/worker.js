// Reads and writes files of the origin's private file system in place, which only a worker may do. One call at a time for each file; the page waits for every answer, so nothing piles up here.
const COLLECT = 16 << 20; // bytes after which the engine is asked to collect what was written ((see gc_hint.rs))
const TRIES = 25; // a page that is gone may hold its files for a moment longer
const files = new Map(); // name → { handle, at }
let uncollected = 0;

const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('downloads', { create: true });

async function access(name, create) {
  const file = await (await folder()).getFileHandle(name, { create });
  for (let left = TRIES; ; left--) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if (left === 0 || error.name !== 'NoModificationAllowedError') throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function joined(pieces, len) {
  const all = new Uint8Array(len);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.byteLength;
  }
  return all;
}

const sum = (bytes) => crypto.subtle.digest('SHA-256', bytes).then((sum) => new Uint8Array(sum));

function collect(bytes) {
  uncollected += bytes;
  if (uncollected < COLLECT) return;
  uncollected = 0;
  try { new ArrayBuffer(64 << 20); } catch { /* memory is short: the engine collects by itself */ }
}

const calls = {
  async able() {
    await folder();
    return 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
  },
  // Writing goes on behind the first `at` bytes; what the file has beyond them goes.
  async open({ name, at }) {
    const handle = await access(name, at === 0);
    files.set(name, { handle, at });
    if (await handle.getSize() < at) throw new DOMException('it is shorter than that', 'NotFoundError');
    await handle.truncate(at);
  },
  async write({ name, pieces, summed }) {
    const file = files.get(name);
    const len = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    const summing = summed ? sum(joined(pieces, len)) : undefined; // beside the writing
    for (const piece of pieces) {
      for (let done = 0; done < piece.byteLength;) {
        const more = file.handle.write(piece.subarray(done), { at: file.at });
        if (!(more > 0)) throw new DOMException('nothing was written', 'QuotaExceededError');
        done += more;
        file.at += more;
      }
    }
    const found = await summing;
    collect(summed ? 3 * len : len);
    return found;
  },
  // Whether the file begins with runs of these lengths and these SHA-256.
  async holds({ name, lens, sums }) {
    const handle = await access(name, false);
    try {
      let at = 0;
      for (const [i, len] of lens.entries()) {
        const run = new Uint8Array(len);
        if (handle.read(run, { at }) !== len) return false;
        const found = await sum(run);
        if (found.some((byte, k) => byte !== sums[i][k])) return false;
        at += len;
        collect(2 * len);
      }
      return true;
    } finally {
      await handle.close();
    }
  },
  async flush() {
    for (const { handle } of files.values()) await handle.flush();
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

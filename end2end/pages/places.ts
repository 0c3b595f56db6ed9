// Places that a person chooses. The system's dialogs cannot be used here, so a stand-in gives what they give: handles,
// of the origin's private file system, which are real ones.
import type { Page } from '@playwright/test';

/** What the place does: take everything; be full or withdrawn after some writes; or the person closes the dialog. */
export type Mood = 'willing' | 'full' | 'withdrawn' | 'closed' | 'forbidden';

/** Puts pickers into every page to come; a file is `chosen/NAME`, a folder `chosen`. `window.asked` counts. */
export async function stubPickers(page: Page, mood: Mood = 'willing'): Promise<void> {
  await page.addInitScript((first) => {
    const place = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
    const spoiled = (handle: FileSystemFileHandle) => {
      const create = handle.createWritable.bind(handle);
      handle.createWritable = async (options) => {
        const stream = await create(options);
        const write = stream.write.bind(stream);
        let writes = 0;
        stream.write = async (data) => {
          writes += 1;
          const mood = window.mood;
          if (writes > 2 && mood === 'full') throw new DOMException('no room', 'QuotaExceededError');
          if (writes > 2 && mood === 'withdrawn') throw new DOMException('not any more', 'NotAllowedError');
          return write(data);
        };
        return stream;
      };
      return handle;
    };
    const answer = () => {
      window.asked += 1;
      if (window.mood === 'closed') throw new DOMException('The user aborted a request.', 'AbortError');
      if (window.mood === 'forbidden') throw new DOMException('not here', 'SecurityError');
    };
    Object.assign(window, {
      mood: first,
      asked: 0,
      showSaveFilePicker: async (options?: { suggestedName?: string }) => {
        answer();
        return spoiled(await (await place()).getFileHandle(options?.suggestedName ?? 'unnamed', { create: true }));
      },
      showDirectoryPicker: async () => {
        answer();
        return place();
      },
    });
  }, mood);
}

/** Every file in the chosen place: path → size and SHA-256. */
export function chosen(page: Page): Promise<Record<string, { size: number; sha256: string }>> {
  return page.evaluate(async () => {
    const found: Record<string, { size: number; sha256: string }> = {};
    const walk = async (folder: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
      for await (const [name, entry] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
        if (entry.kind === 'directory') {
          await walk(entry as FileSystemDirectoryHandle, `${prefix}${name}/`);
          continue;
        }
        const bytes = await (await (entry as FileSystemFileHandle).getFile()).arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        found[prefix + name] = { size: bytes.byteLength, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') };
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true }), '');
    return found;
  });
}

/** Bytes of a file in the chosen place under its own name; what the engine writes beside it first does not count. */
export function standing(page: Page, name: string): Promise<number> {
  return page.evaluate(async (name) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
    const file = await folder.getFileHandle(name).catch(() => undefined);
    return file ? (await file.getFile()).size : 0;
  }, name);
}

/** What is left in the folder where unfinished files wait. */
export function waiting(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('downloads', { create: true });
    const names: string[] = [];
    for await (const [name] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) names.push(name);
    return names.sort();
  });
}

declare global {
  interface Window {
    mood: Mood;
    asked: number;
  }
}

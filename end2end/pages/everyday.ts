// Who sends and who receives on an ordinary day, as the stories of specs/everyday-*.spec.ts tell it.
import { basename, join } from 'node:path';
import { Firefox } from '../driver/firefox';
import { finished } from '../driver/tab';
import { entries } from '../fixtures/archive';
import { expect } from '../fixtures/expect';
import { filesUnder, sha256, type Made } from '../fixtures/folder';
import { byTestId } from './handles';
import { Visitor } from './visitor';

/** Names and checksums, to compare what was sent with what arrived. */
export const sums = (...made: Made[]): Record<string, string> => Object.fromEntries(made.map((one) => [basename(one.name), one.sha256]));

export interface Choices {
  password?: string;
  note?: string;
  /** Seconds. */
  expires?: string;
  downloads?: string;
}

export class Sender extends Visitor {
  async open(origin: string): Promise<void> {
    await this.visit(`${origin}/`);
    await this.isAt('send-empty');
  }

  async choose(...made: Made[]): Promise<void> {
    await this.tab.fill(byTestId('file-input'), made.map((one) => one.path).join('\n'));
    await this.isAt('send-files');
  }

  /** Chooses a folder with all that is in it. Firefox's driver hands over files only: what the dialog would say of their folder is said for it. */
  async chooseFolder(path: string): Promise<void> {
    const input = byTestId('folder-input');
    if (this.tab instanceof Firefox) {
      const inside = filesUnder(path);
      await this.tab.run(`
        const [paths, input] = arguments;
        const field = document.querySelector(input);
        field.multiple = true;
        field.addEventListener('change', ({ target }) => [...target.files].forEach((file, at) => {
          Object.defineProperty(file, 'webkitRelativePath', { value: paths[at] });
        }), { capture: true, once: true });`, inside.map((one) => `${basename(path)}/${one}`), input);
      await this.tab.fill(input, inside.map((one) => join(path, one)).join('\n'));
    } else {
      await this.tab.fill(input, path);
    }
    await this.isAt('send-files');
  }

  async decide({ password, note, expires, downloads }: Choices): Promise<void> {
    if (!(await this.tab.run<boolean>('return document.querySelector(arguments[0]).checkVisibility()', byTestId('send-note')))) await this.press('terms');
    if (expires !== undefined) await this.pick('send-expires', expires);
    if (downloads !== undefined) await this.pick('send-downloads', downloads);
    if (password !== undefined) await this.type('send-password', password);
    if (note !== undefined) await this.type('send-note', note);
  }

  /** Presses the one button and waits for the link. */
  async send(): Promise<string> {
    await this.press('create-link');
    return this.link();
  }

  async link(within = 90_000): Promise<string> {
    return this.tab.until<string>('the link', `
      const error = document.querySelector('main ${byTestId('error')}');
      if (error) throw new Error('sending failed: ' + error.innerText);
      return document.querySelector('${byTestId('share-link')}')?.textContent.replace(/\\s/g, '') || null;`, within);
  }
}

export class Recipient extends Visitor {
  /** Opens a link, as far as its list or its password. */
  async open(link: string): Promise<void> {
    await this.visit(link);
    await this.isAt(/receive-(list|password|error)/);
  }

  async unlock(password: string): Promise<void> {
    await this.type('receive-password', password);
    await this.press('receive-open');
  }

  /** Presses what downloads, and gives what then lies in the folder for downloads: names and checksums. */
  async download(press = () => this.press('receive-download')): Promise<Record<string, string>> {
    const before = new Set(finished(this.tab.downloads));
    await press();
    return this.arrived(before);
  }

  saved(): Set<string> {
    return new Set(finished(this.tab.downloads));
  }

  async arrived(before: Set<string>, within = 60_000): Promise<Record<string, string>> {
    await expect.poll(() => this.attribute(byTestId('receive-status'), 'data-state'), { message: 'the verdict', timeout: within }).toMatch(/verified|failed/);
    const fresh = (): string[] => finished(this.tab.downloads).filter((name) => !before.has(name));
    await expect.poll(() => fresh().length === 1 && this.tab.hasSaved(fresh()[0]!), { message: 'one file was saved', timeout: 30_000 }).toBe(true);
    const [name] = fresh();
    const path = join(this.tab.downloads, name!);
    if (name!.endsWith('.zip')) return Object.fromEntries(entries(path).map((entry) => [basename(entry.name), entry.sha256]));
    // A second file of one name gets a number; what it is called is another story.
    return { [name!.replace(/ ?\(\d+\)(?=\.[^.]*$)/, '')]: await sha256(path) };
  }
}

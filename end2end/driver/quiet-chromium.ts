// Chromium over the DevTools protocol of its one page, and of nothing else. Who drives a whole browser (chromedriver,
// Playwright) attaches to its service workers, and Chromium never stops one that a debugger looks at: whether a download
// outlives the timers of service workers can only be seen here.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../fixtures/child';
import { Folder } from '../fixtures/folder';
import { bareEnv, chromium, chromiumArgs } from '../fixtures/paths';
import { type Place, Tab } from './tab';
import { asJson, Wire } from './wire';

interface Target {
  type: string;
  webSocketDebuggerUrl: string;
}

export class QuietChromium extends Tab {
  private constructor(
    private readonly child: Child,
    private readonly folder: Folder,
    readonly downloads: string,
    readonly version: string,
    private readonly wire: Wire,
  ) {
    super();
  }

  /** A browser with a profile of its own, saving downloads without asking. */
  static async start(): Promise<QuietChromium> {
    const folder = new Folder('sealdrop-chromium-');
    const [profile, downloads] = [folder.sub('profile'), folder.sub('downloads')];
    mkdirSync(join(profile, 'Default'));
    writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify({
      download: { default_directory: downloads, prompt_for_download: false },
      profile: { default_content_setting_values: { automatic_downloads: 1 } },
    }));
    const child = new Child('chromium', chromium, [
      ...chromiumArgs, '--headless=new', '--window-size=1280,900', `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank',
    ], { env: bareEnv({ TMPDIR: process.env.TMPDIR }) });
    try {
      const [, address] = await child.line(/DevTools listening on ws:\/\/([^/]+)\//, 60_000);
      const { Browser: version } = (await (await fetch(`http://${address}/json/version`)).json()) as { Browser: string };
      const page = await firstPage(`http://${address}/json/list`);
      return new QuietChromium(child, folder, downloads, version.replace(/^.*\//, ''), await Wire.open(page));
    } catch (error) {
      child.killNow();
      folder.remove();
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid;
  }

  async go(url: string): Promise<void> {
    const { errorText } = await this.wire.ask<{ errorText?: string }>('Page.navigate', { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await this.until('the page', 'return document.readyState !== "loading"');
  }

  async run<T>(script: string, ...args: unknown[]): Promise<T> {
    const { result, exceptionDetails } = await this.wire.ask<{ result: { value: string }; exceptionDetails?: { exception?: { description?: string } } }>(
      'Runtime.evaluate', { expression: asJson(script, args), awaitPromise: true, returnByValue: true },
    );
    if (exceptionDetails) throw new Error(`javascript error: ${exceptionDetails.exception?.description}`);
    return JSON.parse(result.value) as T;
  }

  protected async press(selector: string): Promise<void> {
    let [x, y] = [0, 0];
    const mouse = (type: string, more = {}): Promise<unknown> => this.wire.ask('Input.dispatchMouseEvent', { type, x, y, ...more });
    const move = (place: Place): Promise<unknown> => {
      ({ x, y } = place);
      return mouse('mouseMoved');
    };
    await this.pressAt(selector, move, async () => {
      for (const type of ['mousePressed', 'mouseReleased']) await mouse(type, { button: 'left', clickCount: 1 });
    });
  }

  protected async put(selector: string, text: string): Promise<void> {
    const { root } = await this.wire.ask<{ root: { nodeId: number } }>('DOM.getDocument');
    const { nodeId } = await this.wire.ask<{ nodeId: number }>('DOM.querySelector', { nodeId: root.nodeId, selector });
    if (await this.run<boolean>('return document.querySelector(arguments[0]).type === "file"', selector)) {
      await this.wire.ask('DOM.setFileInputFiles', { nodeId, files: text.split('\n') });
      return;
    }
    await this.wire.ask('DOM.focus', { nodeId });
    await this.wire.ask('Input.insertText', { text });
  }

  /** Stops every service worker, as the browser itself may at any time. */
  async stopServiceWorkers(): Promise<void> {
    await this.wire.ask('ServiceWorker.enable');
    await this.wire.ask('ServiceWorker.stopAllWorkers');
    await this.wire.ask('ServiceWorker.disable');
  }

  async close(): Promise<void> {
    this.wire.close();
    await this.child.stop();
    this.child.killNow();
    this.folder.remove();
  }
}

async function firstPage(list: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const page = ((await (await fetch(list)).json()) as Target[]).find((target) => target.type === 'page');
    if (page) return page.webSocketDebuggerUrl;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Chromium shows no page');
}

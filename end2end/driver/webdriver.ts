// A small W3C WebDriver client over fetch. Gigabytes go through here and not through Playwright, whose network inspection
// makes the browser copy every request body: neither speed nor memory would be those of a person's browser.
import { Child } from '../fixtures/child';
import { Folder } from '../fixtures/folder';
import { bareEnv, xvfb } from '../fixtures/paths';
import { freePort } from '../fixtures/postgres';
import { chrome, type Engine } from './engines';
import { aim, Tab } from './tab';
import { Refused } from './wire';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Errors that asking again does not help. */
const FINAL = new Set(['javascript error', 'invalid session id', 'session not created', 'timeout']);

export class Driver {
  private readonly open = new Set<Browser>();

  private constructor(
    private readonly engine: Engine,
    private readonly child: Child,
    private readonly url: string,
    private readonly home: Folder,
    private readonly display: Child | undefined,
  ) {}

  static async start(engine: Engine = chrome): Promise<Driver> {
    const home = new Folder('sealdrop-driver-');
    const display = engine.needsDisplay ? new Child('Xvfb', xvfb, ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp']) : undefined;
    const DISPLAY = display && `:${(await display.line(/^\d+$/))[0]}`;
    const port = await freePort();
    const child = new Child(engine.name, engine.command, [`--port=${port}`], { env: bareEnv({ TMPDIR: process.env.TMPDIR, DISPLAY, ...engine.env?.(home.path) }) });
    const url = `http://127.0.0.1:${port}`;
    for (const end = Date.now() + 30_000; ;) {
      if ((await fetch(`${url}/status`).catch(() => undefined))?.ok) return new Driver(engine, child, url, home, display);
      if (Date.now() > end) throw new Error(`${engine.name} does not answer\n${child.tail()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** A browser with a profile of its own (or a given one, which outlives it), saving downloads into its own folder (or a given one) without asking. */
  async browser(saveTo?: string, profile?: string): Promise<Browser> {
    const folder = new Folder('sealdrop-browser-');
    const downloads = saveTo ?? this.engine.downloads?.(this.home.path) ?? folder.sub('downloads');
    const value = await this.post<{ sessionId: string; capabilities: Record<string, unknown> }>('/session', {
      capabilities: { alwaysMatch: this.engine.capabilities(profile ?? folder.sub('profile'), downloads) },
    });
    const browser = new Browser(this, value.sessionId, folder, downloads, String(value.capabilities.browserVersion));
    this.open.add(browser);
    return browser;
  }

  async stop(): Promise<void> {
    for (const browser of this.open) await browser.close().catch(() => undefined);
    await this.child.stop();
    this.child.killNow();
    await this.display?.stop();
    this.home.remove();
  }

  /** The driver's process: its children are the browsers. */
  get pid(): number {
    return this.child.pid;
  }

  forget(browser: Browser): void {
    this.open.delete(browser);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.call('POST', path, body);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } };
    if (!response.ok) {
      const why = `${method} ${path}: ${value.error}: ${value.message?.split('\n')[0]}`;
      throw FINAL.has(value.error ?? '') ? new Error(why) : new Refused(why);
    }
    return value as T;
  }
}

export class Browser extends Tab {
  constructor(
    private readonly driver: Driver,
    private readonly id: string,
    private readonly folder: Folder,
    readonly downloads: string,
    readonly version: string,
  ) {
    super();
  }

  private get base(): string {
    return `/session/${this.id}`;
  }

  /** Which window this tab is, and which the session is at, once there is more than one. */
  private handle = '';
  private session = { current: '' };

  private async ask<T>(path: string, body: unknown = {}): Promise<T> {
    if (this.session.current !== this.handle) {
      await this.driver.post(`${this.base}/window`, { handle: this.handle });
      this.session.current = this.handle;
    }
    return this.driver.post(`${this.base}${path}`, body);
  }

  override act(source: Record<string, unknown>): Promise<unknown> {
    return this.ask('/actions', { actions: [source] });
  }

  override async reload(): Promise<void> {
    await this.ask('/refresh');
  }

  override async travel(by: -1 | 1): Promise<void> {
    await this.ask(by < 0 ? '/back' : '/forward');
  }

  override async beside(): Promise<Browser> {
    if (!this.handle) this.handle = this.session.current = await this.driver.call<string>('GET', `${this.base}/window`);
    const { handle } = await this.ask<{ handle: string }>('/window/new', { type: 'tab' });
    const other = new Browser(this.driver, this.id, this.folder, this.downloads, this.version);
    other.handle = handle;
    other.session = this.session;
    return other;
  }

  override async leave(): Promise<void> {
    await this.ask('/window', { handle: this.handle });
    await this.driver.call('DELETE', `${this.base}/window`);
    this.session.current = 'none';
  }

  async go(url: string): Promise<void> {
    await this.ask('/url', { url });
  }

  run<T>(script: string, ...args: unknown[]): Promise<T> {
    return this.ask('/execute/sync', { script, args });
  }

  private async element(selector: string): Promise<string> {
    const found = await this.ask<Record<string, string>>('/element', { using: 'css selector', value: selector });
    return found[ELEMENT]!;
  }

  protected async press(selector: string): Promise<void> {
    // Of the errors of a click these come before it.
    await aim(async () => this.ask(`/element/${await this.element(selector)}/click`));
  }

  protected async put(selector: string, text: string): Promise<void> {
    await aim(async () => this.ask(`/element/${await this.element(selector)}/value`, { text }));
  }

  async close(): Promise<void> {
    this.driver.forget(this);
    await this.driver.call('DELETE', this.base).catch(() => undefined);
    this.folder.remove();
  }
}

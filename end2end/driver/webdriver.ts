// A small W3C WebDriver client over fetch. Gigabytes go through here and not through Playwright, whose network
// inspection makes the browser copy every request body: neither speed nor memory would be those of a person's browser.
import { Child } from '../fixtures/child';
import { Folder } from '../fixtures/folder';
import { bareEnv, chromedriver, chromium, chromiumArgs } from '../fixtures/paths';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export class Driver {
  private readonly open = new Set<Browser>();

  private constructor(private readonly child: Child, private readonly url: string) {}

  static async start(): Promise<Driver> {
    const child = new Child('chromedriver', chromedriver, ['--port=0'], { env: bareEnv({ TMPDIR: process.env.TMPDIR }) });
    const [, port] = await child.line(/started successfully on port (\d+)/);
    return new Driver(child, `http://127.0.0.1:${port}`);
  }

  /** A browser with a profile of its own (or a given one, which outlives it), saving downloads into its own folder (or a given one) without asking. */
  async browser(saveTo?: string, profile?: string): Promise<Browser> {
    const folder = new Folder('sealdrop-browser-');
    const downloads = saveTo ?? folder.sub('downloads');
    const value = await this.post<{ sessionId: string; capabilities: Record<string, unknown> }>('/session', {
      capabilities: {
        alwaysMatch: {
          browserName: 'chrome',
          'goog:chromeOptions': {
            binary: chromium,
            args: [...chromiumArgs, '--headless=new', '--window-size=1280,900', `--user-data-dir=${profile ?? folder.sub('profile')}`],
            prefs: {
              'download.default_directory': downloads,
              'download.prompt_for_download': false,
              // A person is asked once whether a page may save several files; here the answer is given beforehand.
              'profile.default_content_setting_values.automatic_downloads': 1,
            },
          },
        },
      },
    });
    const browser = new Browser(this, value.sessionId, folder, downloads, String(value.capabilities.browserVersion));
    this.open.add(browser);
    return browser;
  }

  async stop(): Promise<void> {
    for (const browser of this.open) await browser.close().catch(() => undefined);
    await this.child.stop();
    this.child.killNow();
  }

  /** chromedriver's process: its children are the browsers. */
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
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message?.split('\n')[0]}`);
    return value as T;
  }
}

export class Browser {
  constructor(
    private readonly driver: Driver,
    private readonly id: string,
    private readonly folder: Folder,
    readonly downloads: string,
    readonly version: string,
  ) {}

  private get base(): string {
    return `/session/${this.id}`;
  }

  async go(url: string): Promise<void> {
    await this.driver.post(`${this.base}/url`, { url });
  }

  /** Runs a function body in the page. */
  run<T>(script: string, ...args: unknown[]): Promise<T> {
    return this.driver.post(`${this.base}/execute/sync`, { script, args });
  }

  private async element(selector: string): Promise<string> {
    const found = await this.driver.post<Record<string, string>>(`${this.base}/element`, { using: 'css selector', value: selector });
    return found[ELEMENT]!;
  }

  /** Waits until a script returns something other than null and false. */
  async until<T>(what: string, script: string, within = 30_000, every = 100): Promise<T> {
    const end = Date.now() + within;
    for (;;) {
      const value = await this.run<T | null | false>(script);
      if (value !== null && value !== false) return value;
      if (Date.now() > end) throw new Error(`${what}: not within ${within} ms; the page says:\n${await this.text()}`);
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  text(): Promise<string> {
    return this.run<string>('return document.title + "\\n" + (document.body ? document.body.innerText : "")');
  }

  async click(selector: string, within = 30_000): Promise<void> {
    await this.until(`${selector} can be clicked`, `const e = document.querySelector(${JSON.stringify(selector)}); return !!e && !e.disabled`, within);
    await this.driver.post(`${this.base}/element/${await this.element(selector)}/click`);
  }

  /** Chooses files in an `<input type=file>`; for other fields, types. */
  async fill(selector: string, text: string): Promise<void> {
    await this.until(`${selector} is there`, `return !!document.querySelector(${JSON.stringify(selector)})`);
    await this.driver.post(`${this.base}/element/${await this.element(selector)}/value`, { text });
  }

  /** Ends the browser and removes its profile and what it saved. */
  async close(): Promise<void> {
    this.driver.forget(this);
    await this.driver.call('DELETE', this.base).catch(() => undefined);
    this.folder.remove();
  }
}

// Debian's Firefox ESR over WebDriver BiDi, which it speaks itself: nothing stands in between, and nothing is attached to its
// service workers, so they are stopped as anybody's are.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../fixtures/child';
import { Folder } from '../fixtures/folder';
import { bareEnv, firefox } from '../fixtures/paths';
import { preferences } from './firefox-preferences';
import { aim, type Place, Tab } from './tab';
import { asJson, Refused, Wire } from './wire';

export interface FirefoxOptions {
  /** Save here instead of into a folder that goes with the browser. */
  saveTo?: string;
  /** The size of what a page sees of its window. */
  viewport?: { width: number; height: number };
  /** A finger instead of a mouse. */
  touch?: boolean;
}

interface LogEntry {
  level: string;
  text: string | null;
  type: string;
}

type Node = { sharedId: string };

/** What still loads takes the first navigation down with it now and then: the empty page of a new window, a frame that ends. */
async function again(navigate: () => Promise<unknown>): Promise<void> {
  try {
    await navigate();
  } catch (error) {
    if (!(error instanceof Refused) || !/ABORTED/.test(error.message)) throw error;
    await navigate();
  }
}

export class Firefox extends Tab {
  /** Warnings and errors of the console, exceptions, and what a policy stopped. */
  readonly complaints: string[] = [];
  version = '';
  private context = '';
  private viewport: FirefoxOptions['viewport'];
  /** The tab that a person would see. */
  private front = { context: '' };

  private constructor(
    private readonly child: Child,
    private readonly folder: Folder,
    readonly downloads: string,
    private wire: Wire | undefined,
  ) {
    super();
  }

  /** A browser with a profile of its own, saving downloads without asking. */
  static async start(options: FirefoxOptions = {}): Promise<Firefox> {
    const folder = new Folder('sealdrop-firefox-');
    const downloads = options.saveTo ?? folder.sub('downloads');
    const profile = folder.sub('profile');
    mkdirSync(downloads, { recursive: true });
    writeFileSync(join(profile, 'user.js'), preferences(downloads, options.touch));
    const child = new Child('firefox', firefox, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], {
      env: bareEnv({ HOME: folder.sub('home'), TMPDIR: process.env.TMPDIR, MOZ_CRASHREPORTER_DISABLE: '1', TZ: 'UTC' }),
    });
    try {
      const [, address] = await child.line(/WebDriver BiDi listening on (ws:\/\/\S+)/, 60_000);
      const heard: { by?: Firefox } = {};
      const wire = await Wire.open(`${address}/session`, (method, params) => heard.by?.hear(method, params));
      const browser = new Firefox(child, folder, downloads, wire);
      heard.by = browser;
      await browser.begin();
      if (options.viewport) await browser.toTheFront(options.viewport);
      return browser;
    } catch (error) {
      child.killNow();
      folder.remove();
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid;
  }

  private ask<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    if (!this.wire) throw new Error('this Firefox was ended');
    return this.wire.ask<T>(method, params);
  }

  private async begin(): Promise<void> {
    // Leaving a page that works is asked about, and answered with yes: a test that goes means it.
    const { capabilities } = await this.ask<{ capabilities: { browserVersion: string } }>('session.new', {
      capabilities: { alwaysMatch: { unhandledPromptBehavior: { beforeUnload: 'accept', default: 'dismiss' } } },
    });
    this.version = capabilities.browserVersion;
    await this.ask('session.subscribe', { events: ['log.entryAdded'] });
    await this.ask('script.addPreloadScript', {
      functionDeclaration: `() => document.addEventListener('securitypolicyviolation', (event) =>
        console.error('violation of ' + event.violatedDirective + ' by ' + event.blockedURI + ' at ' + event.sourceFile + ':' + event.lineNumber))`,
    });
    const { contexts } = await this.ask<{ contexts: { context: string }[] }>('browsingContext.getTree');
    this.context = contexts[0]!.context;
  }

  private hear(method: string, params: LogEntry): void {
    if (method === 'log.entryAdded' && ['error', 'warn'].includes(params.level)) this.complaints.push(`${params.type} ${params.level}: ${params.text}`);
  }

  async go(url: string): Promise<void> {
    await again(() => this.ask('browsingContext.navigate', { context: this.context, url, wait: 'interactive' }));
  }

  async run<T>(script: string, ...args: unknown[]): Promise<T> {
    const answer = await this.ask<{ type: string; result?: { value: string }; exceptionDetails?: { text: string } }>('script.evaluate', {
      expression: asJson(script, args), target: { context: this.context }, awaitPromise: true,
    });
    if (answer.type !== 'success') throw new Error(`javascript error: ${answer.exceptionDetails?.text}`);
    return JSON.parse(answer.result!.value) as T;
  }

  private async element(selector: string): Promise<Node> {
    const { nodes } = await this.ask<{ nodes: Node[] }>('browsingContext.locateNodes', {
      context: this.context, locator: { type: 'css', value: selector }, maxNodeCount: 1,
    });
    if (!nodes[0]) throw new Refused(`no such element: ${selector}`);
    return { sharedId: nodes[0].sharedId };
  }

  override async act(source: Record<string, unknown>): Promise<unknown> {
    // Keys press nothing in a tab behind another one.
    if (this.front.context !== this.context && this.viewport) {
      await this.ask('browsingContext.activate', { context: this.context });
      this.front.context = this.context;
    }
    return this.ask('input.performActions', { context: this.context, actions: [source] });
  }

  /** The window that Firefox begins with never has the focus, and without it no key presses anything: another one takes its place. */
  private async toTheFront(viewport: NonNullable<FirefoxOptions['viewport']>): Promise<void> {
    const first = this.context;
    this.context = (await this.ask<{ context: string }>('browsingContext.create', { type: 'window' })).context;
    await this.ask('browsingContext.close', { context: first });
    this.viewport = viewport;
    await this.resize();
  }

  private async resize(): Promise<void> {
    if (this.viewport) await this.ask('browsingContext.setViewport', { context: this.context, viewport: this.viewport });
  }

  override async reload(): Promise<void> {
    await again(() => this.ask('browsingContext.reload', { context: this.context, wait: 'interactive' }));
  }

  override async travel(by: -1 | 1): Promise<void> {
    await this.ask('browsingContext.traverseHistory', { context: this.context, delta: by });
  }

  override async beside(): Promise<Firefox> {
    const { context } = await this.ask<{ context: string }>('browsingContext.create', { type: 'tab' });
    const other = new Firefox(this.child, this.folder, this.downloads, this.wire);
    other.context = context;
    other.viewport = this.viewport;
    other.front = this.front;
    // A new tab opens in front of the others.
    other.front.context = context;
    await other.resize();
    return other;
  }

  override async leave(): Promise<void> {
    await this.ask('browsingContext.close', { context: this.context });
  }

  private mouse(...actions: Record<string, unknown>[]): Promise<unknown> {
    return this.act({ type: 'pointer', id: 'mouse', actions });
  }

  protected async press(selector: string): Promise<void> {
    const move = async ({ aside }: Place): Promise<unknown> =>
      this.mouse({ type: 'pointerMove', x: aside, y: 0, origin: { type: 'element', element: await this.element(selector) } });
    await this.pressAt(selector, move, () => this.mouse({ type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }));
  }

  protected async put(selector: string, text: string): Promise<void> {
    if (await this.run<boolean>('return document.querySelector(arguments[0]).type === "file"', selector)) {
      await aim(async () => this.ask('input.setFiles', { context: this.context, element: await this.element(selector), files: text.split('\n') }));
      return;
    }
    await this.press(selector);
    await this.act({ type: 'key', id: 'keys', actions: [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]) });
  }

  /** Ends the process at once, as a crash would; what it saved stays until `close`. */
  async kill(): Promise<void> {
    this.child.killNow();
    await this.child.ended;
    this.hangUp();
  }

  private hangUp(): void {
    this.wire?.close();
    this.wire = undefined;
  }

  async close(): Promise<void> {
    // It answers, or has gone already; either way it is gone then.
    await this.wire?.ask('browser.close').catch(() => undefined);
    this.hangUp();
    await this.child.stop();
    this.child.killNow();
    this.folder.remove();
  }
}

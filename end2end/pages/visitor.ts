// A person with one tab: what they see on a page and what they do there, with their finger or with their keys.
import { KEY, keys, type Hand } from '../driver/hands';
import type { Tab } from '../driver/tab';
import { expect } from '../fixtures/expect';
import { byTestId } from './handles';

/** Marks the visible control of this name, of a row if one is named, so that a selector finds it. */
const AIM = `
  const [id, row] = arguments;
  const seen = (element) => element.getClientRects().length > 0;
  const nameOf = (element) => element.closest('li')?.querySelector('.name')?.textContent;
  const one = [...document.querySelectorAll('[data-testid="' + id + '"]')].find((element) => seen(element) && (row === null || nameOf(element) === row));
  for (const old of document.querySelectorAll('[data-aim]')) old.removeAttribute('data-aim');
  one?.setAttribute('data-aim', '');
  return !!one;`;

const ROWS = `return [...document.querySelectorAll('main .files .name')].map((name) => name.textContent)`;

export class Visitor {
  constructor(readonly tab: Tab, readonly hand: Hand) {}

  async visit(url: string): Promise<void> {
    await this.tab.go(url);
    await this.ready();
  }

  /** The page hears presses. */
  async ready(): Promise<void> {
    await this.tab.until('the page answers to presses', 'return document.documentElement?.dataset.hydrated !== undefined', 60_000);
  }

  private async aim(testId: string, row?: string): Promise<string> {
    const what = row === undefined ? testId : `${testId} of ${row}`;
    await this.tab.until(`${what} is there`, `${call(AIM, testId, row ?? null)}`, 15_000, 50);
    return '[data-aim]';
  }

  async press(testId: string, row?: string): Promise<void> {
    await this.hand.press(this.tab, await this.aim(testId, row));
  }

  async type(testId: string, text: string): Promise<void> {
    await this.hand.type(this.tab, await this.aim(testId), text);
  }

  async pick(testId: string, value: string): Promise<void> {
    await this.hand.pick(this.tab, await this.aim(testId), value);
  }

  /** Leads to another page by the bar at the top, which a phone folds into a menu. */
  async navigate(testId: string): Promise<void> {
    if (!(await this.tab.run<boolean>(AIM, testId, null))) await this.press('menu');
    await this.press(testId);
  }

  /** Puts what was copied into a field. */
  async paste(testId: string): Promise<void> {
    await this.hand.type(this.tab, await this.aim(testId), '');
    await keys(this.tab, [KEY.control, 'v'], true);
  }

  async sees(what: string | RegExp, within = 30_000): Promise<void> {
    const text = expect.poll(() => this.words(), { message: `the page says ${what}`, timeout: within });
    await (typeof what === 'string' ? text.toContain(what) : text.toMatch(what));
  }

  words(): Promise<string> {
    return this.tab.run<string>('return document.title + "\\n" + (document.body ? document.body.innerText : "").replace(/\\s+/g, " ")');
  }

  /** The screen, by the name that it carries. */
  async isAt(screen: string | RegExp, within = 30_000): Promise<void> {
    const now = expect.poll(() => this.tab.run('return document.querySelector("main")?.dataset.screen ?? ""'), { message: 'the screen', timeout: within });
    await (typeof screen === 'string' ? now.toBe(screen) : now.toMatch(screen));
  }

  /** The stage of a transfer, by the name that it carries. */
  async isIn(stage: string | RegExp, within = 30_000): Promise<void> {
    const now = expect.poll(() => this.attribute('[data-stage]', 'data-stage'), { message: 'the stage', timeout: within });
    await (typeof stage === 'string' ? now.toBe(stage) : now.toMatch(stage));
  }

  async seesFiles(...names: string[]): Promise<void> {
    await expect.poll(async () => (await this.tab.run<string[]>(ROWS)).sort(), { message: 'the rows', timeout: 30_000 }).toEqual(names.sort());
  }

  async seesProblem(name: string | RegExp, within = 30_000): Promise<void> {
    const now = expect.poll(() => this.attribute(byTestId('error'), 'data-problem'), { message: 'the problem', timeout: within });
    await (typeof name === 'string' ? now.toBe(name) : now.toMatch(name));
  }

  attribute(selector: string, name: string): Promise<string | null> {
    return this.tab.run('return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? null', selector, name);
  }

  async percent(): Promise<number> {
    return Number(await this.attribute(byTestId('progress'), 'aria-valuenow'));
  }

  async reload(): Promise<void> {
    await this.tab.reload!();
    await this.ready();
  }

  async back(): Promise<void> {
    await this.tab.travel!(-1);
    await this.ready();
  }

  async forward(): Promise<void> {
    await this.tab.travel!(1);
    await this.ready();
  }
}

/** A script with its arguments written into it, for those who take none. */
const call = (script: string, ...args: unknown[]): string => `return (function () { ${script} }).apply(null, ${JSON.stringify(args)});`;

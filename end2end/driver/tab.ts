// One page of a browser, as a test uses it, whatever drives it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DESCRIBE, isDeaf, used, type Use } from '../fixtures/controls';
import { Refused } from './wire';

/** Milliseconds that a question may take: now and then Firefox never answers one whose page went under it. */
const ANSWERED_WITHIN = 10_000;

async function answered<T>(question: Promise<T>): Promise<T> {
  let patience: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, refuse) => {
    patience = setTimeout(() => refuse(new Refused('no answer: the page went while it was asked')), ANSWERED_WITHIN);
  });
  return Promise.race([question, silence]).finally(() => clearTimeout(patience));
}

export abstract class Tab {
  /** The folder into which this browser saves without asking. */
  abstract readonly downloads: string;
  abstract readonly version: string;

  abstract go(url: string): Promise<void>;

  /** Runs a function body in the page. */
  abstract run<T>(script: string, ...args: unknown[]): Promise<T>;

  protected abstract press(selector: string): Promise<void>;

  /** Performs input actions as WebDriver describes them; only where `hands.ts` is used. */
  act(_source: Record<string, unknown>): Promise<unknown> {
    return Promise.reject(new Error('this driver does not steer'));
  }

  /** Loads the page again; goes back or forward; opens another tab of the same browser; closes this one. Only where `hands.ts` is used. */
  reload?(): Promise<void>;
  travel?(by: -1 | 1): Promise<void>;
  beside?(): Promise<Tab>;
  leave?(): Promise<void>;

  protected abstract put(selector: string, text: string): Promise<void>;

  /** Ends the browser and removes its profile and what it saved. */
  abstract close(): Promise<void>;

  /** Waits until a script returns something other than null and false, also across a page that goes while it is asked. */
  async until<T>(what: string, script: string, within = 30_000, every = 100): Promise<T> {
    const end = Date.now() + within;
    for (;;) {
      try {
        const value = await answered(this.run<T | null | false>(script));
        if (value !== null && value !== false) return value;
      } catch (error) {
        if (!(error instanceof Refused) || Date.now() > end) throw error;
      }
      if (Date.now() > end) throw new Error(`${what}: not within ${within} ms; the page says:\n${await this.text()}`);
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  /**
   * Presses the mouse on an element, by a driver that knows only places: aims until the mouse is over the element as the page sees it, and
   * presses again if the page heard nothing (a menu of the browser's own that is open takes a press for itself). What was heard is never
   * pressed again.
   */
  protected async pressAt(selector: string, move: (place: Place) => Promise<unknown>, press: () => Promise<unknown>): Promise<void> {
    let tries = 0;
    let pressed = false;
    for (const end = Date.now() + 30_000; ;) {
      await aim(async () => {
        const at = await this.run<[number, number] | string | null>(CENTRE, selector);
        if (!at) throw new Refused(`no such element: ${selector}`);
        if (typeof at === 'string') throw new Refused(`${selector}: ${at}`);
        // A mouse that stands still is not looked at again.
        const aside = (tries += 1) % 2;
        await move({ x: at[0] + aside, y: at[1], aside });
        if (!(await this.within(1_000, OVER, selector, at))) throw new Refused(`${selector}: click intercepted, it is not under the mouse`);
        if (!pressed) await this.run(LISTEN, selector);
      }, /./);
      // One that came late was heard by now.
      if (pressed && (await this.heard(0))) return;
      pressed = true;
      await press();
      if (await this.heard(2_000)) return;
      if (Date.now() > end) throw new Error(`${selector} was pressed, and its page heard nothing`);
    }
  }

  /** Whether the page heard a press, in time. */
  private async heard(time: number): Promise<boolean> {
    try {
      return await this.within(time, HEARD);
    } catch (error) {
      // A page that goes at once was pressed.
      if (error instanceof Refused) return true;
      throw error;
    }
  }

  /** Whether a script returns true in time: asked once more when that is over, for a page that was busy. */
  private async within(time: number, script: string, ...args: unknown[]): Promise<boolean> {
    for (const end = Date.now() + time; ;) {
      const isLast = Date.now() > end;
      if (await this.run<boolean>(script, ...args)) return true;
      if (isLast) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  text(): Promise<string> {
    return this.run<string>('return document.title + "\\n" + (document.body ? document.body.innerText : "")');
  }

  async click(selector: string, within = 30_000): Promise<void> {
    await this.until(`${selector} can be clicked`, `const e = document.querySelector(${JSON.stringify(selector)}); return !!e && !e.disabled`, within);
    await this.using(selector, () => this.press(selector));
  }

  /** Does something to a control, and notes which one it was; to what has the focus without a selector. */
  async using(selector: string | undefined, act: () => Promise<unknown>): Promise<void> {
    const use = await this.run<Use | null>(DESCRIBE, selector ?? null).catch((error: unknown) => {
      // Its page goes at this moment.
      if (error instanceof Refused) return null;
      throw error;
    });
    if (isDeaf(use)) return;
    await act();
    used(use);
  }

  /** Chooses files in an `<input type=file>`, one path a line; in other fields, types. */
  async fill(selector: string, text: string): Promise<void> {
    await this.until(`${selector} is there`, `return !!document.querySelector(${JSON.stringify(selector)})`);
    await this.using(selector, () => this.put(selector, text));
    const [type, value] = await this.run<[string, string]>('const e = document.querySelector(arguments[0]); return [e.type, e.value]', selector);
    if (type !== 'file' && value !== text) throw new Error(`${selector} holds something else than was typed`);
  }

  /** Whether a file was saved to its end. Chromium gives it its name only then; Firefox holds the name with an empty file meanwhile. */
  hasSaved(name: string): boolean {
    return existsSync(join(this.downloads, name)) && !readdirSync(this.downloads).some(isPartial);
  }
}

/** Where the mouse goes: a place in the window, which is so far beside the middle of an element. */
export interface Place {
  x: number;
  y: number;
  aside: number;
}

const MIDDLE = `
  const element = document.querySelector(arguments[0]);
  const box = element?.getBoundingClientRect();
  const at = box ? [box.x + box.width / 2, box.y + box.height / 2] : null;`;
/**
 * Takes an element into view and says where it is once it stays there: a browser scrolls back to the field that was typed into when it next
 * draws, and a press that was aimed before that hits what lies there afterwards.
 */
export const AT_REST = `
  const atRest = async (element) => {
    // A tab behind another one is not drawn.
    const drawn = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 0)); setTimeout(done, 250); });
    element.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { x, y } = element.getBoundingClientRect();
    await drawn();
    await drawn();
    const box = element.getBoundingClientRect();
    return box.x === x && box.y === y ? box : null;
  };`;
const CENTRE = `${AT_REST}
  const element = document.querySelector(arguments[0]);
  if (!element) return null;
  return atRest(element).then((box) => (box ? [box.x + box.width / 2, box.y + box.height / 2] : 'moving'));`;
const OVER = `${MIDDLE} return !!at && String(at) === String(arguments[1]) && !element.disabled && element.matches(':hover');`;
const LISTEN = `
  const press = globalThis.pressOfATest = { on: null };
  addEventListener('mousedown', ({ target }) => { press.on ??= target.closest?.(arguments[0]) ? 'it' : target.outerHTML.slice(0, 200); }, { capture: true });`;
/** Another page than the one that was told to listen has no such thing. */
const HEARD = `
  const press = globalThis.pressOfATest;
  if (press?.on && press.on !== 'it') throw new Error('pressed instead: ' + press.on);
  return !press || press.on === 'it';`;

/** Errors of a look that comes too late: what it found was drawn anew, or lies elsewhere now. */
const MISSED = /no such (node|element)|stale element|not interactable|click intercepted|out of bounds/;

/** Looks for an element and aims at it, again and again as long as it is drawn anew in between. What is done must not have been done by half. */
export async function aim(deed: () => Promise<unknown>, missed = MISSED): Promise<void> {
  for (const end = Date.now() + 30_000; ;) {
    try {
      await deed();
      return;
    } catch (error) {
      if (!(error instanceof Refused) || Date.now() > end || !missed.test(error.message)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Names that browsers give to what they have not yet. */
const isPartial = (name: string): boolean => name.endsWith('.crdownload') || name.endsWith('.part') || name.startsWith('.');

/** Whole files in a download folder. */
export const finished = (folder: string): string[] => readdirSync(folder).filter((name) => !isPartial(name)).sort();

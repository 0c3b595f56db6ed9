// How a person works a page: by a finger, or by the keys alone. Nothing here reaches past what they could: what cannot be touched or
// reached by Tab fails. What a browser draws itself (a list of choices on a phone, a dialog for files) is answered for them.
import { expect } from '../fixtures/expect';
import { aim, AT_REST, type Tab } from './tab';
import { Refused } from './wire';

export const KEY = { tab: '\uE004', enter: '\uE007', shift: '\uE008', control: '\uE009', escape: '\uE00C', down: '\uE015', space: ' ' } as const;

export interface Hand {
  readonly name: string;
  press(tab: Tab, selector: string): Promise<void>;
  /** Types into a field, over what was in it. */
  type(tab: Tab, selector: string, text: string): Promise<void>;
  /** Takes a choice of a list by its value. */
  pick(tab: Tab, selector: string, value: string): Promise<void>;
}

/** Presses keys one after the other, or together (`chord`). */
export async function keys(tab: Tab, all: readonly string[], chord = false): Promise<void> {
  const down = (value: string) => ({ type: 'keyDown', value });
  const up = (value: string) => ({ type: 'keyUp', value });
  const actions = chord ? [...all.map(down), ...[...all].reverse().map(up)] : all.flatMap((value) => [down(value), up(value)]);
  await tab.act({ type: 'key', id: 'keys', actions });
}

/** The middle of an element that lies open to a touch; what lies over it otherwise. */
const TARGET = `${AT_REST}
  const element = document.querySelector(arguments[0]);
  if (!element) return 'nothing';
  if (element.disabled) return 'disabled';
  return atRest(element).then((box) => {
    if (!box) return 'moving';
    const at = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
    const top = document.elementFromPoint(...at);
    if (!top || !(element.contains(top) || top.contains(element))) return 'covered by ' + (top ? top.outerHTML.slice(0, 120) : 'nothing');
    globalThis.touched = null;
    addEventListener('click', ({ target }) => { globalThis.touched ??= element.contains(target) || target.contains(element) ? 'it' : target.outerHTML.slice(0, 120); }, { capture: true, once: true });
    return at;
  });`;
const TOUCHED = 'return globalThis.touched === undefined ? "gone" : globalThis.touched;';

export const finger: Hand = {
  name: 'by touch',
  async press(tab, selector) {
    let at: [number, number] | undefined;
    await aim(async () => {
      const found = await tab.run<[number, number] | string>(TARGET, selector);
      if (typeof found === 'string') throw new Refused(`${selector}: ${found}`);
      at = found;
    }, /./);
    const [x, y] = at!;
    await tab.using(selector, () => tab.act({
      type: 'pointer', id: 'finger', parameters: { pointerType: 'touch' },
      actions: [{ type: 'pointerMove', x, y }, { type: 'pointerDown', button: 0 }, { type: 'pause', duration: 30 }, { type: 'pointerUp', button: 0 }],
    }));
    await heard(tab, selector);
  },
  async type(tab, selector, text) {
    await finger.press(tab, selector);
    await typeOver(tab, selector, text);
  },
  async pick(tab, selector, value) {
    await tab.using(selector, () => tab.run(CHOOSE, selector, value));
  },
};

async function heard(tab: Tab, selector: string): Promise<void> {
  const what = await tab.until<string>(`${selector} hears the touch`, TOUCHED, 5_000, 20);
  if (what !== 'it' && what !== 'gone') throw new Error(`${selector}: touched instead: ${what}`);
}

/** The list is the system's: the choice is put in as the browser would. */
const CHOOSE = `
  const list = document.querySelector(arguments[0]);
  if (![...list.options].some((option) => option.value === arguments[1])) throw new Error('offered: ' + [...list.options].map((option) => option.value));
  list.value = arguments[1];
  for (const type of ['input', 'change']) list.dispatchEvent(new Event(type, { bubbles: true }));`;

/** A key presses a control where it makes a click: Enter in a field clicks the button of its form. */
const LISTEN_FOR_KEY = `
  const element = document.querySelector(arguments[0]);
  globalThis.keyHeard = 'nothing';
  addEventListener('keydown', ({ target }) => {
    if (!element.contains(target) && target.tabIndex >= 0) globalThis.keyHeard = target.outerHTML.slice(0, 120);
  }, { capture: true, once: true });
  addEventListener('click', () => { if (globalThis.keyHeard === 'nothing') globalThis.keyHeard = 'it'; }, { capture: true, once: true });`;

/** What in the page heard the key: the control, nothing that keys press, or something else. A page that the key made go was pressed. */
async function heardKey(tab: Tab): Promise<string> {
  try {
    return await tab.run<string>('return globalThis.keyHeard ?? "it";');
  } catch (error) {
    if (error instanceof Refused) return 'it';
    throw error;
  }
}

async function typeOver(tab: Tab, selector: string, text: string): Promise<void> {
  await keys(tab, [KEY.control, 'a'], true);
  await tab.using(selector, () => keys(tab, [...text]));
  await expect.poll(() => tab.run('return document.querySelector(arguments[0]).value', selector), `what ${selector} holds`).toBe(text);
}

const FOCUSED = `
  const [element, at] = [document.querySelector(arguments[0]), document.activeElement];
  if (!element || element.disabled) return 'none';
  if (element === at) return 'here';
  return at && at.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING ? 'before' : 'after';`;

async function reach(tab: Tab, selector: string): Promise<void> {
  const end = Date.now() + 20_000;
  for (let presses = 0; presses < 200 && Date.now() < end; presses += 1) {
    const where = await tab.run<string>(FOCUSED, selector);
    if (where === 'here') return;
    if (where === 'none') await new Promise((resolve) => setTimeout(resolve, 50));
    else if (where === 'before') await keys(tab, [KEY.shift, KEY.tab], true);
    else await keys(tab, [KEY.tab]);
  }
  throw new Error(`${selector} is not reached by Tab; the focus is on ${await tab.run('return document.activeElement?.outerHTML.slice(0, 200)')}`);
}

export const keyboard: Hand = {
  name: 'by keyboard',
  async press(tab, selector) {
    await reach(tab, selector);
    const isTick = await tab.run<boolean>('return document.querySelector(arguments[0])?.type === "checkbox"', selector);
    await tab.using(selector, async () => {
      for (let tries = 1; ; tries += 1) {
        await tab.run(LISTEN_FOR_KEY, selector);
        await keys(tab, [isTick ? KEY.space : KEY.enter]);
        const heard = await heardKey(tab);
        if (heard === 'it') return;
        // A tab that has just come to the front gets its focus a moment later, and its page may set it then: such a key presses nothing.
        if (heard !== 'nothing' || tries === 3) throw new Error(`${selector}: the key went to ${heard}`);
        await reach(tab, selector);
      }
    });
  },
  async type(tab, selector, text) {
    await reach(tab, selector);
    await typeOver(tab, selector, text);
  },
  async pick(tab, selector, value) {
    await reach(tab, selector);
    const now = () => tab.run<string>('return document.activeElement.value');
    const steps = await tab.run<number | null>(`
      const list = document.querySelector(arguments[0]);
      const wanted = [...list.options].findIndex((option) => option.value === arguments[1]);
      return wanted < 0 ? null : wanted - list.selectedIndex;`, selector, value);
    if (steps === null) throw new Error(`${selector} does not offer ${value}`);
    await tab.using(selector, () => keys(tab, Array.from({ length: Math.abs(steps) }, () => (steps > 0 ? KEY.down : '\uE013'))));
    await expect.poll(now, `what ${selector} holds`).toBe(value);
  },
};

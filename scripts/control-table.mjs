// The table of controls against the last run of the browser tests: every control that some state of the gallery shows, in how many states
// it is, in how many a passing test used it, and the quickest such test. A control that no test uses, one without a name, or one
// after whose use no test expects anything makes this exit with 1. `--all` names every state in which a control was not used.
import { chromium } from '@playwright/test';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const all = process.argv.includes('--all');
const root = resolve(import.meta.dirname ?? '.', '..');
const gallery = process.env.SEALDROP_GALLERY ?? join(root, 'target/gallery');
const kept = join(root, 'target/controls');
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const inPage = readFileSync(join(root, 'end2end/fixtures/controls-in-page.js'), 'utf8');
const NAMED_STATES = 6;

/** control → state → how it looks there */
const controls = new Map();
const unnamed = new Map();
const states = new Set();
const pages = json(join(gallery, 'states.json'));

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  // Nothing of a page runs or is fetched: only its markup is read.
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  for (const { file, dialog } of pages) {
    await page.goto(pathToFileURL(join(gallery, file)).href, { waitUntil: 'domcontentloaded' });
    const { state, found } = await page.evaluate(([script, id]) => {
      (0, eval)(script);
      if (id) document.getElementById(id).showModal();
      return { state: window.sealdropControls.stateName(), found: window.sealdropControls.all() };
    }, [inPage, dialog]);
    states.add(state);
    for (const { control, html } of found) {
      if (!control) unnamed.set(html, file);
      else controls.set(control, (controls.get(control) ?? new Set()).add(state));
    }
  }
} finally {
  await browser.close();
}

/** control → state → tests that used it there */
const used = new Map();
for (const file of existsSync(kept) ? readdirSync(kept) : []) {
  const { uses, ...test } = json(join(kept, file));
  for (const { control, state, asserted } of uses) {
    const inStates = used.get(control) ?? new Map();
    used.set(control, inStates.set(state, [...(inStates.get(state) ?? []), { ...test, asserted }]));
  }
}

const unused = [];
const unproven = [];
const width = Math.max(...[...controls.keys()].map((name) => name.length));
console.log(`${'control'.padEnd(width)}  states  used in  by`);
for (const [control, where] of [...controls].sort(([one], [other]) => one.localeCompare(other))) {
  const uses = used.get(control) ?? new Map();
  const tests = [...uses.values()].flat().sort((one, other) => one.ms - other.ms);
  const proven = tests.filter((test) => test.asserted);
  if (tests.length === 0) unused.push(control);
  else if (proven.length === 0) unproven.push(control);
  const example = proven[0] ?? tests[0];
  const by = example ? `${example.file.replace(/^end2end\//, '')}: ${example.title}${proven.length ? '' : ' (expects nothing afterwards)'}` : 'NO TEST';
  const inThese = [...where].filter((state) => uses.has(state)).length;
  console.log(`${control.padEnd(width)}  ${String(where.size).padStart(6)}  ${String(inThese).padStart(7)}  ${by}`);
  const missing = [...where].filter((state) => !uses.has(state)).sort();
  const named = all ? missing : missing.slice(0, NAMED_STATES);
  if (all || (missing.length > 0 && missing.length <= NAMED_STATES)) console.log(`${' '.repeat(width)}  not in: ${named.join(', ')}`);
}
const elsewhere = [...used.keys()].filter((control) => !controls.has(control));
if (elsewhere.length) console.log(`used, and in no state of the gallery: ${elsewhere.sort().join(', ')}`);
const seen = new Set([...used.values()].flatMap((inStates) => [...inStates.keys()]));
const seenHere = [...states].filter((state) => seen.has(state)).length;
console.log(`controls: ${controls.size} in ${states.size} states (${pages.length} pages of the gallery); ${controls.size - unused.length - unproven.length} used by a test, in ${seenHere} of the states`);
for (const [html, file] of unnamed) console.log(`controls: without a name (data-testid), in ${file}: ${html}`);
if (unproven.length) console.log(`controls: used, but no test expects anything afterwards: ${unproven.join(', ')}`);
if (unused.length) console.log(`controls: USED BY NO TEST: ${unused.join(', ')}`);
process.exitCode = unused.length + unproven.length + unnamed.size > 0 ? 1 : 0;

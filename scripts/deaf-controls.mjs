// Whether tests notice a control that does nothing: for each control, a test that used it in the last run runs again with that control deaf
// (its events never reach the page), and must fail. By hand, after a run of the browser tests: a few seconds a control.
//   node scripts/deaf-controls.mjs [CONTROL...]
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? '.', '..');
const kept = join(root, 'target/controls');
/** So many tests are tried until one notices. */
const TRIES = 3;

/** control → tests, the quickest first */
const tests = new Map();
for (const file of readdirSync(kept)) {
  const { uses, ...test } = JSON.parse(readFileSync(join(kept, file), 'utf8'));
  for (const control of new Set(uses.filter((use) => use.asserted).map((use) => use.control))) tests.set(control, [...(tests.get(control) ?? []), test]);
}

const fails = (control, { file, title }) => {
  const exact = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const { status, stdout } = spawnSync('node_modules/.bin/playwright', ['test', '-c', 'end2end/playwright.config.ts', file.replace(/^.*\//, ''), '-g', exact, '-x'], {
    cwd: root, encoding: 'utf8', env: { ...process.env, SEALDROP_DEAF: control, E2E_RUN: String(process.pid) },
  });
  if (!/[1-9]\d* (passed|failed)/.test(stdout)) throw new Error(`${file}: ${title}: did not run\n${stdout}`);
  return status !== 0;
};

const wanted = process.argv.slice(2);
const unnoticed = [];
for (const control of wanted.length ? wanted : [...tests.keys()].sort()) {
  const candidates = (tests.get(control) ?? []).sort((one, other) => one.ms - other.ms).slice(0, TRIES);
  const noticed = candidates.find((test) => fails(control, test));
  if (!noticed) unnoticed.push(control);
  console.log(`${noticed ? 'noticed' : 'NOT NOTICED'}  ${control}  ${noticed ? `${noticed.file}: ${noticed.title}` : `by ${candidates.length} tests`}`);
}
console.log(`deaf controls: ${unnoticed.length} of ${wanted.length || tests.size} not noticed${unnoticed.length ? `: ${unnoticed.join(', ')}` : ''}`);
process.exitCode = unnoticed.length ? 1 : 0;

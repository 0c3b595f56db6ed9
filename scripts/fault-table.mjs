// The table of docs/design/faults.md against what ran last: each row with its tests and their results. A test proves a row
// by carrying its id: `u15_…` in a Rust name, `U15 …` in a browser test's title, a line `U15 passed NAME` in
// target/fault-results/*.txt. A row of which a test failed makes this exit
// with 1; rows that have no test yet are counted at the end.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { browserTests, isFlaky, rustTests, text } from './last-run.mjs';

const rows = new Map();
for (const line of readFileSync('docs/design/faults.md', 'utf8').split('\n')) {
  const row = /^\| ([A-HJ-Z]\d\d) \| ([^|]+) \|/.exec(line);
  // (I10 is no fault but what holds after any.) The first table that has the id says what the fault is; a later one says how its test was seen red.
  if (row && !rows.has(row[1])) rows.set(row[1], { fault: row[2].trim(), tests: [], byHand: line.includes('By hand') });
}

const record = (name, passed, where, flaky = false) => {
  const ids = new Set([...name.matchAll(/(?<![a-z0-9])([a-z]\d\d)(?![a-z0-9])/gi)].map((match) => match[1].toUpperCase()));
  for (const id of ids) rows.get(id)?.tests.push({ name: flaky ? `${name} (at its second attempt)` : name, passed, where });
};

// What the server that lies has told, as its tests said.
const told = { 'command line': 0, page: 0 };
for (const { rest } of rustTests()) {
  for (const [, lies] of rest.matchAll(/hostile, [^:\n]+: (\d+) lies told,/g)) told['command line'] += Number(lies);
}

for (const { name, crate, rest } of rustTests()) record(name.split('::').slice(-2).join('::').replaceAll('_', ' '), !/<failure|<error/.test(rest), crate);

for (const spec of browserTests()) {
  const results = spec.tests.flatMap((test) => test.results.map((result) => result.status));
  if (results.some((status) => status !== 'skipped')) record(spec.title, spec.ok, spec.file, isFlaky(spec));
  for (const { description = '' } of spec.tests.flatMap((test) => test.annotations ?? [])) {
    told.page += Number(/^hostile: (\d+) of/.exec(description)?.[1] ?? 0);
  }
}

const noted = existsSync('target/fault-results') ? readdirSync('target/fault-results') : [];
for (const file of noted) {
  for (const [, id, result, name] of text(join('target/fault-results', file)).matchAll(/^([A-Z]\d\d) (passed|failed) (.+)$/gm)) {
    rows.get(id)?.tests.push({ name, passed: result === 'passed', where: file });
  }
}

const counted = { passed: 0, FAILED: 0, 'NO TEST': 0, 'by hand': 0 };
for (const [id, { fault, tests, byHand }] of rows) {
  const verdict = tests.length === 0 ? (byHand ? 'by hand' : 'NO TEST') : tests.every((test) => test.passed) ? 'passed' : 'FAILED';
  counted[verdict] += 1;
  console.log(`${id}  ${verdict.padEnd(8)} ${fault}`);
  for (const { name, passed, where } of tests) console.log(`       ${passed ? 'ok' : 'FAILED'}  ${name}  [${where}]`);
}
console.log(`faults: ${counted.passed} rows proven, ${counted.FAILED} failed, ${counted['by hand']} by hand, ${counted['NO TEST']} without a test of their own yet`);
console.log(`faults: lies told by a hostile bucket and API: ${told['command line']} to the command line, ${told.page} to the page`);
process.exitCode = counted.FAILED > 0 ? 1 : 0;

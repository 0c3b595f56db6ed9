// What each page and each later step stands on in a built site (brotli), beside what end2end/budget.json allows for the pages; fails when
// one is over. What a browser really fetches is counted by end2end/specs/weight.spec.ts against the same numbers.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const site = process.argv[2] ?? 'target/site';
const budget = JSON.parse(readFileSync('end2end/budget.json'));
const assets = JSON.parse(readFileSync(join(site, 'assets.json')));
const weigh = (files) => [...new Set(files.map(({ path }) => path))].reduce((sum, path) => sum + statSync(join(site, `${path}.br`)).size, 0);

const program = [assets.js, assets.split, assets.wasm, assets.css];
const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(7);
let over = false;
console.log(`the program alone        ${kilobytes(weigh(program))} KB`);
const here = {};
for (const [page, { part, bytes }] of Object.entries(budget.first_visit_brotli_bytes)) {
  const files = [...program, ...assets.parts[part]];
  here[page] = files;
  const weight = weigh(files);
  over ||= weight > bytes;
  console.log(`first visit of ${page.padEnd(10)}${kilobytes(weight)} of ${kilobytes(bytes)} KB${weight > bytes ? '  OVER' : ''}`);
}
for (const [page, parts] of Object.entries(budget.later)) {
  let before = here[page];
  for (const part of parts) {
    const after = [...before, ...assets.parts[part]];
    console.log(`after ${page.padEnd(10)}${`+ ${part.split(' ').pop()}`.padEnd(12)}${kilobytes(weigh(after) - weigh(before))} KB`);
    before = after;
  }
}
process.exit(over ? 1 : 0);

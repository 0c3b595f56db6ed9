// Compares what a first visit loads (brotli) with end2end/budget.json, so that growth is a decision and not an accident.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const site = process.argv[2] ?? 'target/site';
const budget = JSON.parse(readFileSync('end2end/budget.json'));
const assets = JSON.parse(readFileSync(join(site, 'assets.json')));
let together = 0;
let over = false;
for (const [kind, limit] of Object.entries(budget.first_visit_brotli_bytes)) {
  const bytes = statSync(join(site, `${assets[kind]}.br`)).size;
  together += bytes;
  over ||= bytes > limit;
  console.log(`${kind.padEnd(9)} ${String(bytes).padStart(8)} of ${limit} bytes${bytes > limit ? '  OVER' : ''}`);
}
over ||= together > budget.together;
console.log(`together  ${String(together).padStart(8)} of ${budget.together} bytes${together > budget.together ? '  OVER' : ''}`);
process.exit(over ? 1 : 0);

// The table of docs/design/asvs.md against the tree: each test and file that it names must be there, each answer must be one of the
// four, and what is met must name something. What stands between backticks in the last column is a file (it has a slash or an
// ending), the name of a test in Rust, or the title of a browser test. A name that leads nowhere makes this exit with 1.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TABLE = 'docs/design/asvs.md';
const ANSWERS = new Set(['met', 'partly', 'unmet', 'operator']);
/** All files with this ending below these folders, as one text. */
const read = (ending, ...folders) => folders
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((path) => join(folder, path)))
  .filter((path) => path.endsWith(ending) && !/\/(target|node_modules)\//.test(path))
  .map((path) => readFileSync(path, 'utf8')).join('\n');

const functions = new Set([...read('.rs', 'app', 'crates', 'migrations', 'server').matchAll(/\bfn ([a-z0-9_]+)/g)].map(([, name]) => name));
const titles = read('.spec.ts', 'end2end');
const isThere = (name) => {
  if (/^[a-z0-9]+(_[a-z0-9]+)+$/.test(name)) return functions.has(name);
  if (/^[\w.-]+(\/[\w.-]+)+$|^[\w-]+\.(md|toml|lock|json|rs|mjs)$|^Dockerfile$/.test(name)) return existsSync(name);
  // A setting or a directive, as an example; a title has blanks and begins with a word.
  return /[='"]/.test(name) || /^[\w-]+$/.test(name) || name.startsWith('/') || name.includes('…') || titles.includes(`'${name}'`);
};

const counts = new Map([...ANSWERS].map((answer) => [answer, 0]));
const wrong = [];
const seen = new Set();
for (const line of readFileSync(TABLE, 'utf8').split('\n').filter((line) => line.startsWith('| v5.0.0-'))) {
  const [id, , answer, proof = ''] = line.slice(2, -2).split(' | ');
  if (seen.has(id)) wrong.push(`${id} stands there twice`);
  seen.add(id);
  if (!ANSWERS.has(answer)) wrong.push(`${id}: "${answer}" is no answer`);
  else counts.set(answer, counts.get(answer) + 1);
  for (const [, name] of proof.matchAll(/`([^`]+)`/g)) if (!isThere(name)) wrong.push(`${id}: ${name} is not in the tree`);
  if (proof.trim() === '') wrong.push(`${id} says nothing`);
}
console.log(`asvs: ${[...counts].map(([answer, count]) => `${count} ${answer}`).join(', ')}`);
for (const one of wrong) console.log(`asvs: ${one}`);
process.exitCode = wrong.length > 0 || seen.size === 0 ? 1 : 0;

// Folders and functions that grew too large to find one's way in: more than 12 files in a folder of crates/*/src, and functions over
// 80 lines anywhere but in tests. Prints the ten longest functions. First it looks for one of each that is planted.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MOST_FILES = 12;
const MOST_LINES = 80;

/** A source with its lines kept, without what may hold braces that are none, and without the tests at its end. */
function plain(source) {
  const blank = (match) => match.replaceAll(/[^\n]/g, ' ');
  const bare = source.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|b?'(?:\\[^\n']+|[^\\'\n])'/g, blank);
  const tests = bare.search(/#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*mod\s+\w+\s*\{/);
  return tests < 0 ? bare : bare.slice(0, tests);
}

function functionsOf(source) {
  const text = plain(source);
  const found = [];
  for (const match of text.matchAll(/\bfn\s+(\w+)/g)) {
    const open = text.slice(match.index).search(/[{;]/) + match.index;
    if (open < match.index || text[open] === ';') continue;
    let depth = 0;
    let at = open;
    for (; at < text.length; at += 1) {
      if (text[at] === '{') depth += 1;
      if (text[at] === '}' && (depth -= 1) === 0) break;
    }
    found.push({ name: match[1], lines: text.slice(match.index, at).split('\n').length });
  }
  return found;
}

function look(src) {
  const functions = [];
  const folders = new Map();
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.rs')) continue;
    const path = join(entry.parentPath, entry.name);
    folders.set(entry.parentPath, (folders.get(entry.parentPath) ?? 0) + 1);
    // A module of tests in a file of its own.
    if (/(?:^|[/_])tests?(?:\.rs$|\/)/.test(path)) continue;
    for (const one of functionsOf(readFileSync(path, 'utf8'))) functions.push({ ...one, path });
  }
  return { functions, folders };
}

function control() {
  const folder = mkdtempSync(join(tmpdir(), 'sizes-'));
  try {
    mkdirSync(join(folder, 'full'));
    for (let n = 0; n <= MOST_FILES; n += 1) writeFileSync(join(folder, 'full', `f${n}.rs`), `fn short() { let a = "{"; }`);
    writeFileSync(join(folder, 'long.rs'), `fn long() -> char {\n${'    // {\n'.repeat(MOST_LINES)}    '{'\n}\nfn short() {}\n`);
    const { functions, folders } = look(folder);
    const long = functions.filter((one) => one.lines > MOST_LINES).map((one) => one.name).join();
    const full = [...folders.values()].filter((files) => files > MOST_FILES).length;
    if (long !== 'long' || full !== 1) throw new Error(`of what is planted this was found: ${long || 'no function'}, ${full} folders`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

control();
let wrong = 0;
const functions = [];
const crates = readdirSync('crates').map((name) => `crates/${name}`);
for (const crate of [...crates, 'app', 'frontend', 'migrations', 'server']) {
  const here = look(join(crate, 'src'));
  functions.push(...here.functions);
  for (const [folder, files] of here.folders) {
    if (!crate.startsWith('crates/') || files <= MOST_FILES) continue;
    console.log(`layers: ${folder} has ${files} files, and ${MOST_FILES} at most are easy to look through`);
    wrong += 1;
  }
}
functions.sort((a, b) => b.lines - a.lines);
for (const { name, lines, path } of functions.slice(0, 10)) console.log(`layers: ${lines} lines: ${name} in ${path}`);
const long = functions.filter((one) => one.lines > MOST_LINES);
for (const { name, lines, path } of long.slice(10)) console.log(`layers: ${lines} lines: ${name} in ${path}`);
console.log(`layers: ${functions.length} functions, ${long.length} over ${MOST_LINES} lines`);
process.exitCode = wrong || long.length ? 1 : 0;

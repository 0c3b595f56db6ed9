// Finds files of a crate that import each other, directly or in a circle, and imports from a crate's root of what a module defines.
// Compares their numbers with scripts/module-loops.json: more is a failure, and so is fewer, until the file says the new number.
// `--list CRATE` prints them, with what each file of a loop imports from the others. First it looks for loops that are planted, so that a search that finds nothing is noticed.
//
// It reads `use` declarations and paths that begin with crate, self or super. A file depends on the file that a path names, where that
// is another one; `mod x;` alone is no dependency, and re-exporting from x is one. Tests inside of files are left out.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A source without comments, strings, and the tests at its end. */
function plain(source) {
  const bare = source.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|r#"[\s\S]*?"#|"(?:\\[\s\S]|[^"\\])*"/g, (match) => (match.startsWith('"') || match.startsWith('r#') ? '""' : ''));
  const tests = bare.search(/#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*mod\s+\w+\s*\{/);
  return tests < 0 ? bare : bare.slice(0, tests);
}

/** The paths of a use tree: `a::{b, c::d}` is `a::b` and `a::c::d`. */
function paths(tree, before = []) {
  const brace = tree.indexOf('{');
  if (brace < 0) {
    const path = tree.split(/\s+as\s+/)[0].split('::').map((part) => part.trim()).filter(Boolean);
    return path.length || before.length ? [[...before, ...path]] : [];
  }
  const head = [...before, ...tree.slice(0, brace).split('::').map((part) => part.trim()).filter(Boolean)];
  const inside = tree.slice(brace + 1, tree.lastIndexOf('}'));
  const parts = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= inside.length; at += 1) {
    if (inside[at] === '{') depth += 1;
    if (inside[at] === '}') depth -= 1;
    if (at === inside.length || (inside[at] === ',' && depth === 0)) {
      parts.push(inside.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts.filter(Boolean).flatMap((part) => paths(part, head));
}

function filesOf(src) {
  const files = new Map();
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.rs')) continue;
    const path = join(entry.parentPath, entry.name);
    const module = relative(src, path).replace(/\.rs$/, '').split('/');
    if (['mod', 'lib', 'main'].includes(module.at(-1))) module.pop();
    // A crate with both has one root; what main.rs asks of it by name is another crate's affair.
    if (entry.name === 'main.rs' && existsSync(join(src, 'lib.rs'))) continue;
    files.set(module.join('::'), path);
  }
  return files;
}

/** The file that a path leads to from a module, as the name of its module, and what is named in it. */
function resolve(files, module, path) {
  let [first, ...rest] = path;
  let at = module ? module.split('::') : [];
  if (first === 'crate') at = [];
  else if (first === 'self') at = [...at];
  else if (first === 'super') {
    at = at.slice(0, -1);
    while (rest[0] === 'super') { at = at.slice(0, -1); rest = rest.slice(1); }
  } else if (files.has([...at, first].join('::'))) {
    rest = [first, ...rest];
  } else return undefined;
  while (rest.length && files.has([...at, rest[0]].join('::'))) at = [...at, rest.shift()];
  return { target: at.join('::'), item: rest[0] };
}

function graphOf(src) {
  const files = filesOf(src);
  const edges = new Map([...files.keys()].map((module) => [module, new Set()]));
  const roots = [];
  const reexported = new Set();
  const asked = [];
  for (const [module, path] of files) {
    const text = plain(readFileSync(path, 'utf8'));
    const uses = [...text.matchAll(/(?:^|[\s;{}])(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/g)];
    const others = [...text.replaceAll(/\buse\s+[^;]+;|\bpub\s*\(in [^)]*\)/g, '').matchAll(/\b(?:crate|super|self)(?:\s*::\s*\w+)+/g)];
    const all = [
      ...uses.flatMap(([, isPublic, tree]) => paths(tree.replaceAll(/\s+/g, ' ')).map((one) => ({ one, isPublic }))),
      ...others.map(([one]) => ({ one: one.split('::').map((part) => part.trim()) })),
    ];
    for (const { one, isPublic } of all) {
      const found = resolve(files, module, one);
      if (!found) continue;
      if (module === '' && isPublic && found.target !== '' && found.item) reexported.add(found.item);
      if (found.target !== module) edges.get(module).add(found.target);
      if (found.target === '' && module !== '' && found.item) asked.push([module, found.item]);
    }
  }
  for (const [module, item] of asked) if (reexported.has(item)) roots.push(`${module || 'root'} imports ${item} from the root`);
  return { files, edges, roots };
}

/** Tarjan's strongly connected components, those with more than one file. */
function loopsOf(edges) {
  const order = new Map();
  const low = new Map();
  const stack = [];
  const loops = [];
  const visit = (module) => {
    order.set(module, order.size);
    low.set(module, order.get(module));
    stack.push(module);
    for (const next of edges.get(module)) {
      if (!order.has(next)) { visit(next); low.set(module, Math.min(low.get(module), low.get(next))); }
      else if (stack.includes(next)) low.set(module, Math.min(low.get(module), order.get(next)));
    }
    if (low.get(module) !== order.get(module)) return;
    const loop = [];
    let last;
    do { last = stack.pop(); loop.push(last); } while (last !== module);
    if (loop.length > 1) loops.push(loop.sort());
  };
  for (const module of edges.keys()) if (!order.has(module)) visit(module);
  return loops;
}

const look = (src) => {
  const { files, edges, roots } = graphOf(src);
  return { files: files.size, edges, loops: loopsOf(edges), roots };
};

/** What must be found: two files that import each other, a circle of three over a parent, and an import through the root. */
function control() {
  const folder = mkdtempSync(join(tmpdir(), 'module-loops-'));
  const planted = {
    'lib.rs': 'mod a; mod b; mod c; pub use a::One; use b::{Two, self as other};',
    'a.rs': 'use crate::b::Two; // use crate::c::Three;\npub struct One;',
    'b.rs': 'use super::a::{One, self}; pub struct Two;',
    'c/mod.rs': 'mod d; mod e; pub use d::Four; pub const FIVE: u8 = 5;',
    'c/d.rs': 'pub struct Four(super::e::Six);',
    'c/e.rs': 'use super::FIVE; use crate::One; pub struct Six;\n#[cfg(test)]\nmod tests { use crate::b::Two; }',
  };
  try {
    for (const [name, text] of Object.entries(planted)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { loops, roots } = look(folder);
    const found = loops.map((loop) => loop.join(' ')).sort().join(', ');
    if (found !== 'a b, c c::d c::e') throw new Error(`of planted loops these were found: ${found || 'none'}`);
    if (roots.length !== 1) throw new Error(`of one planted import through the root ${roots.length} were found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const crates = ['app', 'frontend', 'migrations', 'server', ...readdirSync('crates').map((name) => `crates/${name}`)];
control();
if (process.argv[2] === '--list') {
  const { edges, loops, roots } = look(join(process.argv[3], 'src'));
  const name = (module) => module || 'the root';
  for (const loop of loops) {
    console.log('loop:');
    for (const module of loop) console.log(`  ${name(module)} imports ${[...edges.get(module)].filter((one) => loop.includes(one)).map(name).join(', ')}`);
  }
  for (const root of roots) console.log(root);
} else {
  const known = JSON.parse(readFileSync('scripts/module-loops.json', 'utf8'));
  let failed = false;
  const sums = { files: 0, loops: 0, roots: 0 };
  for (const crate of crates) {
    const { files, loops, roots } = look(join(crate, 'src'));
    const now = { loops: loops.length, filesInLoops: loops.flat().length, throughRoot: roots.length };
    sums.files += files;
    sums.loops += loops.length;
    sums.roots += roots.length;
    const before = known[crate] ?? { loops: 0, filesInLoops: 0, throughRoot: 0 };
    for (const [what, number] of Object.entries(now)) {
      if (number === before[what]) continue;
      failed = true;
      console.log(`layers: ${crate}: ${what} ${number}, and ${before[what]} in scripts/module-loops.json${number < before[what] ? ': write the lower number down' : ''}`);
    }
  }
  console.log(`layers: ${sums.files} files, ${sums.loops} loops of files, ${sums.roots} imports through a crate's root`);
  process.exitCode = failed ? 1 : 0;
}

// Finds names of source files, in documents, scripts and settings, that no file of the repository has: what was moved is found by its
// new name everywhere. A name may leave out the folders above it, and `crates/`. First it looks for one that is planted.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Not files of ours: a runtime, a viewer, what Firefox reads, what is built, what tests plant.
const others = new Set(['Node.js', 'app.js', 'app_bg.js', '__wasm_split.js', 'assets.js', 'pdf.js', 'user.js', 'script.js', 'target/bench/measure/worker.js', 'c/mod.rs', 'c/d.rs', 'c/e.rs', 'long.rs']);
// As short as that they are examples, or any crate's.
const anywhere = /^(?:[a-z]|main|lib|mod|build)\.(?:rs|js)$/;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).trim().split('\n');
const known = new Set(files.flatMap((file) => {
  const parts = file.replace('crates/', '').split('/');
  return [file, ...parts.map((_, at) => parts.slice(at).join('/'))];
}));

const unknown = (text) => [...text.matchAll(/(?<![\w./-])((?:[\w.-]+\/)*[\w-]+\.(?:rs|mjs|js|sh))(?!\w)/g)]
  .map((match) => match[1].replace(/^\.\//, ''))
  .filter((name) => !others.has(name) && !anywhere.test(name) && !known.has(name));

const planted = `crypto/src/${'no_such_file'}.rs`;
if (unknown(`see \`${planted}\` and scripts/named-files.mjs`).join() !== planted) throw new Error('what is planted is not found');

let wrong = 0;
for (const file of files) {
  // A changelog tells of what was.
  if (!/\.(?:md|mjs|sh|toml|ts)$|^Makefile$|^Dockerfile$/.test(file) || file === 'CHANGELOG.md') continue;
  for (const [at, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    for (const name of unknown(line)) {
      console.log(`layers: ${file}:${at + 1} names ${name}, which is not there`);
      wrong += 1;
    }
  }
}
console.log(`layers: ${wrong} names of files that are not there`);
process.exitCode = wrong ? 1 : 0;

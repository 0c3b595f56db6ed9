// Gives the site's files names that change with their content, writes assets.json with the hashes that pages ask for
// (Subresource Integrity), the manifest of all of it, and puts a brotli and a gzip twin beside everything that compresses. Usage: finish-site.mjs FOLDER
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { shortenImports } from './shorten-imports.mjs';
import { writeManifest } from './site-manifest.mjs';

const root = process.argv[2];
const pkg = join(root, 'pkg');
const LOADER_HEAD = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'load-parts.js'), 'utf8');
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

const named = (name, hash) => {
  const dot = name.lastIndexOf('.');
  const fresh = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  renameSync(join(pkg, name), join(pkg, fresh));
  return `/pkg/${fresh}`;
};
const hashed = (name) => named(name, digest(readFileSync(join(pkg, name))));
const integrityOf = (path) => `sha384-${createHash('sha384').update(readFileSync(join(root, path))).digest('base64')}`;
const asset = (path) => ({ path, integrity: integrityOf(path) });
// Of files that only the loader asks for: shorter, for there are many.
const part = (path) => ({ path, integrity: `sha256-${createHash('sha256').update(readFileSync(join(root, path))).digest('base64')}` });

// What each part stands on, in files of its own for whoever has some of them already; and in one file what a page loads together, which
// weighs less as one stream than as forty. "send" is what the page that sends loads first, "send sending" what sending adds to it; what
// asks for the limits is in neither, and comes before what sends.
const prefetch = JSON.parse(readFileSync(join(pkg, 'prefetch.json')));
unlinkSync(join(pkg, 'prefetch.json'));
const TOGETHER = [
  'send', 'send limits', 'send sending', 'receive', 'receive failed', 'receive password', 'receive receiving', 'security', 'signin', 'signin account',
  'account', 'account own_link', 'owner', 'worker',
];
const AFTER = { 'send sending': 'limits' };
const packs = {};
for (const steps of TOGETHER) {
  const [first, next] = steps.split(' ');
  const here = next ? [first, AFTER[steps]].flatMap((part) => prefetch[part] ?? []) : [];
  const names = prefetch[next ?? first].filter((name) => !here.includes(name));
  const modules = names.map((name) => readFileSync(join(pkg, `${name}.wasm`)));
  const file = `${steps.replace(' ', '_')}.pack`;
  // In front what is in it: the names and lengths, as one line of JSON.
  const index = `${JSON.stringify(names.map((name, at) => [name, modules[at].length]))}\n`;
  writeFileSync(join(pkg, file), Buffer.concat([Buffer.from(index), ...modules]));
  packs[steps] = { ...part(hashed(file)), after: AFTER[steps] };
}
const files = {};
for (const name of readdirSync(pkg).filter((name) => name.endsWith('.wasm') && name !== 'app_bg.wasm').sort()) {
  files[name.slice(0, -'.wasm'.length)] = part(hashed(name));
}
const short = ({ path, integrity }) => [path.slice('/pkg/'.length), integrity];
writeFileSync(join(pkg, 'parts.json'), JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, file]) => [name, short(file)]))));
const listed = part(hashed('parts.json'));
const css = asset(hashed('app.css'));

// The two scripts import each other, so one hash over both is in both names. wasm-bindgen's names its module only as a default, which
// our page never uses.
const [APP, LOADER] = ['app.js', '__wasm_split.js'];
writeFileSync(join(pkg, LOADER), loaderOf(readFileSync(join(pkg, LOADER), 'utf8')));
// wasm-bindgen's comments and indentation.
const glue = readFileSync(join(pkg, APP), 'utf8').split('\n').map((line) => line.trim());
const program = shortenImports(readFileSync(join(pkg, 'app_bg.wasm')), glue.filter((line) => line && !/^(\/\*\*|\*|\/\/)/.test(line)).join('\n'));
writeFileSync(join(pkg, 'app_bg.wasm'), program.wasm);
writeFileSync(join(pkg, APP), program.script);
const wasm = asset(hashed('app_bg.wasm'));
const hash = digest(readFileSync(join(pkg, APP)) + readFileSync(join(pkg, LOADER)));
for (const [name, other] of [[APP, LOADER], [LOADER, APP]]) {
  const text = readFileSync(join(pkg, name), 'utf8');
  // Only where it is imported: the program knows the module by its first name.
  const [from, to] = [`from "./${other}"`, `from "./${other.replace('.js', `.${hash}.js`)}"`];
  if (!text.includes(from)) throw new Error(`${name} does not import ${other}`);
  writeFileSync(join(pkg, name), text.replaceAll(from, to));
}
const js = asset(named(APP, hash));
const split = asset(named(LOADER, hash));

const parts = Object.fromEntries(Object.entries(packs).map(([steps, { path, integrity }]) => [steps, [{ path, integrity }]]));
const { build, manifest } = writeManifest(root, { js, split, wasm, css });
writeFileSync(join(root, 'assets.json'), `${JSON.stringify({ js, split, wasm, css, build, manifest, parts }, null, 1)}\n`);

// What the splitter wrote, with the files' own names and hashes, and with packs (load-parts.js).
function loaderOf(text) {
  const replace = (from, to) => {
    const next = text.replaceAll(from, to);
    if (next === text) throw new Error(`the loader of parts is not as expected: ${from}`);
    text = next;
  };
  // One line for each chunk, and none of what all of them say alike.
  replace(/makeLoad\(\(\) => \{\s*const src = fetch\(new URL\("\.\/([^"]+)\.wasm", import\.meta\.url\)\);\s*src\.catch\(\(\) => \{\s*\}\);\s*return async \(imports\) => \(WebAssembly\.instantiateStreaming\(src, imports\)\);\s*\}\s*, /g,
    (_, name) => `makeLoad(${JSON.stringify(name)}, `);
  replace('function makeLoad(fetcher, deps) {', 'function makeLoad(name, deps) {');
  replace('const instantiate = fetcher();', 'const source = part(name);\nsource.catch(() => {});');
  replace('return instantiate(imports);', 'return WebAssembly.instantiateStreaming(source, imports);');
  replace(/__wasm_split_load_(\w+) = wrapAsyncCb\(/g, (all, name) => `${all}"${name}", `);
  replace('function wrapAsyncCb(callee) {', 'function wrapAsyncCb(name, callee) {');
  replace('await callee();', 'together(name);\nawait callee();');
  // `export` and the names of the split points stay as they are.
  replace(/__chunk_(\d+)/g, 'c$1');
  const together = Object.fromEntries(Object.entries(packs).map(([steps, pack]) => [steps, [short(pack), pack.after]]));
  const lines = `${LOADER_HEAD}\n${text}`.split('\n').map((line) => line.trim());
  const code = lines.filter((line) => line && !line.startsWith('//') && !line.startsWith('/*'));
  // Imports stand first.
  const [imports, rest] = [code.filter((line) => line.startsWith('import ')), code.filter((line) => !line.startsWith('import '))];
  return [...imports, `const PACKS = ${JSON.stringify(together)};`, `const FILES = ${JSON.stringify(short(listed))};`, ...rest, ''].join('\n');
}

const compressible = new Set(['.js', '.pack', '.mjs', '.css', '.wasm', '.svg', '.json', '.txt', '.webmanifest', '.html']);
const walk = (dir) => readdirSync(dir).flatMap((name) => {
  const path = join(dir, name);
  return statSync(path).isDirectory() ? walk(path) : [path];
});
for (const path of walk(root).filter((p) => compressible.has(extname(p)))) {
  const bytes = readFileSync(path);
  const br = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  if (br.length < bytes.length) writeFileSync(`${path}.br`, br);
  const gz = gzipSync(bytes, { level: 9 });
  if (gz.length < bytes.length) writeFileSync(`${path}.gz`, gz);
}

const size = (url) => {
  const raw = statSync(join(root, url)).size;
  let br = raw;
  try { br = statSync(join(root, `${url}.br`)).size; } catch { /* did not compress */ }
  return { raw, br };
};
const all = [js, split, listed, wasm, css, ...Object.values(packs), ...Object.values(files)];
for (const { path } of all) {
  const { raw, br } = size(path);
  console.log(`${path.padEnd(44)} ${String(raw).padStart(9)} bytes, brotli ${String(br).padStart(8)}`);
}
console.log(`build ${build}: ${all.length} files, manifest ${manifest}`);

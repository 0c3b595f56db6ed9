// Gives the site's files names that change with their content, writes assets.json with the hashes that pages ask for
// (Subresource Integrity), and puts a brotli and a gzip twin beside everything that compresses. Usage: finish-site.mjs FOLDER
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, extname } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = process.argv[2];
const pkg = join(root, 'pkg');
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

// wasm-bindgen's glue names its module only as a default, which our page never uses: each file is hashed by itself.
const hashed = (name) => {
  const bytes = readFileSync(join(pkg, name));
  const dot = name.lastIndexOf('.');
  const fresh = `${name.slice(0, dot)}.${digest(bytes)}${name.slice(dot)}`;
  renameSync(join(pkg, name), join(pkg, fresh));
  return `/pkg/${fresh}`;
};
const js = hashed('app.js');
const wasm = hashed('app_bg.wasm');
const css = hashed('app.css');
const build = digest(js + wasm + css).slice(0, 8);
const integrityOf = (path) => `sha384-${createHash('sha384').update(readFileSync(join(root, path))).digest('base64')}`;
const integrity = { js: integrityOf(js), wasm: integrityOf(wasm), css: integrityOf(css) };
writeFileSync(join(root, 'assets.json'), `${JSON.stringify({ js, wasm, css, build, integrity }, null, 1)}\n`);

const compressible = new Set(['.js', '.mjs', '.css', '.wasm', '.svg', '.json', '.txt', '.webmanifest', '.html']);
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
let total = 0;
for (const url of [js, wasm, css]) {
  const { raw, br } = size(url);
  total += br;
  console.log(`${url.padEnd(40)} ${String(raw).padStart(9)} bytes, brotli ${String(br).padStart(8)}`);
}
console.log(`first visit, brotli: ${total} bytes (build ${build})`);

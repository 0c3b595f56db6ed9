// A tab that is open while a new version is put in its place still asks for the parts of its own version. Copies what the two versions
// before loaded into a site that was just built: keep-old-parts.mjs OLD NEW. kept.json says which files are of which version.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const VERSIONS = 2;
const [old, fresh] = process.argv.slice(2);
const read = (site, name) => (existsSync(join(site, name)) ? JSON.parse(readFileSync(join(site, name), 'utf8')) : undefined);
const walk = (dir) => readdirSync(dir).flatMap((name) => {
  const path = join(dir, name);
  return statSync(path).isDirectory() ? walk(path) : [path];
});

const [before, now] = [read(old, 'assets.json'), read(fresh, 'assets.json')];
let versions = [];
// A site of fixed names, or none, has nothing that an open tab could miss.
if (before?.build) {
  const earlier = read(old, 'kept.json') ?? [];
  const kept = new Set(earlier.flatMap(({ files }) => files));
  // What has no hash in its name may be of several versions.
  const isOf = (file) => !kept.has(file) || !/\.[0-9a-f]{16}\./.test(file);
  const files = walk(join(old, 'pkg')).map((path) => path.slice(old.length + 1)).filter(isOf);
  versions = before.build === now.build ? earlier : [{ build: before.build, files }, ...earlier.filter(({ build }) => build !== now.build)];
}
versions = versions.slice(0, VERSIONS);
for (const { files } of versions) {
  for (const file of files) {
    const to = join(fresh, file);
    if (existsSync(to) || !existsSync(join(old, file))) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(old, file), to);
  }
}
writeFileSync(join(fresh, 'kept.json'), `${JSON.stringify(versions)}\n`);
console.log(`kept for open tabs: ${versions.map(({ build, files }) => `build ${build} (${files.length} files)`).join(', ') || 'nothing, no earlier site is here'}`);

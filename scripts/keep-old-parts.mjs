// A tab that is open while a new version is put in its place still asks for the parts of its own version. Copies what the two versions
// before loaded into a site that was just built: keep-old-parts.mjs OLD NEW. kept.json says which files are of which version, the newest first.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const VERSIONS = 2;
const [old, fresh] = process.argv.slice(2);
const read = (site, name) => (existsSync(join(site, name)) ? JSON.parse(readFileSync(join(site, name), 'utf8')) : undefined);
const walk = (dir) => readdirSync(dir).flatMap((name) => {
  const path = join(dir, name);
  return statSync(path).isDirectory() ? walk(path) : [path];
});

const filesOf = (site) => walk(join(site, 'pkg')).map((path) => path.slice(site.length + 1));

const [before, now] = [read(old, 'assets.json'), read(fresh, 'assets.json')];
// Each version lists all of its files, also those that it has in common with others.
let earlier = read(old, 'kept.json') ?? [];
// A site of fixed names, or none, has nothing that an open tab could miss.
if (before?.build && !earlier.some(({ build }) => build === before.build)) earlier = [{ build: before.build, files: filesOf(old) }, ...earlier];
const versions = earlier.filter(({ build }) => build !== now.build).slice(0, VERSIONS);
const own = { build: now.build, files: filesOf(fresh) };
for (const { files } of versions) {
  for (const file of files) {
    const to = join(fresh, file);
    if (existsSync(to) || !existsSync(join(old, file))) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(old, file), to);
  }
}
writeFileSync(join(fresh, 'kept.json'), `${JSON.stringify([own, ...versions])}\n`);
console.log(`kept for open tabs: ${versions.map(({ build, files }) => `build ${build} (${files.length} files)`).join(', ') || 'nothing, no earlier site is here'}`);

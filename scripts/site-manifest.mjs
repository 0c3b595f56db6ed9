// The manifest of a release: every file of a built site with its SHA-256, and what its pages load and run, element by element. Servers
// show it, `sealdrop verify` compares with it. The same tree gives the same bytes.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Below the address of a server. */
export const MANIFEST = '/manifest-sha256.json';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const app = join(root, 'app/src');
const sha256 = (content) => createHash('sha256').update(content).digest('hex');
const filesOf = (folder, under = '') => readdirSync(folder).sort().flatMap((name) => {
  const path = join(folder, name);
  return statSync(path).isDirectory() ? filesOf(path, `${under}/${name}`) : [`${under}/${name}`];
});

/** The paths of the pages, as the router of the application and that of the pages without a program have them. */
function pages() {
  const found = [...readFileSync(join(app, 'app.rs'), 'utf8').matchAll(/<Route path=path!\("([^"]+)"\)/g)].map(([, path]) => path);
  if (!found.includes('/') || !found.includes('/d/:id')) throw new Error('the routes of app/src/app.rs are not as expected');
  const documents = [...readFileSync(join(root, 'server/src/billing_pages/mod.rs'), 'utf8').matchAll(/"(\/[a-z/]+)"/g)].map(([, path]) => path);
  if (!documents.includes('/plans')) throw new Error('the routes of server/src/billing_pages are not as expected');
  return [...new Set([...found, ...documents])];
}

/** The script that starts the program, as app/src/start.rs writes it into every page. */
function startScript() {
  const lines = readFileSync(join(app, 'start.js'), 'utf8').split('\n').map((line) => line.trim());
  return lines.filter((line) => line && !line.startsWith('//')).join('\n');
}

/** An element that loads or runs something, as crates/cli/src/published/shell.rs writes it: attributes by name, without the nonce. */
const element = (name, attributes, text) => {
  const words = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => `${key}="${value}"`);
  return [name, ...words, ...(text === undefined ? [] : [`sha256:${sha256(text)}`])].join(' ');
};

/**
 * What app/src/shell.rs puts into every page, and app/src/billing/document.rs into those without a program, in this order; `sealdrop
 * verify` finds it where they differ. Preloads of files of the site are left out: they differ from page to page.
 */
function shells({ js, split, wasm, css }) {
  const integrity = { integrity: Object.fromEntries([js, split].map((file) => [file.path, file.integrity])) };
  const load = `sealdropStart(import(${JSON.stringify(js.path)}),${JSON.stringify(wasm.path)},${JSON.stringify(wasm.integrity)})`;
  const style = element('link', { rel: 'stylesheet', href: css.path, integrity: css.integrity });
  const icons = [
    element('link', { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' }),
    element('link', { rel: 'icon', href: '/favicon.ico', sizes: '32x32' }),
    element('link', { rel: 'apple-touch-icon', href: '/icon-180.png' }),
    element('link', { rel: 'manifest', href: '/manifest.webmanifest' }),
  ];
  const page = [
    element('script', {}, startScript()),
    element('script', { type: 'importmap' }, JSON.stringify(integrity)),
    style,
    ...[js, split].map((file) => element('link', { rel: 'modulepreload', href: file.path, integrity: file.integrity })),
    ...icons,
    element('script', { type: 'module' }, load),
    // Rendering ends with these; our pages have nothing to resolve.
    element('script', {}, '__RESOLVED_RESOURCES=[];__SERIALIZED_ERRORS=[];__PENDING_RESOURCES=[];__RESOURCE_RESOLVERS=[];'),
    element('script', {}, '__INCOMPLETE_CHUNKS=[];'),
  ];
  return [page, [style, ...icons, element('script', {}, readFileSync(join(app, 'billing/billing.js'), 'utf8'))]];
}

/** Writes it into a site that has all its files; gives the name of the build, which is of all of them, and the SHA-256 of the manifest. */
export function writeManifest(site, assets) {
  const files = filesOf(site).map((path) => {
    const content = readFileSync(join(site, path));
    return { path, bytes: content.length, sha256: sha256(content) };
  });
  const content = { pages: pages(), shells: shells(assets), files };
  const build = sha256(JSON.stringify(content)).slice(0, 8);
  // A line for each file, for eyes and for diff.
  const list = (items) => `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
  const text = `{"format":1,"build":"${build}","pages":${JSON.stringify(content.pages)},\n"shells":[${content.shells.map(list).join(',\n')}],\n"files":${list(files)}}\n`;
  writeFileSync(join(site, MANIFEST), text);
  return { build, manifest: sha256(text) };
}

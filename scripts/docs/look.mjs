// Looks at the built site in Chromium, by hand: every page at two widths in both themes. No request may leave this machine, each diagram
// is drawn, nothing is wider than the screen, axe finds nothing. Pictures are in target/docs-pictures: look.mjs [PATH…]
import { chromium } from '@playwright/test';
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const ROOT = 'target/docs';
const PICTURES = 'target/docs-pictures';
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.json': 'application/json' };

const fileOf = (path) => {
  const file = join(ROOT, decodeURIComponent(path));
  return existsSync(file) && statSync(file).isDirectory() ? join(file, 'index.html') : file;
};
const server = createServer((request, answer) => {
  const file = fileOf(new URL(request.url, 'http://site').pathname);
  if (!existsSync(file)) return answer.writeHead(404).end();
  answer.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  return createReadStream(file).pipe(answer);
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const base = `http://127.0.0.1:${server.address().port}`;

const all = readdirSync(ROOT, { recursive: true }).filter((file) => file.endsWith('.html'));
const pages = process.argv.length > 2 ? process.argv.slice(2) : all.map((file) => `/${file.replace(/index\.html$/, '')}`).sort();
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
mkdirSync(PICTURES, { recursive: true });

/** What is wrong with a page that is shown. */
async function faultsOf(page) {
  await page.waitForFunction(() => !document.querySelector('.diagram:not(:has(svg))'), null, { timeout: 20_000 }).catch(() => {});
  const seen = await page.evaluate(() => ({
    undrawn: document.querySelectorAll('.diagram:not(:has(svg))').length,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return [
    ...(seen.undrawn > 0 ? [`${seen.undrawn} diagrams are not drawn`] : []),
    ...(seen.over > 0 ? [`${seen.over} px wider than the screen`] : []),
    ...violations.map(({ id, nodes }) => `axe ${id}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`),
  ];
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let bad = 0;
for (const colorScheme of ['light', 'dark']) {
  for (const width of [390, 1280]) {
    const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
    for (const path of pages) {
      const page = await context.newPage();
      const faults = [];
      page.on('pageerror', (error) => faults.push(`error: ${error.message.slice(0, 200)}`));
      page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text().slice(0, 200)}`));
      await page.route('**/*', (route) => {
        const url = route.request().url();
        if (url.startsWith(base) || url.startsWith('data:') || url.startsWith('blob:')) return route.continue();
        faults.push(`asks ${url}`);
        return route.abort();
      });
      await page.goto(base + path, { waitUntil: 'networkidle' });
      faults.push(...(await faultsOf(page)));
      await page.screenshot({ path: join(PICTURES, `${colorScheme}-${width}${path.replaceAll('/', '_')}.png`) });
      for (const fault of faults) console.log(`${colorScheme} ${width} ${path}: ${fault}`);
      bad += faults.length;
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
server.close();
console.log(`docs: ${pages.length} pages at two widths in two themes, ${bad} faults`);
process.exit(bad > 0 ? 1 : 0);

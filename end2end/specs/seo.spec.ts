// What link previews and search engines read: every page describes itself, links all in the same words, and only links stay out of indexes.
import { randomBytes } from 'node:crypto';
import { expect, test } from '../fixtures/test';
import { ready } from '../pages/send-page';

/** The page without its nonce, as a preview program reads it: no script runs. */
async function read(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' } });
  expect(answer.status).toBe(200);
  const nonce = answer.headers.get('content-security-policy')!.match(/'nonce-([^']+)'/)![1]!;
  return (await answer.text()).replaceAll(nonce, 'NONCE');
}

const meta = (page: string, name: string): string | undefined =>
  page.match(new RegExp(`<meta (?:name|property)="${name}" content="([^"]*)"`))?.[1];

test('pages describe themselves, and only links are kept out of indexes', async ({ server }) => {
  for (const path of ['/', '/security', '/cli', `/d/${randomBytes(16).toString('base64url')}`]) {
    const page = await read(server.url + path);
    expect(meta(page, 'robots'), path).toBe(path.startsWith('/d/') ? 'noindex' : undefined);
    expect(meta(page, 'description')!.length, path).toBeGreaterThan(50);
    for (const name of ['og:title', 'og:description', 'og:site_name']) expect(meta(page, name), `${path}: ${name}`).toBeTruthy();
    const image = meta(page, 'og:image')!;
    expect(image).toBe(`${server.url}/icon-512.png`);
    const icon = await fetch(image);
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/png']);
  }
  const robots = await (await fetch(`${server.url}/robots.txt`)).text();
  // A page that may not be fetched has neither a preview nor a `noindex` that anybody reads.
  expect(robots).not.toMatch(/Disallow: \/(d\/)?$/m);
});

test('a preview is the same for every link and tells nothing of what is behind it', async ({ server, cli, folder }) => {
  const sent = await cli.send([folder.write('quarterly figures.xlsx', 'x'.repeat(12_345)).path], ['--downloads', '3', '--note', 'for the board']);
  const one = await read(`${server.url}/d/${sent.link.id}`);
  const other = await read(`${server.url}/d/${randomBytes(16).toString('base64url')}`);
  expect(one).toBe(other);
  for (const secret of [sent.link.id, 'quarterly', 'figures', 'board', '12,345', '12345']) expect(one).not.toContain(secret);
  expect(meta(one, 'og:title'), 'it tells something').toBeTruthy();
  const told = `${meta(one, 'og:title')} ${meta(one, 'og:description')} ${meta(one, 'description')}`;
  expect(told, 'no number at all').not.toMatch(/\d/);
});

test('the manifest is ready for installation', async ({ page, server }) => {
  await page.goto('/');
  const address = await page.locator('link[rel=manifest]').getAttribute('href');
  const answer = await fetch(new URL(address!, server.url));
  expect(answer.headers.get('content-type')).toMatch(/json/);
  const manifest = await answer.json() as { icons: { src: string; sizes: string; purpose?: string; type: string }[] } & Record<string, string>;
  for (const field of ['name', 'short_name', 'id', 'start_url', 'display', 'theme_color', 'background_color']) expect(manifest[field], field).toBeTruthy();
  expect(manifest.display).toBe('standalone');
  for (const purpose of ['any', 'maskable']) {
    for (const size of [192, 512]) {
      const icon = manifest.icons.find((one) => one.sizes === `${size}x${size}` && (one.purpose ?? 'any') === purpose);
      expect(icon, `${size} ${purpose}`).toBeTruthy();
      const loaded = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return [image.naturalWidth, image.naturalHeight];
      }, icon!.src);
      expect(loaded).toEqual([size, size]);
    }
  }
});

test('the command line has a page that names this server', async ({ page, server }) => {
  await page.goto('/');
  await page.getByTestId('foot-cli').click();
  await expect(page).toHaveURL(/\/cli$/);
  await expect(page.locator('h1')).toContainText('command line');
  await expect(page.getByTestId('cli-commands')).toContainText(`SEALDROP_SERVER=${server.url}`);
  await expect(page.getByTestId('foot-source')).toHaveCount(0);
});

test('who runs the server and where abuse is reported is in the footer, if they say it', async ({ page, startServer }) => {
  const server = await startServer({ env: { SEALDROP_OPERATOR: 'Kavalu <b>Architects</b>', SEALDROP_ABUSE_CONTACT: 'abuse@example.org' } });
  for (const path of ['/', '/d/AAAAAAAAAAAAAAAAAAAAAA', '/security']) {
    await page.goto(server.url + path);
    await ready(page);
    await expect(page.getByTestId('foot-operator')).toContainText('Kavalu <b>Architects</b>');
    await expect(page.getByTestId('foot-abuse')).toHaveAttribute('href', 'mailto:abuse@example.org');
  }
  const silent = await startServer({});
  await page.goto(silent.url);
  await expect(page.getByTestId('foot-security')).toBeVisible();
  await expect(page.getByTestId('foot-operator')).toHaveCount(0);
  await expect(page.getByTestId('foot-abuse')).toHaveCount(0);
});

test('where the source is published, pages link to it', async ({ page, startServer }) => {
  const source = 'https://git.example.org/sealdrop';
  const server = await startServer({ env: { SEALDROP_SOURCE_URL: source } });
  for (const [path, handle] of [['/', 'foot-source'], ['/security', 'security-source'], ['/cli', 'cli-source']] as const) {
    await page.goto(server.url + path);
    await expect(page.getByTestId(handle)).toHaveAttribute('href', source);
  }
  await expect(page.getByText(`git clone ${source} sealdrop`)).toBeVisible();
});

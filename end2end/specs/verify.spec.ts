// `sealdrop verify` and what `/security` shows: an honest server is the published one, and each lie is named.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Meddler } from '../fixtures/meddler';
import { site } from '../fixtures/paths';
import { expect, test } from '../fixtures/test';

const manifestFile = join(site, 'manifest-sha256.json');
const text = readFileSync(manifestFile);
const manifest = JSON.parse(text.toString()) as { build: string; pages: string[]; files: { path: string; bytes: number; sha256: string }[] };
const digest = createHash('sha256').update(text).digest('hex');

interface Report {
  published: boolean;
  build: string;
  pages: number;
  files: number;
  differences: { path: string; kind: string; text: string }[];
  unanswered: { path: string }[];
}

test('O50 the published page is told from each lie about it', async ({ server, cli }) => {
  const verify = async (url: string, more: string[] = []) => {
    const ran = await cli.run(['verify', url, '--manifest', manifestFile, '--json', ...more]);
    return { code: ran.code, said: ran.stderr, report: JSON.parse(ran.stdout || '{}') as Report };
  };

  await test.step('an honest server', async () => {
    const { code, said, report } = await verify(`${server.url}/d/AAAAAAAAAAAAAAAAAAAAAA#AQsecretsecret`);
    expect(report.differences).toEqual([]);
    expect(report.unanswered).toEqual([]);
    expect(code, said).toBe(0);
    expect(report).toMatchObject({ published: true, build: manifest.build, files: manifest.files.length, pages: manifest.pages.length + 2 });
    expect(said).toContain('was not sent');
    expect(server.log.join('\n')).not.toContain('secretsecret');
  });

  const meddler = await Meddler.start(server.url);
  try {
    await test.step('one byte of each file', async () => {
      meddler.instead = (path) => {
        const file = manifest.files.find((one) => one.path === path);
        if (!file || file.bytes === 0) return undefined;
        const body = readFileSync(join(site, path));
        const at = (path.length * 7919) % body.length;
        body[at] = body[at]! ^ 1;
        return { type: 'application/octet-stream', body };
      };
      const { code, report } = await verify(meddler.url);
      expect(code).toBe(6);
      const differing = report.differences.filter((one) => one.kind === 'file').map((one) => one.path).sort();
      expect(differing).toEqual(manifest.files.filter((one) => one.bytes > 0).map((one) => one.path).sort());
      expect(meddler.asked.join('\n'), 'a cookie or a header would not tell it from a visitor').not.toContain('verify');
    });
    await test.step('one file alone, the service worker, in words', async () => {
      meddler.instead = (path) => (path === '/sw.js' ? { type: 'text/javascript', body: `${readFileSync(join(site, 'sw.js'), 'utf8')} ` } : undefined);
      const ran = await cli.run(['verify', meddler.url, '--manifest', manifestFile]);
      expect(ran.code).toBe(6);
      expect(ran.stdout).toContain('/sw.js');
      expect(ran.stdout).toContain('An altered program can read files and keys.');
      expect(ran.stderr).toContain('1 difference');
    });
    meddler.leave();
    const lies: Record<string, (html: string) => string> = {
      'an inline script more': (html) => html.replace('</head>', '<script>steal()</script></head>'),
      'a handler': (html) => html.replace('<body>', '<body onload="steal()">'),
      'another file for the program': (html) => html.replace(/import\("\/pkg\/app\./, 'import("/pkg/other.'),
      'no hash for a script': (html) => html.replace(/(<link rel="modulepreload"[^>]*?) integrity="[^"]+"/, '$1'),
      'no hashes for modules': (html) => html.replace(/<script type="importmap"[^]*?<\/script>/, ''),
    };
    for (const [name, lie] of Object.entries(lies)) {
      await test.step(name, async () => {
        meddler.markup = (html) => {
          expect(lie(html), 'the page is altered').not.toBe(html);
          return lie(html);
        };
        const { code, report } = await verify(meddler.url);
        expect(code).toBe(6);
        const pages = new Set(report.differences.map((one) => one.path));
        expect(pages.size, 'on every kind of page').toBe(manifest.pages.length + 2);
        expect(new Set(report.differences.map((one) => one.kind))).toEqual(new Set(['page']));
      });
    }
    meddler.leave();
    await test.step('a server that says nothing is no proof', async () => {
      meddler.instead = (path) => (path === '/sw.js' ? { status: 503 } : undefined);
      expect((await verify(meddler.url)).code).toBe(3);
      await meddler.stop();
      expect((await verify(meddler.url)).code).toBe(3);
    });
  } finally {
    await meddler.stop();
  }
});

test('O50 the page about security shows the manifest that it is of', async ({ page, server }) => {
  await page.goto('/security');
  await expect(page.getByTestId('security-digest')).toHaveText(digest);
  await expect(page.getByTestId('security-verify')).toHaveText(`sealdrop verify ${server.url}`);
  await page.getByTestId('security-manifest').click();
  await expect(page).toHaveURL(/manifest-sha256\.json$/);
  const answer = await page.request.get('/manifest-sha256.json');
  expect(createHash('sha256').update(await answer.body()).digest('hex')).toBe(digest);
});

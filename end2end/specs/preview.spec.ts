// Looking before downloading: shown from a few opened pieces, never counted, never run, and over when the link is.
import type { Locator, Page } from '@playwright/test';
import { Owner } from '../fixtures/api';
import { keyFrame, png, wav, writeFilm } from '../fixtures/media';
import { header, type Tap } from '../fixtures/tap';
import { expect, figure, tabTo, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import type { ReceivePage } from '../pages/receive-page';

const MIB = 1 << 20;

/** Opens the preview of a row. */
async function look(page: Page, name: string | RegExp): Promise<Locator> {
  await page.getByTestId('receive-files').getByRole('listitem').filter({ hasText: name }).getByTestId('preview-one').click();
  const dialog = page.getByTestId('preview');
  await expect(dialog).toBeVisible();
  return dialog;
}

const close = async (page: Page) => {
  await page.getByTestId('preview-close').click();
  await expect(page.getByTestId('preview')).toBeHidden();
};

/** Waits until a player has something to show at a place. */
const seek = (player: Locator, at: number) => player.evaluate((element: HTMLMediaElement, at) => new Promise<number>((resolve, reject) => {
  const shown = () => { if (!element.seeking && element.readyState >= 2) resolve(element.currentTime); };
  for (const one of ['seeked', 'canplay', 'loadeddata']) element.addEventListener(one, shown);
  element.addEventListener('error', () => reject(new Error(`error ${element.error?.code}: ${element.error?.message}`)));
  element.currentTime = at;
}), at);

/** Counts what the bucket gives, and what of it it had given before. */
function count(tap: Tap): { bytes: number; again: number } {
  const counted = { bytes: 0, again: 0 };
  const places = new Map<object, number>();
  const given = new Set<number>();
  tap.alter = (exchange, chunk) => {
    if (!exchange.url.startsWith('/blobs/')) return chunk;
    counted.bytes += chunk.length;
    const from = places.get(exchange) ?? Number(/^bytes=(\d+)-/.exec(header(exchange.requestHeaders, 'range') ?? '')?.[1]);
    places.set(exchange, from + chunk.length);
    for (let page = Math.ceil(from / 4096); page < Math.floor((from + chunk.length) / 4096); page += 1) {
      if (given.has(page)) counted.again += 4096;
      given.add(page);
    }
    return chunk;
  };
  return counted;
}

const through = (tap: Tap, url: string) => url.replace(new URL(url).origin, tap.url);

test('D11 pictures and sound are shown, nothing is saved, and the owner counts no download', async ({ cli, folder, recipient }) => {
  const sent = await cli.send([
    folder.write('picture.png', png(320, 200)).path, folder.write('tone.wav', wav(60)).path, folder.write('paper.pdf', '%PDF-1.7').path,
  ]);
  const owner = new Owner(sent.link, sent.ownerToken);
  const receive = await recipient();
  await receive.openList(sent.url);
  const { page } = receive;
  await expect(page.getByTestId('preview-one'), 'no preview of a PDF').toHaveCount(2);

  await look(page, 'picture.png');
  const image = page.getByTestId('preview-image');
  await expect.poll(() => image.evaluate((element: HTMLImageElement) => [element.naturalWidth, element.naturalHeight])).toEqual([320, 200]);
  const address = await image.evaluate((element: HTMLImageElement) => element.src);
  // Only that element of that page: no request of a program, no frame, no page.
  const others = await page.evaluate(async (address) => {
    const fetched = (await fetch(address)).status;
    const script = await new Promise((resolve) => {
      const element = document.createElement('script');
      element.onload = () => resolve('run');
      element.onerror = () => resolve('refused');
      element.src = address;
      document.head.append(element);
    });
    return { fetched, script };
  }, address);
  expect(others).toEqual({ fetched: 404, script: 'refused' });
  const other = await page.context().newPage();
  expect((await other.goto(address))?.status()).toBe(404);
  await other.close();
  await close(page);
  expect(await page.evaluate((address) => new Promise((resolve) => {
    const element = new Image();
    element.onload = () => resolve('shown');
    element.onerror = () => resolve('gone');
    element.src = address;
  }), address), 'closed is over').toBe('gone');

  await look(page, 'tone.wav');
  const audio = page.getByTestId('preview-audio');
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => Math.round(element.duration))).toBe(60);
  expect(await seek(audio, 42)).toBeCloseTo(42, 0);
  await audio.evaluate((element: HTMLAudioElement) => { element.muted = true; return element.play(); });
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(42.3);
  await close(page);

  expect(receive.downloads).toEqual([]);
  await receive.expectState('idle');
  expect(await owner.status()).toMatchObject({ state: 'active', active: 0, used: 0, failed: 0 });
  expect(await receive.receive()).toBe('verified');
  await look(page, 'picture.png');
  await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(320);
  expect(await owner.status()).toMatchObject({ used: 1 });
});

test('D11 what would run as a page is letters or nothing', async ({ cli, folder, recipient }) => {
  const evil = '<!doctype html><script>alert(document.domain)</script><img src=x onerror="alert(1)">';
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(2)"><script>alert(3)</script></svg>';
  const files = ['page.html', 'drawing.svg', 'notes.md', 'letter.txt'];
  const sent = await cli.send([
    ...files.map((name) => folder.write(name, name === 'drawing.svg' ? svg : evil).path),
    folder.write('drawing.png', svg).path, folder.write('film.mp4', evil).path, folder.write('huge.png', hugePng()).path,
    folder.write('long.log', 'ein Wort und ä\n'.repeat(70_000)).path,
  ]);
  const receive = await recipient();
  await receive.openList(sent.url);
  const { page } = receive;
  let dialogs = 0;
  page.on('dialog', (dialog) => { dialogs += 1; void dialog.dismiss(); });
  for (const name of files) {
    await look(page, name);
    const text = page.getByTestId('preview-text');
    await expect(text).toHaveText(name === 'drawing.svg' ? svg : evil);
    expect(await text.evaluate((element) => element.childElementCount), name).toBe(0);
    await close(page);
  }
  for (const name of ['drawing.png', 'film.mp4', 'huge.png']) {
    await look(page, name);
    await expect(page.getByTestId('preview-refused'), name).toBeVisible();
    await expect(page.getByTestId('preview').locator('img, video, audio, iframe, object, embed'), name).toHaveCount(0);
    await close(page);
  }
  await look(page, 'long.log');
  await expect(page.getByTestId('preview-rest')).toBeVisible();
  const shown = (await page.getByTestId('preview-text').textContent())!;
  expect(shown.length).toBeGreaterThan(400_000);
  expect('ein Wort und ä\n'.repeat(70_000).startsWith(shown), 'no letter is cut').toBe(true);
  expect(dialogs).toBe(0);
});

test('D11 seeking in a film of 1 GiB fetches less than 30 MiB', async ({ startServer, startTap, cli, folder, recipient }, info) => {
  test.setTimeout(300_000);
  const server = await startServer();
  const tap = await startTap(server.url);
  const receive = await recipient();
  await receive.page.goto(server.url);
  const frame = await keyFrame(receive.page, 320, 180);
  const film = folder.join('film.webm');
  writeFilm(film, { frames: [frame], width: 320, height: 180, seconds: 5400, bytes: 1024 * MIB });
  const sent = await cli.send([film], ['--server', server.url]);
  await receive.openList(through(tap, sent.url));
  const counted = count(tap);
  await look(receive.page, 'film.webm');
  const video = receive.page.getByTestId('preview-video');
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => [element.videoWidth, Math.round(element.duration)]), { timeout: 30_000 }).toEqual([320, 5400]);
  const first = counted.bytes;
  for (const at of [4000, 100, 5300, 2700]) expect(await seek(video, at)).toBeCloseTo(at, 0);
  // Whatever a player still reads ahead counts as well.
  let before = -1;
  while (before !== counted.bytes) {
    before = counted.bytes;
    await receive.page.waitForTimeout(1_500);
  }
  expect(counted.bytes).toBeGreaterThan(4 * 200_000);
  expect(counted.bytes).toBeLessThan(30 * MIB);
  figure(info, `a film of 1 GiB: ${(first / MIB).toFixed(1)} MiB until it shows, ${(counted.bytes / MIB).toFixed(1)} MiB after four places more, ${(counted.again / MIB).toFixed(1)} MiB of it twice`);
  const status = await new Owner({ ...sent.link, origin: server.url }, sent.ownerToken).status();
  expect(status).toMatchObject({ active: 0, used: 0, failed: 0 });
});

test('D03 a preview outlives a service worker that was stopped', async ({ cli, folder, recipient }) => {
  const receive = await recipient();
  await playing(receive, cli, folder);
  const video = receive.page.getByTestId('preview-video');
  const devtools = await receive.page.context().newCDPSession(receive.page);
  await devtools.send('ServiceWorker.enable');
  for (const at of [300, 20, 500]) {
    await devtools.send('ServiceWorker.stopAllWorkers');
    expect(await seek(video, at + 0.5)).toBeCloseTo(at + 0.5, 0);
    expect(await ground(video), 'what is there in the film').toBe(at % 7);
  }
  // Several requests at once find it without memory: the page is asked once, and each of them gets its bytes.
  await devtools.send('ServiceWorker.stopAllWorkers');
  expect(await receive.page.evaluate(async (address) => Promise.all(Array.from({ length: 4 }, async (_, n) => {
    const player = document.createElement('video');
    const ready = new Promise<number>((resolve, reject) => {
      player.addEventListener('loadeddata', () => resolve(Math.round(player.duration)));
      player.addEventListener('error', () => reject(new Error(`error ${player.error?.code}: ${player.error?.message}`)));
    });
    player.preload = 'auto';
    player.src = `${address}?${n}`; // players share what they read of one address
    return ready;
  })), await video.evaluate((element: HTMLVideoElement) => element.src))).toEqual([600, 600, 600, 600]);
  // One that comes back counts its streams from one again: none of them gets what another had asked for before.
  await video.evaluate((element: HTMLVideoElement) => { element.preload = 'auto'; });
  for (const at of [301, 30, 400, 100, 550]) {
    await devtools.send('ServiceWorker.stopAllWorkers');
    expect(await seek(video, at + 0.5)).toBeCloseTo(at + 0.5, 0);
    expect(await ground(video), 'what is there in the film').toBe(at % 7);
  }
});

test('D11 a page that was reloaded past its service worker shows what there is', async ({ cli, folder, recipient }) => {
  const sent = await cli.send([folder.write('picture.png', png(320, 200)).path]);
  const receive = await recipient();
  await receive.openList(sent.url);
  const { page } = receive;
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  const devtools = await page.context().newCDPSession(page);
  await Promise.all([page.waitForEvent('load'), devtools.send('Page.reload', { ignoreCache: true })]);
  expect(await page.evaluate(() => navigator.serviceWorker.controller), 'no service worker controls the page').toBe(null);
  await expect(receive.files).toBeVisible();
  await look(page, 'picture.png');
  await expect.poll(() => page.getByTestId('preview-image').evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(320);
});

test('D03 a new version of the service worker finds a preview that is open, and downloads go on', async ({ startServer, startTap, cli, folder, recipient }) => {
  const server = await startServer();
  const tap = await startTap(server.url);
  const receive = await recipient();
  let isNewer = false;
  tap.alter = (exchange, chunk) => (isNewer && exchange.url === '/sw.js' ? Buffer.from(chunk.toString('latin1').replace('// Turns', '// turns'), 'latin1') : chunk);
  const sent = await playing(receive, cli, folder, { server: server.url, tap });
  const { page } = receive;
  const video = page.getByTestId('preview-video');
  isNewer = true;
  // One that still answers an element stays for minutes: the player lets go of it, and asks the new one.
  await video.evaluate(async (element: HTMLVideoElement) => {
    const address = element.src;
    element.removeAttribute('src');
    element.load();
    let isChanged = false;
    navigator.serviceWorker.addEventListener('controllerchange', () => { isChanged = true; });
    const registration = await navigator.serviceWorker.ready;
    // One update at a time: the engine's own, begun before, may have seen the old one.
    while (!isChanged) {
      await registration.update();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const shown = new Promise((resolve) => element.addEventListener('loadedmetadata', resolve));
    element.src = address;
    await shown;
  });
  for (const at of [300, 20, 500]) {
    expect(await seek(video, at + 0.5)).toBeCloseTo(at + 0.5, 0);
    expect(await ground(video), 'what is there in the film').toBe(at % 7);
  }
  await close(page);
  expect(await receive.receive()).toBe('verified');
});

test('D11 a byte that was altered is not shown', async ({ cli, folder, server, startTap, recipient }) => {
  const sent = await cli.send([folder.write('picture.png', png(320, 200)).path]);
  const tap = await startTap(server.url);
  const receive = await recipient();
  await receive.openList(through(tap, sent.url));
  tap.alter = (exchange, chunk) => {
    if (!exchange.url.startsWith('/blobs/')) return chunk;
    const other = Buffer.from(chunk);
    other[200]! ^= 1;
    return other;
  };
  await look(receive.page, 'picture.png');
  await expect(receive.page.getByTestId('preview-failed')).toHaveAttribute('data-problem', 'not-what-was-sealed');
  await expect(receive.page.getByTestId('preview-download'), 'what is known to be altered is not offered').toHaveCount(0);
});

test('S06 a link that is revoked ends an open preview within the life of an address', async ({ cli, folder, recipient }, info) => {
  test.setTimeout(420_000);
  const receive = await recipient();
  const sent = await playing(receive, cli, folder);
  await new Owner(sent.link, sent.ownerToken).revoke();
  const since = Date.now();
  const failed = receive.page.getByTestId('preview-failed');
  const video = receive.page.getByTestId('preview-video');
  for (let at = 10; (await failed.count()) === 0; at = (at + 137) % 590) {
    expect(Date.now() - since, 'five minutes').toBeLessThan(300_000);
    await video.evaluate((element: HTMLVideoElement, at) => { element.currentTime = at; }, at, { timeout: 1_000 }).catch(() => undefined);
    await receive.page.waitForTimeout(500);
  }
  await expect(failed).toHaveAttribute('data-problem', 'link-revoked');
  await close(receive.page);
  await expectExplained(receive.page, problem.revoked);
  figure(info, `a revoked link ended its preview after ${((Date.now() - since) / 1000).toFixed(1)} s`);
});

test('a look by keyboard alone', async ({ cli, folder, recipient }) => {
  const sent = await cli.send([folder.write('letter.txt', 'word\n'.repeat(400)).path]);
  const receive = await recipient();
  await receive.openList(sent.url);
  const { page } = receive;
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
  await tabTo(page, 'preview-one');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('preview-text')).toBeVisible();
  expect(await page.evaluate(() => document.activeElement?.closest('dialog')?.id)).toBe('preview');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('preview')).toBeHidden();
  expect(await focused()).toBe('preview-one');
  await page.keyboard.press('Enter');
  await tabTo(page, 'preview-download');
  await page.keyboard.press('Enter');
  expect(await receive.verdict()).toBe('verified');
  await expect(page.getByTestId('preview')).toBeHidden();
});

/** Which of the seven grounds of such a film is seen. */
const ground = (player: Locator) => player.evaluate((element: HTMLVideoElement) => {
  const context = new OffscreenCanvas(1, 1).getContext('2d')!;
  context.drawImage(element, 0, 0, 8, 8, 0, 0, 1, 1);
  return Math.round(context.getImageData(0, 0, 1, 1).data[0]! / 30);
});

/** A film of 120 MiB and ten minutes, with another background each second, open in the preview. */
async function playing(
  receive: ReceivePage, cli: import('../fixtures/cli').Cli, folder: import('../fixtures/folder').Folder, by?: { server: string; tap: Tap },
) {
  await receive.page.goto(by?.server ?? cli.server);
  const frames = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((second) => keyFrame(receive.page, 320, 180, `rgb(${30 * second}, 90, 88)`)));
  const film = folder.join('film.webm');
  writeFilm(film, { frames, width: 320, height: 180, seconds: 600, bytes: 120 * MIB });
  const sent = await cli.send([film], by ? ['--server', by.server] : []);
  await receive.openList(by ? through(by.tap, sent.url) : sent.url);
  await look(receive.page, 'film.webm');
  await expect.poll(() => receive.page.getByTestId('preview-video').evaluate((element: HTMLVideoElement) => element.readyState), { timeout: 30_000 }).toBeGreaterThan(0);
  return sent;
}

/** A small file that says that it is a picture of 3.6 gigapixels. */
function hugePng(): Buffer {
  const small = png(8, 8);
  small.writeUInt32BE(60_000, 16);
  small.writeUInt32BE(60_000, 20);
  return small;
}

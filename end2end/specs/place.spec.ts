// Saving into a place that the person chose: a file gets its place when it is whole, and not a moment earlier.
import { expect, test } from '../fixtures/test';
import { chosen, standing, stubPickers, waiting } from '../pages/places';
import { ReceivePage } from '../pages/receive-page';

const MIB = 2 ** 20;
/** From here on a file waits in the private file system until it is whole (sinks/choose.rs). */
const STAGED = 40 * MIB;
const UNSTAGED = 20 * MIB;

for (const len of [UNSTAGED, STAGED]) {
  test(`one file of ${len / MIB} MiB into a chosen place: nothing of it stands there before it is whole`, async ({ startTap, server, browser, cli, folder }) => {
    const tap = await startTap(server.url);
    const made = await folder.random('a "large" one.bin', len);
    const { link } = await cli.send([made.path]);
    const context = await browser.newContext({ baseURL: tap.url });
    const receive = new ReceivePage(await context.newPage());
    await stubPickers(receive.page);
    await receive.openList(`${tap.url}/d/${link.id}#${link.fragment}`);
    // The line stands still until there was time to look.
    tap.bytesPerSecond = 16 * MIB;
    tap.standAfter = len / 2;
    const button = receive.page.getByTestId('save-to');
    await expect(button).toHaveText('Save to…');
    await button.click();
    await receive.expectState('working');
    const sizes: number[] = [];
    while ((await receive.status.first().getAttribute('data-state')) === 'working') {
      sizes.push(await standing(receive.page, 'a _large_ one.bin'));
      if (sizes.length === 4) tap.standAfter = undefined;
      await receive.page.waitForTimeout(50);
    }
    await receive.expectState('verified');
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.filter((size) => size !== 0 && size !== len)).toEqual([]);
    expect(await chosen(receive.page)).toEqual({ 'a _large_ one.bin': { size: len, sha256: made.sha256 } });
    expect(await waiting(receive.page)).toEqual([]);
    expect(receive.downloads).toEqual([]);
    await expect(receive.page.getByText('saved where you chose')).toBeVisible();
    await context.close();
  });
}

test('several files into a chosen folder, each into its place, and none over another', async ({ server, folder, cli, recipient }) => {
  const tree = folder.sub('trip');
  const made = [
    await folder.random('trip/large.bin', STAGED), await folder.random('trip/middle.bin', UNSTAGED),
    folder.write('trip/notes/naïve €.txt', 'one'), folder.write('trip/notes/deep/empty.txt', ''), folder.write('trip/aux.txt', 'two'),
  ];
  const { url } = await cli.send([tree]);
  const receive = await recipient();
  await stubPickers(receive.page);
  await receive.page.goto(`${server.url}/security`);
  await receive.page.evaluate(async () => {
    const place = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
    const trip = await place.getDirectoryHandle('trip', { create: true });
    const file = await (await trip.getFileHandle('middle.bin', { create: true })).createWritable();
    await file.write('mine');
    await file.close();
  });
  await receive.openList(url);
  await expect(receive.page.getByTestId('save-to')).toHaveText('Save to a folder…');
  await receive.page.getByTestId('save-to').click();
  expect(await receive.verdict()).toBe('verified');
  const [large, middle, notes, empty, aux] = made.map((one) => ({ size: one.len, sha256: one.sha256 }));
  const got = await chosen(receive.page);
  expect(got['trip/middle.bin']?.size).toBe(4);
  delete got['trip/middle.bin'];
  expect(got).toEqual({
    'trip/large.bin': large, 'trip/middle (2).bin': middle, 'trip/notes/naïve €.txt': notes, 'trip/notes/deep/empty.txt': empty,
    'trip/_aux.txt': aux,
  });
  expect(await waiting(receive.page)).toEqual([]);
});

test('what is ticked goes into a chosen place as it is, never as an archive', async ({ folder, cli, recipient }) => {
  const made = [folder.write('a.txt', 'one'), folder.write('b.txt', 'two'), folder.write('c.txt', 'three')];
  const [a, , c] = made.map((one) => ({ size: one.len, sha256: one.sha256 }));
  const { url } = await cli.send(made.map((one) => one.path));
  const receive = await recipient();
  await stubPickers(receive.page);
  await receive.openList(url);
  const button = receive.page.getByTestId('save-to');
  await receive.files.getByRole('checkbox', { name: 'a.txt' }).check();
  await expect(button).toHaveText('Save to…');
  await receive.files.getByRole('checkbox', { name: 'c.txt' }).check();
  await expect(button).toHaveText('Save to a folder…');
  await button.click();
  expect(await receive.verdict()).toBe('verified');
  await expect(receive.page.getByTestId('saved-as')).toHaveText('They are in the folder you chose.');
  expect(await chosen(receive.page)).toEqual({ 'a.txt': a, 'c.txt': c });
  expect(receive.downloads).toEqual([]);
});

test('D07 the dialog is closed: back at the letter, nothing asked again, nothing counted', async ({ folder, cli, recipient, server }) => {
  const { url, link } = await cli.send([(await folder.random('a.bin', MIB)).path]);
  const receive = await recipient();
  await stubPickers(receive.page, 'closed');
  const claims: string[] = [];
  receive.page.on('request', (request) => { if (request.url().includes('/claims')) claims.push(request.url()); });
  await receive.openList(url);
  await receive.page.getByTestId('save-to').click();
  await receive.page.waitForTimeout(500);
  await receive.expectState('idle');
  await expect(receive.error).toHaveCount(0);
  expect(await receive.page.evaluate(() => window.asked)).toBe(1);
  expect(claims).toEqual([]);
  // The other way is still open.
  expect(await receive.receive()).toBe('verified');
  expect(server.url + '/d/' + link.id).toBe(url.split('#')[0]);
});

test('D07 a place that may not be chosen is explained', async ({ folder, cli, recipient }) => {
  const { url } = await cli.send([(await folder.random('a.bin', MIB)).path]);
  const receive = await recipient();
  await stubPickers(receive.page, 'forbidden');
  await receive.openList(url);
  await receive.page.getByTestId('save-to').click();
  await expect(receive.error.first()).toHaveAttribute('data-problem', 'save-refused');
  await receive.page.getByTestId('try-again').click();
  await receive.expectState('idle');
  await expect(receive.page.getByTestId('save-to')).toBeVisible();
});

for (const [mood, problem] of [['full', 'disk-full'], ['withdrawn', 'save-refused']] as const) {
  test(`D07 the chosen place is ${mood} in the middle: said once, nothing short stays, and another way works`, async ({ folder, cli, recipient }) => {
    const made = await folder.random('a.bin', UNSTAGED);
    const { url } = await cli.send([made.path]);
    const receive = await recipient();
    await stubPickers(receive.page, mood);
    const claims: string[] = [];
    receive.page.on('request', (request) => { if (request.url().endsWith('/claims')) claims.push(request.url()); });
    await receive.openList(url);
    await receive.page.getByTestId('save-to').click();
    expect(await receive.verdict()).toBe('failed');
    await expect(receive.error.first()).toHaveAttribute('data-problem', problem);
    await receive.page.waitForTimeout(2_000);
    expect(claims.length).toBe(1);
    expect(await chosen(receive.page)).toEqual({});
    // What was there before the click stays as it was.
    await receive.page.getByTestId('try-again').click();
    await receive.page.evaluate(() => { window.mood = 'willing'; });
    await receive.page.getByTestId('save-to').click();
    expect(await receive.verdict()).toBe('verified');
    expect(await chosen(receive.page)).toEqual({ 'a.bin': { size: made.len, sha256: made.sha256 } });
  });
}

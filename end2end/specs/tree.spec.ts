// Two thousand files with hostile names, empty ones and a large one, behind one link. SEALDROP_TREE_MIB makes the large one
// larger by hand.
import { join } from 'node:path';
import { receive } from '../driver/transfer';
import { Driver } from '../driver/webdriver';
import { expectSound, unpack } from '../fixtures/archive';
import { expect, figure, test } from '../fixtures/test';
import { asInArchive, differences, plant } from '../fixtures/tree';
import { byTestId } from '../pages/handles';

const COUNT = 2_000;
const LARGE = Number(process.env.SEALDROP_TREE_MIB ?? 300) * 2 ** 20;

test.setTimeout(900_000);

test('U30 a tree of 2,000 files from the browser', async ({ server, folder, cli }, info) => {
  const root = await plant(folder, COUNT, LARGE);
  const driver = await Driver.start();
  try {
    const browser = await driver.browser();
    await browser.go(server.url);
    await browser.until('hydrated', 'return document.documentElement?.dataset.hydrated !== undefined');
    await browser.run(`
      window.longest = 0;
      new PerformanceObserver((list) => { for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration); })
        .observe({ type: 'longtask' });`);
    await browser.fill(byTestId('folder-input'), root);
    await browser.click(byTestId('create-link'), 60_000);
    const link = await browser.until<string>('the link', `
      const error = document.querySelector('${byTestId('error')}');
      if (error) throw new Error('sending failed: ' + error.innerText);
      const link = document.querySelector('${byTestId('share-link')}');
      return link ? link.textContent.replace(/\\s/g, '') : null;`, 600_000, 250);
    figure(info, `${COUNT} files from the browser: the longest task of the page took ${await browser.run<number>('return Math.round(window.longest)')} ms`);
    const got = folder.sub('got');
    await cli.receive(link, got);
    expect(await differences(root, join(got, 'tree'))).toEqual([]);
    await browser.close();

    const recipient = await driver.browser();
    const watched = await receive(recipient, link, ['tree.zip'], { within: 600_000 });
    expect(watched.states.at(-1)).toBe('verified');
    figure(info, `${COUNT} files in one archive: the longest task of the page took ${watched.longest} ms`);
    const archive = join(recipient.downloads, 'tree.zip');
    expectSound(archive);
    unpack(archive, folder.sub('unpacked'));
    expect(await differences(root, folder.join('unpacked', 'tree'), asInArchive)).toEqual([]);
  } finally {
    await driver.stop();
  }
});

test('U30 a tree of 2,000 files from the command line', async ({ folder, cli }) => {
  const root = await plant(folder, COUNT, LARGE);
  const sent = await cli.send([root]);
  expect(sent.files).toBe(COUNT);
  const got = folder.sub('got');
  await cli.receive(sent.url, got);
  expect(await differences(root, join(got, 'tree'))).toEqual([]);
});

// Drops through the browser's own machinery: it hands over files and folders of this disk as it does when a person lets go of
// them over the page.
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { sha256 } from '../fixtures/folder';
import { listed } from '../fixtures/listed';
import { expect, test } from '../fixtures/test';
import { byTestId } from '../pages/handles';

test('files and a folder that are dropped arrive, and an empty folder is told about', async ({ sendPage, folder, context, cli }) => {
  const loose = await folder.random('loose.bin', 300_000);
  const inside = [await folder.random('tree/top.bin', 200_000), folder.write('tree/inner/deep/ünder.txt', 'deep down'), folder.write('tree/empty.txt', '')];
  mkdirSync(folder.join('tree/nothing'));
  await sendPage.open();
  const cdp = await context.newCDPSession(sendPage.page);
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    cdp.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data: { items: [], files: [loose.path, folder.join('tree')], dragOperationsMask: 1 } });
  await drag('dragEnter');
  await drag('dragOver');
  await expect(sendPage.page.locator('.drop.is-over')).toBeVisible();
  await drag('drop');
  await expect(sendPage.page.locator(byTestId('empty-folders'))).toHaveText(/1 empty folder was left out/);
  const got = folder.sub('got');
  await cli.receive(await sendPage.send(), got);
  expect(listed(got)).toEqual(['loose.bin', 'tree/empty.txt', 'tree/inner/deep/ünder.txt', 'tree/top.bin']);
  for (const one of [loose, ...inside]) expect(await sha256(join(got, one.name)), one.name).toBe(one.sha256);
});

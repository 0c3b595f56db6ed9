// The main path in WebKitGTK: the third engine, and the nearest that runs here to what is on phones with an apple on them.
import { webkit } from '../driver/engines';
import { receive, send } from '../driver/transfer';
import { Driver } from '../driver/webdriver';
import { expectSaved } from '../fixtures/saved';
import { expect, figure, test } from '../fixtures/test';

const megabytes = 24;

test('D08 from WebKitGTK to WebKitGTK, streamed by its service worker', async ({ startServer, folder }, info) => {
  const server = await startServer();
  const made = [await folder.random('empty.bin', 0), await folder.random('small é.bin', 1024), await folder.random('large.bin', megabytes << 20)];
  const password = 'Größe und Güte';
  const sender = await Driver.start(webkit);
  let link: string;
  try {
    link = await send(await sender.browser(), server.url, made.map((one) => one.path), { terms: { password } });
  } finally {
    await sender.stop();
  }
  const recipient = await Driver.start(webkit);
  try {
    const browser = await recipient.browser();
    const watched = await receive(browser, link, [], { password });
    expect(watched.states.filter((state) => state !== 'idle')).toEqual(['working', 'verified']);
    await expectSaved(browser, made);
    expect(await browser.run('return location.href'), 'the key is gone from the address').not.toContain('#');
    expect(server.lines.filter((line) => line.includes('content security policy')), 'reports to the server').toEqual([]);
    figure(info, `WebKitGTK ${browser.version}: 3 files, ${megabytes} MiB, there and back, SHA-256 equal`);
  } finally {
    await recipient.stop();
  }
});

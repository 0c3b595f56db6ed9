// Every day, at the recipient's: passwords, a part of the files, a look before the download, and a line that goes away. In Chromium and
// Firefox, on a phone by touch and on a desktop by keyboard.
import { Recipient as OverApi } from '../fixtures/api';
import { expect, test, ways } from '../fixtures/everyday';
import { sums } from '../pages/everyday';
import { byTestId } from '../pages/handles';

const MIB = 2 ** 20;

for (const way of ways) test.describe(way.name, () => {
  test.use({ way });

  test('the wrong password, then the right one', async ({ recipient, folder, sent }) => {
    const made = folder.write('secret.txt', 'a secret');
    const { url } = await sent([made], 'open sesame');
    await recipient.open(url);
    await recipient.isAt('receive-password');
    await recipient.unlock('open says me');
    await recipient.seesProblem('wrong-password');
    await recipient.press('show-password');
    expect(await recipient.attribute(byTestId('receive-password'), 'type')).toBe('text');
    await recipient.unlock('open sesame');
    await recipient.isAt('receive-list');
    await recipient.seesFiles('secret.txt');
    expect(await recipient.download()).toEqual(sums(made));
  });

  test('some of the files: those that are ticked, and no other', async ({ recipient, folder, sent }) => {
    const made = ['one.txt', 'two.txt', 'three.txt'].map((name) => folder.write(name, `this is ${name}`));
    const { url } = await sent(made);
    await recipient.open(url);
    await recipient.press('pick-all');
    await recipient.sees(/3 of 3|all 3/i);
    await recipient.press('pick', 'two.txt');
    await recipient.sees(/2 of 3/);
    expect(await recipient.download()).toEqual(sums(made[0]!, made[2]!));
    await recipient.sees('2 of 3 files downloaded and checked');
    // The one that is left, by its own button.
    expect(await recipient.download(() => recipient.press('download-one', 'two.txt'))).toEqual(sums(made[1]!));
    await recipient.sees('3 of 3 files downloaded and checked');
  });

  test('a look, then the download', async ({ recipient, folder, sent }) => {
    const made = [folder.write('read me.txt', 'This can be read before it is downloaded.'), folder.write('other.bin', 'other')];
    const { url, link } = await sent(made);
    await recipient.open(url);
    const before = recipient.saved();
    await recipient.press('preview-one', 'read me.txt');
    await recipient.sees('This can be read before it is downloaded.');
    await recipient.press('preview-close');
    await expect.poll(() => recipient.tab.run('return document.querySelector("dialog[open]")')).toBe(null);
    expect(recipient.saved(), 'a look saves nothing').toEqual(before);
    expect((await new OverApi(link).open()).downloads_left, 'a look uses no download up').toBe(10);
    await recipient.press('preview-one', 'read me.txt');
    await recipient.sees('This can be read before it is downloaded.');
    expect(await recipient.download(() => recipient.press('preview-download'))).toEqual(sums(made[0]!));
  });

  test('the line goes and comes back while receiving: it says so, and goes on by itself', async ({ recipient, folder, server, startTap, sent }) => {
    const made = await folder.random('large.bin', 30 * MIB);
    const { link } = await sent([made]);
    const tap = await startTap(server.url);
    await recipient.open(`${tap.url}/d/${link.id}#${link.fragment}`);
    tap.standAfter = 12 * MIB;
    const before = recipient.saved();
    await recipient.press('receive-download');
    await expect.poll(() => tap.standAfter! <= 0, { timeout: 30_000 }).toBe(true);
    await tap.cut();
    await recipient.isIn(/retrying|waiting/);
    tap.standAfter = undefined;
    await tap.mend();
    expect(await recipient.arrived(before)).toEqual(sums(made));
  });
});

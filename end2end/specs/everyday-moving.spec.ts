// Every day, moving about: F5 on every screen, Back and Forward through them, and two tabs. In Chromium and Firefox, on a phone by touch
// and on a desktop by keyboard.
import { expect, test, ways } from '../fixtures/everyday';
import { Recipient, Sender, sums } from '../pages/everyday';

for (const way of ways) test.describe(way.name, () => {
  test.use({ way });

  test('F5 on every screen of sending: none is lost that cannot be had again', async ({ sender, recipient, server, folder }) => {
    const made = folder.write('kept.txt', 'kept');
    await sender.open(server.url);
    await sender.reload();
    await sender.isAt('send-empty');
    await sender.choose(made);
    const link = await sender.send();
    await sender.reload();
    // The link is kept on this device.
    // A name is drawn in two pieces, its start and its end.
    await sender.sees(/kept\s?\.txt/);
    expect(await sender.link()).toBe(link);
    await recipient.open(link);
    expect(await recipient.download()).toEqual(sums(made));
  });

  test('F5 on every screen of receiving: the link stays whole', async ({ recipient, folder, sent }) => {
    const made = folder.write('twice.txt', 'looked at twice');
    const { url } = await sent([made], 'open sesame');
    await recipient.open(url);
    await recipient.isAt('receive-password');
    await recipient.reload();
    await recipient.isAt('receive-password');
    await recipient.unlock('wrong');
    await recipient.seesProblem('wrong-password');
    await recipient.reload();
    await recipient.isAt('receive-password');
    await recipient.unlock('open sesame');
    await recipient.isAt('receive-list');
    await recipient.reload();
    // The password is asked for again: it is kept nowhere.
    await recipient.isAt('receive-password');
    await recipient.unlock('open sesame');
    await recipient.isAt('receive-list');
    expect(await recipient.download()).toEqual(sums(made));
    await recipient.reload();
    await recipient.isAt('receive-password');
    expect(await recipient.tab.run('return location.href'), 'the address stays without the key').not.toContain('#');
  });

  test('Back and Forward through all screens', async ({ sender, server, folder, sent }) => {
    const { url } = await sent([folder.write('there.txt', 'and back')]);
    await sender.open(server.url);
    await sender.navigate('nav-security');
    await sender.isAt('security');
    await sender.back();
    await sender.isAt('send-empty');
    await sender.forward();
    await sender.isAt('security');
    const reader = new Recipient(sender.tab, sender.hand);
    await reader.open(url);
    await reader.isAt('receive-list');
    await reader.navigate('nav-security');
    await reader.isAt('security');
    await reader.back();
    await reader.isAt('receive-list');
    await reader.seesFiles('there.txt');
    // Back closes what is looked at, and stays on the page.
    await reader.press('preview-one', 'there.txt');
    await reader.sees('and back');
    await reader.tab.travel!(-1);
    await expect.poll(() => reader.tab.run('return document.querySelector("dialog[open]")')).toBe(null);
    await reader.isAt('receive-list');
    await reader.tab.travel!(-1);
    await reader.isAt('security');
    await reader.forward();
    await reader.isAt('receive-list');
    await reader.seesFiles('there.txt');
    expect(await reader.download()).toBeTruthy();
  });

  test('two tabs: each sends its own, and each opens what the other sent', async ({ sender, server, folder }) => {
    const [one, other] = [folder.write('one.txt', 'of one'), folder.write('other.txt', 'of the other')];
    const second = new Sender(await sender.tab.beside!(), sender.hand);
    await sender.open(server.url);
    await second.open(server.url);
    await sender.choose(one);
    await second.choose(other);
    await sender.seesFiles('one.txt');
    const links = [await sender.send(), await second.send()] as const;
    await sender.isAt('sent');
    const [first, next] = [new Recipient(sender.tab, sender.hand), new Recipient(second.tab, second.hand)];
    await next.open(links[0]);
    expect(await next.download()).toEqual(sums(one));
    await first.open(links[1]);
    expect(await first.download()).toEqual(sums(other));
    await second.tab.leave!();
  });
});

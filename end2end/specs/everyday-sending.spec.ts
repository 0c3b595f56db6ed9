// Every day, at the sender's: choosing, waiting, the options, the link, and what its owner does with it. In Chromium and Firefox, on a
// phone by touch and on a desktop by keyboard.
import { Recipient as OverApi } from '../fixtures/api';
import { expect, test, ways } from '../fixtures/everyday';
import { parseLink } from '../fixtures/link';
import { readQr } from '../fixtures/qr';
import type { Exchange } from '../fixtures/tap';
import { Recipient, sums } from '../pages/everyday';
import { byTestId } from '../pages/handles';

const MIB = 2 ** 20;
const partsOf = (exchanges: Exchange[]): number => exchanges.filter(({ method, url }) => method === 'PUT' && url.includes('partNumber=')).length;
const bodyOf = (exchange: Exchange | undefined): Record<string, unknown> => JSON.parse(exchange?.requestBody.toString() || '{}') as Record<string, unknown>;

for (const way of ways) test.describe(way.name, () => {
  test.use({ way });

  test('three files, the middle one removed: the other two arrive', async ({ sender, recipient, server, folder }) => {
    const [first, middle, last] = ['first.txt', 'middle.txt', 'last.txt'].map((name) => folder.write(name, `this is ${name}`));
    await sender.open(server.url);
    await sender.choose(first!, middle!, last!);
    await sender.seesFiles('first.txt', 'middle.txt', 'last.txt');
    await sender.press('remove', 'middle.txt');
    await sender.seesFiles('first.txt', 'last.txt');
    await sender.sees(/\b2 files/);
    const link = await sender.send();
    await recipient.open(link);
    await recipient.seesFiles('first.txt', 'last.txt');
    expect(await recipient.download()).toEqual(sums(first!, last!));
  });

  test('removed one after the other from the top: each time the one beside the button goes', async ({ sender, recipient, server, folder }) => {
    const made = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => folder.write(name, `this is ${name}`));
    await sender.open(server.url);
    await sender.choose(...made);
    await sender.press('remove', 'a.txt');
    await sender.seesFiles('b.txt', 'c.txt', 'd.txt');
    await sender.press('remove', 'b.txt');
    await sender.seesFiles('c.txt', 'd.txt');
    await sender.press('remove', 'd.txt');
    await sender.seesFiles('c.txt');
    await recipient.open(await sender.send());
    await recipient.seesFiles('c.txt');
    expect(await recipient.download()).toEqual(sums(made[2]!));
  });

  test('a folder with one file left out: the others arrive in their folders', async ({ sender, recipient, server, folder }) => {
    const [beach, passport, list] = ['trip/day one/beach.txt', 'trip/day one/passport.txt', 'trip/list.txt'].map((name) => folder.write(name, `this is ${name}`));
    await sender.open(server.url);
    await sender.chooseFolder(folder.join('trip'));
    await sender.seesFiles('trip');
    await sender.press('unfold', 'trip');
    await sender.press('unfold', 'day one');
    await sender.seesFiles('trip', 'day one', 'beach.txt', 'passport.txt', 'list.txt');
    await sender.press('remove', 'passport.txt');
    await sender.seesFiles('trip', 'day one', 'beach.txt', 'list.txt');
    await sender.sees(/\b2 files/);
    await recipient.open(await sender.send());
    expect(await recipient.download()).toEqual(sums(beach!, list!));
    await recipient.sees('beach.txt');
    expect(await recipient.words()).not.toContain(passport!.name.split('/').pop());
  });

  test('pause, wait, resume: nothing moves while it is paused', async ({ sender, recipient, server, folder, startTap }) => {
    const made = await folder.random('large.bin', 55 * MIB);
    const tap = await startTap(server.url);
    await sender.open(tap.url);
    await sender.choose(made);
    // The first part goes through, the next ones are under way and stand.
    tap.lastPart = 1;
    await sender.press('create-link');
    await expect.poll(() => sender.percent(), { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(() => partsOf(tap.exchanges), { timeout: 30_000 }).toBeGreaterThan(1);
    await sender.press('pause');
    await sender.sees(/Pausing/);
    tap.lastPart = undefined;
    await sender.isIn('paused');
    await sender.sees(/Paused.*Sealdrop/);
    const [parts, percent] = [partsOf(tap.exchanges), await sender.percent()];
    // Meanwhile, on an open line, another page is read in another tab.
    const other = new Recipient(await sender.tab.beside!(), sender.hand);
    await other.visit(`${tap.url}/security`);
    await other.isAt('security');
    await other.tab.leave!();
    await sender.isIn('paused');
    expect(partsOf(tap.exchanges), 'parts sent while paused').toBe(parts);
    expect(await sender.percent()).toBe(percent);
    await sender.press('resume');
    const link = await sender.link();
    expect(partsOf(tap.exchanges), 'none was sent again').toBe(6);
    await recipient.open(link);
    expect(await recipient.download()).toEqual(sums(made));
  });

  test('the line goes and comes back while sending: it says so, and goes on by itself', async ({ sender, recipient, server, folder, startTap }) => {
    const made = await folder.random('large.bin', 35 * MIB);
    const tap = await startTap(server.url);
    await sender.open(tap.url);
    await sender.choose(made);
    tap.lastPart = 1;
    await sender.press('create-link');
    await expect.poll(() => sender.percent(), { timeout: 30_000 }).toBeGreaterThan(0);
    await tap.cut();
    await sender.isIn(/retrying|waiting/);
    tap.lastPart = undefined;
    await tap.mend();
    await recipient.open(await sender.link());
    expect(await recipient.download()).toEqual(sums(made));
  });

  test('every option, seen on the other side', async ({ sender, recipient, server, folder, startTap }) => {
    const made = folder.write('plan.txt', 'the plan');
    const tap = await startTap(server.url);
    tap.record = true;
    await sender.open(tap.url);
    await sender.choose(made);
    await sender.decide({ expires: '3600', downloads: '5', password: 'open sesame', note: 'Read it first.' });
    await sender.press('show-password');
    expect(await sender.attribute(byTestId('send-password'), 'type')).toBe('text');
    const link = await sender.send();
    const sent = tap.exchanges.find(({ method, url }) => method === 'POST' && url === '/api/v1/links');
    expect(bodyOf(sent)).toMatchObject({ expires_in: 3600, max_downloads: 5 });
    for (const secret of ['open sesame', 'Read it first', 'plan.txt']) {
      expect(tap.exchanges.some(({ requestBody, url }) => requestBody.includes(secret) || url.includes(secret)), secret).toBe(false);
    }
    await recipient.open(link);
    await recipient.isAt('receive-password');
    await recipient.unlock('open sesame');
    await recipient.isAt('receive-list');
    await recipient.sees('Read it first.');
    await recipient.sees(/5 of 5 left/);
    expect(await recipient.tab.run(`return (Date.parse(document.querySelector('.kv time').dateTime) - Date.now()) / 60000`)).toBeGreaterThan(55);
    expect(await recipient.download()).toEqual(sums(made));
  });

  test('the link is copied, shown as a code, and put into a mail', async ({ sender, recipient, server, folder }) => {
    const made = folder.write('letter.txt', 'dear all');
    await sender.open(server.url);
    await sender.choose(made);
    const link = await sender.send();
    await sender.press('copy-link');
    await sender.sees(/Copied/);
    // A link on the clipboard is opened by pasting it.
    const other = new Recipient(await sender.tab.beside!(), sender.hand);
    await other.open(link.split('#')[0]!);
    await other.seesProblem('no-key');
    await other.paste('paste-link');
    await other.press('paste-open');
    await other.isAt('receive-list');
    await other.seesFiles('letter.txt');
    await other.tab.leave!();
    const code = await sender.tab.run<[number, string]>(`
      const drawing = document.querySelector('.qr svg');
      return [Number(drawing.getAttribute('viewBox').split(' ')[2]), drawing.querySelector('path').getAttribute('d')];`);
    expect(readQr(...code)).toBe(link);
    const mail = decodeURIComponent((await sender.attribute(byTestId('mail'), 'href')) ?? '');
    expect(mail).toMatch(/^mailto:\?subject=.+&body=.+/);
    expect(mail).toContain(link);
    await recipient.open(link);
    expect(await recipient.download()).toEqual(sums(made));
  });

  test('the owner gives more time, more downloads, fewer, and closes the link', async ({ sender, recipient, server, folder, startTap }) => {
    const tap = await startTap(server.url);
    tap.record = true;
    await sender.open(tap.url);
    await sender.choose(folder.write('offer.txt', 'an offer'));
    await sender.decide({ expires: '3600', downloads: '5' });
    const link = await sender.send();
    const asked = new OverApi(parseLink(link));
    const left = async () => {
      const opened = await asked.open() as unknown as { expires_at: string; max_downloads: number };
      return { hours: Math.round((Date.parse(opened.expires_at) - Date.now()) / 3_600_000), downloads: opened.max_downloads };
    };
    expect(await left()).toEqual({ hours: 1, downloads: 5 });

    await sender.press('extend');
    await sender.pick('extend-to', '86400');
    await sender.press('extend-save');
    await expect.poll(left).toEqual({ hours: 24, downloads: 5 });
    await sender.sees(/in 24 hours|in 1 day|tomorrow/i);

    for (const downloads of [10, 1]) {
      await sender.press('limit');
      await sender.pick('limit-to', String(downloads));
      await sender.press('limit-save');
      await expect.poll(left).toEqual({ hours: 24, downloads });
      await sender.sees(`0 of ${downloads}`);
    }
    await recipient.open(link);
    await recipient.sees(/1 of 1 left/);

    await sender.press('revoke');
    await sender.press('revoke-keep');
    expect(await left(), 'kept').toEqual({ hours: 24, downloads: 1 });
    await sender.press('revoke');
    await sender.press('revoke-confirm');
    await sender.sees(/closed|revoked/i);
    await recipient.open(link);
    await recipient.seesProblem('link-revoked');
  });
});

// Counting: a link of one download goes to exactly one of those who race for it, and looking costs nothing.
import { Owner, Recipient } from '../fixtures/api';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';

const bots = [
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'WhatsApp/2.23.20.0',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'TelegramBot (like TwitterBot)',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  'Twitterbot/1.0',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
  'Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)',
  'Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)',
  'Barracuda Sentinel (EE)',
];

test('D14 two browsers race for the only download', async ({ cli, folder, recipient }) => {
  const { url, link, ownerToken } = await cli.send([(await folder.random('one.bin', 2_000_000)).path], ['--downloads', '1']);
  const owner = new Owner(link, ownerToken);
  const [one, two] = [await recipient(), await recipient()];
  for (const page of [one, two]) await page.openList(url);
  await Promise.all([one.download.first().click(), two.download.first().click()]);
  const outcome = async (page: typeof one) => {
    const won = page.page.locator('[data-testid=receive-status][data-state=verified]').first();
    await expect(won.or(page.error.first()).first()).toBeVisible({ timeout: 30_000 });
    return (await won.count()) > 0;
  };
  const won = [await outcome(one), await outcome(two)];
  expect(won.filter(Boolean), 'exactly one has it').toHaveLength(1);
  const [winner, loser] = won[0] ? [one, two] : [two, one];
  const said = await loser.error.first().getAttribute('data-problem');
  expect([problem.busy, problem.exhausted]).toContain(said);
  await expectExplained(loser.page, said!);
  expect(winner.downloads).toHaveLength(1);
  expect(loser.downloads).toHaveLength(0);
  await expect.poll(async () => (await owner.status()).used).toBe(1);
  expect(await owner.status()).toMatchObject({ state: 'exhausted', used: 1, active: 0, max_downloads: 1 });
});

test('who stops a download that is whole, and only not counted yet, has it', async ({ cli, folder, recipient }) => {
  const { url, link, ownerToken } = await cli.send([(await folder.random('one.bin', 2_000_000)).path]);
  const receive = await recipient();
  await receive.page.route('**/commit', (route) => route.fulfill({ status: 503 }));
  await receive.openList(url);
  const asked = receive.page.waitForRequest('**/commit');
  await receive.download.first().click();
  await asked;
  await receive.page.getByTestId('cancel').click();
  await receive.page.getByTestId('cancel-confirm').click();
  expect(await receive.verdict(5_000)).toBe('verified');
  expect(await receive.downloads[0]!.failure()).toBeNull();
  expect(await new Owner(link, ownerToken).status()).toMatchObject({ used: 0, failed: 0, active: 1 });
});

test('D14 twenty clients race for three downloads', async ({ cli, folder }) => {
  const { link, ownerToken } = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '3']);
  const racers = await Promise.allSettled(Array.from({ length: 20 }, async () => {
    const recipient = new Recipient(link);
    await recipient.commit(await recipient.claim());
  }));
  expect(racers.filter((one) => one.status === 'fulfilled')).toHaveLength(3);
  expect(await new Owner(link, ownerToken).status()).toMatchObject({ used: 3, active: 0, state: 'exhausted' });
});

test('D13 S08 fetching the page costs nothing: bots, a browser without the key, one with it that only looks', async ({ cli, folder, recipient, page }) => {
  const { url, link, ownerToken } = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1']);
  const owner = new Owner(link, ownerToken);
  for (const bot of bots) {
    const answer = await fetch(`${link.origin}/d/${link.id}`, { headers: { 'user-agent': bot, accept: 'text/html,*/*' } });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    expect((await fetch(`${link.origin}/d/${link.id}`, { method: 'HEAD', headers: { 'user-agent': bot } })).status).toBe(200);
  }
  // A browser with the path but without the key.
  await page.goto(`/d/${link.id}`);
  await expectExplained(page, problem.noKey);
  expect(await owner.status()).toMatchObject({ state: 'active', opened: 0, active: 0, used: 0, failed: 0 });
  // And one with the key that only looks.
  const looking = await recipient();
  await looking.openList(url);
  await looking.page.close();
  expect(await owner.status()).toMatchObject({ state: 'active', opened: 1, active: 0, used: 0, failed: 0 });
});

test('S08 a password keeps out who opens the whole link and does not know it', async ({ cli, folder, recipient }) => {
  const { url, link, ownerToken } = await cli.send([folder.write('x.txt', 'x').path], ['--downloads', '1'], { password: 'right' });
  const owner = new Owner(link, ownerToken);
  const looking = await recipient();
  await looking.open(url);
  await expect(looking.password).toBeVisible();
  expect(await looking.files.count(), 'not even a name is shown').toBe(0);
  await looking.unlock('wrong');
  await expectExplained(looking.page, problem.wrongPassword);
  expect(await looking.files.count()).toBe(0);
  expect(await owner.status()).toMatchObject({ state: 'active', opened: 0, active: 0, used: 0, failed: 0 });
});

test('D15 a download that is given up gives its place back', async ({ startTap, server, cli, folder, recipient }) => {
  const tap = await startTap(server.url);
  const { link, ownerToken } = await cli.send([(await folder.random('slow.bin', 3_000_000)).path], ['--downloads', '1']);
  const owner = new Owner(link, ownerToken);
  const page = await recipient();
  await page.openList(`${tap.url}/d/${link.id}#${link.fragment}`);
  tap.bytesPerSecond = 200_000;
  await page.download.first().click();
  await page.expectState('working');
  await expect.poll(async () => (await owner.status()).active).toBe(1);
  await page.page.getByTestId('cancel').click();
  await page.page.getByTestId('cancel-confirm').click();
  await expect.poll(async () => (await owner.status()).active).toBe(0);
  expect(await owner.status()).toMatchObject({ state: 'active', used: 0 });
  tap.bytesPerSecond = undefined;
  const second = await recipient();
  await second.openList(`${tap.url}/d/${link.id}#${link.fragment}`);
  expect(await second.receive()).toBe('verified');
});

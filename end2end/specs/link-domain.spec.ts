// Links on a domain of their own: made on one origin, opened on the other, and whatever else is pressed there leads back.
import { freePort } from '../fixtures/postgres';
import { expect, test } from '../fixtures/test';
import { ReceivePage } from '../pages/receive-page';
import { SendPage, ready } from '../pages/send-page';

// Two names of this machine are two origins to a browser.
const origins = async () => {
  const port = await freePort();
  return { port, app: `http://localhost:${port}`, links: `http://127.0.0.1:${port}` };
};

test('O38 a link is made here and opened there, and everything else leads back', async ({ page, browser, folder, startServer }) => {
  const { port, app, links } = await origins();
  const server = await startServer({ address: `127.0.0.1:${port}`, env: { SEALDROP_PUBLIC_URL: app, SEALDROP_LINK_URL: links } });
  await page.goto(app);
  await ready(page);
  const sender = new SendPage(page);
  await sender.choose([folder.write('a.txt', 'words').path]);
  const link = await sender.send();
  expect(link.startsWith(`${links}/d/`), link).toBe(true);

  // It is kept in the list of sent links, and opens from there.
  await page.getByTestId('nav-sent').click();
  await expect(page.getByTestId('sent-link')).toHaveCount(1);

  const context = await browser.newContext();
  const recipient = new ReceivePage(await context.newPage());
  await recipient.openList(link);
  expect(new URL(recipient.page.url()).origin).toBe(links);
  expect(await recipient.receive()).toBe('verified');
  await recipient.page.reload();
  await expect(recipient.files).toBeVisible();

  // No page of the app is drawn where links are, nor asked for there by its program.
  const documents: string[] = [];
  recipient.page.on('request', (request) => { if (request.isNavigationRequest() && request.frame() === recipient.page.mainFrame()) documents.push(request.url()); });
  for (const [way, path] of [['nav-security', '/security'], ['nav-brand', '/'], ['nav-account', '/signin']] as const) {
    await recipient.openList(link);
    documents.length = 0;
    await recipient.page.getByTestId(way).click();
    await expect(recipient.page).toHaveURL(`${app}${path}`);
    await ready(recipient.page);
    expect(documents).toEqual([`${app}${path}`]);
  }
  await recipient.page.goBack();
  await expect(recipient.files).toBeVisible();

  // An address of before leads there with its key; one that is pasted in the app as well.
  await recipient.openList(link.replace(links, app));
  expect(new URL(recipient.page.url()).origin).toBe(links);
  await recipient.page.goto(app);
  await ready(recipient.page);
  await recipient.page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, link);
  await expect(recipient.files).toBeVisible();
  expect(new URL(recipient.page.url()).origin).toBe(links);
  expect(recipient.downloads, 'nothing was downloaded by itself').toHaveLength(1);
  await context.close();
  expect(server.lines.join('\n')).not.toContain(link.split('#')[1]);
});

test('O38 the command line sends on one origin and receives on the other', async ({ folder, startServer, cli }) => {
  const { port, app, links } = await origins();
  await startServer({ address: `127.0.0.1:${port}`, env: { SEALDROP_PUBLIC_URL: app, SEALDROP_LINK_URL: links } });
  const file = folder.write('a.txt', 'words');
  const sent = await cli.run(['send', file.path], { env: { SEALDROP_SERVER: app } });
  const link = sent.stdout.trim();
  expect(link.startsWith(`${links}/d/`), link).toBe(true);
  const received = await cli.run(['receive', link], { cwd: folder.sub('received') });
  expect(received.code).toBe(0);
  const revoked = await cli.run(['revoke', link]);
  expect(revoked.code).toBe(0);
});

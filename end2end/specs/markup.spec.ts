// Names, a title and a note that are markup: two hundred spellings of a script, none of which becomes one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, figure, test } from '../fixtures/test';

/** What would say so if it ran. Slashes of tags part folders of a path: the page shows both on one line or two. */
const scripts = ['ran=1', 'alert(1)', 'top.ran=1', "eval('ran=1')", 'document.title=1', 'fetch(1)'];
const templates = [
  '<script>§<!--', '<ScRiPt >§', '<script>§</script>', '"><script>§</script>', "'><script>§</script>", '</title><script>§</script>', '--><script>§</script>',
  '<img src=x onerror=§>', '"><img src=x onerror=§>', '<img src=x:x onerror="§"', "<img src='x' onerror='§'>", '<image src=x onerror=§>', '<svg onload=§>',
  '<svg><script>§', '<svg><animate onbegin=§ attributeName=x>', '<body onload=§>', '<iframe srcdoc="<script>§</script>">', '<iframe src=javascript:§>',
  '<a href=javascript:§>a', '<a href="jav\tascript:§">a', '<form action=javascript:§><button>', '<input autofocus onfocus=§>', '<video src=x onerror=§>',
  '<audio src=x onerror=§>', '<details open ontoggle=§>', '<marquee onstart=§>', '<math href=javascript:§>a', '<object data=javascript:§>', '<embed src=javascript:§>',
  '<base href=javascript:§', '<meta http-equiv=refresh content=0;javascript:§>', '<link rel=import href=data:§>', '<style>@import "javascript:§"', '<x style=behavior:§>',
  '" onmouseover=§ x="', "' autofocus onfocus=§ x='", '` onload=§ `', '{{§}}', '${§}', '<%= § %>', 'javascript:§',
];
// Those with a slash make a folder each: one is enough.
const payloads = templates.flatMap((template) => scripts.slice(0, template.includes('/') ? 1 : undefined).map((script) => template.replace('§', () => script)));

test('B05 two hundred names, a title and a note that are markup stay text', async ({ cli, folder, recipient }, info) => {
  expect(payloads.length).toBeGreaterThanOrEqual(200);
  const root = folder.join('in');
  // A number in front: no two are one, and none begins with a slash.
  const names = payloads.map((payload, at) => `${at} ${payload}`);
  for (const name of names) {
    const path = `${root}/${name}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
  }
  const note = payloads.slice(0, 60).join('\n');
  const sent = await cli.send([root], ['--note', note, '--name', '"><img src=x onerror=ran=1><script>ran=1</script>']);
  const receive = await recipient();
  let dialogs = 0;
  receive.page.on('dialog', (dialog) => { dialogs += 1; void dialog.dismiss(); });
  await receive.page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', () => { (globalThis as { stopped?: number }).stopped = 1; });
  });
  await receive.openList(sent.url);
  // Every folder is opened, so that every part of every path is drawn.
  const closed = receive.files.locator('[data-testid=unfold][aria-expanded=false]');
  while ((await closed.count()) > 0) await closed.first().click();
  await receive.page.getByTestId('note-more').click();
  const found = await receive.page.evaluate(() => {
    const here = globalThis as { ran?: unknown; stopped?: unknown };
    const foreign = [...document.querySelectorAll('main *')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on')));
    const elements = 'img[src=x], image, script, iframe, object, embed, base, marquee, math, animate, [href^="javascript:"], [srcdoc], video, audio';
    return { ran: here.ran ?? 0, stopped: here.stopped ?? 0, handlers: foreign.length, elements: document.querySelectorAll(`main :is(${elements})`).length };
  });
  expect(found).toEqual({ ran: 0, stopped: 0, handlers: 0, elements: 0 });
  expect(dialogs).toBe(0);
  const shown = (await receive.files.textContent()) ?? '';
  const drawn = names.filter((name) => !name.includes('/') && shown.includes(name.replace('\t', '⟪U+0009⟫'))).length;
  expect(drawn, 'names are there, as they are').toBeGreaterThan(100);
  await expect(receive.page.getByTestId('receive-note')).toContainText('<img src=x onerror=ran=1>');
  figure(info, `${payloads.length} names and a note that are markup: text, all of them`);
});

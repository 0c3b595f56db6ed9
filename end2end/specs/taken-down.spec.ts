// A link that the operator removed: who opens it and who sent it are told by whom.
import { spawnSync } from 'node:child_process';
import { bareEnv, serverBinary } from '../fixtures/paths';
import { problem } from '../pages/handles';
import { ready } from '../pages/send-page';
import { expect, test } from '../fixtures/test';

test('O34 a link that was taken down says so on its page and to its sender', async ({ page, server, sendPage, folder, recipient }) => {
  await sendPage.open();
  await sendPage.choose([folder.write('plans.txt', 'plans').path]);
  const link = await sendPage.send();
  const opened = await recipient();
  await opened.openList(link);

  const done = spawnSync(serverBinary, ['takedown', link], {
    cwd: folder.path, encoding: 'utf8', env: bareEnv({ SEALDROP_DATA: server.data }) as NodeJS.ProcessEnv,
  });
  expect(done.stderr + done.stdout).toContain('is removed');
  expect(done.stderr + done.stdout, 'the key is repeated').not.toContain(link.split('#')[1]);

  await opened.download.first().click();
  await expect(opened.error.first()).toHaveAttribute('data-problem', problem.removed);
  const late = await recipient();
  await late.open(link);
  await expect(late.error.first()).toHaveAttribute('data-problem', problem.removed);

  await page.reload();
  await ready(page);
  await expect(page.getByTestId('removed')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link was removed by the operator');
  await expect(page.getByTestId('revoke')).toHaveCount(0);
  await page.goto('/sent');
  await expect(page.getByTestId('sent-link')).toHaveAttribute('data-state', 'removed');
});

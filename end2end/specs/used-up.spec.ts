// A link whose last download is used: its sender sees it, its recipients are told, and a higher limit opens it again.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';
import { expectExplained } from '../pages/explains';
import { problem } from '../pages/handles';
import { Owner } from '../fixtures/api';

/** The page asks for the state of the link when the tab is shown again. */
const comingBack = (page: Page, seen: () => Promise<void>): Promise<void> => expect(async () => {
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await seen();
}).toPass({ timeout: 30_000 });

const memory = (text: string) => ({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });

test('a used-up link is told on both sides and opens again when its limit is raised', async ({ sendPage, recipient }) => {
  const { page } = sendPage;
  await sendPage.open();
  await sendPage.choose(memory('first floor'));
  await sendPage.terms({ downloads: '1' });
  const url = await sendPage.send();
  const state = page.getByTestId('sent-state');
  await expect(state).toHaveAttribute('data-state', 'active');

  const first = await recipient();
  await first.openList(url);
  expect(await first.receive()).toBe('verified');

  await comingBack(page, () => expect(state).toHaveAttribute('data-state', 'used-up', { timeout: 2_000 }));
  await expect(state).toContainText(/limit is reached.*kept until \d+ \w+ \d{4}, \d\d:\d\d/s);
  await expect(page.getByTestId('extend')).toHaveCount(0);

  const late = await recipient();
  await late.open(url);
  const told = await expectExplained(late.page, problem.exhausted);
  expect(told).toMatch(/reached its download limit/);
  expect(told).toMatch(/sender can allow more downloads until \d+ \w+ \d{4}/);

  await page.getByTestId('limit').click();
  await page.getByTestId('limit-to').selectOption('1');
  await expect(page.getByTestId('limit-closes')).toBeVisible();
  await expect(page.getByTestId('limit-save')).toBeDisabled();
  await page.getByTestId('limit-to').selectOption('5');
  await expect(page.getByTestId('limit-closes')).toHaveCount(0);
  await page.getByTestId('limit-save').click();
  await expect(state).toHaveAttribute('data-state', 'active');
  await expect(page.getByTestId('extend')).toBeVisible();

  await late.page.goto('about:blank');
  await late.openList(url);
  expect(await late.receive()).toBe('verified');
  expect(late.downloads).toHaveLength(1);
});

test('a limit at or below what is used warns that it closes the link, and closes it', async ({ sendPage, recipient }) => {
  const { page } = sendPage;
  await sendPage.open();
  await sendPage.choose(memory('second floor'));
  await sendPage.terms({ downloads: '5' });
  const url = await sendPage.send();
  const one = await recipient();
  await one.openList(url);
  expect(await one.receive()).toBe('verified');
  await comingBack(page, () => expect(page.getByTestId('owner-downloads')).toContainText('1 of 5', { timeout: 2_000 }));

  await page.getByTestId('limit').click();
  await expect(page.getByTestId('limit-closes')).toHaveCount(0);
  await page.getByTestId('limit-to').selectOption('1');
  await expect(page.getByTestId('limit-closes')).toContainText('closes the link: 1 download is already used');
  const asked = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.getByTestId('limit-save').click();
  expect((await asked).postDataJSON()).toEqual({ max_downloads: 1 });
  await expect(page.getByTestId('sent-state')).toHaveAttribute('data-state', 'used-up');
});

test('when the day is over, both sides hear that the files are deleted', async ({ server, cli, folder, sendPage, recipient }) => {
  const { page } = sendPage;
  await sendPage.open();
  await sendPage.choose(memory('third floor'));
  await sendPage.terms({ downloads: '1' });
  const url = await sendPage.send();
  const one = await recipient();
  await one.openList(url);
  expect(await one.receive()).toBe('verified');
  server.endDay(new URL(url).pathname.split('/').at(-1)!);
  await comingBack(page, () => expect(page.getByTestId('used-up-deleted')).toContainText('files are deleted', { timeout: 2_000 }));
  await expect(page.getByTestId('limit')).toHaveCount(0);
  const late = await recipient();
  await late.open(url);
  expect(await expectExplained(late.page, problem.exhausted)).toContain('files are deleted');
  const said = await cli.receive(url, folder.sub('late'));
  expect(said.code).toBe(4);
  expect(said.stderr).toContain('files are deleted');
});

// What every page must do when something goes wrong: name it, and say what happened, what is safe and what to do.
import type { Page } from '@playwright/test';
import { expect } from '../fixtures/expect';

export async function expectExplained(page: Page, problem: string | RegExp, within = 30_000): Promise<string> {
  const error = page.getByTestId('error').first();
  await expect(error).toBeVisible({ timeout: within });
  await expect(error).toHaveAttribute('data-problem', problem, { timeout: within });
  const text = (await error.innerText()).replace(/\s+/g, ' ').trim();
  // Full sentences: one where the link or page is gone, two at least where something could be lost.
  const least = /^(link-(not-found|expired|exhausted|revoked)|not-found)$/.test((await error.getAttribute('data-problem')) ?? '') ? 1 : 2;
  expect(text.match(/[^.?]+[.?](?=\s|$)/g)?.length ?? 0, text).toBeGreaterThanOrEqual(least);
  expect(text).not.toMatch(/!|undefined|null|NaN|\[object|Error:|urn:|panicked|HTTP \d|status \d/);
  return text;
}

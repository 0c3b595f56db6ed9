// What takes minutes and hardly any work, beside the other browser tests: scripts/e2e.sh starts this with them and waits for it at
// their end. Sizes by environment: SEALDROP_LONG_SECONDS (420), SEALDROP_LONG_RATE in bytes a second (1,000,000).
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig(base, {
  testMatch: ['long/*.ts'],
  outputDir: '../target/long-results',
  // Both wait for slow lines, side by side.
  workers: 2,
  timeout: 1_200_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json', { outputFile: '../target/long-results.json' }], ['./summary-reporter.ts']],
});

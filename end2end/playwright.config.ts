// The browser tests: the real server, the real command line and a real Chromium, one test at a time on two cores. Those that no
// clock hurries run beside them where everything runs (scripts/e2e.sh): they look and compare, and a busy machine changes nothing.
import { defineConfig } from '@playwright/test';
import { chromium, chromiumArgs } from './fixtures/paths';

export const unhurried = [
  'specs/a11y.spec.ts', 'specs/boundaries.spec.ts', 'specs/everyday-*.spec.ts', 'specs/tree.spec.ts', 'specs/zero-knowledge.spec.ts',
];

export default defineConfig({
  testDir: '.',
  testMatch: ['scan/*.spec.ts', 'driver/*.spec.ts', 'specs/*.spec.ts'],
  testIgnore: process.env.E2E_BESIDE ? unhurried : [],
  // Not below testDir: a run that begins beside another one looks through that, while the other empties its folder.
  outputDir: '../target/test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: '../target/e2e-results.json' }], ['./summary-reporter.ts']],
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromium, args: chromiumArgs },
  },
});

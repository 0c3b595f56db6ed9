// The browser tests: the real server, the real command line, real browsers. Files run three at a time on two cores, each worker with
// a server and a browser of its own, because most of what a test does is wait: for a line that is slow on purpose, a clock, a process.
import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumShell } from './fixtures/paths';

export default defineConfig({
  testDir: '.',
  testMatch: ['scan/*.spec.ts', 'driver/*.spec.ts', 'specs/*.spec.ts'],
  // Not below testDir: a run that begins beside another one looks through that, while the other empties its folder.
  outputDir: '../target/test-results',
  workers: 3,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 180_000,
  // The longest wait for an expected state; a state that is there costs no time.
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: '../target/e2e-results.json' }], ['./summary-reporter.ts']],
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromiumShell, args: chromiumArgs },
  },
});

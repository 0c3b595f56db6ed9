// Pictures, not tests: every screen and error state at two widths in both themes. `scripts/e2e.sh` does not run this;
// `node_modules/.bin/playwright test -c end2end/screens.config.ts` writes target/screens.
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig(base, {
  testMatch: ['screens/shoot.ts'],
  timeout: 600_000,
  reporter: [['list']],
});

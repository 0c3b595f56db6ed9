// Speeds, by hand: `make bench` runs this against release binaries, in a network namespace of its own. Sizes by environment:
// SEALDROP_BENCH_MB (300), SEALDROP_BENCH_ROUNDS (3), SEALDROP_BENCH_MEMORY_MIB (1024).
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig(base, {
  testMatch: ['bench/bench.ts'],
  timeout: 1_800_000,
  reporter: [['line'], ['./summary-reporter.ts']],
});

// Minutes and gigabytes, by hand: `make soak` runs this against release binaries. Sizes by environment, in MiB:
// SEALDROP_SOAK_CLI_MIB (5120), SEALDROP_SOAK_TAB_MIB (2048), SEALDROP_SOAK_SPARSE_MIB (20480), SEALDROP_SOAK_PIPE_MIB (3072),
// SEALDROP_SOAK_TAKE_MIB (10240, received by a tab; a fifth of it with a slow disk),
// SEALDROP_SOAK_RECEIVE_MIB (6144) at SEALDROP_SOAK_RATE (12,000,000) bytes a second.
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig(base, {
  testMatch: ['soak/*.ts'],
  testIgnore: ['soak/memory.ts', 'soak/discarding-bucket.ts'],
  timeout: 3_600_000,
});

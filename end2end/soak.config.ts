// Minutes and gigabytes, by hand: `make soak` runs this against release binaries. Sizes by environment, in MiB:
// SEALDROP_SOAK_CLI_MIB (5120), SEALDROP_SOAK_TAB_MIB (2048), SEALDROP_SOAK_SPARSE_MIB (20480), SEALDROP_SOAK_PIPE_MIB (3072),
// SEALDROP_SOAK_TAKE_MIB (10240, received by a tab; a fifth of it with a slow disk),
// SEALDROP_SOAK_RECEIVE_MIB (6144) at SEALDROP_SOAK_RATE (12,000,000) bytes a second. Two tests of CI run in gigabytes:
// SEALDROP_RESUME_MIB (1024, killed in the middle), SEALDROP_TREE_MIB (5120, the largest file of a tree).
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

process.env.SEALDROP_RESUME_MIB ??= '1024';
process.env.SEALDROP_TREE_MIB ??= '5120';

export default defineConfig(base, {
  timeout: 3_600_000,
  projects: [
    { name: 'soak', testMatch: ['soak/*.ts'], testIgnore: ['soak/memory.ts', 'soak/discarding-bucket.ts'] },
    { name: 'in gigabytes', testMatch: ['specs/resume.spec.ts', 'specs/tree.spec.ts'], grep: /killed|tree of 2,000/ },
  ],
});

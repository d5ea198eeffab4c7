import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // The native engine may be loaded once in a process only.
    pool: 'forks',
    maxWorkers: 2,
    // Long: two cores shared with other work must not make a test of real training fail.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});

import { defineConfig } from 'vitest/config';

// Against the real programs, installed on demand; needs a registry or npm's cache of it.
export default defineConfig({
  test: {
    include: ['test/integrations/**/*.integration.ts'],
    setupFiles: ['test/setup.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});

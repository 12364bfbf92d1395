// How the tests run: `npm test` tries the same random cases each time, VROUTER_SEED=N others.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { testTimeout: 120_000, setupFiles: ['test/seed.ts'] },
});

import { defineConfig } from 'vitest/config'

/** What `npm run mutation` runs: the tests of one folder, in one process. */
export default defineConfig({
  test: {
    ...JSON.parse(process.env.SYGRA_MUTATION_TESTS ?? '{}'),
    isolate: false,
    maxWorkers: 1,
    setupFiles: ['scripts/mutation-setup.mjs'],
    // What waits for ever has been noticed.
    testTimeout: 120_000,
  },
})

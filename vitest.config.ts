import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Folders whose code holds no state: their tests may share a process, which saves loading the same modules anew. */
const pure = ['metadata', 'pricing', 'report', 'simulator', 'studio', 'tokens', 'usage'].map(
  (folder) => `src/${folder}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    // These end what hangs. How long a test takes says how busy the machine is, and is no fault of the test.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Many tests wait for processes and servers more than for the processor.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'tasks/**/*.test.ts', 'web/**/*.test.ts'],
          exclude: pure,
        },
      },
    ],
  },
})

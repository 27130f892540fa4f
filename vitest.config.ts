import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Folders whose tests leave nothing behind that another could notice: they share processes, which saves loading the same
 * modules anew for every file.
 */
const folders = ['cli', 'distributed', 'exporters', 'metadata', 'pricing', 'report', 'runtime', 'simulator', 'studio']
  .concat(['telemetry', 'tokens', 'usage', 'workflow'])
  .map((name) => `src/${name}`)
  .concat(
    ['architecture', 'distributed', 'e2e', 'faults', 'formats', 'providers', 'truth'].map((name) => `test/${name}`),
    ['tasks', 'web'],
  )
const shared = folders.map((folder) => `${folder}/**/*.test.ts`)

/**
 * These stand in front of what a process sends, and leave it as it was: they share processes with each other only, but for those
 * that measure the memory of theirs, or start so many others that nothing is saved.
 */
const watching = [
  'src/instrument/**/!(register|follow-children).test.ts',
  'test/nesting/**/*.test.ts',
  'test/sdk/**/!(in-process|safety).test.ts',
]

export default defineConfig({
  test: {
    // These end what hangs. How long a test takes says how busy the machine is, and is no fault of the test.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Many tests wait for processes and servers more than for the processor.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
      { extends: true, test: { name: 'watching', include: watching, isolate: false } },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...shared, ...watching],
        },
      },
    ],
  },
})

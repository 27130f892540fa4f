// Puts the modules of src into few files in dist: Node takes 0.3 ms to find, read and link each file that it loads.
//
// What a program loads together is in one chunk: what `sygra/register` needs from the start, what accounts for a run, what
// watches calls, and the rest of `sygra`. What is imported later stays apart. Names are kept, so that stack traces can be read.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src')
const output = join(root, 'dist')

/** Files that are loaded by their path: exports of the package, the command line, and what other processes start with. */
const entries = [
  'index',
  'metadata',
  'instrument/register',
  'instrument/observers',
  'instrument/sdk/ai-sdk',
  'instrument/sdk/aws-sdk',
  'instrument/sdk/langchain',
  'cli/main',
  'distributed/local/child',
  'distributed/redis/child',
  // For benches, scripts and tests.
  'cli/studio-files',
  'exporters/tables/tables',
  'metadata/figures/registry',
  'metadata/run-totals',
  'metadata/schema',
  'metadata/summary',
  'pricing/overlay/price-blocks',
  'pricing/table/table-version',
  'runtime/collector/metadata-collector',
  'runtime/files/file-lock',
  'runtime/key-forms',
  'runtime/ledger/ledger-line',
  'runtime/ledger/ledger-writer',
  'runtime/scope',
  'simulator/simulator',
  'studio/run-store',
  'workflow/batches/batch-file',
  'workflow/batches/batch-results',
  'workflow/batches/openai-batches',
  'workflow/cache/answer-cache',
  'workflow/cache/answer-folder',
  'workflow/cache/answer-key',
  'workflow/config/graph-config-json-schema',
  'workflow/models/model-client',
  'workflow/models/models-config',
  'workflow/models/resolve-model',
  'workflow/run/recover-run',
]

/**
 * Each chunk has what these files import and all that that imports, but for what is in a chunk before it. The files themselves
 * stay where they are.
 */
const chunks = {
  register: ['instrument/register.ts'],
  collector: ['runtime/collector/metadata-collector.ts', 'runtime/collector/record-request.ts'],
  observers: ['instrument/observers.ts'],
  workflow: ['index.ts'],
  cli: ['cli/main.ts', 'cli/program.ts'],
  run: ['workflow/run/run-workflow.ts'],
}

/** What a file imports from the start, types left out. */
function importsOf(file) {
  const imports = readFileSync(join(source, file), 'utf8').matchAll(/^(?:import|export) (?!type\b)[^;]*?'(\.[^']+)'/gm)
  return [...imports].map(([, path]) => join(source, dirname(file), path))
}

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, join(source, `${name}.ts`)])),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  // What one part imports later another one may have from the start.
  checks: { ineffectiveDynamicImport: false },
})
await bundle.write({
  dir: output,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name].js',
  codeSplitting: {
    groups: Object.entries(chunks).map(([name, files], place) => {
      const imported = new Set(files.flatMap(importsOf))
      return { name, test: (id) => imported.has(id), priority: 100 - place }
    }),
  },
})
await bundle.close()
checkPlaces()

/** What reads a file by its path from its own must be as deep as it is in src: one folder. */
function checkPlaces() {
  for (const file of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js') || file.startsWith('web')) continue
    const text = readFileSync(join(output, file), 'utf8')
    if (!/new URL\([^)]*import\.meta\.url/.test(text) || file.split('/').length === 2) continue
    throw new Error(`dist/${file} finds files by its own place, and is not where src has it`)
  }
}

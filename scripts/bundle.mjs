// Puts the modules of src into few files in dist: Node takes 0.3 ms to find, read and link each file that it loads.
//
// What a program loads together is in one chunk: what `sygra/register` needs from the start, what accounts for a run, what
// watches calls, and the rest of `sygra`. What is imported later stays apart. Names are kept, so that stack traces can be read.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src')
const output = join(root, 'dist')

/** Files that are loaded by their path: what package.json names, and the rest of this list. */
const entries = [
  ...publicEntries(),
  'instrument/observers',
  // What processes of a run start with.
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
  'runtime/files/file-lock',
  'runtime/key-forms',
  'runtime/ledger/ledger-line',
  'runtime/ledger/ledger-writer',
  'runtime/scope',
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

/** Exports of the package, and its commands. */
function publicEntries() {
  const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const paths = [...Object.values(exports).flatMap((entry) => entry.default ?? []), ...Object.values(bin)]
  return paths.map((path) => path.replace(/^(?:\.\/)?dist\//, '').replace(/\.js$/, ''))
}

/** A group of modules for a chunk: those that one of these files imports from the start. */
function groupOf([name, files], place) {
  const from = files.map((file) => join(source, file))
  const isImported = (id, context) => context.getModuleInfo(id)?.importers.some((importer) => from.includes(importer))
  return { name: (id, context) => (isImported(id, context) ? name : null), debugName: name, priority: 100 - place }
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
  // The comments are in the sources; to read them at each start takes time.
  comments: false,
  codeSplitting: {
    groups: Object.entries(chunks).map(groupOf),
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

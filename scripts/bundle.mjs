// Puts the modules of src into few files in dist: Node takes 0.3 ms to find, read and link each file that it loads.
//
// What a program loads together is in one chunk: what `sygra/register` needs from the start, what accounts for a run, what
// watches calls, and the rest of `sygra`. What is imported later stays apart. Names are kept, so that stack traces can be read.
// Packages that nobody has to have beside ours are put in (docs/decisions/0015-packages-within.md).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = readJson(join(root, 'package.json'))
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
  'cli/files/studio-files',
  'distributed/redis/announcement',
  'distributed/redis/connect',
  'distributed/redis/link',
  'distributed/redis/mailbox',
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
  'workflow/run/past/recover-run',
]

const collector = ['runtime/collector/metadata-collector.ts', 'runtime/collector/record-request.ts']
const observers = ['instrument/observers.ts']
const library = ['index.ts']
const runner = ['workflow/run/run-workflow.ts']
/** Commands that read runs and do none. */
const readers = [
  'cache',
  'explain',
  'export',
  'prices',
  'recover',
  'report',
  'reprice',
  'runs',
  'studio',
  'waste',
  'watch',
].map((name) => `cli/${name}.ts`)

/**
 * Each chunk has what these files import and all that that imports, but for what is in a chunk before it; with `within`, of
 * that only what those files import as well. The files themselves stay where they are.
 */
const chunks = {
  // Alone, so that a command looks at the version of Node before it loads anything else.
  'needed-node': { of: ['check-node.ts'] },
  register: { of: ['instrument/register.ts'] },
  // What both the library and a command that shows a run begin with: such a command needs no more of the library.
  account: {
    of: ['cli/show.ts', 'cli/program.ts', 'cli/terminal/option-values.ts'],
    within: [...collector, ...observers, ...library, ...runner],
  },
  collector: { of: collector },
  // What the other commands that read runs have in common with it, in three: what watches calls must not load more of the
  // library for it, nor `sygra` what only a run needs, such as zod.
  ledgers: { of: readers, within: observers },
  common: { of: readers, within: library },
  records: { of: readers, within: runner },
  observers: { of: observers },
  workflow: { of: ['index.ts'] },
  show: { of: ['cli/show.ts', 'cli/program.ts'] },
  run: { of: ['workflow/run/run-workflow.ts'] },
}

/** Exports of the package, and its commands. */
function publicEntries() {
  const { exports, bin } = manifest
  const paths = [...Object.values(exports).flatMap((entry) => entry.default ?? []), ...Object.values(bin)]
  return paths.map((path) => path.replace(/^(?:\.\/)?dist\//, '').replace(/\.js$/, ''))
}

/**
 * What whoever installs the package has beside it: what it names as a dependency. The other packages are put in, with what they
 * need, and so is of zod what our own schemas use: the whole of it, which tasks import, has a hundred files.
 */
function isOutside(id) {
  if (id.startsWith('.') || id.startsWith('/')) return false
  if (isBuiltin(id)) return true
  const [scope, name] = id.split('/')
  const named = scope.startsWith('@') ? `${scope}/${name}` : scope
  return named !== 'zod' && (named in manifest.dependencies || named in manifest.peerDependencies)
}

/** Names, versions and licenses of the packages that are in the chunks. */
function licensesOf(parts) {
  const files = parts.flatMap(({ moduleIds = [] }) => moduleIds).filter((id) => id.includes('/node_modules/'))
  const folders = new Set(files.map(packageFolderOf))
  const texts = [...folders].map((folder) => {
    const { name, version, license } = readJson(join(folder, 'package.json'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8')}`
  })
  return `Packages whose code is in dist/chunks, with their licenses.\n\n${texts.sort().join('\n\n')}`
}

/** A package that is put in is a chunk, with what only comes through it: whoever does not import it does not load it. */
function packageChunkOf(id, context) {
  if (!id.includes('/node_modules/')) return null
  // Step by step towards src, and through files of the package itself first: others import zod too.
  const waiting = [id]
  const seen = new Set(waiting)
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const { importers, dynamicImporters } = context.getModuleInfo(file)
    const all = [...importers, ...dynamicImporters]
    if (all.some((importer) => importer.startsWith(source))) return basename(packageFolderOf(file))
    for (const importer of all.filter((each) => !seen.has(each))) {
      seen.add(importer)
      if (packageFolderOf(importer) === packageFolderOf(file)) waiting.unshift(importer)
      else waiting.push(importer)
    }
  }
  return null
}

function packageFolderOf(file) {
  return file.replace(/(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\/.*/, '$1')
}

/** A group of modules for a chunk. */
function groupOf([name, { of, within }], place) {
  const has = (id, context) =>
    closureOf(of, context).has(id) && (within === undefined || closureOf(within, context).has(id))
  return { name: (id, context) => (has(id, context) ? name : null), debugName: name, priority: 100 - place }
}

const closures = new Map()

/** What files import from the start, and all that that imports, by the bundler's graph. */
function closureOf(files, context) {
  const known = closures.get(files)
  if (known !== undefined) return known
  const found = new Set()
  const look = (file) => {
    for (const imported of context.getModuleInfo(file)?.importedIds ?? []) {
      if (found.has(imported)) continue
      found.add(imported)
      look(imported)
    }
  }
  for (const file of files) look(join(source, file))
  closures.set(files, found)
  return found
}

const builtins = join(source, 'builtins.ts')
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, join(source, `${name}.ts`)])),
  platform: 'node',
  external: isOutside,
  preserveEntrySignatures: 'allow-extension',
  // What a program may replace is as it was when we were loaded.
  transform: {
    inject: { JSON: [builtins, 'ownJson'], Math: [builtins, 'ownMath'], Reflect: [builtins, 'ownReflect'] },
  },
  // What one part imports later another one may have from the start.
  checks: { ineffectiveDynamicImport: false },
})
const written = await bundle.write({
  dir: output,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name].js',
  // The comments are in the sources; to read them at each start takes time.
  comments: false,
  codeSplitting: {
    // Each group says by itself what it has.
    includeDependenciesRecursively: false,
    groups: [{ name: packageChunkOf, debugName: 'packages', priority: 200 }, ...Object.entries(chunks).map(groupOf)],
  },
})
await bundle.close()
writeFileSync(join(output, 'third-party-licenses.txt'), licensesOf(written.output))
checkPlaces()
checkStart()

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** What reads a file by its path from its own must be as deep as it is in src: one folder. */
function checkPlaces() {
  for (const file of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js') || file.startsWith('web')) continue
    const text = readFileSync(join(output, file), 'utf8')
    if (!/(?:new URL\([^)]*|fileURLToPath\()import\.meta\.url/.test(text) || file.split('/').length === 2) continue
    throw new Error(`dist/${file} finds files by its own place, and is not where src has it`)
  }
}

/** A command on an old Node is to say which it needs, in a sentence: of the package it may load no more before that. */
function checkStart() {
  const text = readFileSync(join(output, 'cli/main.js'), 'utf8')
  const loaded = [...text.matchAll(/^import .*?from "(\.[^"]*)"/gm)].map(([, path]) => path)
  if (loaded.join() !== '../chunks/needed-node.js') throw new Error(`dist/cli/main.js begins with ${loaded.join(', ')}`)
}

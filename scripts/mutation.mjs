// Changes the code in small ways, one at a time, and runs the tests that reach the place: each change must fail one.
//   npm run mutation                          the folders of docs/testing.md
//   npm run mutation -- src/pricing           one folder, or one file
//   npm run mutation -- src/report --every 8  every eighth change of it, where all would take hours; --from 1 takes others
// Stryker does it. It comes with the first run, into node_modules/.cache, so that an install of the project stays small.
// What survived stands in node_modules/.cache/sygra/mutation/<folder>.json, and on screen with file and line.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** The newest that runs on Node 20. */
const version = '9.6.0'
const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'sygra')
const tools = join(cache, 'stryker')

/** The tests that a folder is held by, beside its own: figures that were worked out by hand. */
const tests = {
  'src/metadata': ['src/report/compare/gates.test.ts', 'test/truth/{agents,money,records,requests}.test.ts'],
  'src/usage': ['test/formats/{answers,first-tokens,formats,reports,requests,results,truth,truth-of-results}.test.ts'],
  'src/pricing': ['test/pricing-across-wire-formats.test.ts', 'test/e2e/reprice-file.test.ts'],
  'src/report': [
    'test/truth/{agents,money,records,requests}.test.ts',
    'src/cli/{runs,files/find-run}.test.ts',
    'src/studio/ledger/{ledger-view,run-slice,timeline}.test.ts',
    'web/{compare,runs,spend,trends}/*.test.ts',
  ],
  'src/workflow/limits': [],
}

/** What takes a minute by itself, under the folder that it is about: left out where another one is changed. */
const slow = ['src/usage/streams/cut-answers.test.ts', 'src/usage/streams/large-answers.test.ts']

/** Compares a file of the sources, which is another one where it is changed. */
const ofSources = ['src/usage/endpoints/endpoint-hints.test.ts']

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, from: { type: 'string', default: '0' } },
})
const isSample = values.every !== '1'
process.env.SYGRA_MUTATION_SAMPLE = `${values.every}/${values.from}`
const { isInSample } = await import('./mutation-sample.mjs')
install()
let worst = 0
for (const target of asked.length > 0 ? asked : Object.keys(tests)) worst = Math.max(worst, mutate(target))
process.exitCode = worst

function install() {
  if (existsSync(join(tools, 'node_modules', '@stryker-mutator', 'core', 'package.json'))) return
  mkdirSync(tools, { recursive: true })
  writeFileSync(join(tools, 'package.json'), '{ "private": true }')
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${version}`)
  // The runner is to find the project's own Vitest, not to bring another.
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--legacy-peer-deps']
  const { status } = spawnSync('npm', ['install', ...options, ...packages], { cwd: tools, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

/** Mutates a folder or a file and prints what survived; gives 1 when that is more than a tenth. */
function mutate(target) {
  const folder = Object.keys(tests).find((name) => target === name || target.startsWith(`${name}/`)) ?? target
  const own = folder.endsWith('.ts') ? folder.replace(/\/[^/]*$/, '') : folder
  const include = [`${own}/**/*.test.ts`, ...(tests[folder] ?? [])]
  const exclude = [...ofSources, ...slow.filter((file) => !target.startsWith(dirname(file)))]
  const report = join(cache, 'mutation', `${target.replaceAll('/', '-')}.json`)
  const config = join(cache, 'mutation', `${process.pid}.json`)
  mkdirSync(join(cache, 'mutation'), { recursive: true })
  const settings = {
    testRunner: 'vitest',
    plugins: [
      join(tools, 'node_modules', '@stryker-mutator', 'vitest-runner', 'dist', 'src', 'index.js'),
      ...(isSample ? [join(root, 'scripts', 'mutation-sample.mjs')] : []),
    ],
    checkers: isSample ? ['sample'] : [],
    mutate: target.endsWith('.ts') ? [target] : [`${target}/**/*.ts`, `!${target}/**/*.test.ts`],
    vitest: { configFile: 'vitest.mutation.config.ts', related: false },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    concurrency: Number(process.env.SYGRA_MUTATION_CONCURRENCY ?? 1),
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 60,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    tempDirName: join(cache, 'mutation', `sandbox-${process.pid}`),
    ignorePatterns: ['/dist', '/bench'],
    thresholds: { high: 95, low: 90, break: null },
    allowEmpty: true,
    disableTypeChecks: false,
  }
  writeFileSync(config, JSON.stringify(settings, null, 2))
  const stryker = join(tools, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')
  const env = { ...process.env, SYGRA_MUTATION_TESTS: JSON.stringify({ include, exclude }) }
  const { status } = spawnSync(process.execPath, [stryker, 'run', config], { cwd: root, env, stdio: 'inherit' })
  if (status !== 0 || !existsSync(report)) return 1
  const files = JSON.parse(readFileSync(report, 'utf8')).files
  const counted = Object.entries(files)
    .flatMap(([file, { mutants, source }]) => mutants.map((mutant) => ({ ...mutant, file, source })))
    .filter((mutant) => isInSample(mutant) && !['Ignored', 'CompileError', 'RuntimeError'].includes(mutant.status))
  const survived = counted.filter(({ status: state }) => state === 'Survived' || state === 'NoCoverage')
  for (const mutant of survived) console.log(described(mutant))
  const share = isSample ? `every ${values.every}th of them` : 'all'
  const margin = isSample ? ` ± ${percent(marginOf(survived.length, counted.length), 1)}` : ''
  const rate = `${percent(survived.length, counted.length)}${margin}`
  console.log(
    `${target} (${share}): ${survived.length} of ${counted.length} changes fail no test, ${rate}; at most 10 %`,
  )
  return survived.length > counted.length / 10 ? 1 : 0
}

/** Where a change that no test noticed stands, and what was put in the place of what. */
function described({ file, source, location: { start, end }, replacement, status }) {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1)
  const before = lines.join('\n').slice(start.column - 1)
  const isReached = status === 'Survived' ? '' : ' (no test comes here)'
  return `${file}:${start.line}:${start.column}${isReached}\n  - ${oneLine(before)}\n  + ${oneLine(replacement)}`
}

function oneLine(code) {
  const line = code.replace(/\s+/g, ' ')
  return line.length > 150 ? `${line.slice(0, 147)}...` : line
}

/** Half of the interval in which the true share lies in 95 of 100 samples. */
function marginOf(part, whole) {
  const share = whole === 0 ? 0 : part / whole
  return 1.96 * Math.sqrt((share * (1 - share)) / Math.max(1, whole))
}

function percent(part, whole) {
  return `${whole === 0 ? 0 : ((100 * part) / whole).toFixed(1)} %`
}

// Installs the package beside SDKs of today and yesterday, in empty folders, in either order and without a flag, and runs a
// program of each SDK on each Node, watched by `--import sygra/register`: what the server served must be what the account
// says.
//   npm run matrix                       every set of SDKs on Node 20, 22, 24 and 26
//   npm run matrix -- --node 24          one Node
//   npm run matrix -- --newest           the newest of each SDK
//   npm run matrix -- --only "ai 7"      sets whose name contains this
// Node comes from npm's package `node`. Exit code 1 when a cell fails; what a package's engines exclude is not tried.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { newest, sets } from '../test/matrix/sets.mjs'
import { setUp } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'sygra', 'matrix')
const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: ['20', '22', '24', '26'] },
    only: { type: 'string', default: '' },
    newest: { type: 'boolean', default: false },
  },
})

setUp()
const scratch = mkdtempSync(join(tmpdir(), 'sygra-matrix-'))
const tarball = pack()
const nodes = values.node.map((major) => ({ major: Number(major), directory: nodeOf(major) }))
const chosen = sets.filter(({ name }) => name.includes(values.only) && (!values.newest || newest.includes(name)))
let failures = 0
let passes = 0
console.log(`${'set'.padEnd(24)}${nodes.map(({ major }) => `Node ${major}`.padEnd(10)).join('')}`)
for (const set of chosen) {
  const results = nodes.map(({ major, directory }) =>
    major < Math.floor(set.minNode ?? 0) ? { word: 'excluded' } : tryCell(set, directory),
  )
  console.log(`${set.name.padEnd(24)}${results.map(({ word }) => word.padEnd(10)).join('')}`)
  for (const { problem } of results) if (problem !== undefined) console.log(`  ${problem}`)
}
rmSync(scratch, { recursive: true, force: true })
console.log(`${passes} passed, ${failures} failed`)
process.exitCode = failures > 0 ? 1 : 0

function tryCell(set, nodeDirectory) {
  const problem = problemOf(set, nodeDirectory)
  if (problem === undefined) passes += 1
  else failures += 1
  return { word: problem === undefined ? 'ok' : 'FAIL', problem }
}

/** What goes wrong in a cell, in words; undefined when nothing does. */
function problemOf(set, nodeDirectory) {
  const folder = mkdtempSync(join(scratch, 'cell-'))
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const env = {
    ...process.env,
    PATH: `${nodeDirectory}${delimiter}${process.env.PATH}`,
    npm_config_engine_strict: 'true',
  }
  // The SDK first, as in a project that is there already; the other order is tried where it costs no second download.
  for (const packages of [set.packages, [tarball]]) {
    const { status, stderr } = npm(['install', '--prefer-offline', ...packages], { cwd: folder, env })
    if (status !== 0) return `npm install ${packages.join(' ')}: ${firstLines(stderr)}`
  }
  const other = mkdtempSync(join(scratch, 'order-'))
  writeFileSync(join(other, 'package.json'), '{"private":true,"type":"module"}')
  for (const packages of [[tarball], set.packages]) {
    const only = ['install', '--prefer-offline', '--package-lock-only', ...packages]
    const { status, stderr } = npm(only, { cwd: other, env })
    if (status !== 0) return `npm install ${packages.join(' ')} in the other order: ${firstLines(stderr)}`
  }
  cpSync(join(root, 'test', 'matrix', 'programs', set.program), join(folder, 'program.mjs'))
  cpSync(join(root, 'test', 'matrix', 'server.mjs'), join(folder, 'server.mjs'))
  const run = spawnSync(join(nodeDirectory, 'node'), ['--import', 'sygra/register', 'program.mjs'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  if (run.status !== 0) return `the program: ${firstLines(run.stderr)}`
  const problem = accountProblem({ folder, set, served: JSON.parse(run.stdout.trim().split('\n').at(-1)).served })
  rmSync(folder, { recursive: true, force: true })
  return problem
}

function accountProblem({ folder, set, served }) {
  const show = spawnSync(process.execPath, [join(folder, 'node_modules/sygra/dist/cli/main.js'), 'show'], {
    cwd: folder,
  })
  if (show.status !== 0) return `sygra show ended with ${show.status}`
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
    /(^|\/)metadata_.*\.json$/.test(name),
  )
  if (file === undefined) return 'no metadata file was left'
  const metadata = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const { requests } = metadata.aggregate_statistics
  if (requests.total_requests !== served)
    return `the server served ${served} requests, ${requests.total_requests} were seen`
  const ledger = readFileSync(join(folder, file.replace('metadata_', 'ledger_').replace(/\.json$/, '.jsonl')), 'utf8')
  for (const kind of ['agent', 'tool']) {
    const name = set[kind]
    if (name !== undefined && !ledger.includes(`"${kind}":"${name}"`)) return `no request names the ${kind} "${name}"`
  }
  return undefined
}

function pack() {
  const { stdout, status, stderr } = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
    cwd: root,
  })
  if (status !== 0) throw new Error(stderr)
  return join(scratch, JSON.parse(stdout)[0].filename)
}

/** The folder of the `node` of a major version, from the package that holds the binary for this machine. */
function nodeOf(major) {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  const folder = join(cache, `node-${major}`)
  const directory = join(folder, 'node_modules', name, 'bin')
  if (!existsSync(directory)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private":true}')
    const { status, stderr } = npm(['install', `${name}@${major}`], { cwd: folder })
    if (status !== 0) throw new Error(`${name}@${major} could not be installed: ${firstLines(stderr)}`)
  }
  return directory
}

function npm(options, { cwd, env = process.env }) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  return spawnSync('npm', [...options, ...quiet], { cwd, env, encoding: 'utf8', maxBuffer: 1e8 })
}

function firstLines(text) {
  return text.trim().split('\n').slice(0, 6).join('\n  ')
}

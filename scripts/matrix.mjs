// Installs the package beside SDKs of today and yesterday, in empty folders, in either order and without a flag, and runs a
// program of each SDK on each Node, watched by `--import sygra/register`: what the server served must be what the account
// says.
//   npm run matrix                       every set of SDKs on Node 20, 22, 24 and 26
//   npm run matrix -- --node 24          one Node
//   npm run matrix -- --newest           the newest of each SDK, all installed in one folder
//   npm run matrix -- --only "ai 7"      the set of this name, or those whose name contains it; several may be given
// Node comes from npm's package `node`. Exit code 1 when a cell fails; what a package's engines exclude is not tried.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { newest, sets } from '../test/matrix/sets.mjs'
import { packInto } from './pack.mjs'
import { setUp } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'sygra', 'matrix')
const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: ['20', '22', '24', '26'] },
    only: { type: 'string', multiple: true, default: [''] },
    newest: { type: 'boolean', default: false },
  },
})

setUp()
const scratch = mkdtempSync(join(tmpdir(), 'sygra-matrix-'))
const tarball = packInto(scratch)
const nodes = values.node.map((major) => ({ major: Number(major), directory: nodeOf(major) }))
const matching = sets.filter(({ name }) => values.only.some((wanted) => isWanted(name, wanted)))
const groups = values.newest ? [matching.filter(({ name }) => newest.includes(name))] : matching.map((set) => [set])
let failures = 0
let passes = 0
console.log(`${'set'.padEnd(28)}${nodes.map(({ major }) => `Node ${major}`.padEnd(10)).join('')}`)
for (const group of groups) {
  const columns = nodes.map((node) => tryGroup(group, node))
  for (const [index, set] of group.entries()) {
    console.log(`${set.name.padEnd(28)}${columns.map((results) => results[index].word.padEnd(10)).join('')}`)
    for (const results of columns) if (results[index].problem !== undefined) console.log(`  ${results[index].problem}`)
  }
}
rmSync(scratch, { recursive: true, force: true })
console.log(`${passes} passed, ${failures} failed`)
process.exitCode = failures > 0 ? 1 : 0

function isWanted(name, wanted) {
  return sets.some((set) => set.name === wanted) ? name === wanted : name.includes(wanted)
}

/** Installs the sets of a group in one folder and runs the program of each; gives a word for each, and what went wrong. */
function tryGroup(group, { major, directory }) {
  const tried = group.filter(({ minNode = 0 }) => major >= Math.floor(minNode))
  const cell = {
    env: { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` },
    node: join(directory, 'node'),
  }
  const folder = mkdtempSync(join(scratch, 'cell-'))
  const wrongInstall =
    tried.length === 0
      ? undefined
      : installProblem(
          folder,
          tried.flatMap(({ packages }) => packages),
          cell,
        )
  const results = group.map((set) => {
    if (!tried.includes(set)) return { word: 'excluded' }
    const problem = wrongInstall ?? problemOf(set, folder, cell)
    if (problem === undefined) passes += 1
    else failures += 1
    return { word: problem === undefined ? 'ok' : 'FAIL', problem }
  })
  rmSync(folder, { recursive: true, force: true })
  return results
}

/** What npm says against the packages beside ours, in either order and without a flag. */
function installProblem(folder, packages, { env }) {
  const strict = { ...env, npm_config_engine_strict: 'true' }
  for (const [directory, steps, option] of [
    // As in a project that is there already.
    [folder, [packages, [tarball]], '--prefer-offline'],
    // The other order needs no files.
    [mkdtempSync(join(scratch, 'order-')), [[tarball], packages], '--package-lock-only'],
  ]) {
    writeFileSync(join(directory, 'package.json'), '{"private":true,"type":"module"}')
    for (const step of steps) {
      const { status, stderr } = npm(['install', option, ...step], { cwd: directory, env: strict })
      if (status !== 0) return `npm install ${step.join(' ')}: ${firstLines(stderr)}`
    }
  }
  return undefined
}

/** What goes wrong when the program of a set is run, in words; undefined when nothing does. */
function problemOf(set, folder, { env, node }) {
  const { program } = set
  rmSync(join(folder, 'metadata'), { recursive: true, force: true })
  for (const file of [join('programs', program), 'server.mjs']) {
    cpSync(join(root, 'test', 'matrix', file), join(folder, basename(file)))
  }
  const run = spawnSync(node, ['--import', 'sygra/register', program], { cwd: folder, env, encoding: 'utf8' })
  if (run.status !== 0) return `the program: ${firstLines(run.stderr)}`
  return accountProblem({ folder, set, served: JSON.parse(run.stdout.trim().split('\n').at(-1)).served })
}

function accountProblem({ folder, set, served }) {
  // Whoever reads the account of a process that has ended finishes it first.
  const show = spawnSync(process.execPath, [join(folder, 'node_modules/sygra/dist/cli/main.js'), 'show'], {
    cwd: folder,
  })
  if (show.status !== 0) return `sygra show ended with ${show.status}: ${firstLines(String(show.stderr))}`
  const metadataFolder = join(folder, 'metadata')
  const file = existsSync(metadataFolder)
    ? readdirSync(metadataFolder).find((name) => /^metadata_.*\.json$/.test(name))
    : undefined
  if (file === undefined) return 'no metadata file was left'
  const metadata = JSON.parse(readFileSync(join(metadataFolder, file), 'utf8'))
  const { requests } = metadata.aggregate_statistics
  if (requests.total_requests !== served)
    return `the server served ${served} requests, ${requests.total_requests} were seen`
  for (const kind of ['agent', 'tool']) {
    const name = set[kind]
    if (name !== undefined && !(metadata[`${kind}s`]?.[name]?.total_executions > 0))
      return `no execution of the ${kind} "${name}" is in the account`
  }
  for (const [name, { own, inclusive }] of Object.entries(set.tokens ?? {})) {
    const agent = metadata.agents?.[name]
    const found = [agent?.token_statistics?.total_tokens, agent?.inclusive?.total_tokens]
    if (found[0] !== own || found[1] !== inclusive)
      return `agent ${name} has ${found.join(' and ')} tokens, expected ${own} and ${inclusive}`
  }
  const asked = set.agent === undefined ? undefined : metadata.agents?.[set.agent]?.requests?.total_requests
  if (set.agent !== undefined && !(asked > 0)) return `no request is in the account of the agent "${set.agent}"`
  return undefined
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

// npm run peers: the test suites of other projects by themselves, watched, and watched with every request taken for a
// model's. Each must give the same results all three times; a test counts as different when it is so in three runs. Needs a
// build, and checkouts with their packages installed:
//   SYGRA_PEERS=/path/with/checkouts npm run peers [-- ky undici …]
// A checkout that is not there is said and passed over. PEERS_NODE names another Node than this one.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = process.env.SYGRA_PEERS
const node = process.env.PEERS_NODE ?? process.execPath

/** How each suite is run, in its checkout, with Node and these arguments; each prints TAP. */
const peers = {
  // Without browsers, which are downloaded.
  ky: [
    'node_modules/ava/entrypoints/cli.mjs',
    '--tap',
    '--timeout=2m',
    '--concurrency=2',
    'test/*.ts',
    '!test/browser.ts',
  ],
  ofetch: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=tap-flat'],
  undici: ['--test', '--test-reporter=tap', '--expose-gc', 'test/fetch/*.js'],
  wpt: [join(root, 'scripts', 'peers-wpt.mjs')],
  'wpt-undici': [join(root, 'scripts', 'peers-wpt.mjs'), 'undici'],
  'undici-node-fetch': ['--test', '--test-reporter=tap', 'test/node-fetch/*.js'],
  'node-fetch': ['node_modules/mocha/bin/mocha', '--reporter', 'tap'],
  axios: ['node_modules/mocha/bin/mocha.js', 'test/unit/**/*.js', '--timeout', '30000', '--exit', '--reporter', 'tap'],
  nock: ['node_modules/mocha/bin/mocha.js', '--reporter', 'tap', 'tests/**/test_*.js'],
  got: ['node_modules/ava/entrypoints/cli.mjs', '--tap'],
  superagent: ['node_modules/mocha/bin/mocha', '--reporter', 'tap', '--exit', 'test/node/*.js', 'test/*.js'],
  // Without the tests of its own scripts, which start hundreds of processes.
  'openai-node': [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config=vitest.config.mts',
    '--reporter=tap-flat',
    ...['ecosystem-*', 'oxlint-config*', 'test-script*'].map((name) => `--exclude=tests/${name}`),
  ],
}
/** What a suite loads by itself before its tests. */
const loaders = { got: '--import=tsx/esm' }
/** The checkout of a suite, where it has not its own name. */
const checkouts = { 'undici-node-fetch': 'undici', wpt: 'undici-7.15', 'wpt-undici': 'undici-7.15' }

if (folder === undefined) {
  console.log('SYGRA_PEERS must name a folder with checkouts of other projects, such as ky and undici')
  process.exit(2)
}
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(peers)
const forced = makeForcedCopy()
const ways = {
  watched: pathToFileURL(join(root, 'dist', 'instrument', 'register.js')).href,
  forced: pathToFileURL(join(forced, 'dist', 'instrument', 'register.js')).href,
}
for (const name of names) compare(name)
rmSync(forced, { recursive: true, force: true })

function compare(name) {
  const checkout = join(folder, checkouts[name] ?? name)
  if (peers[name] === undefined || !existsSync(checkout)) {
    console.log(`${name}: SKIPPED, ${checkout} is not there`)
    return
  }
  // What a test has given by itself in any of the runs: some fail now and then.
  const plain = [runSuite(checkout, name)]
  console.log(`${name}: by itself ${countOf(plain[0])} of ${plain[0].size}`)
  for (const [way, register] of Object.entries(ways)) {
    let tests = runSuite(checkout, name, register)
    console.log(`${name}: ${way} ${countOf(tests)} of ${tests.size}`)
    let differing = differencesOf(plain, tests)
    for (let replay = 0; replay < 2 && differing.length > 0; replay += 1) {
      plain.push(runSuite(checkout, name))
      tests = runSuite(checkout, name, register)
      const again = new Set(differencesOf(plain, tests))
      differing = differing.filter((test) => again.has(test))
    }
    if (differing.length > 0) process.exitCode = 1
    for (const test of differing) console.log(`  ${way}: ${test}: ${plain[0].get(test)} by itself, ${tests.get(test)}`)
  }
}

/** The tests whose result none of the runs by itself has given. */
function differencesOf(plain, tests) {
  const names = new Set([...plain.flatMap((run) => [...run.keys()]), ...tests.keys()])
  return [...names].filter((test) => !plain.some((run) => run.get(test) === tests.get(test)))
}

function countOf(tests) {
  return [...tests.values()].filter((result) => result === 'ok').length
}

/** The result of each test by its name. */
function runSuite(cwd, name, register) {
  const output = mkdtempSync(join(tmpdir(), 'sygra-peers-'))
  const options = [loaders[name], register && `--import ${register}`].filter(Boolean).join(' ')
  const env = { ...process.env, NODE_OPTIONS: options, SYGRA_OUTPUT_DIR: output, FORCE_COLOR: '0' }
  const { stdout } = spawnSync(node, peers[name], {
    cwd,
    env,
    encoding: 'utf8',
    shell: false,
    maxBuffer: 1e9,
    timeout: 1_200_000,
  })
  rmSync(output, { recursive: true, force: true })
  const tests = new Map()
  const times = new Map()
  for (const [, result, title] of (stdout ?? '').matchAll(/^\s*(ok|not ok)\s+\d+\s*-?\s*(.*)$/gm)) {
    const name = title
      .replace(/\s*#\s*(time|duration).*$/i, '')
      .replace(/\(\d+m?s\)$/, '')
      .trim()
    const time = (times.get(name) ?? 0) + 1
    times.set(name, time)
    tests.set(time > 1 ? `${name} (${time})` : name, result)
  }
  return tests
}

/** A copy of the build to which every URL is a call to a model in OpenAI's format, by whatever method. */
function makeForcedCopy() {
  const copy = mkdtempSync(join(tmpdir(), 'sygra-forced-'))
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const files = readdirSync(join(copy, 'dist'), { recursive: true }).filter((file) => file.endsWith('.js'))
  // Which of the few files of a build has a function is for the build to say.
  const change = (from, to) => {
    const found = files
      .map((file) => join(copy, 'dist', file))
      .filter((path) => readFileSync(path, 'utf8').includes(from))
    if (found.length === 0) throw new Error(`dist has no "${from}": this script is to be changed with it`)
    for (const path of found) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(from, to))
  }
  change('function mightBeModelEndpoint(url) {', 'function mightBeModelEndpoint(url) { return true;')
  change('endpointOf(parsed, method)', 'endpointOf(new URL("https://api.openai.com/v1/chat/completions"), "POST")')
  change('if (method === "POST") return modelEndpointOf(url)', 'if (method !== "") return modelEndpointOf(url)')
  return copy
}

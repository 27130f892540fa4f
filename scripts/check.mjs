// Everything that can be checked without running the program: format, lint, typed lint, types, unused code, generated
// files, the folders' import rules and the package's exports.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compiler, setUp } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** What a step runs, the longest first: two run at a time, and what begins last should be over soon. */
const steps = [
  ['typed lint', 'eslint', ['src', 'web']],
  ['types', 'node', [compiler, '-p', 'tsconfig.json']],
  ['regular expressions', 'node', ['scripts/check-regexes.mjs']],
  ['types of the page', 'node', [compiler, '-p', 'web/tsconfig.json']],
  ['unused code', 'knip', []],
  ['package types', 'attw', ['--pack', '.', '--profile', 'esm-only']],
  ['import rules', 'vitest', ['run', 'test/architecture/imports.test.ts', 'test/architecture/structure.test.ts']],
  ['package exports', 'publint', ['--strict']],
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['generated files', 'node', ['scripts/generate-schema.mjs', '--check']],
  ['links of the documentation', 'node', ['scripts/check-links.mjs']],
]
const atOnce = 2

setUp()
const waiting = [...steps]
const failed = []
await Promise.all(Array.from({ length: atOnce }, runWaiting))
if (failed.length > 0) {
  console.error(`\nNot passed: ${failed.join(', ')}`)
  process.exit(1)
}

async function runWaiting() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    if (!(await passes(...step))) failed.push(step[0])
  }
}

async function passes(title, command, args) {
  const started = performance.now()
  const { isPassed, printed } = await run(command, args)
  console.log(`${isPassed ? 'ok  ' : 'FAIL'} ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  if (!isPassed) console.log(printed)
  return isPassed
}

function run(command, args) {
  const child = spawn(command === 'node' ? process.execPath : `node_modules/.bin/${command}`, args, {
    cwd: root,
    env: { ...process.env, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text))
  return new Promise((done) => {
    child.on('error', (error) => done({ isPassed: false, printed: error.message }))
    child.on('close', (code) => done({ isPassed: code === 0, printed }))
  })
}

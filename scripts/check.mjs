// Everything that can be checked without running the program: format, lint, typed lint, types, unused code, generated
// files, the folders' import rules and the package's exports.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setUp } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const steps = [
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  ['types of the page', 'tsc', ['-p', 'web/tsconfig.json']],
  ['typed lint', 'eslint', ['src', 'web']],
  ['unused code', 'knip', []],
  ['links of the documentation', 'node', ['scripts/check-links.mjs']],
  ['regular expressions', 'node', ['scripts/check-regexes.mjs']],
  ['generated files', 'node', ['scripts/generate-schema.mjs', '--check']],
  ['import rules', 'vitest', ['run', 'test/architecture']],
  ['package exports', 'publint', ['--strict']],
  ['package types', 'attw', ['--pack', '.', '--profile', 'esm-only']],
]

setUp()
const failed = steps.filter(([title, command, args]) => !passes(title, command, args))
if (failed.length > 0) {
  console.error(`\nNot passed: ${failed.map(([title]) => title).join(', ')}`)
  process.exit(1)
}

function passes(title, command, args) {
  const started = performance.now()
  const { status, stdout, stderr, error } = spawnSync(
    command === 'node' ? process.execPath : `node_modules/.bin/${command}`,
    args,
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: '0' },
    },
  )
  const isPassed = status === 0
  console.log(`${isPassed ? 'ok  ' : 'FAIL'} ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  if (!isPassed) console.log(error?.message ?? `${stdout}${stderr}`)
  return isPassed
}

// Tries the packed package in the places of docs/runtimes.md that `npm test` has no time for: other runtimes, bundlers, a Node
// that is too old. Each in an empty folder, with what npm gives today.
//   npm run places                  all of them
//   npm run places -- --only bun    those whose name contains this
// Exit code 1 when one of them fails. The places themselves are in test/places/places.mjs.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { places } from '../test/places/places.mjs'
import { packInto } from './pack.mjs'
import { setUp } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })

setUp()
const scratch = mkdtempSync(join(tmpdir(), 'sygra-places-'))
const tarball = packInto(scratch)
const tried = places.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()))
const failed = tried.filter((place) => {
  const problem = problemOf(place)
  console.log(`${problem === undefined ? 'ok  ' : 'FAIL'} ${place.name}${problem === undefined ? '' : `\n${problem}`}`)
  return problem !== undefined
})
rmSync(scratch, { recursive: true, force: true })
console.log(`${tried.length - failed.length} places work, ${failed.length} do not`)
process.exitCode = failed.length > 0 ? 1 : 0

/** What goes wrong in a place, in words; undefined when nothing does. */
function problemOf({ name, packages = [], files = {}, steps }) {
  const folder = join(scratch, name.replaceAll(/[^\w.]+/g, '-'))
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const install = run('npm', ['install', '--prefer-offline', tarball, ...packages], { folder })
  if (install.status !== 0) return `npm install: ${install.text}`
  cpSync(join(root, 'test', 'places', 'programs'), folder, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const { command, args = [], status = 0, says } of steps) {
    const step = run(command, args, { folder })
    const shown = `${[command, ...args].join(' ')}: `
    if (step.status !== status) return `${shown}ended with ${step.status}\n${step.text}`
    if (says !== undefined && !step.text.includes(says)) return `${shown}does not say "${says}"\n${step.text}`
  }
  return undefined
}

/** Runs a command; what the folder's packages bring is found first. */
function run(command, args, { folder }) {
  const env = {
    ...process.env,
    PATH: `${join(folder, 'node_modules', '.bin')}:${process.env.PATH}`,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_loglevel: 'error',
  }
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 600_000,
  })
  return { status, text: error?.message ?? `${stderr.slice(-3000)}${stdout.slice(-3000)}` }
}

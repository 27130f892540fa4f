// Makes a checkout ready: installs when the lockfile has changed, builds when a source has. Quick when neither has.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'sygra')
/** Takes a third of the time of `typescript` 6, which the linters need beside it. */
export const compiler = join(root, 'node_modules', 'typescript7', 'bin', 'tsc')

/** Installs and builds what is out of date; ends the process when either fails. */
export function setUp({ forceBuild = false } = {}) {
  checkNodeVersion()
  installIfChanged()
  buildIfChanged(forceBuild)
}

function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`sygra needs Node 20.19 or newer; this is ${process.versions.node}`)
}

function installIfChanged() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  if (readStamp('install') === hash([lock, process.versions.modules])) return
  console.error('Installing dependencies…')
  // Not `npm ci`: where a registry lacks the binaries of other platforms, the lockfile lacks them too, and `ci` refuses it.
  run('npm', ['install', '--no-save', '--loglevel=error'])
  writeStamp('install', hash([lock, process.versions.modules]))
}

function buildIfChanged(force) {
  const state = hash(sourceFiles().map((file) => `${file}:${readFileSync(join(root, file), 'utf8')}`))
  if (!force && isBuildThere() && readStamp('build') === state) return
  console.error('Building…')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  rmSync(join(cache, 'build.tsbuildinfo'), { force: true })
  run(process.execPath, [join(root, 'scripts', 'bundle.mjs')])
  // Types only.
  run(process.execPath, [compiler, '-p', 'tsconfig.build.json'])
  // The page of the studio, into dist/web.
  run(process.execPath, [
    join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
    'build',
    '--config',
    'web/vite.config.mjs',
  ])
  writeStamp('build', state)
}

function isBuildThere() {
  return ['index.js', 'web/index.html'].every((file) => existsSync(join(root, 'dist', file)))
}

function sourceFiles() {
  const files = ['src', 'web'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
  )
  return ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/bundle.mjs', ...files.filter(isBuilt).sort()]
}

function isBuilt(file) {
  return /\.(tsx?|json|css|html|svg)$/.test(file) && !/\.test\.tsx?$/.test(file) && statSync(join(root, file)).isFile()
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error) fail(`${command}: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

function hash(parts) {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part).update('\0')
  return digest.digest('hex')
}

function readStamp(name) {
  const path = join(cache, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function writeStamp(name, value) {
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, name), value)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp({ forceBuild: process.argv.includes('--build') })

// Runs the tests of what watches calls on the current Node, whichever runs this: node scripts/current-node.mjs [tests…].
// That Node comes from npm, on demand, into a cache. Where it cannot be installed, that is said, and nothing has failed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = join(root, 'node_modules', '.cache', 'sygra', 'current-node')
const platform = process.platform === 'win32' ? 'win' : process.platform
const name = `node-${platform}-${process.arch}`
const node = join(cache, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

const tests = process.argv.length > 2 ? process.argv.slice(2) : ['src/instrument', 'test/sdk']

if (!existsSync(node)) install()
if (existsSync(node)) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  console.log(`On Node ${stdout.trim()}:`)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  process.exitCode = spawnSync(node, [vitest, 'run', ...tests], { cwd: root, stdio: 'inherit' }).status ?? 1
} else console.log(`SKIPPED: the package ${name} could not be installed, so the current Node is not tested here`)

function install() {
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, 'package.json'), '{"private":true}')
  spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@latest`], {
    cwd: cache,
    stdio: 'inherit',
  })
}

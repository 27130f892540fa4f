// npm run bench [name …]: runs the named benches, or all of them, one after the other. Figures are ratios or stand beside
// the limit they are held to; on a busy machine compare within one run only.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setUp } from '../scripts/setup.mjs'

setUp()
const directory = dirname(fileURLToPath(import.meta.url))
const all = readdirSync(directory)
  .filter((file) => file.endsWith('.mjs') && file !== 'index.mjs' && !file.startsWith('_'))
  .map((file) => file.slice(0, -'.mjs'.length))
const names = process.argv.length > 2 ? process.argv.slice(2) : all
const unknown = names.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`No bench ${unknown.join(', ')}; there are ${all.join(', ')}`)
  process.exit(2)
}
for (const name of names) {
  console.log(`\n${name}`)
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(directory, `${name}.mjs`)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}

// What an installation of the packed package takes on disk, and what importing it costs above a bare Node.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const goals = { megabytes: 60, sygra: 150, 'sygra/metadata': 150, 'sygra/register': 60 }
const repetitions = 9
const directory = mkdtempSync(join(tmpdir(), 'sygra-footprint-'))

try {
  const packed = JSON.parse(npm(['pack', '--json', '--pack-destination', directory], root))
  writeFileSync(join(directory, 'package.json'), '{"type":"module","private":true}')
  npm(['install', '--omit=dev', '--no-audit', '--no-fund', join(directory, packed[0].filename)], directory)
  const kilobytes = Number(
    execFileSync('du', ['-sk', join(directory, 'node_modules')], { encoding: 'utf8' }).split('\t')[0],
  )
  const packages = npm(['ls', '--all', '--parseable'], directory).trim().split('\n').length - 1
  console.log(
    `install         ${(kilobytes / 1024).toFixed(1)} MB in ${packages} packages (goal: under ${goals.megabytes} MB)`,
  )
  const bare = median(() => time(['-e', '0']))
  for (const name of ['sygra', 'sygra/metadata', 'sygra/register']) {
    const code = `import(${JSON.stringify(name)}).then(() => process.exit())`
    const above = median(() => time(['--input-type=module', '-e', code])) - bare
    console.log(
      `${name.padEnd(15)} ${above.toFixed(0)} ms above bare Node's ${bare.toFixed(0)} ms (goal: under ${goals[name]} ms)`,
    )
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

function time(args) {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return performance.now() - started
}

function median(measure) {
  const values = Array.from({ length: repetitions }, measure).sort((a, b) => a - b)
  return values[Math.floor(repetitions / 2)]
}

// What an installation of the packed package takes on disk, and what importing it costs above a bare Node: by the clock, and of
// the processor, which moves less where others work too.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const goals = { megabytes: 36, sygra: 80, 'sygra/metadata': 80, 'sygra/register': 20 }
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
  const bare = median('')
  // What watching looks at before the program can replace it. Node loads it for that, as it does for a program that uses it.
  const parts = median(`globalThis.Request; await import('node:http'); await import('node:http2');`)
  for (const name of ['sygra', 'sygra/metadata', 'sygra/register']) {
    const { clock, processor } = median(`await import(${JSON.stringify(name)});`)
    console.log(
      `${name.padEnd(15)} ${ms(clock - bare.clock)} above bare Node's ${ms(bare.clock)} (goal: under ${goals[name]} ms); ` +
        `of the processor ${ms(processor - bare.processor)} above ${ms(bare.processor)}`,
    )
  }
  const { clock, processor } = parts
  console.log(
    `of register     ${ms(clock - bare.clock)} are Node's own fetch, http and http2; of the processor ${ms(processor - bare.processor)}`,
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

function measure(code) {
  const started = performance.now()
  const tell = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000); process.exit()'
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', `${code}${tell}`], {
    cwd: directory,
    encoding: 'utf8',
  })
  if (child.status !== 0) throw new Error(child.stderr)
  return { clock: performance.now() - started, processor: Number(child.stdout) }
}

function median(code) {
  const measured = Array.from({ length: repetitions }, () => measure(code))
  const middle = (name) => measured.map((each) => each[name]).sort((a, b) => a - b)[Math.floor(repetitions / 2)]
  return { clock: middle('clock'), processor: middle('processor') }
}

function ms(milliseconds) {
  return `${milliseconds.toFixed(0)} ms`
}

// What watching a call costs: CPU of a program that asks a model with the plain OpenAI client, watched by nobody, by sygra
// (`--import sygra/register`, its ledger written) and by what others offer, their observations sent to a local sink. Each
// measurement is a process of its own; the model and the sink run in another. What others offer is installed on demand into
// `bench/observe`, at first.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChatServer } from './_start-chat-server.mjs'

const rounds = Number(process.env.ROUNDS ?? 5)
const folder = fileURLToPath(new URL('observe', import.meta.url))
const register = new URL('../dist/instrument/register.js', import.meta.url).href
const kinds = { json: 'a JSON answer', stream: 'a stream of 500 chunks' }
const limits = { json: 1.1, stream: 1.05 }

/** How each is loaded before the program. */
const variants = {
  nothing: [],
  sygra: ['--import', register],
  OpenTelemetry: ['--require', join(folder, 'opentelemetry.cjs')],
  OpenLLMetry: ['--require', join(folder, 'openllmetry.cjs')],
  Langfuse: ['--require', join(folder, 'langfuse.cjs')],
}

if (!existsSync(join(folder, 'node_modules'))) {
  console.log('installing what others offer into bench/observe…')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: folder, stdio: 'inherit' })
}

const server = await startChatServer()
const scratch = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
try {
  for (const kind of Object.keys(kinds)) compare(kind)
} finally {
  server.stop()
  rmSync(scratch, { recursive: true, force: true })
}

function compare(kind) {
  const names = Object.keys(variants)
  const costs = Object.fromEntries(names.map((name) => [name, []]))
  // Turn by turn, so that a slow minute of the machine slows all; and the middle of the ratios, because one lucky turn of
  // those that are compared with would spoil the least of each.
  for (let round = 0; round < rounds; round += 1) for (const name of names) costs[name].push(measure(name, kind))
  console.log(`\nCPU per call, ${kinds[kind]}`)
  for (const name of names) {
    const limit = name === 'sygra' ? ` (limit ${limits[kind]})` : ''
    const ratio = middle(costs[name].map((cost, round) => cost / costs.nothing[round]))
    console.log(`${name.padEnd(14)} ${middle(costs[name]).toFixed(0).padStart(6)} µs  ${ratio.toFixed(2)}${limit}`)
  }
}

function middle(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]
}

function measure(name, kind) {
  const output = execFileSync(process.execPath, [...variants[name], join(folder, 'program.cjs'), kind], {
    cwd: scratch,
    encoding: 'utf8',
    env: { ...process.env, MODEL_URL: server.url, SYGRA_TASK: 'bench', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return Number(output)
}

// What breaks first with 1,000 workers: a true coordinator and a true Redis, and workers that speak the true protocol, each over
// connections of its own, and do nothing but wait as for a model. Each has one record at a time; the quicker the model, the more
// records a second are offered. Usage: npm run bench many-workers; needs redis-server and Linux.
// SYGRA_BENCH_WORKERS=1000, SYGRA_BENCH_RATES=250,500,1000 are what it does.
import { fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeBenchTask, program } from './_bench-task.mjs'
import { startRedisServer } from './_start-redis-server.mjs'

const synthetic = fileURLToPath(new URL('_synthetic-workers.mjs', import.meta.url))
const { directory, fill } = makeBenchTask()
const workers = Number(process.env.SYGRA_BENCH_WORKERS ?? 1_000)
const rates = (process.env.SYGRA_BENCH_RATES ?? '250,500,1000').split(',').map(Number)
const processes = 2
/** How long each rate is held. */
const seconds = 15

const server = await startRedisServer()
if (server === undefined) console.log('not measured: there is no redis-server here')
else {
  try {
    for (const rate of rates) await measure(rate)
  } finally {
    server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measure(rate) {
  await server.clear()
  const records = rate * seconds
  fill(records)
  const output = mkdtempSync(join(directory, 'out-'))
  const args = ['run', '-t', 'bench', '-n', 'all', '-b', String(workers), '-od', output, '--quiet', '--no-check-models']
  const coordinator = spawn(process.execPath, [program, ...args, '--workers', server.address], {
    cwd: directory,
    env: { ...process.env, OPENAI_API_KEY: 'none' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let printed = ''
  coordinator.stderr.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  const ended = new Promise((resolve) => coordinator.on('close', resolve))
  const told = new Map()
  const children = Array.from({ length: processes }, () => {
    const child = fork(synthetic, [server.address, String(workers / processes), String(workers / rate)])
    child.on('message', (counts) => told.set(child, counts))
    return child
  })
  const sumOf = (key) => [...told.values()].reduce((sum, counts) => sum + counts[key], 0)
  const reached = async (key, count) => {
    while (sumOf(key) < count && coordinator.exitCode === null) await wait(50)
    return {
      at: performance.now() / 1000,
      done: sumOf('done'),
      cpu: cpuSecondsOf(coordinator.pid),
      ...(await server.state()),
    }
  }
  try {
    const startedAt = performance.now() / 1000
    const there = await reached('joined', workers)
    const from = await reached('done', Math.max(workers, records * 0.2))
    const peak = memoryOf(coordinator.pid)
    const to = await reached('done', records * 0.9)
    const [took, done] = [to.at - from.at, to.done - from.done]
    const perRecord = (key) => (to[key] - from[key]) / done
    console.log(
      `${String(rate).padStart(5)} offered  ${(done / took).toFixed(0)} records/s; coordinator ${((to.cpu - from.cpu) / took).toFixed(2)} of a core, ` +
        `${(perRecord('cpu') * 1000).toFixed(2)} ms a record, ${(Math.max(peak, memoryOf(coordinator.pid)) / 1e6).toFixed(0)} MB; ` +
        `Redis ${((to.cpuSeconds - from.cpuSeconds) / took).toFixed(2)} of a core, ${perRecord('commands').toFixed(1)} commands and ` +
        `${perRecord('bytes').toFixed(0)} bytes a record; ${workers} workers there after ${(there.at - startedAt).toFixed(0)} s`,
    )
    await ended
  } finally {
    for (const child of children) child.kill()
    coordinator.kill()
  }
  if (coordinator.exitCode !== 0) throw new Error(printed)
}

/** The processor's time of a process until now. */
function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

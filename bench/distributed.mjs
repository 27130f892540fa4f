// What workers bring and what they cost: records a second with 1, 2 and 4 of them beside one process with as many records in
// work, where each record asks a model of 300 ms; and the processor's time and the bytes of a record that goes to a worker,
// on this machine and over a Redis, beside one that does not. Usage: npm run bench distributed; needs redis-server for the
// last.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { makeBenchTask, program } from './_bench-task.mjs'
import { startChatServer } from './_start-chat-server.mjs'
import { startRedisServer } from './_start-redis-server.mjs'

const { directory, fill } = makeBenchTask()
const atOnce = 40
/** What starts and ends with a run falls out where two runs of different length are compared. */
const [few, many] = [200, 1_400]

fill(many)

try {
  await measureSpeed()
  await measureCost()
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function measureSpeed() {
  const model = await startChatServer({ delayMs: 300 })
  const secondsOf = async (options) => {
    const [short, long] = [await timed(few, options, model.url), await timed(many, options, model.url)]
    return (long.seconds - short.seconds) / (many - few)
  }
  const alone = await secondsOf([])
  console.log(`one process    ${(1 / alone).toFixed(0)} records/s, ${atOnce} at once, a model of 300 ms`)
  for (const workers of [1, 2, 4]) {
    const seconds = await secondsOf(['--workers', String(workers)])
    const share = (alone / seconds) * 100
    console.log(
      `${workers} ${workers === 1 ? 'worker ' : 'workers'}      ${(1 / seconds).toFixed(0)} records/s, ${share.toFixed(0)} % of that (goal: 97 % where a core is free for each)`,
    )
  }
  model.stop()
}

async function measureCost() {
  const model = await startChatServer()
  const cpuOf = async (options, around = (run) => run()) => {
    const short = await around(() => timed(few, options, model.url))
    const long = await around(() => timed(many, options, model.url))
    const perRecord = (key) => ((long[key] ?? 0) - (short[key] ?? 0)) / (many - few)
    return {
      milliseconds: perRecord('cpuSeconds') * 1000,
      coordinatorMilliseconds: perRecord('coordinatorSeconds') * 1000,
      redisMilliseconds: perRecord('redisSeconds') * 1000,
      commands: perRecord('commands'),
      bytes: perRecord('bytes'),
      ledgerBytes: perRecord('ledgerBytes'),
    }
  }
  const alone = await cpuOf([])
  console.log(`one process    ${alone.milliseconds.toFixed(2)} ms of CPU a record, with its request and its row`)
  const local = await cpuOf(['--workers', '1'])
  console.log(`a worker       ${(local.milliseconds - alone.milliseconds).toFixed(2)} ms more, both processes together`)
  const server = await startRedisServer()
  if (server === undefined) console.log('over a Redis   not measured: there is no redis-server here')
  else {
    const remote = await cpuOf(['--workers', server.address], (run) => besideWorker(server, { url: model.url, run }))
    console.log(
      `over a Redis   ${(remote.milliseconds - alone.milliseconds).toFixed(2)} ms more, both processes together (goal: under 1 ms): ` +
        `${remote.coordinatorMilliseconds.toFixed(2)} ms in the coordinator, ${remote.redisMilliseconds.toFixed(2)} ms in the Redis`,
    )
    console.log(
      `               ${remote.commands.toFixed(1)} commands and ${remote.bytes.toFixed(0)} bytes to the Redis, ${remote.ledgerBytes.toFixed(0)} bytes of ledger`,
    )
    server.stop()
  }
  model.stop()
}

/** A run beside a worker that waits at a Redis: the CPU of each of the three, and what passed through the Redis. */
async function besideWorker({ address, state }, { url, run }) {
  const before = await state()
  const worker = start(['worker', address, '--concurrency', String(atOnce)], url)
  const ran = await run()
  worker.interrupt()
  const { cpuSeconds } = await worker.ended
  const after = await state()
  return {
    cpuSeconds: ran.cpuSeconds + cpuSeconds,
    coordinatorSeconds: ran.cpuSeconds,
    ledgerBytes: ran.ledgerBytes,
    redisSeconds: after.cpuSeconds - before.cpuSeconds,
    commands: after.commands - before.commands,
    bytes: after.bytes - before.bytes,
  }
}

async function timed(records, options, url) {
  const output = mkdtempSync(join(directory, 'out-'))
  const args = ['run', '-t', 'bench', '-n', String(records), '-b', String(atOnce), '-od', output, '--quiet']
  const ended = await start([...args, '--no-check-models', ...options], url).ended
  const folder = join(output, 'metadata')
  const ledgers = readdirSync(folder).filter((name) => name.startsWith('ledger_'))
  return { ...ended, ledgerBytes: ledgers.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) }
}

/** Starts the command line; tells how long it and what it has started took, by the clock and of the processor. */
function start(args, url) {
  const environment = { ...process.env, OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'none' }
  // The shell counts the time of a process and of all that it has waited for, and passes a signal on to nobody: the process
  // writes its number first.
  const command = `TIMEFORMAT='cpu %U %S'; time bash -c 'echo pid $$ >&2; exec "$0" "$@"' "$@"`
  const startedAt = performance.now()
  const child = spawn('bash', ['-c', command, 'bash', process.execPath, program, ...args], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  const ended = new Promise((resolve, reject) => {
    child.on('close', () => {
      const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(printed) ?? []
      if (user === undefined) reject(new Error(printed))
      else resolve({ seconds: (performance.now() - startedAt) / 1000, cpuSeconds: Number(user) + Number(system) })
    })
  })
  const interrupt = () => process.kill(Number(/pid (\d+)/.exec(printed)?.[1]), 'SIGTERM')
  return { ended, interrupt }
}

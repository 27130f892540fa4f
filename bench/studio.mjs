// How long the studio takes to show a large run: the first answer, which is a sample, beside the whole ledger, which is read
// while a page asks for what it shows, and the answers after it; then the list of many runs, and what it costs to keep it.
// `npm run bench studio` takes 100,000 requests and 2,000 runs; SYGRA_BENCH_REQUESTS=1000000 and SYGRA_BENCH_RUNS=10000 take
// other numbers. Behind each time stands that of the processor, which tells more on a busy machine.
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { studioFiles } from '../dist/cli/files/studio-files.js'
import { RunTotals } from '../dist/metadata/run-totals.js'
import { summarize } from '../dist/metadata/summary.js'
import { formatLedgerLine } from '../dist/runtime/ledger/ledger-line.js'
import { RunStore } from '../dist/studio/run-store.js'

const requests = Number(process.env.SYGRA_BENCH_REQUESTS ?? 100_000)
const runs = Number(process.env.SYGRA_BENCH_RUNS ?? 2_000)
const key = 'metadata/metadata_large_2026-11-25_10-00-00.json'
const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))

try {
  const bytes = writeRun()
  const store = new RunStore({ directory, files: studioFiles(directory), nowMs: Date.now })
  console.log(`${requests.toLocaleString('en')} requests, a ledger of ${(bytes / 1e6).toFixed(0)} MB`)
  const first = await timed('the run, the first time', () => store.run(key))
  await timed('its timeline', () => store.timeline(key, { spans: 300 }))
  const whole = await timed('the whole ledger, shown', () => whileShown(store, store.readWhole(key)))
  await timed('the run again', () => store.run(key))
  await timed('its timeline', () => store.timeline(key, { spans: 300 }))
  await timed('its records', () => store.records(key, { kind: 'all', sort: 'cost', limit: 50 }))
  console.log(`first answer / whole ledger: ${(first / whole).toFixed(3)}`)
  console.log('held to, of a million: the first answer below 2 s, the whole below 10 s')
  await list()
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function timed(what, work) {
  const [startedAt, cpuBefore] = [performance.now(), cpuSeconds()]
  await work()
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`  ${what.padEnd(24)} ${seconds.toFixed(3)} s  (cpu ${(cpuSeconds() - cpuBefore).toFixed(3)} s)`)
  return seconds
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Asks for what a page asks for, whenever it is told that there is something new. */
async function whileShown(store, reading) {
  let isRead = false
  const read = reading.then(() => {
    isRead = true
  })
  for (let version = ''; !isRead; await new Promise((done) => setTimeout(done, 700))) {
    const next = await store.versionOf(key)
    if (next !== version)
      await Promise.all([store.run(key), store.records(key, { kind: 'all', sort: 'cost', limit: 10 })])
    version = next
  }
  await read
  await Promise.all([store.run(key), store.slice(key, {}), store.timeline(key, { spans: 300 })])
}

/** The list of many runs: its beginning, all of it, and what it takes while nothing changes. */
async function list() {
  const text = readFileSync(join(directory, key), 'utf8')
  for (let run = 0; run < runs; run += 1) {
    const folder = join(directory, `many/task-${run % 40}/metadata`)
    mkdirSync(folder, { recursive: true })
    const stamp = new Date(Date.UTC(2026, 9, 1) + run * 300_000).toISOString().slice(0, 19)
    const name = `metadata_task_${stamp.replace('T', '_').replaceAll(':', '-')}.json`
    writeFileSync(join(folder, name), text.replace('"run_id": "large"', `"run_id": "run-${run}"`))
  }
  const many = join(directory, 'many')
  const store = new RunStore({ directory: many, files: studioFiles(many), nowMs: Date.now })
  console.log(`${runs.toLocaleString('en')} runs`)
  await timed('the first of them', () => store.list.runs())
  await timed('all of them', async () => {
    while (!(await store.list.runs()).isWhole) await new Promise((done) => setTimeout(done, 20))
  })
  await timed('what each spent on what', async () => {
    for (let last = '', now = await store.list.version(); now !== last; now = await store.list.version()) {
      last = now
      await new Promise((done) => setTimeout(done, 1_500))
    }
  })
  const [idleSeconds, before] = [10, cpuSeconds()]
  for (let look = 0; look < idleSeconds / 0.7; look += 1) {
    await store.list.version()
    await new Promise((done) => setTimeout(done, 700))
  }
  const share = (cpuSeconds() - before) / idleSeconds
  console.log(`  while nothing changes    ${(100 * share).toFixed(1)}% of a core`)
  console.log('held to, of 10,000: the first below 0.3 s, less than 2% of a core while nothing changes')
}

/** Writes a made-up run of records that take two requests each, every 30th of them repeated; gives the ledger's size. */
function writeRun() {
  mkdirSync(join(directory, 'metadata'))
  const path = join(directory, key.replace('metadata_', 'ledger_').replace('.json', '.jsonl'))
  const file = openSync(path, 'w')
  const totals = new RunTotals()
  let lines = []
  let seq = 0
  const add = (entry) => {
    totals.add(entry)
    lines.push(formatLedgerLine({ seq, atMs: 0, entry }))
    seq += 1
    if (lines.length < 2_000) return
    writeSync(file, lines.join(''))
    lines = []
  }
  const startedAtMs = Date.UTC(2026, 10, 25, 9)
  const git = {}
  const environment = { nodeVersion: process.versions.node, sygraVersion: '0.1.0' }
  const graph = {
    nodes: ['write', 'check'].map((name) => ({ name, type: 'llm' })),
    edges: [
      { from: 'START', to: 'write' },
      { from: 'write', to: 'check' },
      { from: 'check', to: 'END' },
    ],
  }
  const context = { taskName: 'large', graph }
  add({ type: 'run-start', runId: 'large', session: 0, startedAtMs, utcOffsetMinutes: 0, context, environment, git })
  let atMs = startedAtMs
  for (let sent = 0; sent < requests; ) {
    atMs += 20
    const recordId = `record-${sent}`
    for (const node of ['write', 'check']) {
      const common = { callId: `call-${sent}`, model: 'gpt-4o-mini', node, recordId, bodyHash: '0123456789abcdef' }
      const durationSeconds = 0.3 + ((sent * 7919) % 1000) / 500
      const attempts = sent % 30 === 0 ? [429, 200] : [200]
      attempts.forEach((status, resendCount) => {
        const usage = status === 200 ? { input: 200 + (sent % 300), output: 100 + (sent % 200) } : undefined
        const cost = usage && { status: 'priced', picodollars: 1_000_000 + sent, lines: [] }
        add({ type: 'request-end', ...common, status, resendCount, startedAtMs: atMs, durationSeconds, usage, cost })
      })
      sent += attempts.length
      add({ type: 'node-end', node, nodeType: 'llm', recordId, succeeded: true, durationSeconds })
    }
    add({ type: 'record-end', recordId, succeeded: true, durationSeconds: 4, costPicodollars: 2_000_000 + sent })
  }
  const ended = {
    type: 'run-end',
    session: 0,
    status: 'complete',
    endedAtMs: atMs,
    durationSeconds: (atMs - startedAtMs) / 1000,
  }
  add(ended)
  writeSync(file, lines.join(''))
  closeSync(file)
  const metadata = summarize(totals, { generatedAtMs: atMs, utcOffsetMinutes: 0 })
  writeFileSync(join(directory, key), JSON.stringify(metadata, null, 2))
  return statSync(path).size
}

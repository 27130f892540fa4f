// What the ledger costs: events per second and CPU per event with and without it, and the run time of 10,000 records at
// 300 ms per request with it on and off. Usage: npm run bench ledger; LEDGER_RECORDS=2000 makes the second part shorter.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MetadataCollector, startSimulator, Workflow } from '../dist/index.js'
import { LedgerWriter } from '../dist/runtime/ledger/ledger-writer.js'

const events = 400_000
const eventsPerSecond = 20_000
const secondsAtRate = 10
const records = Number(process.env.LEDGER_RECORDS ?? 10_000)
const requestSeconds = 0.3
const concurrency = 200
const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))

function eventAt(index) {
  return {
    type: 'request-end',
    callId: `1-${index}`,
    model: 'gpt-4o-mini',
    node: 'summarizer',
    recordId: `record-${index}`,
    status: 200,
    resendCount: 0,
    startedAtMs: 1_700_000_000_000 + index,
    durationSeconds: 0.5 + (index % 997) / 500,
    bodyHash: 'abcdef0123456789',
    usage: { input: 100 + (index % 50), output: 60 },
    cost: { status: 'priced', picodollars: 51_000_000, lines: [] },
  }
}

/** All events one after the other, as fast as they go. */
async function measureBurst(isKept, name) {
  const collector = new MetadataCollector()
  const ledger = isKept ? new LedgerWriter({ path: join(directory, `${name}.jsonl`) }) : undefined
  if (ledger !== undefined) collector.keepIn(ledger)
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  for (let index = 0; index < events; index += 1) {
    collector.record(eventAt(index))
    if (index % 1_000 === 999) await new Promise((done) => setImmediate(done))
  }
  await ledger?.close()
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  return { perSecond: events / seconds, microseconds: (user + system) / events }
}

/** Memory while events come at a steady rate. */
async function measureMemory() {
  const collector = new MetadataCollector()
  const ledger = new LedgerWriter({ path: join(directory, 'rate.jsonl') })
  collector.keepIn(ledger)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const startedAt = performance.now()
  for (let sent = 0; sent < eventsPerSecond * secondsAtRate; ) {
    const due = Math.min(eventsPerSecond * secondsAtRate, ((performance.now() - startedAt) / 1000) * eventsPerSecond)
    for (; sent < due; sent += 1) collector.record(eventAt(sent))
    most = Math.max(most, process.memoryUsage().rss)
    await new Promise((done) => setTimeout(done, 5))
  }
  await ledger.close()
  return { grownMegabytes: (most - before) / 1e6, isIncomplete: ledger.state.isIncomplete }
}

async function measureRun(ledger, url) {
  const workflow = new Workflow('ledger_bench').source(Array.from({ length: records }, (_, n) => ({ id: `r${n}`, n })))
  workflow.addLLMNode('ask', 'gpt-4o-mini').prompt([{ user: 'Say something about {n}.' }])
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  await workflow.run({ outputDir: directory, batchSize: concurrency, simulate: url, ledger, keepRecords: false })
  const { user, system } = process.cpuUsage(cpuBefore)
  return { seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (user + system) / 1e6 }
}

const round = (value, digits = 2) => value.toFixed(digits)
try {
  await measureBurst(true, 'warm')
  const without = await measureBurst(false)
  const kept = await measureBurst(true, 'burst')
  for (const [name, { perSecond, microseconds }] of [
    ['without', without],
    ['with', kept],
  ]) {
    console.log(
      `${name.padEnd(8)} ${Math.round(perSecond).toLocaleString('en')} events/s, ${round(microseconds)} µs of CPU each`,
    )
  }
  console.log(
    `ratio    ${round(kept.microseconds / without.microseconds)} of the CPU without; none held back, none lost`,
  )
  const { grownMegabytes, isIncomplete } = await measureMemory()
  console.log(
    `memory   ${round(grownMegabytes, 0)} MB at most at ${eventsPerSecond.toLocaleString('en')} events/s for ${secondsAtRate} s${isIncomplete ? ', INCOMPLETE' : ''}`,
  )
  const simulator = await startSimulator({
    latencySeconds: requestSeconds,
    timeToFirstTokenSeconds: 0,
    tokensPerSecond: 0,
    seed: 1,
  })
  try {
    const runs = { on: [], off: [] }
    // Off, on, on, off: what changes slowly on the machine falls on both alike.
    for (const name of ['off', 'on', 'on', 'off']) runs[name].push(await measureRun(name === 'on', simulator.url))
    const best = (name, key) => Math.min(...runs[name].map((run) => run[key]))
    console.log(
      `run      ${records.toLocaleString('en')} records at ${requestSeconds * 1000} ms a request, ${concurrency} at once: ` +
        `${round(best('off', 'seconds'))} s off, ${round(best('on', 'seconds'))} s on, ` +
        `difference ${round((best('on', 'seconds') / best('off', 'seconds') - 1) * 100)} % (goal: under 1 %)`,
    )
    console.log(`         CPU ${round(best('off', 'cpuSeconds'))} s off, ${round(best('on', 'cpuSeconds'))} s on`)
  } finally {
    await simulator.close()
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

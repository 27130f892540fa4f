// How long the studio takes to show a large run: the first answer, which is a sample, beside the whole ledger, and the
// answers after it. `npm run bench studio` takes 100,000 requests; SYGRA_BENCH_REQUESTS=1000000 another number.
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { studioFiles } from '../dist/cli/studio-files.js'
import { RunTotals } from '../dist/metadata/run-totals.js'
import { summarize } from '../dist/metadata/summary.js'
import { formatLedgerLine } from '../dist/runtime/ledger/ledger-line.js'
import { RunStore } from '../dist/studio/run-store.js'

const requests = Number(process.env.SYGRA_BENCH_REQUESTS ?? 100_000)
const key = 'metadata/metadata_large_2026-11-25_10-00-00.json'
const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))

try {
  const bytes = writeRun()
  const store = new RunStore({ directory, files: studioFiles(directory), nowMs: Date.now })
  console.log(`${requests.toLocaleString('en')} requests, a ledger of ${(bytes / 1e6).toFixed(0)} MB`)
  const first = await timed('the run, the first time', () => store.run(key))
  await timed('its timeline', () => store.timeline(key, { spans: 300 }))
  const whole = await timed('the whole ledger', () => store.readWhole(key))
  await timed('the run again', () => store.run(key))
  await timed('its timeline', () => store.timeline(key, { spans: 300 }))
  await timed('its dearest records', () => store.records(key, { order: 'dearest', limit: 50 }))
  console.log(`first answer / whole ledger: ${(first / whole).toFixed(3)}; held to: the first answer below 2 s`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function timed(what, work) {
  const startedAt = performance.now()
  await work()
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`  ${what.padEnd(24)} ${seconds.toFixed(3)} s`)
  return seconds
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

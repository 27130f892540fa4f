// How long it takes to make the metadata file of a run from 1,000,000 events, and what memory that takes: of one ledger, and of
// the ledgers of 100 workers.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LedgerWriter } from '../dist/runtime/ledger/ledger-writer.js'
import { recoverRun } from '../dist/workflow/run/past/recover-run.js'

const events = 1_000_000
const goalSeconds = 10
const workers = 100
const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))

/** As a run writes them: three requests, two nodes, a row and a record in turn. */
function eventAt(index) {
  const recordId = `record-${Math.floor(index / 8)}`
  const node = `node ${index % 2}`
  const durationSeconds = 0.5 + (index % 997) / 500
  switch (index % 8) {
    case 0:
    case 2:
      return {
        type: 'request-start',
        callId: `1-${index}`,
        model: 'm',
        node,
        recordId,
        resendCount: 0,
        startedAtMs: index,
      }
    case 1:
    case 3:
      return {
        type: 'request-end',
        callId: `1-${index - 1}`,
        model: 'm',
        node: `node ${(index - 1) % 2}`,
        recordId,
        status: 200,
        resendCount: 0,
        startedAtMs: index,
        durationSeconds,
        bodyHash: 'abcdef0123456789',
        usage: { input: 100, output: 60 },
        cost: { status: 'priced', picodollars: 51_000_000, lines: [] },
        isAnnounced: true,
      }
    case 4:
    case 5:
      return { type: 'node-end', node, nodeType: 'llm', recordId, succeeded: true, durationSeconds }
    case 6:
      return { type: 'row-write', recordId, rowChecksum: '0badcafe', durationSeconds, costPicodollars: 102_000_000 }
    default:
      return { type: 'record-end', recordId, succeeded: true, durationSeconds, costPicodollars: 102_000_000 }
  }
}

async function writeLedger(path, { isOfWorkers }) {
  const ledger = new LedgerWriter({ path })
  ledger.append({
    type: 'run-start',
    runId: 'bench',
    session: 0,
    startedAtMs: 1,
    utcOffsetMinutes: 0,
    context: { taskName: 'bench' },
    environment: { nodeVersion: process.version, sygraVersion: '0', host: 'elsewhere', pid: 1 },
    git: {},
  })
  ledger.append({
    type: 'run-plan',
    session: 0,
    outputPath: '../output.json',
    partPath: '../output.part.jsonl',
    failuresPath: '../output_failed.jsonl',
    startIndex: 0,
    parts: {},
  })
  const places = isOfWorkers
    ? Array.from({ length: workers }, (_, index) => path.replace(/\.jsonl$/, `.w${index + 1}.jsonl`))
    : []
  for (let part = 0; part < (places.length || 1); part += 1) {
    const writer = isOfWorkers ? new LedgerWriter({ path: places[part] }) : ledger
    const count = events / (places.length || 1)
    for (let index = part * count; index < (part + 1) * count; index += 1) {
      writer.append(eventAt(index))
      if (index % 1_000 === 0) await new Promise((done) => setImmediate(done))
    }
    if (isOfWorkers) await writer.close()
  }
  await ledger.close()
  return [path, ...places].reduce((sum, file) => sum + statSync(file).size, 0)
}

async function measure(name, path, options) {
  const bytes = await writeLedger(path, options)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const { metadata, damagedLines, missingEntries } = await recoverRun(path)
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  clearInterval(timer)
  const { records, requests } = metadata.aggregate_statistics
  console.log(
    `${name.padEnd(12)} ${seconds.toFixed(1)} s (CPU ${((user + system) / 1e6).toFixed(1)} s) for ${events.toLocaleString('en')} events, ` +
      `${(bytes / 1e6).toFixed(0)} MB (goal: under ${goalSeconds} s); memory grown by ${((most - before) / 1e6).toFixed(0)} MB`,
  )
  console.log(
    `${''.padEnd(12)} ${records.total_processed.toLocaleString('en')} records, ${requests.total_requests.toLocaleString('en')} requests, ${damagedLines} damaged, ${missingEntries} missing`,
  )
}

try {
  mkdirSync(join(directory, 'metadata'))
  const folder = join(directory, 'metadata')
  await measure('one ledger', join(folder, 'ledger_bench_2026-11-01_00-00-00.jsonl'), { isOfWorkers: false })
  await measure(`${workers} ledgers`, join(folder, 'ledger_bench_2026-11-02_00-00-00.jsonl'), { isOfWorkers: true })
} finally {
  rmSync(directory, { recursive: true, force: true })
}

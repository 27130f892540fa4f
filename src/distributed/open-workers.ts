import { fileURLToPath } from 'node:url'
import { workerLedgerPathOf } from '../runtime/files/run-names.ts'
import { workersBeside } from '../runtime/ledger/run-ledgers.ts'
import { limitsOf } from '../workflow/limits/run-limits.ts'
import { defaultBatchSize } from '../workflow/run/begin-run.ts'
import type { RecordWorkers, WorkedRun } from '../workflow/run/record-workers.ts'
import type { WorkerLineSource } from '../workflow/run/run-options.ts'
import { defaultGraceSeconds } from '../workflow/run/stop-control.ts'
import { taskForWorkers } from '../workflow/run/task-for-workers.ts'
import { Coordinator } from './coordinator.ts'
import { ChildProcesses } from './local/child-processes.ts'
import type { WorkerBegin } from './messages.ts'

// As seen from here and from the folder of chunks, which is as deep.
const childProgram = fileURLToPath(new URL('../distributed/local/child.js', import.meta.url))

const defaultLeaseSeconds = 30

/** Opens the workers of a run: they may still be starting when this resolves. */
export async function openWorkers(run: WorkedRun, count: number): Promise<RecordWorkers> {
  const { prepared, options, collector, simulatorUrl } = run
  const { ledgerPath } = run.files
  const task = taskForWorkers(prepared.definition)
  const { maxCostUsd, maxTokens } = limitsOf(options, prepared.definition.config.limits)
  const leaseSeconds = options.workerLeaseSeconds ?? defaultLeaseSeconds
  const places = options.batchSize ?? defaultBatchSize
  const wanted = Math.min(count, Math.max(1, prepared.recordCount ?? count), places)
  let lastNumber = Math.max(0, ...workersBeside(ledgerPath).map(numberOf), ...run.workersBefore.map(numberOf))
  const nextNumber = () => {
    lastNumber += 1
    return lastNumber
  }
  const beginOf = (worker: string): WorkerBegin => ({
    worker,
    runId: collector.runId,
    task,
    runArgs: options.runArgs ?? {},
    simulatorUrl,
    countsTokens: maxCostUsd !== undefined || maxTokens !== undefined,
    graceSeconds: options.graceSeconds ?? defaultGraceSeconds,
    heartbeatSeconds: leaseSeconds / 4,
    ledgerPath: workerLedgerPathOf(ledgerPath, worker),
  })
  const coordinator = new Coordinator(
    run,
    new ChildProcesses({
      program: childProgram,
      count: wanted,
      places,
      leaseSeconds,
      newName: () => `w${nextNumber()}`,
      beginOf,
      onLine: options.onWorkerLine ?? printLine,
    }),
  )
  await coordinator.open()
  return coordinator
}

/** The number in the name of a worker: `w12`. */
function numberOf(worker: string): number {
  return Number(worker.slice(1)) || 0
}

/** What the code of a task prints is its user's: it comes out here, with the name of who printed it. */
function printLine(line: string, { worker, stream }: WorkerLineSource): void {
  process[stream].write(`[${worker}] ${line}\n`)
}

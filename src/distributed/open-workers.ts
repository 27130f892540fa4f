import { fileURLToPath } from 'node:url'
import { workerLedgerPathOf } from '../runtime/files/run-names.ts'
import { workersBeside } from '../runtime/ledger/run-ledgers.ts'
import { limitsOf } from '../workflow/limits/run-limits.ts'
import { defaultBatchSize } from '../workflow/run/begin-run.ts'
import { digestFunctionFiles } from '../workflow/run/prepare/run-plan.ts'
import { taskForWorkers } from '../workflow/run/prepare/task-for-workers.ts'
import type { RecordWorkers, WorkedRun } from '../workflow/run/record-workers.ts'
import { defaultGraceSeconds } from '../workflow/run/stop-control.ts'
import { Coordinator } from './coordinator.ts'
import { printLine } from './fork-worker.ts'
import { ChildProcesses } from './local/child-processes.ts'
import type { WorkerBegin } from './messages.ts'
import { redisAddress } from './redis/connect.ts'
import type { CoordinatorTransport } from './transport.ts'

// As seen from here and from the folder of chunks, which is as deep.
const childProgram = fileURLToPath(new URL('../distributed/local/child.js', import.meta.url))

const defaultLeaseSeconds = 30

/**
 * Opens the workers of a run: so many processes of this machine, or all that come to a Redis. They may still be starting when
 * this resolves.
 */
export async function openWorkers(run: WorkedRun, workers: number | string): Promise<RecordWorkers> {
  const { prepared, options, collector, simulatorUrl } = run
  const { ledgerPath } = run.files
  const { definition } = prepared
  const task = taskForWorkers(definition)
  const { maxCostUsd, maxTokens } = limitsOf(options, definition.config.limits)
  const leaseSeconds = options.workerLeaseSeconds ?? defaultLeaseSeconds
  let lastNumber = Math.max(0, ...workersBeside(ledgerPath).map(numberOf), ...run.workersBefore.map(numberOf))
  const newName = () => {
    lastNumber += 1
    return `w${lastNumber}`
  }
  const functionFiles = digestFunctionFiles(definition)
  const beginOf = (worker: string): WorkerBegin => ({
    worker,
    runId: collector.runId,
    task,
    runArgs: options.runArgs ?? {},
    simulatorUrl,
    countsTokens: maxCostUsd !== undefined || maxTokens !== undefined,
    functionFiles,
    graceSeconds: options.graceSeconds ?? defaultGraceSeconds,
    heartbeatSeconds: leaseSeconds / 4,
    ledgerPath: workerLedgerPathOf(ledgerPath, worker),
  })
  const known = { leaseSeconds, newName, beginOf }
  const transport =
    typeof workers === 'string'
      ? await redisTransport(workers, { ...known, run })
      : childProcesses(workers, { ...known, run })
  const coordinator = new Coordinator(run, transport)
  await coordinator.open()
  return coordinator
}

interface Known {
  readonly run: WorkedRun
  readonly leaseSeconds: number
  readonly newName: () => string
  readonly beginOf: (worker: string) => WorkerBegin
}

function childProcesses(wanted: number, { run, ...known }: Known): CoordinatorTransport {
  const { prepared, options } = run
  const places = options.batchSize ?? defaultBatchSize
  const count = Math.min(wanted, Math.max(1, prepared.recordCount ?? wanted), places)
  return new ChildProcesses({
    program: childProgram,
    count,
    places,
    onLine: options.onWorkerLine ?? printLine,
    ...known,
  })
}

async function redisTransport(address: string, { run, ...known }: Known): Promise<CoordinatorTransport> {
  const { collector, options, prepared } = run
  // Only who uses it loads it.
  const { RedisTransport } = await import('./redis/redis-transport.ts')
  return new RedisTransport({
    address: redisAddress(address),
    runId: collector.runId,
    task: prepared.definition.taskName,
    mostPlaces: options.batchSize,
    unsettled: run.workersLost,
    onNotice: (message) => options.onNotice?.(message),
    ...known,
  })
}

/** The number in the name of a worker: `w12`. */
function numberOf(worker: string): number {
  return Number(worker.slice(1)) || 0
}

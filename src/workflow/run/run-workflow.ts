import { SygraError } from '../../errors.ts'
import { thrownTypeOf } from '../../instrument/attempt/error-type.ts'
import { nowMs } from '../../runtime/clock.ts'
import { choiceTakenUp } from '../batches/batch-choice.ts'
import { outputDirectoryOf, type WorkflowDefinition } from '../define-workflow.ts'
import type { Row } from '../sources/source.ts'
import { batchRun, checkedBatches } from './batch-run.ts'
import { beginRun, recordsAtOnce } from './begin-run.ts'
import { type CachedRun, cacheRun, checkedCache } from './cache-run.ts'
import { checkedLimits, guardRun } from './guard-run.ts'
import { loadOwnAnswers } from './own-answers.ts'
import { findUnfinishedRun } from './past/find-unfinished-run.ts'
import { type PastRun, readPastRun } from './past/past-run.ts'
import { checkSimulatorAddress, keepsLedger } from './prepare/check-options.ts'
import { prepareRun } from './prepare/prepare-run.ts'
import { checkWorkers } from './prepare/task-for-workers.ts'
import { holdRun } from './run-hold.ts'
import type { KnownOptions, RunOptions, RunResult } from './run-options.ts'
import { runSession } from './run-session.ts'
import { StopControl } from './stop-control.ts'

/** So long a run that has ended waits for a receiver of OpenTelemetry. */
const telemetryGraceMs = 5_000

/**
 * Runs a workflow over its records and leaves the output and its metadata side by side. Everything that can be wrong is
 * found before the first request; after it, nothing that was done is lost.
 *
 * @throws SygraError when the run cannot begin or cannot go on; the metadata of what was done is written all the same.
 */
export async function runWorkflow<IsOff extends boolean = false, HasFiles extends boolean = true>(
  definition: WorkflowDefinition,
  given: KnownOptions<IsOff, HasFiles> = {},
): Promise<RunResult<Row, IsOff, HasFiles>> {
  const startedAtMs = nowMs()
  checkWorkers(definition, given)
  const simulation = await startSimulation(definition, given)
  const stop = new StopControl(given)
  let past: PastRun | undefined
  try {
    past = await findPastRun(definition, given)
    const options = past === undefined ? given : asBefore(given, past)
    const prepared = await prepareRun(definition, { options, past, simulatorUrl: simulation.url, signal: stop.work })
    for (const slip of prepared.slips) options.onNotice?.(`WARNING: ${slip}`)
    try {
      const hold = holdRun(prepared.files, stop)
      const limits = checkedLimits({ prepared, options })
      const batches = checkedBatches({ prepared, options, past })
      const folder = await checkedCache({ prepared, options })
      const atOnce = recordsAtOnce(options, { isBatched: batches !== undefined })
      const begun = await beginRun({ prepared, options, past, stop, startedAtMs, hold, atOnce })
      const { collector, recorder, telemetry, span } = begun
      let cached: CachedRun | undefined
      const readied = async () => {
        const around = { prepared, options, past, collector, recorder, stop }
        const guard = await guardRun({ ...around, limits, isBatched: batches !== undefined })
        if (folder !== undefined) cached = await cacheRun({ ...around, folder })
        return { guard, desk: batches && (await batchRun({ ...around, settings: batches })) }
      }
      try {
        const { guard, desk } = await readied().catch(async (error: unknown) => {
          collector.endRun('failed')
          await recorder?.finish()
          span?.end(thrownTypeOf(error))
          throw error
        })
        const result: RunResult = await runSession({
          ...begun,
          prepared,
          options,
          past,
          stop,
          guard,
          desk,
          hold,
          atOnce,
          simulatorUrl: simulation.url,
        })
        return result as RunResult<Row, IsOff, HasFiles>
      } finally {
        await cached?.close()
        const loss = await telemetry?.finish(telemetryGraceMs)
        if (loss !== undefined) options.onNotice?.(`WARNING: ${loss}; \`sygra export otel\` sends them again`)
      }
    } finally {
      prepared.files?.release()
    }
  } finally {
    past?.files.release()
    stop.dispose()
    await simulation.close()
  }
}

async function findPastRun(definition: WorkflowDefinition, options: RunOptions): Promise<PastRun | undefined> {
  const resume = options.resume ?? definition.config.data_config?.resumable ?? false
  if (resume === false || !canResume(options)) return undefined
  const { outputDir: directory = outputDirectoryOf(definition), retryFailed = false } = options
  const { taskName } = definition
  const path = typeof resume === 'string' ? resume : await findUnfinishedRun({ directory, taskName, retryFailed })
  if (path === undefined) return undefined
  const past = await readPastRun(path)
  const isComplete = past.fold.totals.execution.sessionsInOrder().at(-1)?.end?.status === 'complete'
  const isRetry = options.retryFailed === true && past.failed.size > 0
  if (isComplete && !isRetry) {
    past.files.release()
    throw new SygraError('bad_argument', `the run of ${past.ledgerPath} is complete: there is nothing to resume`)
  }
  return past
}

/** Without metadata or ledger there is nothing to go on with; who asked for it in so many words is told. */
function canResume(options: RunOptions): boolean {
  const isKept = keepsLedger(options)
  if (isKept || options.resume === undefined) return isKept
  throw new SygraError(
    'bad_argument',
    'a run is resumed from its files and goes on with them: do not turn off metadata (`disableMetadata: true`, SYGRA_DISABLE_METADATA), the ledger (`ledger: false`, SYGRA_LEDGER) or the files (`output: false`)',
  )
}

/** What is not said goes on as it was. */
function asBefore(options: RunOptions, { plan }: PastRun): RunOptions {
  return {
    ...options,
    numRecords: options.numRecords ?? plan.numRecords,
    startIndex: options.startIndex ?? plan.startIndex,
    batchApi: choiceTakenUp(options.batchApi, plan.batchApi),
  }
}

/** A provider that answers in place of the real ones while a run rehearses. */
interface Simulation {
  readonly url: string | undefined
  readonly close: () => Promise<void>
}

/** Starts the simulator of a run, with the answers of its own that it has. */
async function startSimulation({ directory }: WorkflowDefinition, { simulate }: RunOptions): Promise<Simulation> {
  if (simulate === undefined || simulate === false) return { url: undefined, close: async () => {} }
  if (typeof simulate === 'string') {
    await checkSimulatorAddress(simulate)
    return { url: simulate, close: async () => {} }
  }
  const { startSimulator } = await import('../../simulator/simulator.ts')
  const answers = loadOwnAnswers({ simulate }, directory)
  const simulator = await startSimulator({ ...(simulate === true ? {} : simulate), answers })
  return { url: simulator.url, close: simulator.close }
}

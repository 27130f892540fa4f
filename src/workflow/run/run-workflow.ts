import { messageOf, SygraError } from '../../errors.ts'
import { installFetch } from '../../instrument/fetch.ts'
import { countOpenAttempts, settleOpenAttempts } from '../../instrument/open-attempts.ts'
import type { RunStatus } from '../../metadata/event.ts'
import { nowMs } from '../../runtime/clock.ts'
import { saveAtExit } from '../../runtime/exit-saves.ts'
import type { MetadataCollector } from '../../runtime/metadata-collector.ts'
import { RunSnapshot } from '../../runtime/run-snapshot.ts'
import type { WorkflowDefinition } from '../definition.ts'
import { beginRun } from './begin-run.ts'
import { findUnfinishedRun, type PastRun, readPastRun } from './past-run.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import { processRecords } from './process-records.ts'
import type { RunOptions, RunResult } from './run-options.ts'
import { openRunOutput } from './run-output.ts'
import { RunResults } from './run-results.ts'
import { startSimulation } from './simulation.ts'
import { StopControl } from './stop-control.ts'

/**
 * Runs a workflow over its records and leaves the output and its metadata side by side. Everything that can be wrong is
 * found before the first request; after it, nothing that was done is lost.
 *
 * @throws SygraError when the run cannot begin or cannot go on; the metadata of what was done is written all the same.
 */
export async function runWorkflow(definition: WorkflowDefinition, given: RunOptions = {}): Promise<RunResult> {
  const startedAtMs = nowMs()
  const simulation = await startSimulation(definition, given)
  const stop = new StopControl(given)
  let past: PastRun | undefined
  try {
    past = await findPastRun(definition, given)
    const options = past === undefined ? given : asBefore(given, past)
    const prepared = await prepareRun(definition, { options, past, simulatorUrl: simulation.url, signal: stop.work })
    try {
      const collector = await beginRun({ prepared, options, past, stop, startedAtMs })
      return await runPrepared({ prepared, options, past, collector, stop })
    } finally {
      prepared.files.release()
    }
  } finally {
    past?.files.release()
    stop.dispose()
    await simulation.close()
  }
}

async function findPastRun(definition: WorkflowDefinition, options: RunOptions): Promise<PastRun | undefined> {
  const resume = options.resume ?? definition.config.data_config?.resumable ?? false
  if (resume === false || options.disableMetadata) return undefined
  const directory = options.outputDir ?? definition.directory
  const path = typeof resume === 'string' ? resume : await findUnfinishedRun(directory, definition.taskName)
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

/** What is not said goes on as it was. */
function asBefore(options: RunOptions, { plan }: PastRun): RunOptions {
  return {
    ...options,
    numRecords: options.numRecords ?? plan.numRecords,
    startIndex: options.startIndex ?? plan.startIndex,
  }
}

interface Session {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly past: PastRun | undefined
  readonly collector: MetadataCollector
  readonly stop: StopControl
}

async function runPrepared(session: Session): Promise<RunResult> {
  const { prepared, options, past, collector, stop } = session
  const { files } = prepared
  describeSource(session)
  const output = await openRunOutput(prepared, {
    ledger: collector.ledger,
    isResumed: past !== undefined,
    forgetsFailures: options.retryFailed === true,
  })
  const sync = async () => {
    await output.sync()
    await collector.ledger?.sync()
  }
  const snapshot = new RunSnapshot({ collector, path: files.metadataPath, sync })
  const isKept = collector.isEnabled()
  if (isKept) await snapshot.start()
  let isSaved = false
  const saveNow = (reason: string) => {
    // What is saved on purpose is not saved again at the exit that follows.
    if (!isKept || isSaved) return
    isSaved = true
    settleOpenAttempts(collector.runId)
    collector.endRun('interrupted', reason)
    collector.ledger?.flushSync()
    snapshot.finishSync()
    files.release()
  }
  const forgetExit = saveAtExit((code) => saveNow(`the process ended in the middle of the run, with exit code ${code}`))
  // What fails first explains what fails after it, and nothing that can still be done is left out.
  const problems: unknown[] = []
  const attempt = <Result>(step: () => Promise<Result>) =>
    step().catch((error: unknown) => {
      problems.push(error)
      return undefined
    })
  const results = new RunResults(options.keepRecords ?? true)
  const uninstallFetch = installFetch()
  options.onStart?.({
    collector,
    recordCount: prepared.recordCount,
    runningRequests: () => countOpenAttempts(collector.runId),
    outputPath: files.outputPath,
    metadataPath: isKept ? files.metadataPath : null,
    doneBefore: past?.done.size ?? 0,
    saveNow,
  })
  const onCheckpoint = () => {
    if (isKept) void snapshot.write()
  }
  const isDone = await attempt(() =>
    processRecords({ prepared, options, past, collector, output, results, stop, onCheckpoint }),
  )
  uninstallFetch()
  settleOpenAttempts(collector.runId)
  // What can be resumed keeps its part file.
  await attempt(isDone || !isKept ? output.finish : output.pause)
  describeSource(session)
  const status = problems.length > 0 ? 'failed' : isDone ? 'complete' : 'interrupted'
  if (isKept) await attempt(() => endRun(session, { snapshot, status, problem: problems[0] }))
  forgetExit()
  if (problems.length > 0) throw problems[0]
  return {
    status,
    stopped: isDone ? undefined : stop.reason,
    records: results.rows(),
    metadata: isKept ? collector.getMetadataSummary() : null,
    outputPath: files.outputPath,
    metadataPath: isKept ? files.metadataPath : null,
    failures: results.failures,
    runId: collector.runId,
  }
}

/** Says what the data is; after the run again, because its digest is known only when it was read. */
function describeSource({ prepared: { source }, options, collector }: Session): void {
  const { sources = [], sourceType, sourcePath, datasetVersion, datasetHash } = source.describe()
  const startIndex = options.startIndex ?? 0
  collector.record({ type: 'dataset-open', sourceType, sourcePath, datasetVersion, datasetHash, startIndex })
  for (const part of sources) collector.record({ type: 'dataset-open', ...part })
}

interface RunEnding {
  readonly snapshot: RunSnapshot
  readonly status: RunStatus
  readonly problem: unknown
}

async function endRun({ collector, stop }: Session, { snapshot, status, problem }: RunEnding): Promise<void> {
  const reason = status === 'interrupted' ? stop.reason?.message : undefined
  collector.endRun(status, status === 'failed' ? reasonOf(problem) : reason)
  await collector.ledger?.close()
  await snapshot.finish()
}

// The text of a foreign error may quote a prompt; its own errors do not.
function reasonOf(problem: unknown): string {
  if (problem instanceof SygraError) return messageOf(problem)
  return problem instanceof Error ? problem.name : 'unknown'
}

import { messageOf, SygraError } from '../../errors.ts'
import { thrownTypeOf } from '../../instrument/attempt/error-type.ts'
import { countOpenAttempts, settleOpenAttempts } from '../../instrument/attempt/open-attempts.ts'
import { installFetch } from '../../instrument/fetch/fetch.ts'
import { loadWorkers } from '../../load-workers.ts'
import { saveAtExit } from '../../runtime/recorder/exit-saves.ts'
import { redactText } from '../../runtime/redact.ts'
import { runInScope } from '../../runtime/scope.ts'
import { withinSpan } from '../../telemetry/live-span.ts'
import type { BatchDesk } from '../batches/batch-desk.ts'
import type { RunGuard } from '../limits/run-guard.ts'
import { checkWithRequest } from '../models/availability.ts'
import type { BegunRun } from './begin-run.ts'
import { processOutput, usesPreviousOutput } from './graph-processor.ts'
import { openRunOutput, type RunOutput } from './output/run-output.ts'
import type { PastRun } from './past/past-run.ts'
import type { PreparedRun } from './prepare/prepare-run.ts'
import { processRecords } from './process-records.ts'
import { RunResults } from './record-work.ts'
import type { RecordWorkers } from './record-workers.ts'
import type { RunHold } from './run-hold.ts'
import type { RunOptions, RunResult } from './run-options.ts'
import type { StopControl } from './stop-control.ts'

/** A run that has begun, or was taken up again. */
export interface Session extends BegunRun {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly past: PastRun | undefined
  readonly stop: StopControl
  readonly guard: RunGuard
  /** Where calls are handed in together, in a run that does that. */
  readonly desk: BatchDesk | undefined
  readonly hold: RunHold
  /** How many records are in work at once. */
  readonly atOnce: number
  /** Where models are simulated. */
  readonly simulatorUrl: string | undefined
}

/**
 * Does the records of a run that are left to do, and ends the run, however that went: output and metadata are written as
 * far as they can be.
 *
 * @throws what went wrong first, after everything that could still be done was done.
 */
export async function runSession(session: Session): Promise<RunResult> {
  const { span } = session
  try {
    const result = await withinSpan(span, () => doSession(session))
    span?.end(undefined)
    return result
  } catch (error) {
    span?.end(thrownTypeOf(error))
    throw error
  }
}

async function doSession(session: Session): Promise<RunResult> {
  const { prepared, options, past, collector, recorder, stop, guard, hold } = session
  const { files } = prepared
  // What fails first explains what fails after it, and nothing that can still be done is left out.
  const problems: unknown[] = []
  const attempt = <Result>(step: () => Promise<Result>) =>
    step().catch((error: unknown) => {
      problems.push(error)
      return undefined
    })
  const results = new RunResults(options.keepRecords ?? true)
  describeSource(session)
  await recorder?.start()
  const output = await attempt(() => openRunOutput(prepared, { ledger: recorder?.ledger, past, hold }))
  const saving = saveOnExit(session)
  const isDone = output !== undefined && (await attempt(() => work(session, { output, results, saving }))) === true
  settleOpenAttempts(collector.runId)
  const { desk } = session
  if (!isDone) desk?.leave()
  else if (desk !== undefined) {
    await attempt(() => runInScope({ collector, prices: prepared.prices }, () => desk.finish()))
  }
  const isResumable = !isDone && recorder?.ledger !== undefined
  const isLost = !hold.isOurs()
  if (output !== undefined && isLost) await attempt(() => leave(session, output))
  // What can be resumed keeps its part file.
  else if (output !== undefined) await attempt(isResumable ? output.pause : output.finish)
  if (isLost) problems.unshift(hold.loss())
  const processedPaths = isDone && problems.length === 0 ? await processWhole(session, attempt) : []
  describeSource(session)
  const status = problems.length > 0 ? 'failed' : isDone ? 'complete' : 'interrupted'
  collector.endRun(status, status === 'complete' ? undefined : reasonOf(problems[0], stop))
  const metadata = collector.isEnabled() ? collector.getMetadataSummary() : null
  if (recorder !== undefined) await attempt(() => recorder.finish())
  if (problems.length === 0 && isDone) clearBatches(session)
  recorder?.stop()
  saving.forget()
  noticeProblems(session, problems.slice(1))
  for (const notice of results.filled.notices()) options.onNotice?.(`WARNING: ${notice}`)
  if (problems.length > 0) throw problems[0]
  return {
    status,
    stopped: isDone ? guard.excessAtEnd() : stop.reason,
    isResumable,
    records: results.rows(),
    metadata,
    outputPath: files?.outputPath ?? null,
    metadataPath: recorder === undefined ? null : (files?.metadataPath ?? null),
    processedPaths,
    failures: results.failures,
    runId: collector.runId,
  }
}

/** What is left of batches in a run that is complete is in nobody's way. */
function clearBatches({ desk, options }: Session): void {
  try {
    desk?.clear()
  } catch (error) {
    options.onNotice?.(`WARNING: the files of batches stay where they are: ${messageOf(error)}`)
  }
}

async function leave({ options }: Session, output: RunOutput): Promise<void> {
  const kept = await output.leave()
  if (kept !== undefined)
    options.onNotice?.(`WARNING: the folder of the output was removed; its rows are kept in ${kept}`)
}

/** The first problem is thrown; that something else could not be written must not be lost behind it. */
function noticeProblems({ recorder, options, prepared }: Session, problems: readonly unknown[]): void {
  for (const problem of problems) options.onNotice?.(`WARNING: ${redactText(messageOf(problem))}`)
  const missing = recorder?.ledger?.state.missingEvents ?? 0
  if (missing > 0) {
    options.onNotice?.(
      `WARNING: ${missing} events are missing in the ledger ${prepared.files?.ledgerPath}: the metadata file has what they cost, an account that is made from the ledger has not`,
    )
  }
}

interface Work {
  readonly output: RunOutput
  readonly results: RunResults
  readonly saving: ReturnType<typeof saveOnExit>
}

async function work(session: Session, { output, results, saving }: Work): Promise<boolean> {
  const { prepared, options, past, collector, recorder, stop, guard, desk, atOnce } = session
  const { files } = prepared
  recorder?.syncWith(output.sync)
  const uninstallFetch = installFetch()
  let workers: RecordWorkers | undefined
  try {
    options.onStart?.({
      collector,
      recordCount: prepared.recordCount,
      sourceCount: prepared.sourceCount,
      runningRequests: () => countOpenAttempts(collector.runId) + (workers?.runningRequests() ?? 0),
      outputPath: files?.outputPath ?? null,
      metadataPath: recorder === undefined ? null : (files?.metadataPath ?? null),
      doneBefore: past?.done.size ?? 0,
      saveNow: saving.saveNow,
    })
    guard.begin()
    if (options.checkModels !== false) await askModels(session)
    workers = await openWorkersOf(session)
    saving.before(workers)
    const onCheckpoint = () => void recorder?.checkpoint()
    return await processRecords({
      prepared,
      options,
      past,
      collector,
      output,
      results,
      stop,
      guard,
      desk,
      atOnce,
      workers,
      onCheckpoint,
    })
  } finally {
    await workers?.close()
    uninstallFetch()
  }
}

/** The processes that do the records, where they are not done here. */
async function openWorkersOf(session: Session): Promise<RecordWorkers | undefined> {
  const { options, recorder, prepared } = session
  const { files } = prepared
  if (options.workers === undefined || recorder === undefined || files === undefined) return undefined
  const openWorkers = await loadWorkers()
  const before = [...(session.past?.fold.totals.workers ?? [])]
  const workersBefore = before.map(([name]) => name)
  const workersLost = before.flatMap(([name, { start, end }]) =>
    start?.transport === 'redis' && end === undefined ? [name] : [],
  )
  return openWorkers({ ...session, recorder, files, workersBefore, workersLost }, options.workers)
}

type Attempt = <Result>(step: () => Promise<Result>) => Promise<Result | undefined>

/** Lets the processors of the task run over the whole output; what they ask models belongs to the run and to no node. */
async function processWhole({ prepared, options, collector, stop }: Session, attempt: Attempt): Promise<string[]> {
  const { processors, prices, files } = prepared
  if (processors.length === 0 || files === undefined) return []
  const context = { outputFile: files.outputPath, runArgs: options.runArgs ?? {}, signal: stop.work }
  const paths: string[] = []
  const uninstallFetch = installFetch()
  let previous = files.outputPath
  for (const processor of processors) {
    const rowsFile = usesPreviousOutput(processor) ? previous : files.outputPath
    const path = await attempt(() =>
      runInScope({ collector, prices }, () => processOutput(processor, { ...context, rowsFile })),
    )
    if (path === undefined) continue
    paths.push(path)
    previous = path
  }
  uninstallFetch()
  settleOpenAttempts(collector.runId)
  return paths
}

/** Asks the models that cannot be checked without cost; what that takes is a part of the run, of no record. */
function askModels({ prepared: { models, prices }, collector, stop }: Session): Promise<void> {
  return runInScope({ collector, prices }, () => checkWithRequest(models.clients, stop.work))
}

/** Writes what is known when the process ends in the middle of the run, until it is forgotten. */
function saveOnExit({ prepared, collector, recorder }: Session) {
  let isSaved = false
  let workers: RecordWorkers | undefined
  const saveNow = (reason: string) => {
    // What is saved on purpose is not saved again at the exit that follows.
    if (recorder === undefined || isSaved) return
    isSaved = true
    workers?.abandon()
    settleOpenAttempts(collector.runId)
    collector.endRun('interrupted', reason)
    try {
      recorder.saveSync()
    } finally {
      recorder.stop()
      prepared.files?.release()
    }
  }
  const forget = saveAtExit((code) => saveNow(`the process ended in the middle of the run, with exit code ${code}`))
  const before = (others: RecordWorkers | undefined) => {
    workers = others
  }
  return { saveNow, forget, before }
}

/** Says what the data is; after the run again, because its digest is known only when it was read. */
function describeSource({ prepared: { source }, options, collector }: Session): void {
  const { sources = [], sourceType, sourcePath, datasetVersion, datasetHash } = source.describe()
  const startIndex = options.startIndex ?? 0
  collector.record({ type: 'dataset-open', sourceType, sourcePath, datasetVersion, datasetHash, startIndex })
  for (const part of sources) collector.record({ type: 'dataset-open', ...part })
}

function reasonOf(problem: unknown, stop: StopControl): string | undefined {
  if (problem === undefined) return stop.reason?.message
  if (problem instanceof SygraError) return messageOf(problem)
  // The text of a foreign error may quote a prompt; its own errors do not.
  return problem instanceof Error ? problem.name : 'unknown'
}

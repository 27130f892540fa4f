import { messageOf, SygraError } from '../../errors.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { readGitState } from '../../runtime/git.ts'
import { LedgerWriter } from '../../runtime/ledger-writer.ts'
import type { MetadataCollector } from '../../runtime/metadata-collector.ts'
import { createRunCollector } from '../../runtime/scope.ts'
import { isNo } from '../../runtime/settings.ts'
import { outlineOf } from '../graph/draw-graph.ts'
import type { PastRun } from './past-run.ts'
import type { PreparedRun } from './prepare-run.ts'
import type { RunOptions } from './run-options.ts'
import { configHashOf } from './run-plan.ts'
import type { StopControl } from './stop-control.ts'

export const defaultBatchSize = 50
export const defaultCheckpointInterval = 100

/** What a run, or a further session of it, begins with. */
export interface BeginOptions {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly past: PastRun | undefined
  readonly stop: StopControl
  readonly startedAtMs: number
}

/** Starts the collector of a run and its ledger, with what earlier sessions have left in it. */
export async function beginRun(begin: BeginOptions): Promise<MetadataCollector> {
  const { prepared, options, past, startedAtMs } = begin
  const { definition, files, parts } = prepared
  const collector = createRunCollector({ runId: past?.runId, isDisabled: options.disableMetadata })
  if (!collector.isEnabled()) return collector
  const ledger = openLedger(begin)
  if (past !== undefined) collector.takeUp(past.fold.totals)
  if (ledger !== undefined) collector.keepIn(ledger)
  for (const event of past?.lastEvents ?? []) collector.record(event)
  if (options.onEvent !== undefined) collector.onEvent(options.onEvent)
  const session = past === undefined ? 0 : past.fold.totals.execution.sessions.size
  collector.startRun({
    startedAtMs,
    session,
    environment: readEnvironment(),
    git: await readGitState(definition.directory),
    context: {
      taskName: definition.taskName,
      runName: options.runName ?? '',
      outputDir: files.directory,
      batchSize: options.batchSize ?? defaultBatchSize,
      checkpointInterval: options.checkpointInterval ?? defaultCheckpointInterval,
      resumable: (options.resume ?? definition.config.data_config?.resumable ?? false) !== false,
      debug: options.debug ?? false,
      outputPath: files.outputPath,
      numRecords: prepared.limit,
      configHash: configHashOf(parts),
      graph: outlineOf(definition.config),
    },
  })
  const { outputPath, partPath, failuresPath } = files
  const { startIndex = 0 } = options
  ledger?.append({
    type: 'run-plan',
    session,
    outputPath,
    partPath,
    failuresPath,
    startIndex,
    numRecords: prepared.limit,
    parts,
  })
  return collector
}

function openLedger({ prepared, options, past, stop }: BeginOptions): LedgerWriter | undefined {
  const isOn = options.ledger ?? !isNo(process.env.SYGRA_LEDGER)
  if (!isOn) return undefined
  const path = prepared.files.ledgerPath
  const onProblem = (message: string) => {
    const consequence =
      options.onLedgerError === 'stop'
        ? 'the run stops, as --on-ledger-error says'
        : 'the run goes on, but a crash now would lose what is not in it'
    options.onNotice?.(`WARNING: the ledger ${path} cannot be written (${message}): ${consequence}`)
    if (options.onLedgerError === 'stop')
      stop.stop({ type: 'ledger', message: `the ledger cannot be written (${message})` })
  }
  try {
    return new LedgerWriter({ path, past: past?.fold, onProblem })
  } catch (error) {
    if (options.onLedgerError !== 'stop' && past === undefined) {
      onProblem(messageOf(error))
      return undefined
    }
    throw new SygraError('not_writable', `${path} cannot be opened: ${messageOf(error)}`, { cause: error })
  }
}

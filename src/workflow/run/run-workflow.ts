import { messageOf, SygraError } from '../../errors.ts'
import { countOpenAttempts, installFetch, settleOpenAttempts } from '../../instrument/fetch.ts'
import { nowMs } from '../../runtime/clock.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { readGitState } from '../../runtime/git.ts'
import { formatMetadata, type MetadataCollector } from '../../runtime/metadata-collector.ts'
import { createRunCollector } from '../../runtime/scope.ts'
import { writeAtomic } from '../../runtime/write-atomic.ts'
import type { WorkflowDefinition } from '../definition.ts'
import { identifiedRows } from '../sources/identified-rows.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import { workOnRecord } from './record-work.ts'
import type { RunOptions, RunResult } from './run-options.ts'
import { openRunOutput, type RunOutput } from './run-output.ts'
import { RunResults } from './run-results.ts'
import { startSimulation } from './simulation.ts'
import { slideOver } from './sliding-window.ts'
import { taken } from './taken.ts'

const defaultBatchSize = 50
const defaultCheckpointInterval = 100

/**
 * Runs a workflow over its records and leaves the output and its metadata side by side. Everything that can be wrong is
 * found before the first request; after it, nothing that was done is lost.
 *
 * @throws SygraError when the run cannot begin or cannot go on; the metadata of what was done is written all the same.
 */
export async function runWorkflow(definition: WorkflowDefinition, options: RunOptions = {}): Promise<RunResult> {
  const startedAtMs = nowMs()
  const simulation = await startSimulation(definition, options)
  try {
    const prepared = await prepareRun(definition, options, simulation.url)
    const collector = await startCollector(prepared, options, startedAtMs)
    return await runPrepared(prepared, options, collector)
  } finally {
    await simulation.close()
  }
}

async function startCollector(
  { definition, files }: PreparedRun,
  options: RunOptions,
  startedAtMs: number,
): Promise<MetadataCollector> {
  const collector = createRunCollector({ isDisabled: options.disableMetadata })
  if (!collector.isEnabled()) return collector
  const { onEvent } = options
  if (onEvent !== undefined) collector.onEvent(onEvent)
  collector.startRun({
    startedAtMs,
    environment: readEnvironment(),
    git: await readGitState(definition.directory),
    context: {
      taskName: definition.taskName,
      runName: options.runName ?? '',
      outputDir: files.directory,
      batchSize: options.batchSize ?? defaultBatchSize,
      checkpointInterval: options.checkpointInterval ?? defaultCheckpointInterval,
      resumable: options.resumable ?? definition.config.data_config?.resumable ?? false,
      debug: options.debug ?? false,
      outputPath: files.outputPath,
      numRecords: options.numRecords,
    },
  })
  return collector
}

async function runPrepared(
  prepared: PreparedRun,
  options: RunOptions,
  collector: MetadataCollector,
): Promise<RunResult> {
  describeSource(prepared, options, collector)
  const output = await openRunOutput(prepared)
  options.onStart?.({
    collector,
    recordCount: prepared.recordCount,
    runningRequests: () => countOpenAttempts(collector.runId),
    outputPath: prepared.files.outputPath,
    metadataPath: collector.isEnabled() ? prepared.files.metadataPath : null,
  })
  const results = new RunResults(options.keepRecords ?? true)
  // What fails first explains what fails after it, and nothing that can still be done is left out.
  const problems: unknown[] = []
  const attempt = <Result>(step: () => Promise<Result>) =>
    step().catch((error: unknown) => {
      problems.push(error)
      return null
    })
  const uninstallFetch = installFetch()
  await attempt(() => processRecords({ prepared, options, collector, output, results }))
  uninstallFetch()
  settleOpenAttempts(collector.runId)
  await attempt(output.finish)
  describeSource(prepared, options, collector)
  const metadataPath = await attempt(() => finishMetadata({ prepared, options, collector, problems }))
  if (problems.length > 0) throw problems[0]
  return {
    records: results.rows(),
    metadata: collector.isEnabled() ? collector.getMetadataSummary() : null,
    outputPath: prepared.files.outputPath,
    metadataPath,
    failures: results.failures,
    runId: collector.runId,
  }
}

interface Processing {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly collector: MetadataCollector
  readonly output: RunOutput
  readonly results: RunResults
}

async function processRecords({ prepared, options, collector, output, results }: Processing): Promise<void> {
  const { source, idColumn, runGraph, makeRow, prices } = prepared
  const read = { startIndex: options.startIndex, onBadRecord: options.onBadRecord, signal: options.signal }
  const rows = identifiedRows(source.rows(read), { idColumn, ...read })
  const work = { collector, prices, runGraph, makeRow, write: output.write }
  await slideOver(taken(rows, prepared.limit), {
    width: options.batchSize ?? defaultBatchSize,
    signal: options.signal,
    work: async (record, position) => {
      const outcome = await workOnRecord(record, work)
      if (outcome.type === 'failure') await output.writeFailure(record.id, outcome.error)
      results.add(position, record.id, outcome)
    },
  })
}

/** Says what the data is; after the run again, because its digest is known only when it was read. */
function describeSource({ source }: PreparedRun, options: RunOptions, collector: MetadataCollector): void {
  const { sources = [], sourceType, sourcePath, datasetVersion, datasetHash } = source.describe()
  const startIndex = options.startIndex ?? 0
  collector.record({ type: 'dataset-open', sourceType, sourcePath, datasetVersion, datasetHash, startIndex })
  for (const part of sources) collector.record({ type: 'dataset-open', ...part })
}

async function finishMetadata({
  prepared,
  options,
  collector,
  problems,
}: {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly collector: MetadataCollector
  readonly problems: readonly unknown[]
}): Promise<string | null> {
  if (!collector.isEnabled()) return null
  if (problems.length > 0) collector.endRun('failed', reasonOf(problems[0]))
  else collector.endRun(options.signal?.aborted ? 'interrupted' : 'complete')
  const { metadataPath } = prepared.files
  await writeAtomic(metadataPath, formatMetadata(collector.getMetadataSummary()))
  return metadataPath
}

// The text of a foreign error may quote a prompt; its own errors do not.
function reasonOf(problem: unknown): string {
  if (problem instanceof SygraError) return messageOf(problem)
  return problem instanceof Error ? problem.name : 'unknown'
}

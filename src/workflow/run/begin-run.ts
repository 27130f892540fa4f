import { runFacts } from '../../exporters/otel/execution.ts'
import type { GraphOutline } from '../../metadata/event.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { thisOwner } from '../../runtime/files/run-owner.ts'
import { readGitState } from '../../runtime/git.ts'
import { pathsFromLedger } from '../../runtime/ledger/ledger-entry.ts'
import { RunRecorder } from '../../runtime/recorder/run-recorder.ts'
import { createRunCollector } from '../../runtime/scope.ts'
import { activeTraceparent } from '../../runtime/trace-context.ts'
import { followCollector, type Telemetry } from '../../telemetry/follow-collector.ts'
import { type LiveSpan, startLiveSpan } from '../../telemetry/live-span.ts'
import { outlineOf } from '../config/draw-graph.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { kindOf } from '../nodes/node-kinds.ts'
import type { PastRun } from './past/past-run.ts'
import { subgraphDefinition } from './prepare/prepare-graph.ts'
import type { PreparedRun } from './prepare/prepare-run.ts'
import { configHashOf } from './prepare/run-plan.ts'
import type { RunFiles } from './run-files.ts'
import type { RunHold } from './run-hold.ts'
import type { RunOptions } from './run-options.ts'
import type { StopControl } from './stop-control.ts'

export const defaultBatchSize = 25
export const defaultCheckpointInterval = 100
/** How many records are in work at once where they wait for batches: as many as the largest batch has calls. */
const mostInWaves = 50_000

/** How many records are in work at once. */
export function recordsAtOnce({ batchSize }: RunOptions, { isBatched }: { readonly isBatched: boolean }): number {
  return batchSize ?? (isBatched ? mostInWaves : defaultBatchSize)
}

/** What a run, or a further session of it, begins with. */
interface BeginOptions {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly past: PastRun | undefined
  readonly stop: StopControl
  readonly startedAtMs: number
  readonly hold: RunHold
  /** How many records are in work at once. */
  readonly atOnce: number
}

/** A run that has begun: what folds its events, and what keeps them on the disk, unless metadata is off or no files are written. */
export interface BegunRun {
  readonly collector: MetadataCollector
  readonly recorder: RunRecorder | undefined
  /** Its number, from 0. */
  readonly session: number
  /** OpenTelemetry, as far as it is told of the run. */
  readonly telemetry: Telemetry | undefined
  /** The span of the run in the application's own OpenTelemetry, where that has one. */
  readonly span: LiveSpan | undefined
}

/** Starts the collector of a run and its ledger, with what earlier sessions have left in it. */
export async function beginRun(begin: BeginOptions): Promise<BegunRun> {
  const { prepared, options, past, startedAtMs, atOnce } = begin
  const { definition, files, parts } = prepared
  const collector = createRunCollector({ runId: past?.runId, isDisabled: options.disableMetadata })
  if (!collector.isEnabled())
    return { collector, recorder: undefined, session: 0, telemetry: undefined, span: undefined }
  if (past !== undefined) collector.takeUp(past.fold.totals)
  const recorder = files === undefined ? undefined : recordRun(begin, { collector, files })
  for (const event of past?.lastEvents ?? []) collector.record(event)
  if (past !== undefined && past.lostEnd.events > 0) options.onNotice?.(lostEndNotice(past))
  if (options.onEvent !== undefined) collector.onEvent(options.onEvent)
  const session = 1 + Math.max(-1, ...(past?.fold.totals.execution.sessions.keys() ?? []))
  const telemetry = followCollector(collector, { taskName: definition.taskName })
  const span = startLiveSpan(runFacts(definition.taskName))
  collector.startRun({
    startedAtMs,
    session,
    traceparent: activeTraceparent(),
    isTraced: span === undefined ? undefined : true,
    environment: readEnvironment(),
    git: await readGitState(definition.directory),
    context: {
      taskName: definition.taskName,
      runName: options.runName ?? '',
      outputDir: files?.directory,
      // Workers that wait at a Redis say how many they do at once.
      batchSize: typeof options.workers === 'string' ? (options.batchSize ?? null) : atOnce,
      checkpointInterval: options.checkpointInterval ?? defaultCheckpointInterval,
      resumable: (options.resume ?? definition.config.data_config?.resumable ?? false) !== false,
      debug: options.debug ?? false,
      outputPath: files?.outputPath,
      numRecords: prepared.limit,
      configHash: configHashOf(parts),
      graph: await runOutlineOf(definition),
    },
  })
  const { startIndex = 0 } = options
  if (files !== undefined) {
    recorder?.ledger?.append({
      type: 'run-plan',
      session,
      ...pathsFromLedger(files.ledgerPath, files),
      startIndex,
      numRecords: prepared.limit,
      batchApi: options.batchApi,
      parts,
      owner: thisOwner(),
    })
  }
  return { collector, recorder, session, telemetry, span }
}

function lostEndNotice({ ledgerPath, lostEnd: { events, rows, picodollars } }: PastRun): string {
  const amount = picodollars > 0 ? `, about $${(picodollars / 1e12).toPrecision(2)}` : ''
  const again = rows > 0 ? `; ${rows} rows that it does not know are made again` : ''
  return `WARNING: the end of the ledger ${ledgerPath} is lost, at least ${events} events: what they cost is missing in the account${amount}${again}`
}

function recordRun(
  { options, past, stop, hold }: BeginOptions,
  { collector, files }: { readonly collector: MetadataCollector; readonly files: RunFiles },
): RunRecorder {
  const { metadataPath, ledgerPath } = files
  const isStopping = options.onLedgerError === 'stop'
  const onLedgerProblem = (message: string) => {
    const consequence = isStopping
      ? 'the run stops, as `onLedgerError` says'
      : 'the run goes on, but a crash now would lose what is not in it'
    if (isStopping) stop.stop({ type: 'ledger', message: `the ledger cannot be written (${message})` })
    options.onNotice?.(`WARNING: the ledger ${ledgerPath} cannot be written (${message}): ${consequence}`)
  }
  return new RunRecorder({
    collector,
    metadataPath,
    hasLedger: options.ledger,
    hasReserve: true,
    past: past?.fold,
    onLedgerProblem,
    isOurs: hold.isOurs,
  })
}

type Subgraphs = NonNullable<GraphOutline['subgraphs']>

/** The graph of a run as its account keeps it, with what is within the nodes that are tasks of their own. */
async function runOutlineOf(definition: WorkflowDefinition): Promise<GraphOutline> {
  // They were loaded when the run was prepared; should one be gone by now, the picture lacks it and the run goes on.
  const subgraphs = await subgraphsOf(definition, { within: [], prefix: '' }).catch(() => [])
  return { ...outlineOf(definition.config), ...(subgraphs.length === 0 ? {} : { subgraphs }) }
}

async function subgraphsOf(
  definition: WorkflowDefinition,
  { within, prefix }: { readonly within: readonly string[]; readonly prefix: string },
): Promise<Subgraphs> {
  const found = Object.entries(definition.config.graph_config.nodes).map(async ([node, config]): Promise<Subgraphs> => {
    const task = kindOf(config).innerTask?.(config)
    if (task === undefined) return []
    const name = prefix + node
    const inner = await subgraphDefinition(task, { where: name, outer: definition, within })
    const { nodes, edges } = outlineOf(inner.config)
    const whole = (place: string) => (place === 'START' || place === 'END' ? place : `${name}.${place}`)
    const own = {
      name,
      nodes: nodes.map((each) => ({ ...each, name: whole(each.name) })),
      edges: edges.map((edge) => ({ ...edge, from: whole(edge.from), to: whole(edge.to) })),
    }
    const deeper = await subgraphsOf(inner, { within: [...within, definition.taskName], prefix: `${name}.` })
    return [own, ...deeper]
  })
  return (await Promise.all(found)).flat()
}

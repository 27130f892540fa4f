import type { DatasetOpen, GraphOutline, NodeWays, RunStart } from '../event.ts'
import type { Metadata } from '../schema.ts'
import { rounded } from '../statistics/rounding.ts'
import { isoTimestamp } from '../timestamp.ts'
import type { ConcurrencyHistory, ExecutionState } from '../totals/execution-state.ts'
import type { Session } from '../totals/program-session.ts'

export interface SummaryClock {
  readonly generatedAtMs: number
  readonly utcOffsetMinutes: number
}

/** Wall time of the run so far, all sessions together, in seconds. */
export function wallSeconds(execution: ExecutionState, clock: SummaryClock): number {
  return execution.sessionsInOrder().reduce((sum, session) => sum + sessionSeconds(session, clock), 0)
}

/** `execution`: options, timing, environment, git, sessions. */
export function executionSummary(execution: ExecutionState, clock: SummaryClock): Metadata['execution'] {
  const sessions = execution.sessionsInOrder()
  const first = sessions[0]?.start
  const last = sessions.at(-1)
  const context = last?.start?.context ?? {}
  return {
    task_name: context.taskName ?? 'unknown',
    run_name: context.runName ?? null,
    output_dir: context.outputDir ?? null,
    batch_size: context.batchSize === undefined ? 50 : context.batchSize,
    checkpoint_interval: context.checkpointInterval ?? 100,
    resumable: context.resumable ?? false,
    debug: context.debug ?? false,
    timing: {
      start_time: first ? isoTimestamp(first.startedAtMs, first.utcOffsetMinutes) : null,
      end_time: lastEndTime(sessions),
      duration_seconds: first ? rounded(wallSeconds(execution, clock), 3) : null,
    },
    environment: environmentBlock(last?.start),
    git: gitBlock(last?.start),
    output_path: context.outputPath ?? null,
    num_records: context.numRecords ?? null,
    config_hash: context.configHash ?? null,
    host: last?.start?.environment.host ?? null,
    pid: last?.start?.environment.pid ?? null,
    ...watcherBlock(execution),
    sessions: sessions.map((session) => sessionBlock(session, clock)),
    ...(context.graph === undefined ? {} : { graph: graphBlock(context.graph) }),
    ...(last?.end?.reason === undefined ? {} : { reason: last.end.reason }),
    ...(execution.concurrency.size === 0 ? {} : { concurrency: concurrencyBlock(execution.concurrency, first) }),
  }
}

/** The `sygra exec` that has not said yet how its program ended: between two of its processes there may be none. */
function watcherBlock({ processes, execs }: ExecutionState) {
  for (const { start } of processes.values()) {
    if (start?.exec !== undefined && !execs.has(start.exec)) return { watched_by: Number.parseInt(start.exec, 10) }
  }
  return {}
}

/** `dataset`: the source, or the sources by alias. */
export function datasetSummary(execution: ExecutionState, processedRecords: number): Metadata['dataset'] {
  const whole = execution.datasets.get(undefined)
  const sources = [...execution.datasets.values()].filter(({ alias }) => alias !== undefined)
  const isMulti = sources.length > 0
  return {
    source_type: whole?.sourceType ?? (isMulti ? 'multi-source' : 'unknown'),
    // A source that was stated without a path has none.
    source_path: whole === undefined && isMulti ? 'multi-source' : (whole?.sourcePath ?? null),
    num_records_processed: whole?.numRecords ?? processedRecords,
    start_index: whole?.startIndex ?? 0,
    dataset_version: whole?.datasetVersion ?? null,
    dataset_hash: whole?.datasetHash ?? null,
    ...(isMulti ? { sources: Object.fromEntries(sources.map((open) => [open.alias, sourceBlock(open)])) } : {}),
  }
}

function sourceBlock(open: DatasetOpen) {
  return {
    alias: open.alias ?? '',
    source_type: open.sourceType ?? null,
    source_path: open.sourcePath ?? null,
    dataset_version: open.datasetVersion ?? null,
    dataset_hash: open.datasetHash ?? null,
    join_type: open.joinType ?? null,
  }
}

function concurrencyBlock(concurrency: ReadonlyMap<string, ConcurrencyHistory>, start: RunStart | undefined) {
  const blockOf = ({ cuts, lowest, changes }: ConcurrencyHistory) => ({
    cuts,
    lowest,
    last: changes.at(-1)?.limit ?? lowest,
    history: changes.map(({ atMs, limit, reason }) => ({
      at: isoTimestamp(atMs, start?.utcOffsetMinutes ?? 0),
      limit,
      reason,
    })),
  })
  return Object.fromEntries([...concurrency].map(([provider, history]) => [provider, blockOf(history)]))
}

function graphBlock({ subgraphs, ...graph }: GraphOutline) {
  return {
    ...waysBlock(graph),
    ...(subgraphs === undefined
      ? {}
      : { subgraphs: subgraphs.map(({ name, ...inner }) => ({ name, ...waysBlock(inner) })) }),
  }
}

function waysBlock({ nodes, edges }: NodeWays) {
  return { nodes: nodes.map((node) => ({ ...node })), edges: edges.map((edge) => ({ ...edge })) }
}

function environmentBlock(start: RunStart | undefined) {
  return {
    python_version: null,
    sygra_version: start?.environment.sygraVersion ?? null,
    node_version: start?.environment.nodeVersion ?? null,
  }
}

function gitBlock(start: RunStart | undefined) {
  return {
    commit_hash: start?.git.commitHash ?? null,
    branch: start?.git.branch ?? null,
    is_dirty: start?.git.isDirty ?? null,
    remote_url: start?.git.remoteUrl ?? null,
  }
}

function sessionBlock({ start, end }: Session, clock: SummaryClock) {
  return {
    start_time: start ? isoTimestamp(start.startedAtMs, start.utcOffsetMinutes) : null,
    end_time: endTime({ start, end }),
    duration_seconds: rounded(sessionSeconds({ start, end }, clock), 3),
    records: end?.records ?? null,
    status: end?.status ?? 'running',
  }
}

/** Of the run; null while its last session goes on. A clock that was set back in between puts no end before a start. */
function lastEndTime(sessions: readonly Session[]): string | null {
  const last = sessions.at(-1)
  if (last?.end === undefined) return null
  const endedAtMs = Math.max(...sessions.map((session) => endedAt(session) ?? 0))
  return isoTimestamp(endedAtMs, last.start?.utcOffsetMinutes ?? 0)
}

function endTime(session: Session): string | null {
  const endedAtMs = endedAt(session)
  return endedAtMs === undefined ? null : isoTimestamp(endedAtMs, session.start?.utcOffsetMinutes ?? 0)
}

/** Where the clock says that a session has ended before it began, it was set back: the duration knows better. */
function endedAt({ start, end }: Session): number | undefined {
  if (end === undefined || start === undefined || end.endedAtMs >= start.startedAtMs) return end?.endedAtMs
  return start.startedAtMs + Math.round(end.durationSeconds * 1000)
}

function sessionSeconds({ start, end }: Session, { generatedAtMs }: SummaryClock): number {
  if (end !== undefined) return end.durationSeconds
  return start === undefined ? 0 : Math.max(0, (generatedAtMs - start.startedAtMs) / 1000)
}

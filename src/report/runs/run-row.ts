import { z } from 'zod'
import { metadataVersions } from '../../metadata/versions.ts'
import { costOfRun } from '../run/run-cost.ts'
import type { CostBlock } from '../text/format-cost.ts'
import { type FileOwner, runOwners } from './run-owners.ts'

/** A run in a list of runs. */
export interface RunRow {
  /** Of the metadata file. */
  readonly path: string
  /** Files of format 1.0.0 have none. */
  readonly runId?: string
  readonly task: string
  readonly status: RunRowStatus
  readonly startedAt?: string
  /** For sorting; 0 when the file does not say. */
  readonly startedAtMs: number
  readonly durationSeconds?: number
  readonly records: number
  readonly failedRecords: number
  readonly successRate: number
  readonly requests: number
  /** What the program asked of models, retries not counted; files of format 1.0.0 do not say. */
  readonly calls?: number
  readonly failedCalls?: number
  readonly totalTokens: number
  readonly cost: CostBlock
  /** Of calls, from the first try to the answer. */
  readonly p95Seconds?: number
  /** Of the task's folder in git. */
  readonly commit?: string
  readonly runName?: string
  /** What it called, and what it spent there; left out until the whole file was read. */
  readonly models?: readonly RunModel[]
}

/** What a run spent at one model. */
export interface RunModel {
  readonly model: string
  readonly provider?: string
  readonly requests: number
  readonly tokens: number
  readonly cost: CostBlock
}

/** `dead`: the file says running, but the process is gone. `unfinished`: format 1.0.0 without an end time. */
export const runRowStatuses = ['running', 'complete', 'interrupted', 'failed', 'dead', 'unfinished'] as const

export type RunRowStatus = (typeof runRowStatuses)[number]

const count = z.number().int().nonnegative()

// Only what a row shows: lists are long, and checking whole files takes ten times as long.
const rowSchema = z.object({
  metadata_version: z.enum(metadataVersions),
  run_id: z.string().optional(),
  status: z.enum(['running', 'complete', 'interrupted', 'failed']).optional(),
  execution: z.object({
    task_name: z.string(),
    run_name: z.string().nullish(),
    timing: z.object({
      start_time: z.string().nullable(),
      end_time: z.string().nullable(),
      duration_seconds: z.number().nullable(),
    }),
    git: z.object({ commit_hash: z.string().nullish() }).optional(),
    host: z.string().nullish(),
    pid: z.number().nullish(),
    watched_by: z.number().nullish(),
    workers: z
      .record(
        z.string(),
        z.object({
          host: z.string().nullable(),
          pid: z.number().nullable(),
          transport: z.string().nullable(),
          start_time: z.string().nullable(),
          end_time: z.string().nullable(),
        }),
      )
      .optional(),
    sessions: z.array(z.object({ start_time: z.string().nullable() })).optional(),
    batches: z.array(z.object({ state: z.string(), lines: count })).optional(),
  }),
  aggregate_statistics: z.object({
    records: z.object({ total_processed: count, total_failed: count, success_rate: z.number() }),
    tokens: z.object({ total_tokens: count }),
    requests: z.object({ total_requests: count, in_flight_requests: count.optional() }),
    cost: z.object({
      total_cost_usd: z.number(),
      status: z.enum(['priced', 'partial', 'unpriced', 'free', 'reported', 'simulated']).nullish(),
      unpriced_requests: count.optional(),
      simulated_cost_usd: z.number().optional(),
      is_lower_bound: z.boolean().optional(),
    }),
    calls: z
      .object({
        total: count.optional(),
        failed: count.optional(),
        succeeded: count,
        latency_statistics: z.object({ p95: z.number() }),
      })
      .optional(),
  }),
  models: z
    .record(
      z.string(),
      z.object({
        performance: z.object({ total_requests: count, latency_statistics: z.object({ p95: z.number() }) }),
      }),
    )
    .optional(),
})

type RowInput = z.infer<typeof rowSchema>

export interface RunRowContext {
  readonly path: string
  /** Whether the process that writes the file still lives; asked only of runs that say they are running. */
  readonly isAlive: (owner: FileOwner) => boolean
}

const modelsMark = '\n  "models": {'

/**
 * The part of a metadata file that a row needs, as JSON of its own: all before its models. Undefined when the text, which
 * may be the beginning of a file, does not show where they begin, or when the format is too old to do without them.
 */
export function rowPart(beginning: string): string | undefined {
  const end = beginning.indexOf(modelsMark)
  if (end < 0 || !/^\{\s*"metadata_version": "1\.[1-9]\.0"/.test(beginning)) return undefined
  return `${beginning.slice(0, end).replace(/,\s*$/, '')}\n}`
}

/** The row of a run from its metadata file, or from the part of it; undefined when it is no metadata file. */
export function readRunRow(value: unknown, context: RunRowContext): RunRow | undefined {
  const parsed = rowSchema.safeParse(value)
  if (!parsed.success) return undefined
  const { execution, aggregate_statistics: totals, run_id } = parsed.data
  const { start_time, duration_seconds } = execution.timing
  const startedAtMs = Date.parse(start_time ?? '')
  const status = statusOf(parsed.data, context)
  return {
    path: context.path,
    runId: run_id || undefined,
    task: execution.task_name,
    status,
    startedAt: start_time ?? undefined,
    startedAtMs: Number.isNaN(startedAtMs) ? 0 : startedAtMs,
    durationSeconds: duration_seconds ?? undefined,
    records: totals.records.total_processed,
    failedRecords: totals.records.total_failed,
    successRate: totals.records.success_rate,
    requests: totals.requests.total_requests,
    ...(totals.calls?.total === undefined ? {} : { calls: totals.calls.total }),
    ...(totals.calls?.failed === undefined ? {} : { failedCalls: totals.calls.failed }),
    totalTokens: totals.tokens.total_tokens,
    cost: costOfRun({ ...parsed.data, status }),
    p95Seconds: p95Of(parsed.data),
    commit: execution.git?.commit_hash ?? undefined,
    ...(execution.run_name ? { runName: execution.run_name } : {}),
  }
}

const modelsSchema = z.object({
  models: z.record(
    z.string(),
    z.object({
      provider: z.string().nullish(),
      performance: z.object({ total_requests: count }),
      token_statistics: z.object({ total_tokens: count }),
      cost: rowSchema.shape.aggregate_statistics.shape.cost,
    }),
  ),
})

/** What a run spent at each model, from its metadata file; empty when it is none. */
export function readRunModels(value: unknown): readonly RunModel[] {
  const parsed = modelsSchema.safeParse(value)
  if (!parsed.success) return []
  return Object.entries(parsed.data.models).map(([model, { provider, performance, token_statistics, cost }]) => ({
    model,
    ...(provider ? { provider } : {}),
    requests: performance.total_requests,
    tokens: token_statistics.total_tokens,
    cost,
  }))
}

function statusOf({ status, execution }: RowInput, { isAlive }: RunRowContext): RunRowStatus {
  if (status === undefined) return execution.timing.end_time === null ? 'unfinished' : 'complete'
  if (status !== 'running') return status
  return runOwners(execution).some(isAlive) ? 'running' : 'dead'
}

// The same figure as in the tables of a run: of calls, else of the requests of the only model.
function p95Of({ aggregate_statistics: { calls }, models = {} }: RowInput): number | undefined {
  if (calls !== undefined) return calls.succeeded > 0 ? calls.latency_statistics.p95 : undefined
  const used = Object.values(models).filter(({ performance }) => performance.total_requests > 0)
  return used.length === 1 ? used[0]?.performance.latency_statistics.p95 : undefined
}

/** What of a run decides which runs it can be compared with. */
type ComparedRun = Pick<RunRow, 'task' | 'cost'>

/** True where a run can stand for how it was before: of the same task, to its end, with models asked, a rehearsal for a rehearsal. */
export function canBeBefore(other: RunRow, { task, cost }: ComparedRun): boolean {
  if (other.task !== task || other.status !== 'complete' || other.requests === 0) return false
  return (other.cost.status === 'simulated') === (cost.status === 'simulated')
}

import { isWhole } from '../../metadata/cost.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { callsInBatches, lostRequests } from '../../metadata/sent-work.ts'
import { type Column, columnsOf, type Row, rowOf, secondsOf } from './column.ts'
import { picodollarsOfWritten } from './money.ts'

/** A run as its metadata file tells it. */
export interface RunFile {
  readonly metadata: Metadata
  readonly path: string
}

const column = columnsOf<RunFile>()

const columns: readonly Column<RunFile>[] = [
  column.text('run_id', 'The run.', ({ metadata }) => metadata.run_id),
  column.text('parent_run_id', 'The run within which it was started.', ({ metadata }) => metadata.parent_run_id),
  column.text('task', 'Its task, or the name of its program.', ({ metadata }) => metadata.execution.task_name),
  column.text('run_name', 'The name that it was given.', ({ metadata }) => metadata.execution.run_name || null),
  column.text(
    'status',
    '`running`, `complete`, `interrupted` or `failed`; empty in files of format 1.0.0.',
    ({ metadata }) => metadata.status,
  ),
  column.text('reason', 'Why it failed or was interrupted.', ({ metadata }) => metadata.execution.reason),
  column.timestamp('started_at', 'When its first session began.', ({ metadata }) =>
    instantOf(metadata.execution.timing.start_time),
  ),
  column.timestamp('ended_at', 'When its last session ended.', ({ metadata }) =>
    instantOf(metadata.execution.timing.end_time),
  ),
  column.seconds('duration_seconds', 'Wall time of all sessions together.', ({ metadata }) =>
    secondsOf(metadata.execution.timing.duration_seconds ?? undefined),
  ),
  column.integer(
    'sessions',
    'How often it was started and resumed.',
    ({ metadata }) => metadata.execution.sessions?.length,
  ),
  column.integer(
    'records',
    'Records processed, failed ones included.',
    ({ metadata }) => metadata.aggregate_statistics.records.total_processed,
  ),
  column.integer(
    'failed_records',
    'Records that failed and were not done again with success.',
    ({ metadata }) => metadata.aggregate_statistics.records.total_failed,
  ),
  column.integer(
    'requests',
    'HTTP attempts, first tries and retries.',
    ({ metadata }) => requestsOf(metadata).total_requests,
  ),
  column.integer('retries', 'Attempts that repeat another.', ({ metadata }) => requestsOf(metadata).total_retries),
  column.integer(
    'failures',
    'Attempts that did not succeed and were not retried.',
    ({ metadata }) => requestsOf(metadata).total_failures,
  ),
  column.integer(
    'in_flight_requests',
    'Requests whose end is not known.',
    ({ metadata }) =>
      // Left out by formats that know it where there are none.
      requestsOf(metadata).in_flight_requests ?? (metadata.metadata_version === '1.0.0' ? null : 0),
  ),
  column.integer(
    'calls',
    'What the program asked for, from first try to answer.',
    ({ metadata }) => metadata.aggregate_statistics.calls?.total,
  ),
  column.integer(
    'prompt_tokens',
    'All input tokens, cached ones included.',
    ({ metadata }) => tokensOf(metadata).total_prompt_tokens,
  ),
  column.integer(
    'completion_tokens',
    'All output tokens, reasoning included.',
    ({ metadata }) => tokensOf(metadata).total_completion_tokens,
  ),
  column.integer(
    'total_tokens',
    'Both; the total of the provider where it states another one.',
    ({ metadata }) => tokensOf(metadata).total_tokens,
  ),
  column.integer(
    'requests_without_usage',
    'Answers that did not say what they used: in no count of tokens.',
    ({ metadata }) => tokensOf(metadata).requests_without_usage,
  ),
  column.usd(
    'cost_usd',
    'USD spent, as the file has it; empty where nothing is known, and for a rehearsal.',
    ({ metadata }) => (isSpent(metadata) ? picodollarsOfWritten(costOf(metadata).total_cost_usd) : null),
  ),
  column.usd(
    'simulated_cost_usd',
    'What requests of a rehearsal would have cost: no money was spent.',
    ({ metadata }) => {
      const { simulated_cost_usd: usd } = costOf(metadata)
      return usd === undefined ? null : picodollarsOfWritten(usd)
    },
  ),
  column.text(
    'cost_status',
    '`priced`, `partial` (a lower bound), `unpriced` (not known), `free`, `reported` or `simulated`.',
    ({ metadata }) => costOf(metadata).status,
  ),
  column.boolean('cost_is_lower_bound', 'A part of the cost is not known, also of a rehearsal.', ({ metadata }) => {
    const cost = costOf(metadata)
    if (lostRequests(metadata) + callsInBatches(metadata) > 0) return true
    return cost.status === undefined ? null : !isWhole(cost)
  }),
  column.integer(
    'calls_in_batches',
    'Calls that were handed in as batches and whose answers it has not read: they are in no other column.',
    ({ metadata }) => callsInBatches(metadata),
  ),
  column.integer(
    'unpriced_requests',
    'Answers whose cost is not known: they are in no amount.',
    ({ metadata }) => costOf(metadata).unpriced_requests,
  ),
  column.integer(
    'not_understood',
    'What seems to have gone to models and is in no figure.',
    ({ metadata }) => metadata.not_understood?.total ?? 0,
  ),
  column.text('models', 'The models, as a JSON array.', ({ metadata }) => JSON.stringify(Object.keys(metadata.models))),
  column.text(
    'sygra_version',
    'The version that did it.',
    ({ metadata }) => metadata.execution.environment.sygra_version,
  ),
  column.text('git_commit', "The commit of the task's folder.", ({ metadata }) => metadata.execution.git.commit_hash),
  column.boolean(
    'git_is_dirty',
    'It had changes that were not committed.',
    ({ metadata }) => metadata.execution.git.is_dirty,
  ),
  column.text('host', 'The machine.', ({ metadata }) => metadata.execution.host),
  column.integer(
    'ledger_missing_events',
    'Events that are missing from its ledger: figures are lower bounds.',
    ({ metadata }) => (metadata.ledger === undefined ? null : (metadata.ledger.missing_events ?? 0)),
  ),
  column.text('metadata_path', 'The file that says so.', ({ path }) => path),
]

/** One row a run. */
export const runsTable = {
  columns,
  rowOf: (file: RunFile): Row => rowOf(columns, file),
} as const

function instantOf(text: string | null): number | null {
  const atMs = Date.parse(text ?? '')
  return Number.isNaN(atMs) ? null : atMs * 1000
}

function requestsOf(metadata: Metadata) {
  return metadata.aggregate_statistics.requests
}

function tokensOf(metadata: Metadata) {
  return metadata.aggregate_statistics.tokens
}

function costOf(metadata: Metadata) {
  return metadata.aggregate_statistics.cost
}

/** Files of format 1.0.0 have no status, and their amounts are whatever was spent. */
function isSpent(metadata: Metadata): boolean {
  const { status, total_cost_usd } = costOf(metadata)
  if (status === null || status === undefined) return total_cost_usd > 0
  return status !== 'unpriced' && status !== 'simulated'
}

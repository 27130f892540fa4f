import { countedStatus } from '../../metadata/cost.ts'
import {
  type MetadataEvent,
  type RequestEnd,
  type RequestStart,
  reachedProvider,
  succeeded,
} from '../../metadata/event.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { isTruncated } from '../../metadata/events/finish-reason.ts'
import { errorKindOf } from '../../metadata/events/request-failure.ts'
import { hasAnswer } from '../../metadata/figures/token-figures.ts'
import { totalTokensOf, type Usage } from '../../metadata/usage.ts'
import { type Column, columnsOf, type Row, rowOf, secondsOf, timestampOf } from './column.ts'
import { type EventPlace, type LedgerRows, type LedgerTable, ledgerColumns } from './ledger-table.ts'
import { type RunFacts, RunFollower, runColumns } from './run-facts.ts'
import { tokenClassColumns, tokenSumColumns } from './usage-columns.ts'

/** One HTTP attempt: its end, or its start where the end is not in the ledger. */
interface RequestFact {
  readonly run: RunFacts
  readonly provider: string | undefined
  readonly sent: RequestEnd | RequestStart
  readonly end: RequestEnd | undefined
  readonly usage: Usage | undefined
  readonly place: EventPlace
}

const column = columnsOf<RequestFact>()

const columns: readonly Column<RequestFact>[] = [
  ...runColumns<RequestFact>(),
  column.text('call_id', 'The call: attempts of one call of a session share it.', ({ sent }) => sent.callId),
  column.integer('attempt', '0 for the first try, n for the n-th retry.', ({ sent }) => sent.resendCount),
  column.text('model', 'The model as the caller named it.', ({ sent }) => sent.model),
  column.text('upstream_model', 'The model as the answer named it.', ({ end }) => end?.upstreamModel),
  column.text('provider', 'Who serves the model.', ({ provider }) => provider),
  column.text('node', 'The node; empty outside nodes.', ({ sent }) => sent.node),
  column.text('record_id', 'The record; empty outside records.', ({ sent }) => sent.recordId),
  column.text('agent', 'The agent that asked.', ({ end }) => end?.agent),
  column.text('tool', 'The tool within which was asked.', ({ end }) => end?.tool),
  column.timestamp('started_at', 'When it was sent.', ({ sent }) => timestampOf(sent.startedAtMs)),
  column.seconds('duration_seconds', 'From the send to the last byte.', ({ end }) => secondsOf(end?.durationSeconds)),
  column.seconds('wait_seconds', 'From the end of the attempt that it repeats to its own send.', ({ end }) =>
    secondsOf(end?.waitSeconds),
  ),
  column.seconds('time_to_first_token_seconds', 'From the send to the first token of a stream.', ({ end }) =>
    secondsOf(end?.timeToFirstTokenSeconds),
  ),
  column.text(
    'outcome',
    '`succeeded`, `failed`, or `unknown`: it was sent, and its end is not in the ledger.',
    outcomeOf,
  ),
  column.integer('status', 'HTTP status; 0 when no response arrived.', ({ end }) => end?.status),
  column.text('error_type', 'Why it failed, where it did.', ({ end }) =>
    end === undefined || succeeded(end) ? null : errorKindOf(end),
  ),
  column.text(
    'finish_reason',
    'Why the model stopped: `stop`, `length`, `tool_calls`, …',
    ({ end }) => end?.finishReason,
  ),
  column.boolean('is_truncated', 'The answer was cut off at a limit of tokens.', ({ end }) =>
    end === undefined ? null : isTruncated(end),
  ),
  column.boolean('is_stream', 'It was asked as a stream.', ({ end }) =>
    end === undefined ? null : end.isStream === true,
  ),
  column.boolean('is_aborted', 'The reader went away before the end of the answer.', ({ end }) =>
    end === undefined ? null : end.isAborted === true,
  ),
  column.boolean('repeats_answer', 'It repeats an attempt that had an answer, which could not be used.', ({ end }) =>
    end === undefined ? null : end.repeatsAnswer === true,
  ),
  column.boolean('is_gateway_cache_hit', 'A gateway answered from its cache; the provider was not asked.', ({ end }) =>
    end === undefined ? null : !reachedProvider(end),
  ),
  column.boolean('is_deferred', 'Told of later, as of a batch: its time says nothing of the provider.', ({ end }) =>
    end === undefined ? null : end.isDeferred === true,
  ),
  column.text('service_tier', 'The tier that the answer names.', ({ end }) => end?.serviceTier),
  column.text('response_id', "The provider's id of the answer.", ({ end }) => end?.responseId),
  column.text(
    'body_hash',
    'Digest of the request, to find repeated ones; never its text.',
    ({ sent }) => sent.bodyHash,
  ),
  ...tokenSumColumns<RequestFact>(),
  ...tokenClassColumns<RequestFact>(),
  column.text('fees', 'What is charged beside tokens, as JSON: searches, images, seconds.', ({ usage }) =>
    usage?.fees === undefined ? null : JSON.stringify(usage.fees),
  ),
  column.integer('estimated_tokens', 'An estimate where no usage was told; in no other column.', ({ end }) =>
    end?.estimatedUsage === undefined ? null : totalTokensOf(end.estimatedUsage),
  ),
  column.usd('cost_usd', 'USD spent; empty where it is not known, and for a rehearsal.', ({ end }) => spentOf(end)),
  column.usd('simulated_cost_usd', 'What the request of a rehearsal would have cost: no money was spent.', ({ end }) =>
    end?.cost?.status === 'simulated' && end.cost.rehearsedStatus !== 'unpriced' ? BigInt(end.cost.picodollars) : null,
  ),
  column.text(
    'cost_status',
    '`priced`, `partial` (a lower bound), `unpriced` (not known), `free`, `reported` or `simulated`; empty where nothing was charged, as for an attempt without an answer.',
    costStatusOf,
  ),
  column.text(
    'rehearsed_cost_status',
    'Of a rehearsal: `partial`, `unpriced` or `free` where it would not be simply priced.',
    ({ end }) => end?.cost?.rehearsedStatus,
  ),
  column.text('cost_reason', 'Why there is no price, or only part of one.', ({ end }) => end?.cost?.reason),
  column.usd(
    'calculated_cost_usd',
    'What the list prices come to where the provider stated another cost.',
    ({ end }) =>
      end?.cost?.calculatedPicodollars === undefined ? null : BigInt(Math.round(end.cost.calculatedPicodollars)),
  ),
  column.boolean(
    'is_paid_by_hour',
    'A machine is paid instead of tokens: its cost is in the run, not in here.',
    ({ end }) => (end === undefined ? null : end.cost?.hourly !== undefined),
  ),
  column.text('price_source', 'The list that the price is from.', ({ end }) => end?.cost?.price?.source),
  column.text('price_version', 'Its version.', ({ end }) => end?.cost?.price?.version),
  column.text('price_product', 'The product as the list names it.', ({ end }) => end?.cost?.price?.product),
  column.text('price_tier', 'The tier of the price.', ({ end }) => end?.cost?.price?.tier),
  ...ledgerColumns<RequestFact>(({ place }) => place),
  column.text(
    'operation',
    'What was asked for: `chat`, `embeddings`, …; empty where nothing tells.',
    ({ end }) => end?.operation,
  ),
]

/** One row an HTTP attempt, first tries and retries. */
export const requestsTable: LedgerTable = { columns, begin: () => new RequestRows() }

class RequestRows implements LedgerRows {
  readonly #follower = new RunFollower()
  readonly #deferred = new DeferredReads()
  /** Requests that were announced and have no end yet: as many as are in flight at once. */
  readonly #open = new Map<string, RequestFact>()

  readonly take = (event: MetadataEvent, place: EventPlace): readonly Row[] => {
    const rows = this.#endsSession(event) ? this.end() : []
    if (this.#follower.take(event)) return rows
    if (event.type === 'request-start') this.#open.set(keyOf(event), this.#factOf(event, undefined, place))
    if (event.type !== 'request-end') return rows
    this.#open.delete(keyOf(event))
    if (this.#deferred.isReadAgain(event)) return rows
    return [...rows, rowOf(columns, this.#factOf(event, event, place))]
  }

  readonly end = (): readonly Row[] => {
    const rows = [...this.#open.values()].map((fact) => rowOf(columns, fact))
    this.#open.clear()
    return rows
  }

  #endsSession(event: MetadataEvent): boolean {
    return event.type === 'run-start' && event.session !== this.#follower.run.session
  }

  #factOf(sent: RequestStart | RequestEnd, end: RequestEnd | undefined, place: EventPlace): RequestFact {
    const provider = this.#follower.providerOf(sent.model)
    return { run: this.#follower.run, provider, sent, end, usage: end?.usage, place }
  }
}

function keyOf({ callId, resendCount, startedAtMs }: RequestStart | RequestEnd): string {
  return `${callId} ${resendCount} ${startedAtMs}`
}

function outcomeOf({ end }: RequestFact): string {
  if (end === undefined) return 'unknown'
  return succeeded(end) ? 'succeeded' : 'failed'
}

function spentOf(end: RequestEnd | undefined): bigint | null {
  const cost = end?.cost
  if (cost === undefined || cost.status === 'simulated' || cost.status === 'unpriced') return null
  return BigInt(cost.picodollars)
}

/** As the account counts it: an answer without a cost has one that nobody knows. */
function costStatusOf({ end }: RequestFact): string | null {
  if (end?.cost !== undefined) return countedStatus(end.cost)
  return end !== undefined && hasAnswer(end.status) ? 'unpriced' : null
}

import { type MetadataEvent, type RequestEnd, type RequestStart, succeeded } from '../../metadata/event.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { errorKindOf } from '../../metadata/events/request-failure.ts'
import { type Column, columnsOf, type Row, rowOf, secondsOf, timestampOf } from './column.ts'
import type { LedgerRows, LedgerTable } from './ledger-table.ts'
import { RequestSums, sumColumns } from './request-sums.ts'
import { type RunFacts, RunFollower, runColumns } from './run-facts.ts'

/** A call as far as its attempts have been read. */
interface CallFact {
  readonly run: RunFacts
  readonly sums: RequestSums
  readonly provider: string | undefined
  /** The earliest of its attempts. */
  first: RequestEnd | RequestStart
  /** The last that has ended. */
  last: RequestEnd | undefined
  waitSeconds: number
  /** An attempt was sent, and its end is not in the ledger. */
  readonly isOpen: boolean
}

const column = columnsOf<CallFact>()

const columns: readonly Column<CallFact>[] = [
  ...runColumns<CallFact>(),
  column.text('call_id', 'Its id, as its requests have it.', ({ first }) => first.callId),
  column.boolean(
    'has_first_try',
    'Its first try has ended: those are the calls that the account counts.',
    ({ first, last }) => last !== undefined && first.resendCount === 0,
  ),
  column.text('model', 'The model as the caller named it.', ({ first }) => first.model),
  column.text('provider', 'Who serves the model.', ({ provider }) => provider),
  column.text('node', 'The node; empty outside nodes.', ({ first }) => first.node),
  column.text('record_id', 'The record; empty outside records.', ({ first }) => first.recordId),
  column.text('agent', 'The agent that asked.', ({ last }) => last?.agent),
  column.text('tool', 'The tool within which was asked.', ({ last }) => last?.tool),
  column.timestamp('started_at', 'When its first try was sent.', ({ first }) => timestampOf(first.startedAtMs)),
  column.seconds('duration_seconds', 'From the first try to the end of the last attempt, waits included.', durationOf),
  column.seconds('wait_seconds', 'Waits before its retries.', ({ waitSeconds }) => secondsOf(waitSeconds)),
  column.text(
    'outcome',
    'Of its last attempt: `succeeded`, `failed`, or `unknown` where its end is missing.',
    outcomeOf,
  ),
  column.integer('status', 'HTTP status of the last attempt; 0 when no response arrived.', ({ last }) => last?.status),
  column.text('error_type', 'Why it failed, where it did.', ({ last, isOpen }) =>
    isOpen || last === undefined || succeeded(last) ? null : errorKindOf(last),
  ),
  column.text('finish_reason', 'Why the model stopped.', ({ last }) => last?.finishReason),
  ...sumColumns<CallFact>(),
]

/** One row a call: what the program asked of a model, with all its attempts. */
export const callsTable: LedgerTable = { columns, begin: () => new CallRows() }

/**
 * Reads a ledger twice: which calls were retried has to be known before their attempts are put together. Memory grows with
 * the calls that were retried, and no further.
 */
class CallRows implements LedgerRows {
  readonly #scan = new AttemptCounter()
  readonly #follower = new RunFollower()
  readonly #deferred = new DeferredReads()
  readonly #calls = new Map<string, CallFact>()

  readonly scan = (event: MetadataEvent): void => this.#scan.take(event)

  readonly take = (event: MetadataEvent): readonly Row[] => {
    this.#follower.take(event)
    if (event.type === 'request-start') return this.#begin(event)
    if (event.type !== 'request-end' || this.#deferred.isReadAgain(event)) return []
    const key = keyOf(this.#follower.run, event)
    const call = (key === undefined ? undefined : this.#calls.get(key)) ?? this.#newCall(event)
    addAttempt(call, event)
    if (key === undefined || this.#scan.isLast(key)) {
      if (key !== undefined) this.#calls.delete(key)
      return [rowOf(columns, call)]
    }
    this.#calls.set(key, call)
    return []
  }

  readonly end = (): readonly Row[] => {
    const rows = [...this.#calls.values()].map((call) => rowOf(columns, call))
    this.#calls.clear()
    return rows
  }

  /** A call with an attempt that has no end is kept, so that it has a row even if nothing else is known of it. */
  #begin(start: RequestStart): readonly Row[] {
    const key = keyOf(this.#follower.run, start)
    if (key !== undefined && this.#scan.isOpen(key) && !this.#calls.has(key)) this.#calls.set(key, this.#newCall(start))
    return []
  }

  #newCall(first: RequestEnd | RequestStart): CallFact {
    const { run } = this.#follower
    const key = keyOf(run, first)
    return {
      run,
      sums: new RequestSums(),
      provider: this.#follower.providerOf(first.model),
      first,
      last: undefined,
      waitSeconds: 0,
      isOpen: key !== undefined && this.#scan.isOpen(key),
    }
  }
}

function addAttempt(call: CallFact, end: RequestEnd): void {
  call.sums.add(end)
  call.waitSeconds += end.waitSeconds ?? 0
  if (end.resendCount <= call.first.resendCount) call.first = end
  if (call.last === undefined || end.resendCount >= call.last.resendCount) call.last = end
}

/** Counts the attempts of the calls that have several, and finds those of which an attempt has no end. */
class AttemptCounter {
  readonly #follower = new RunFollower()
  readonly #deferred = new DeferredReads()
  readonly #ends = new Map<string, number>()
  readonly #starts = new Map<string, string>()
  #open: Set<string> | undefined

  take(event: MetadataEvent): void {
    this.#follower.take(event)
    if (event.type !== 'request-start' && event.type !== 'request-end') return
    const key = keyOf(this.#follower.run, event)
    if (key === undefined) return
    const attempt = `${key} ${event.resendCount} ${event.startedAtMs}`
    if (event.type === 'request-start') this.#starts.set(attempt, key)
    else {
      this.#starts.delete(attempt)
      // The first try of a call is counted with its first retry.
      if (event.resendCount > 0 && !this.#deferred.isReadAgain(event))
        this.#ends.set(key, (this.#ends.get(key) ?? 1) + 1)
    }
  }

  isOpen(key: string): boolean {
    this.#open ??= new Set(this.#starts.values())
    return this.#open.has(key)
  }

  /** Counts an attempt down; true for the last that the ledger has. */
  isLast(key: string): boolean {
    if (this.isOpen(key)) return false
    const left = this.#ends.get(key)
    if (left === undefined || left <= 1) {
      this.#ends.delete(key)
      return true
    }
    this.#ends.set(key, left - 1)
    return false
  }
}

/** Ids of calls are the process's own: another session may give the same. */
function keyOf({ session }: RunFacts, { callId }: RequestEnd | RequestStart): string | undefined {
  return callId === undefined ? undefined : `${session} ${callId}`
}

function durationOf({ last, isOpen }: CallFact): number | null {
  if (last === undefined || isOpen) return null
  return secondsOf(last.callDurationSeconds ?? last.durationSeconds)
}

function outcomeOf({ last, isOpen }: CallFact): string {
  if (last === undefined || isOpen) return 'unknown'
  return succeeded(last) ? 'succeeded' : 'failed'
}

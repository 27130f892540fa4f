import type { MetadataEvent, RecordEnd } from '../../metadata/event.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { type Column, columnsOf, type Row, rowOf, secondsOf, timestampOf } from './column.ts'
import { type EventPlace, type LedgerRows, type LedgerTable, ledgerColumns } from './ledger-table.ts'
import { RequestSums, sumColumns } from './request-sums.ts'
import { type RunFacts, RunFollower, runColumns } from './run-facts.ts'

/** One pass of a record through the workflow; without an end where the process died in it. */
interface RecordFact {
  readonly run: RunFacts
  readonly recordId: string | undefined
  readonly end: RecordEnd | undefined
  readonly isLast: boolean
  readonly sums: RequestSums
  readonly place: EventPlace | undefined
}

const column = columnsOf<RecordFact>()

const columns: readonly Column<RecordFact>[] = [
  ...runColumns<RecordFact>(),
  column.text('record_id', 'Its id.', ({ recordId }) => recordId),
  column.text(
    'outcome',
    '`succeeded`, `failed`, or `unfinished`: it was in work when its process died, or still is.',
    outcomeOf,
  ),
  column.boolean(
    'is_last',
    'The last time that it came to its end: those are the records that the account counts.',
    ({ isLast }) => isLast,
  ),
  column.timestamp('ended_at', 'When it ended, as its line was written.', ({ place }) =>
    place === undefined ? null : timestampOf(place.atMs),
  ),
  column.seconds('duration_seconds', 'Wall time.', ({ end }) => secondsOf(end?.durationSeconds)),
  column.text('error_type', 'Why it failed, where it did.', ({ end }) =>
    end === undefined || end.succeeded ? null : (end.errorType ?? 'unknown'),
  ),
  column.text('reason', 'The same in words, without any text of prompts or answers.', ({ end }) => end?.reason),
  ...sumColumns<RecordFact>(),
  ...ledgerColumns<RecordFact>(({ place }) => place),
]

/** One row for each time that a record went through the workflow. */
export const recordsTable: LedgerTable = { columns, begin: () => new RecordRows() }

/**
 * Reads a ledger twice: which records were done again has to be known first. Memory grows with those and with the records in
 * work at once, and no further.
 */
class RecordRows implements LedgerRows {
  readonly #follower = new RunFollower()
  readonly #deferred = new DeferredReads()
  /** The lines on which records ended that were done again, the last of each. */
  readonly #lastLines = new Map<string, number>()
  readonly #inWork = new Map<string, { readonly run: RunFacts; readonly sums: RequestSums }>()

  readonly scan = (event: MetadataEvent, { lineNumber }: EventPlace): void => {
    if (event.type !== 'record-end' || event.recordId === undefined) return
    if (event.repeatsFailure || event.repeatsSuccess) this.#lastLines.set(event.recordId, lineNumber)
  }

  readonly take = (event: MetadataEvent, place: EventPlace): readonly Row[] => {
    if (event.type === 'run-start') {
      // What another session had in work is not what this one does with the same records.
      const rows = event.session === this.#follower.run.session ? [] : this.end()
      this.#follower.take(event)
      return rows
    }
    this.#follower.take(event)
    if (event.type === 'request-end' && event.recordId !== undefined && !this.#deferred.isReadAgain(event)) {
      this.#sumsOf(event.recordId).add(event)
    }
    return event.type === 'record-end' ? [this.#rowOf(event, place)] : []
  }

  readonly end = (): readonly Row[] => {
    const rows = [...this.#inWork].map(([recordId, { run, sums }]) =>
      rowOf(columns, { run, recordId, end: undefined, isLast: false, sums, place: undefined }),
    )
    this.#inWork.clear()
    return rows
  }

  #rowOf(end: RecordEnd, place: EventPlace): Row {
    const { recordId } = end
    const { run } = this.#follower
    const known = recordId === undefined ? undefined : this.#inWork.get(recordId)
    const lastLine = recordId === undefined ? undefined : this.#lastLines.get(recordId)
    if (recordId !== undefined) this.#inWork.delete(recordId)
    const isLast = lastLine === undefined || lastLine === place.lineNumber
    return rowOf(columns, { run, recordId, end, isLast, sums: known?.sums ?? new RequestSums(), place })
  }

  #sumsOf(recordId: string): RequestSums {
    let known = this.#inWork.get(recordId)
    if (known === undefined) {
      known = { run: this.#follower.run, sums: new RequestSums() }
      this.#inWork.set(recordId, known)
    }
    return known.sums
  }
}

function outcomeOf({ end }: RecordFact): string {
  if (end === undefined) return 'unfinished'
  return end.succeeded ? 'succeeded' : 'failed'
}

import { isRunStopped, SygraError } from '../../errors.ts'
import { thrownTypeOf } from '../../instrument/attempt/error-type.ts'
import type { PriceBook } from '../../pricing/index.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { type RecordScope, runInScope } from '../../runtime/scope.ts'
import type { State } from '../graph/state.ts'
import { rowToJson } from '../sinks/row-json.ts'
import type { IdentifiedRow } from '../sources/records/record-id.ts'
import type { Row } from '../sources/source.ts'
import type { RowMaker } from './output-row.ts'
import type { RecordFailure } from './run-options.ts'
import type { RunOutput, WrittenRecord } from './run-output.ts'

/** What a record came to. */
type RecordOutcome =
  | { readonly type: 'row'; readonly row: Row | undefined; readonly text?: string }
  | { readonly type: 'failure'; readonly error: unknown }
  /** The run was stopped before the record came to its end: it is still to be done. */
  | { readonly type: 'given-up' }

interface RecordWork {
  readonly collector: MetadataCollector
  /** The user's own prices, where there are any. */
  readonly prices?: PriceBook
  /** Takes a record's state through the graph. */
  readonly runGraph: (state: State) => Promise<State>
  readonly makeRow: RowMaker
  /** Keeps the row, or notes the failure; a record is done only when that has happened. */
  readonly output: Pick<RunOutput, 'write' | 'writeFailure'>
  /** Aborted when what is in work is given up. */
  readonly signal: AbortSignal
  /** Why requests of foreign code must not be sent any more, where the run has limits and they are reached. */
  readonly refuse?: () => Error | undefined
}

/** A record to work on, and what it came to in an earlier session, if anything. */
type RecordToDo = IdentifiedRow & Pick<WrittenRecord, 'repeatsFailure' | 'repeatsSuccess'>

/** Takes one record through the workflow. A record that fails is an outcome; what stops the run is thrown. */
export async function workOnRecord(todo: RecordToDo, work: RecordWork): Promise<RecordOutcome> {
  const { id, index, repeatsFailure, repeatsSuccess } = todo
  const record: RecordScope = { id, index, costPicodollars: 0 }
  const startedAt = monotonicSeconds()
  const { collector, prices, refuse } = work
  const outcome = await runInScope({ collector, record, prices, refuse }, () => outcomeOf(todo, work))
  if (outcome.type === 'given-up') return outcome
  const durationSeconds = monotonicSeconds() - startedAt
  const { costPicodollars } = record
  const facts = { recordId: id, durationSeconds, costPicodollars, repeatsFailure, repeatsSuccess }
  const rowChecksum = await keep(outcome, facts, work)
  if (rowChecksum === undefined) return { type: 'given-up' }
  work.collector.record({
    type: 'record-end',
    ...facts,
    rowChecksum,
    succeeded: outcome.type === 'row',
    errorType: outcome.type === 'failure' ? thrownTypeOf(outcome.error) : undefined,
  })
  return outcome
}

/** The checksum of the row, empty where there is none; undefined where another process has the run. */
async function keep(
  outcome: Exclude<RecordOutcome, { type: 'given-up' }>,
  facts: WrittenRecord,
  { output }: RecordWork,
): Promise<string | undefined> {
  if (outcome.type === 'row') return outcome.text === undefined ? '' : output.write(outcome.text, facts)
  return (await output.writeFailure(facts.recordId, outcome.error)) ? '' : undefined
}

async function outcomeOf({ row, id }: RecordToDo, { runGraph, makeRow, signal }: RecordWork): Promise<RecordOutcome> {
  try {
    checkKeys(row)
    const state = await runGraph({ id, ...row })
    const made = await makeRow({ record: row, id, state })
    // Turned into text here: a row that cannot be is a failure of its record, and the caller may change it afterwards.
    return { type: 'row', row: made, text: made === undefined ? undefined : rowToJson(made) }
  } catch (error) {
    // What fails because the run is stopped has not failed.
    if (signal.aborted || isRunStopped(error)) return { type: 'given-up' }
    return { type: 'failure', error }
  }
}

const maxFailures = 1_000

// Copying a record would take such a key for the prototype of the copy, and drop it.
function checkKeys(row: Row): void {
  if (!Object.hasOwn(row, '__proto__')) return
  throw new SygraError('bad_data', 'the record has a column named "__proto__", which cannot be carried; rename it')
}

/** The rows and failures that a run gives back. */
export class RunResults {
  readonly failures: RecordFailure[] = []
  readonly keepsRows: boolean
  readonly #rows: (Row | undefined)[] = []

  constructor(keepsRows: boolean) {
    this.keepsRows = keepsRows
  }

  /** Takes the outcome of the record at a position of the source. */
  add(position: number, recordId: string, outcome: RecordOutcome): void {
    if (outcome.type === 'failure') {
      if (this.failures.length < maxFailures) this.failures.push({ recordId, error: outcome.error })
    } else if (outcome.type === 'row' && this.keepsRows) {
      this.#rows[position] = outcome.row
    }
  }

  /** The rows in the order of the source. */
  rows(): Row[] {
    return this.#rows.filter((row) => row !== undefined)
  }
}

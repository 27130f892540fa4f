import type { PriceBook } from '../../pricing/index.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import type { MetadataCollector } from '../../runtime/metadata-collector.ts'
import { type RecordScope, runInScope } from '../../runtime/scope.ts'
import type { State } from '../graph/state.ts'
import { errorTypeOf } from '../nodes/measure-node.ts'
import type { IdentifiedRow } from '../sources/identified-rows.ts'
import type { Row } from '../sources/source.ts'
import type { RowMaker } from './output-row.ts'

/** What a record came to. */
export type RecordOutcome =
  | { readonly type: 'row'; readonly row: Row | undefined }
  | { readonly type: 'failure'; readonly error: unknown }

export interface RecordWork {
  readonly collector: MetadataCollector
  /** The user's own prices, where there are any. */
  readonly prices?: PriceBook
  /** Takes a record's state through the graph. */
  readonly runGraph: (state: State) => Promise<State>
  readonly makeRow: RowMaker
  /** Keeps the row; a record is done only when that has happened. */
  readonly write: (row: Row) => Promise<void>
}

/** Takes one record through the workflow. A record that fails is an outcome; what stops the run is thrown. */
export async function workOnRecord({ row, id }: IdentifiedRow, work: RecordWork): Promise<RecordOutcome> {
  const record: RecordScope = { id, costPicodollars: 0 }
  const startedAt = monotonicSeconds()
  const outcome = await runInScope({ collector: work.collector, record, prices: work.prices }, () =>
    outcomeOf(row, work),
  )
  if (outcome.type === 'row' && outcome.row !== undefined) await work.write(outcome.row)
  work.collector.record({
    type: 'record-end',
    recordId: id,
    succeeded: outcome.type === 'row',
    durationSeconds: monotonicSeconds() - startedAt,
    costPicodollars: record.costPicodollars,
    errorType: outcome.type === 'failure' ? errorTypeOf(outcome.error) : undefined,
  })
  return outcome
}

async function outcomeOf(row: Row, { runGraph, makeRow }: RecordWork): Promise<RecordOutcome> {
  try {
    const state = await runGraph({ ...row })
    return { type: 'row', row: await makeRow({ record: row, state }) }
  } catch (error) {
    return { type: 'failure', error }
  }
}

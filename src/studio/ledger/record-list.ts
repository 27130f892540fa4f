import { isOfKind, type RecordKind, type RecordSort, weightOf } from '../../report/run/record-order.ts'
import type { RequestFilter } from '../../report/run/run-filter.ts'
import type { CostBlock } from '../../report/text/format-cost.ts'
import { costOfTrust } from './cost-trust.ts'
import type { LedgerFold } from './ledger-fold.ts'
import type { RecordFacts, RecordTable } from './record-table.ts'
import { chosenRecords } from './request-filter.ts'

/** A record in a list. */
export interface RecordRow {
  readonly recordId: string
  readonly requests: number
  readonly retries: number
  readonly failedAttempts: number
  /** Answers that were cut off at a limit of tokens. */
  readonly truncated: number
  /** Undefined as long as it has not ended. */
  readonly succeeded?: boolean
  readonly durationSeconds?: number
  /** With a status of its own: what its requests say, and not what the run says. */
  readonly cost: CostBlock
  readonly errorType?: string
  readonly reason?: string
  /** The node that failed. */
  readonly failedNode?: string
}

export interface RecordQuery {
  readonly kind: RecordKind
  readonly sort: RecordSort
  readonly isReversed?: boolean
  /** Part of the id, of the error or of the reason. */
  readonly search?: string
  readonly limit: number
  /** Only records with such requests, and those that failed so; of the failed ones only the latter. */
  readonly filter?: RequestFilter
}

/** More are never listed at once. */
export const mostRecords = 5_000

export interface RecordList {
  readonly rows: readonly RecordRow[]
  /** How many there are; the list has the first of them. */
  readonly total: number
}

/** The records that a query asks for, the first ones in its order. */
export function listRecords(fold: Pick<LedgerFold, 'requests' | 'records'>, query: RecordQuery): RecordList {
  const { records } = fold
  const { kind, sort, isReversed = false, search = '', limit, filter = {} } = query
  const wanted = search.toLowerCase()
  const chosen = chosenRecords(fold, filter)
  const sign = isReversed ? -1 : 1
  let first: { readonly number: number; readonly weight: number }[] = []
  let total = 0
  // Of a million records a few are shown: what cannot be among them is not sorted.
  const keepFirst = () => {
    first.sort((a, b) => sign * (b.weight - a.weight) || a.number - b.number)
    first = first.slice(0, limit)
  }
  records.facts.forEach((record, number) => {
    if (!isOfKind(record, kind)) return
    if (kind === 'failed' ? !chosen.hasFailed(number) : !chosen.has(number)) return
    if (wanted !== '' && !textOf(record, records.ids.names[number] ?? '').includes(wanted)) return
    total += 1
    first.push({ number, weight: sort === 'record' ? -number : weightOf(record, sort, spentOf(record)) })
    if (first.length >= 20 * limit + 1000) keepFirst()
  })
  keepFirst()
  return { rows: first.flatMap(({ number }) => recordRow(records, number) ?? []), total }
}

/** What is known of a record by its number; undefined when there is none. */
export function recordRow({ ids, facts, nodes }: RecordTable, number: number): RecordRow | undefined {
  const record = facts[number]
  if (record === undefined) return undefined
  const { requests, retries, failedAttempts, truncated, succeeded, durationSeconds, errorType, reason } = record
  const failedNode = succeeded === false ? nodes.names[record.failedNode] : undefined
  return {
    recordId: ids.names[number] ?? '',
    ...{ requests, retries, failedAttempts, truncated },
    cost: costOfRecord(record),
    ...(succeeded === undefined ? {} : { succeeded }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(errorType === undefined ? {} : { errorType }),
    ...(reason === undefined ? {} : { reason }),
    ...(failedNode === undefined ? {} : { failedNode }),
  }
}

/** What a record is sorted by: money spent, or what a rehearsal would have cost where there is nothing else. */
export function spentOf({ costPicodollars, rehearsedPicodollars }: RecordFacts): number {
  return costPicodollars === rehearsedPicodollars ? costPicodollars : costPicodollars - rehearsedPicodollars
}

/** What a record cost; what rehearsals of it would have cost stands beside it. */
function costOfRecord({ costPicodollars, costTrust, rehearsedPicodollars }: RecordFacts): CostBlock {
  return costOfTrust(costPicodollars, costTrust, rehearsedPicodollars)
}

function textOf({ errorType = '', reason = '' }: RecordFacts, id: string): string {
  return `${id}\n${errorType}\n${reason}`.toLowerCase()
}

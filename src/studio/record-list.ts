import type { CostBlock } from '../report/text/format-cost.ts'
import { costOfTrust } from './cost-trust.ts'
import type { LedgerFold } from './ledger-fold.ts'
import type { RecordFacts, RecordTable } from './record-table.ts'
import { isOpenFilter, type RequestFilter, rowMatcher } from './request-filter.ts'

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

/** Which records. */
export const recordKinds = ['all', 'failed', 'retried', 'truncated'] as const
export type RecordKind = (typeof recordKinds)[number]

/** What they are sorted by, the largest first. */
export const recordSorts = ['cost', 'time', 'requests', 'retries', 'attempts', 'record'] as const
export type RecordSort = (typeof recordSorts)[number]

export interface RecordQuery {
  readonly kind: RecordKind
  readonly sort: RecordSort
  readonly isReversed?: boolean
  /** Part of the id, of the error or of the reason. */
  readonly search?: string
  readonly limit: number
  /** Only records with such requests; of an error also those that failed with it. */
  readonly filter?: RequestFilter
}

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
  const chosen = isOpenFilter(filter) ? undefined : recordsWith(fold, filter)
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
    if (chosen !== undefined && !chosen.has(number)) return
    if (wanted !== '' && !textOf(record, records.ids.names[number] ?? '').includes(wanted)) return
    total += 1
    first.push({ number, weight: weightOf(record, number, sort) })
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
    cost: costOfTrust(record.costPicodollars, record.costTrust),
    ...(succeeded === undefined ? {} : { succeeded }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(errorType === undefined ? {} : { errorType }),
    ...(reason === undefined ? {} : { reason }),
    ...(failedNode === undefined ? {} : { failedNode }),
  }
}

/** Numbers of the records that have a request which the filter lets through, or that ended with its error. */
function recordsWith(
  { requests, records }: Pick<LedgerFold, 'requests' | 'records'>,
  filter: RequestFilter,
): ReadonlySet<number> {
  const found = new Set<number>()
  const matches = rowMatcher(requests, filter)
  for (let row = 0; row < requests.count; row += 1) if (matches(row)) found.add(requests.record[row] ?? -1)
  const { error, node, ...others } = filter
  // A record may fail without a request that failed: in a function of the task, or over an answer that was of no use.
  if (error !== undefined && isOpenFilter(others)) {
    records.facts.forEach(({ succeeded, errorType, failedNode }, number) => {
      const isThere = node === undefined || records.nodes.names[failedNode] === node
      if (succeeded === false && errorType === error && isThere) found.add(number)
    })
  }
  return found
}

function weightOf(record: RecordFacts, number: number, sort: RecordSort): number {
  switch (sort) {
    case 'cost':
      return record.costPicodollars
    case 'time':
      return record.durationSeconds ?? -1
    case 'requests':
      return record.requests
    case 'retries':
      return record.retries
    case 'attempts':
      return record.failedAttempts
    case 'record':
      // In the order in which they were first heard of.
      return -number
    default:
      return sort satisfies never
  }
}

function isOfKind(record: RecordFacts, kind: RecordKind): boolean {
  switch (kind) {
    case 'all':
      return true
    case 'failed':
      return record.succeeded === false
    case 'retried':
      return record.retries > 0
    case 'truncated':
      return record.truncated > 0
    default:
      return kind satisfies never
  }
}

function textOf({ errorType = '', reason = '' }: RecordFacts, id: string): string {
  return `${id}\n${errorType}\n${reason}`.toLowerCase()
}

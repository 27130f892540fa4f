import type { RecordFacts, RecordTable } from './record-table.ts'

/** A record in a list. */
export interface RecordRow extends Readonly<RecordFacts> {
  readonly recordId: string
}

export const recordOrders = ['dearest', 'slowest', 'failed', 'retried'] as const

export type RecordOrder = (typeof recordOrders)[number]

export interface RecordQuery {
  readonly order: RecordOrder
  /** Part of the id or of the reason. */
  readonly search?: string
  readonly limit: number
}

export interface RecordList {
  readonly rows: readonly RecordRow[]
  /** How many there are; the list has the first of them. */
  readonly total: number
}

/** The records that a query asks for, the first ones in its order. */
export function listRecords({ ids, facts }: RecordTable, { order, search = '', limit }: RecordQuery): RecordList {
  const wanted = search.toLowerCase()
  const weightOf = weights[order]
  let first: { readonly number: number; readonly weight: number }[] = []
  let total = 0
  // Of a million records a few are shown: what cannot be among them is not sorted.
  const keepFirst = () => {
    first.sort((a, b) => b.weight - a.weight || a.number - b.number)
    first = first.slice(0, limit)
  }
  facts.forEach((record, number) => {
    if (!belongsTo(record, order)) return
    if (wanted !== '' && !textOf(record, ids.names[number] ?? '').includes(wanted)) return
    total += 1
    first.push({ number, weight: weightOf(record) })
    if (first.length >= 20 * limit + 1000) keepFirst()
  })
  keepFirst()
  const rows = first.flatMap(({ number }): RecordRow[] => {
    const record = facts[number]
    return record === undefined ? [] : [{ recordId: ids.names[number] ?? '', ...record }]
  })
  return { rows, total }
}

const weights: Readonly<Record<RecordOrder, (record: RecordFacts) => number>> = {
  dearest: (record) => record.costPicodollars,
  slowest: (record) => record.durationSeconds ?? 0,
  failed: (record) => record.durationSeconds ?? 0,
  retried: (record) => record.retries,
}

function belongsTo(record: RecordFacts, order: RecordOrder): boolean {
  switch (order) {
    case 'failed':
      return record.succeeded === false
    case 'retried':
      return record.retries > 0
    case 'dearest':
      return true
    case 'slowest':
      return record.durationSeconds !== undefined
    default:
      return order satisfies never
  }
}

function textOf({ errorType = '', reason = '' }: RecordFacts, id: string): string {
  return `${id}\n${errorType}\n${reason}`.toLowerCase()
}

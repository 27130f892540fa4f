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
  const numbers: number[] = []
  facts.forEach((record, number) => {
    if (!belongsTo(record, order)) return
    if (wanted !== '' && !textOf(record, ids.names[number] ?? '').includes(wanted)) return
    numbers.push(number)
  })
  const weightOf = (number: number) => weights[order](facts[number])
  numbers.sort((a, b) => weightOf(b) - weightOf(a) || a - b)
  const rows = numbers.slice(0, limit).flatMap((number): RecordRow[] => {
    const record = facts[number]
    return record === undefined ? [] : [{ recordId: ids.names[number] ?? '', ...record }]
  })
  return { rows, total: numbers.length }
}

const weights: Readonly<Record<RecordOrder, (record: RecordFacts | undefined) => number>> = {
  dearest: (record) => record?.costPicodollars ?? 0,
  slowest: (record) => record?.durationSeconds ?? 0,
  failed: (record) => record?.durationSeconds ?? 0,
  retried: (record) => record?.failedAttempts ?? 0,
}

function belongsTo(record: RecordFacts, order: RecordOrder): boolean {
  switch (order) {
    case 'failed':
      return record.succeeded === false
    case 'retried':
      return record.failedAttempts > 0
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

/** Which records of a run. */
export const recordKinds = ['all', 'failed', 'retried', 'truncated'] as const
export type RecordKind = (typeof recordKinds)[number]

/** What they are sorted by, the largest first. */
export const recordSorts = ['cost', 'time', 'requests', 'retries', 'attempts', 'record'] as const
export type RecordSort = (typeof recordSorts)[number]

/** What of a record decides where it stands in a list. */
export interface OrderedRecord {
  readonly requests: number
  readonly retries: number
  readonly failedAttempts: number
  readonly truncated: number
  readonly succeeded?: boolean | undefined
  readonly durationSeconds?: number | undefined
}

export function isOfKind(record: OrderedRecord, kind: RecordKind): boolean {
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

/** By what a record is sorted, with its cost in any unit; 0 for the order in which records were first heard of. */
export function weightOf(record: OrderedRecord, sort: RecordSort, cost: number): number {
  switch (sort) {
    case 'cost':
      return cost
    case 'time':
      return record.durationSeconds ?? -1
    case 'requests':
      return record.requests
    case 'retries':
      return record.retries
    case 'attempts':
      return record.failedAttempts
    case 'record':
      return 0
    default:
      return sort satisfies never
  }
}

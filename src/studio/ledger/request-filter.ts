import { errorKindOf } from '../../metadata/events/request-failure.ts'
import { isOpenFilter, isWithin, outsideNodes, type RequestFilter } from '../../report/run/run-filter.ts'
import type { LedgerFold } from './ledger-fold.ts'
import { NumberSet } from './number-set.ts'
import type { RequestTable } from './request-table.ts'

/** What went wrong with an attempt, in the words that the metadata file counts by; undefined for an answer. */
export function errorOf(requests: RequestTable, row: number): string | undefined {
  if (requests.isAnswered[row] === 1) return undefined
  const errorType = requests.errorTypes.names[requests.errorType[row] ?? -1]
  return errorKindOf({ status: requests.status[row] ?? 0, errorType })
}

/** Tells of each row whether a filter lets it through. A node stands for the nodes within it, too. */
export function rowMatcher(requests: RequestTable, filter: RequestFilter): (row: number) => boolean {
  const { node, model, error, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = filter
  const { overSeconds = 0, underSeconds = Number.POSITIVE_INFINITY } = filter
  if (isOpenFilter(filter)) return () => true
  const nodes = node === undefined ? undefined : nodeNumbers(requests, node)
  const modelNumber = model === undefined ? undefined : (requests.models.numberOf(model) ?? Number.NaN)
  return (row) => {
    if (nodes !== undefined && !nodes.has(requests.node[row] ?? -1)) return false
    if (modelNumber !== undefined && requests.model[row] !== modelNumber) return false
    const seconds = requests.durationSeconds[row] ?? 0
    if (seconds < overSeconds || seconds >= underSeconds) return false
    const startedAtMs = requests.startedAtMs[row] ?? 0
    if (startedAtMs > toMs || startedAtMs + seconds * 1000 < fromMs) return false
    return error === undefined || errorOf(requests, row) === error
  }
}

/** Which records are looked at, by their numbers, and which of them failed so. */
export interface ChosenRecords {
  readonly has: (number: number) => boolean
  /** It failed in the node and with the error that are looked at. */
  readonly hasFailed: (number: number) => boolean
}

/**
 * The records that have a request which the filter lets through, and those that failed so without one: in a function of the
 * task, or over an answer that was of no use. `asking`: numbers of the former, where they are known.
 */
export function chosenRecords(
  { requests, records }: Pick<LedgerFold, 'requests' | 'records'>,
  filter: RequestFilter,
  asking?: NumberSet,
): ChosenRecords {
  const { facts, nodes } = records
  const failed = (number: number) => facts[number]?.succeeded === false
  if (isOpenFilter(filter)) return { has: () => true, hasFailed: failed }
  const { node, error, ...others } = filter
  const needsRequest = !isOpenFilter(others)
  const asked = asking ?? recordsAsking(requests, filter)
  const hasFailed = (number: number) => {
    if (!failed(number) || (needsRequest && !asked.has(number))) return false
    const { failedNode = -1, errorType } = facts[number] ?? {}
    if (node !== undefined && !isWithin(nodes.names[failedNode] ?? outsideNodes, node)) return false
    return error === undefined || (errorType ?? failedWithoutError) === error
  }
  return { has: (number) => asked.has(number) || hasFailed(number), hasFailed }
}

/** What a record failed with that says no more. */
export const failedWithoutError = 'failed'

function recordsAsking(requests: RequestTable, filter: RequestFilter): NumberSet {
  const found = new NumberSet()
  const matches = rowMatcher(requests, filter)
  for (let row = 0; row < requests.count; row += 1) {
    const record = requests.record[row] ?? -1
    if (record >= 0 && matches(row)) found.add(record)
  }
  return found
}

function nodeNumbers({ nodes }: RequestTable, node: string): ReadonlySet<number> {
  if (node === outsideNodes) return new Set([-1])
  return new Set(nodes.names.flatMap((name, number) => (isWithin(name, node) ? [number] : [])))
}

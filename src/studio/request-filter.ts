import { outsideNodes } from '../report/run/outside-nodes.ts'
import type { RequestTable } from './request-table.ts'

/** What of a run is looked at; everything where nothing is set. */
export interface RequestFilter {
  readonly node?: string
  readonly model?: string
  /** As `errorOf` names it. */
  readonly error?: string
  /** Requests that were on their way at that time, in milliseconds since 1970. */
  readonly fromMs?: number
  readonly toMs?: number
  /** Requests that took at least so long, or less than so long. */
  readonly overSeconds?: number
  readonly underSeconds?: number
}

/** What went wrong with an attempt, in the words that the metadata file counts by; undefined for an answer. */
export function errorOf(requests: RequestTable, row: number): string | undefined {
  if (requests.isAnswered[row] === 1) return undefined
  const status = requests.status[row] ?? 0
  return requests.errorTypes.names[requests.errorType[row] ?? -1] ?? (status === 0 ? 'no_response' : `http_${status}`)
}

/** True when the filter lets everything through. */
export function isOpenFilter(filter: RequestFilter): boolean {
  return Object.values(filter).every((value) => value === undefined)
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

function nodeNumbers({ nodes }: RequestTable, node: string): ReadonlySet<number> {
  if (node === outsideNodes) return new Set([-1])
  const within = `${node}.`
  return new Set(nodes.names.flatMap((name, number) => (name === node || name.startsWith(within) ? [number] : [])))
}

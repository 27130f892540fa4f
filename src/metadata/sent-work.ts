/** What of a run, or of the part of its file that a list reads, tells of calls whose cost is in no sum. */
export interface SentWork {
  readonly status?: string | undefined
  readonly execution: {
    readonly batches?: readonly BatchState[] | undefined
  }
  readonly aggregate_statistics: {
    readonly requests: { readonly in_flight_requests?: number | undefined }
  }
}

interface BatchState {
  readonly state: string
  /** How many calls it has. */
  readonly lines: number
}

/** How many requests were in flight when a run ended: they were sent, and what came of them is not known. */
export function lostRequests({ status, aggregate_statistics: { requests } }: SentWork): number {
  return status === 'running' ? 0 : (requests.in_flight_requests ?? 0)
}

/** How many calls providers were handed in batches whose results a run has not read: they are charged, and in no sum yet. */
export function callsInBatches({ status, execution: { batches = [] } }: SentWork): number {
  return status === 'running' ? 0 : batches.filter(isOpenBatch).reduce((sum, { lines }) => sum + lines, 0)
}

/** Whether a batch was handed in, or may have been, and its results were not read. */
export function isOpenBatch({ state }: { readonly state: string }): boolean {
  return state === 'waiting' || state === 'submitting'
}

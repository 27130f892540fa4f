import { type GraphOutline, type MetadataEvent, type NodeWays, succeeded } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { createLiveState, type LiveState, updateLiveState } from '../../report/live/live-state.ts'
import { type EdgeTraffic, GraphTraffic } from './edge-traffic.ts'
import { RecordTable } from './record-table.ts'
import { RequestTable } from './request-table.ts'

/** What the page shows of a ledger: its requests, its records, the ways they took. */
export class LedgerFold {
  readonly requests = new RequestTable()
  readonly records = new RecordTable()
  /** The totals of the run, where the metadata file does not have them yet. */
  readonly totals: RunTotals | undefined
  /** How far the run is, where it may still be going on. */
  readonly live: LiveState | undefined
  #edges: GraphTraffic | undefined

  constructor({ withTotals }: { readonly withTotals: boolean }) {
    this.totals = withTotals ? new RunTotals() : undefined
    this.live = withTotals ? createLiveState() : undefined
  }

  /** `atMs`: when it was written. */
  add(event: MetadataEvent, atMs: number): void {
    this.totals?.add(event)
    if (this.live !== undefined) updateLiveState(this.live, event, atMs)
    switch (event.type) {
      case 'run-start':
        this.#outline(event.context.graph)
        break
      case 'request-end':
        this.requests.add(event, this.records.addRequest(event, succeeded(event)))
        break
      case 'node-end':
        this.#edges?.nodeEnd(event)
        if (!event.succeeded) this.records.nodeFailed(event)
        break
      case 'record-end':
        this.records.end(event)
        this.#edges?.recordEnd(event)
        break
      case 'run-end':
      case 'dataset-open':
      case 'model-open':
      case 'request-start':
      case 'cache-hit':
      case 'batch-change':
      case 'concurrency-change':
      case 'not-understood':
      case 'actor-end':
      case 'worker-start':
      case 'worker-end':
      case 'record-duplicate':
        break
      default:
        event satisfies never
    }
  }

  /** How often each way of the graph was taken; undefined when the ledger does not know the graph. */
  traffic(): readonly EdgeTraffic[] | undefined {
    return this.#edges?.traffic()
  }

  // A session that takes a run up states the graph again: what was counted stays.
  #outline(graph: GraphOutline | undefined): void {
    if (graph !== undefined && isOutline(graph)) this.#edges ??= new GraphTraffic(graph)
  }
}

/** Ledgers may come from anywhere; their lines are checked for what the fold of totals reads, which the graph is not. */
function isOutline({ edges, subgraphs = [] }: Partial<GraphOutline>): boolean {
  return (
    areObjects(edges) &&
    areObjects(subgraphs) &&
    subgraphs.every((inner: Partial<NodeWays>) => areObjects(inner.edges) && areObjects(inner.nodes))
  )
}

function areObjects(list: unknown): boolean {
  return Array.isArray(list) && list.every((each: unknown) => typeof each === 'object' && each !== null)
}

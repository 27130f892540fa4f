import type { MetadataEvent, NodeEnd } from '../../metadata/event.ts'
import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import { type Column, columnsOf, type Row, rowOf, secondsOf, timestampOf } from './column.ts'
import { type EventPlace, type LedgerRows, type LedgerTable, ledgerColumns } from './ledger-table.ts'
import { type RunFacts, RunFollower, runColumns } from './run-facts.ts'

/** One pass of one record through a node. */
interface NodeFact {
  readonly run: RunFacts
  readonly end: NodeEnd
  readonly place: EventPlace
}

const column = columnsOf<NodeFact>()

const columns: readonly Column<NodeFact>[] = [
  ...runColumns<NodeFact>(),
  column.text('node', 'Its name; of a node within a subgraph `subgraph.node`.', ({ end }) => end.node),
  column.text('node_type', 'Its kind: `llm`, `agent`, `lambda`, `subgraph`, …', ({ end }) => end.nodeType),
  column.text('model', 'The model that the execution names.', ({ end }) => end.model),
  column.text('record_id', 'The record; empty outside records.', ({ end }) => end.recordId),
  column.timestamp('ended_at', 'When it ended, as its line was written.', ({ place }) => timestampOf(place.atMs)),
  column.seconds('duration_seconds', 'Wall time.', ({ end }) => secondsOf(end.durationSeconds)),
  column.text('outcome', '`succeeded` or `failed`.', ({ end }) => (end.succeeded ? 'succeeded' : 'failed')),
  column.text('error_type', 'Why it failed, where it did.', ({ end }) =>
    end.succeeded ? null : (end.errorType ?? 'unknown'),
  ),
  column.integer(
    'stated_prompt_tokens',
    'Input tokens that the program stated itself; what its requests used is in `requests`.',
    ({ end: { stated } }) => stated?.usage && promptTokensOf(stated.usage),
  ),
  column.integer('stated_completion_tokens', 'Output tokens that the program stated itself.', ({ end: { stated } }) =>
    stated?.usage === undefined ? null : completionTokensOf(stated.usage),
  ),
  column.usd('stated_cost_usd', 'USD that the program stated itself; in no other table.', ({ end: { stated } }) =>
    stated?.costPicodollars === undefined ? null : BigInt(Math.round(stated.costPicodollars)),
  ),
  ...ledgerColumns<NodeFact>(({ place }) => place),
]

/** One row an execution of a node. */
export const nodesTable: LedgerTable = { columns, begin: () => new NodeRows() }

class NodeRows implements LedgerRows {
  readonly #follower = new RunFollower()

  readonly take = (event: MetadataEvent, place: EventPlace): readonly Row[] => {
    this.#follower.take(event)
    return event.type === 'node-end' ? [rowOf(columns, { run: this.#follower.run, end: event, place })] : []
  }

  readonly end = (): readonly Row[] => []
}

import type { Metadata } from '../../src/metadata/schema.ts'
import { costOfRun } from '../../src/report/run/run-cost.ts'
import { outsideNodes } from '../../src/report/run/run-filter.ts'
import type { CostBlock } from '../../src/report/text/format-cost.ts'
import type { SliceAnswer } from '../../src/studio/api.ts'
import type { SlicePart } from '../../src/studio/ledger/run-slice.ts'

/** What a node or a model spent, and why: at which model, how often, with how many tokens. */
export interface CostRow {
  /** Of the node, or of the model where there are no nodes, as the filter has it. */
  readonly name: string
  readonly cost: CostBlock | undefined
  readonly cells: ReadonlyMap<string, CostBlock>
  readonly requests: number
  /** Passes of a record through the node; undefined outside of workflows. */
  readonly passesPerRecord: number | undefined
  readonly tokensIn: number | undefined
  readonly tokensOut: number | undefined
}

export interface CostTable {
  readonly by: 'node' | 'model'
  readonly models: readonly { readonly model: string; readonly cost: CostBlock }[]
  readonly rows: readonly CostRow[]
  readonly total: CostBlock
  /** Of the whole run, which shares are of. */
  readonly wholeUsd: number
}

/** The costs of a part of a run, the most expensive node first. */
export function costTableOfSlice({ nodes, models, cells, whole, all }: SliceAnswer, metadata: Metadata): CostTable {
  // A program that is watched from outside has no nodes: its models tell where the money went.
  const by = nodes.every(({ node }) => node === outsideNodes) ? 'model' : 'node'
  const rows = (by === 'node' ? nodes : models).map((part): CostRow => {
    const name = part[by] ?? ''
    const own = by === 'node' ? cells.filter(({ node }) => node === name) : []
    return {
      name,
      cost: part.cost,
      cells: new Map(own.map(({ model, cost }) => [model, cost])),
      requests: part.requests,
      passesPerRecord: by === 'node' ? passesOf(metadata, name) : undefined,
      tokensIn: perAnswer(part, part.promptTokens),
      tokensOut: perAnswer(part, part.completionTokens),
    }
  })
  return {
    by,
    models: models.map(({ model = '', cost }) => ({ model, cost })),
    rows,
    total: whole.cost,
    wholeUsd: all.cost.total_cost_usd,
  }
}

/** The same of a file without a ledger. */
export function costTableOfFile(metadata: Metadata): CostTable {
  const { models, nodes, aggregate_statistics } = metadata
  const rows = Object.entries(nodes).map(([node, { cost, models: used, model_name, requests, ...of }]): CostRow => {
    const cells = new Map<string, CostBlock>()
    if (used !== undefined) {
      for (const [model, { total_cost_usd }] of Object.entries(used)) cells.set(model, { total_cost_usd })
    } else if (model_name && cost !== undefined) cells.set(model_name, cost)
    return {
      name: node,
      cost,
      cells,
      requests: requests?.total_requests ?? 0,
      passesPerRecord: passesOf(metadata, node),
      tokensIn: of.token_statistics?.avg_prompt_tokens,
      tokensOut: of.token_statistics?.avg_completion_tokens,
    }
  })
  const { unattributed } = aggregate_statistics
  if (unattributed !== undefined && unattributed.total_cost_usd > 0) {
    const { total_cost_usd, requests } = unattributed
    const cost = { total_cost_usd, status: aggregate_statistics.cost.status }
    const common = { passesPerRecord: undefined, tokensIn: undefined, tokensOut: undefined }
    rows.push({
      name: outsideNodes,
      cost,
      cells: new Map(),
      requests: requests.total_requests,
      ...common,
    })
  }
  const usd = (row: CostRow) => row.cost?.total_cost_usd ?? 0
  return {
    by: 'node',
    models: Object.entries(models).map(([model, { cost }]) => ({ model, cost })),
    rows: rows.filter((row) => usd(row) > 0 || row.requests > 0).sort((a, b) => usd(b) - usd(a)),
    total: costOfRun(metadata),
    wholeUsd: aggregate_statistics.cost.total_cost_usd,
  }
}

function passesOf({ nodes, aggregate_statistics: { records } }: Metadata, node: string): number | undefined {
  const executions = Object.hasOwn(nodes, node) ? nodes[node]?.total_executions : undefined
  return executions === undefined || records.total_processed === 0 ? undefined : executions / records.total_processed
}

function perAnswer({ answers }: SlicePart, tokens: number): number | undefined {
  return answers === 0 ? undefined : tokens / answers
}

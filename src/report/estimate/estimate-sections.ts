import { formatCount, formatUsd } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'

/** What the requests of one node to one model are expected to be. */
export interface EstimateRow {
  readonly node: string
  readonly model: string
  readonly requests: number
  readonly promptTokens: number
  readonly answerTokens: number
  readonly usd: number
  /** With the longest answers that are allowed; undefined where nothing limits them. */
  readonly mostUsd: number | undefined
  /** The same handed in as batches; undefined where it cannot be. */
  readonly batchUsd?: number | undefined
  /** Why there is no price. */
  readonly unpriced: string | undefined
}

export interface Estimate {
  readonly taskName: string
  readonly records: number
  readonly nodes: readonly EstimateRow[]
  readonly assumptions: readonly string[]
}

/** The estimate of a run: a row for each node and model, the sum, and what it rests on. */
export function estimateSections(estimate: Estimate): Section[] {
  const { taskName, records, nodes, assumptions } = estimate
  const table = tableSection<EstimateRow>({
    title: 'Nodes',
    rows: nodes,
    columns: [
      { title: 'node', align: 'left', value: ({ node }) => node },
      { title: 'model', align: 'left', value: ({ model }) => model, dropOrder: 2 },
      { title: 'requests', value: ({ requests }) => formatCount(Math.round(requests)) },
      { title: 'in', value: ({ promptTokens }) => formatCount(Math.round(promptTokens)), dropOrder: 3 },
      { title: 'out', value: ({ answerTokens }) => formatCount(Math.round(answerTokens)), dropOrder: 4 },
      { title: 'cost', value: (row) => (row.unpriced === undefined ? formatUsd(row.usd) : 'unpriced') },
      {
        title: 'longest answers',
        value: (row) => (row.unpriced === undefined ? formatUsd(row.mostUsd) : undefined),
        dropOrder: 1,
      },
    ],
  })
  const unpriced = nodes.flatMap(({ model, unpriced: why }) => (why === undefined ? [] : [`${model}: ${why}`]))
  return [
    {
      type: 'pairs',
      title: `${taskName}: estimate of a run, nothing was sent`,
      pairs: [
        ['records', formatCount(records)],
        ['requests', formatCount(Math.round(sumOf(nodes, ({ requests }) => requests)))],
        ['tokens', tokensOf(nodes)],
        ['cost', costOf(estimate)],
        ['with --batch-api', batchCostOf(estimate)],
        ['cost per record', records > 0 ? costOf(estimate, records) : undefined],
      ].flatMap(([name, value]) => (name === undefined || value === undefined ? [] : [[name, value] as const])),
    },
    ...(table === undefined ? [] : [table]),
    ...(unpriced.length === 0 ? [] : [listOf('Without a price', [...new Set(unpriced)])]),
    listOf('It assumes', assumptions),
  ]
}

function tokensOf(nodes: readonly EstimateRow[]): string {
  const prompt = Math.round(sumOf(nodes, ({ promptTokens }) => promptTokens))
  const answer = Math.round(sumOf(nodes, ({ answerTokens }) => answerTokens))
  return `${formatCount(prompt + answer)}, ${formatCount(prompt)} in, ${formatCount(answer)} out`
}

function costOf({ nodes }: Estimate, divisor = 1): string {
  const least = nodes.some(({ unpriced }) => unpriced !== undefined) ? '≥ ' : ''
  const usd = sumOf(nodes, (row) => row.usd) / divisor
  const isLimited = nodes.every(({ mostUsd }) => mostUsd !== undefined)
  const most = sumOf(nodes, ({ mostUsd }) => mostUsd ?? 0) / divisor
  const longest = isLimited && most > usd ? `, ${least}${formatUsd(most)} with the longest answers allowed` : ''
  return `${least}${formatUsd(usd)}${longest}`
}

/** What is batched at its price, and the rest at its own. */
function batchCostOf({ nodes }: Estimate): string | undefined {
  if (nodes.every(({ batchUsd }) => batchUsd === undefined)) return undefined
  const least = nodes.some(({ unpriced }) => unpriced !== undefined) ? '≥ ' : ''
  return `${least}${formatUsd(sumOf(nodes, ({ batchUsd, usd }) => batchUsd ?? usd))}, answered within a day`
}

function listOf(title: string, lines: readonly string[]): Section {
  return { type: 'pairs', title, pairs: lines.map((line) => ['-', line] as const) }
}

function sumOf(rows: readonly EstimateRow[], figure: (row: EstimateRow) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0)
}

import type { CostStatus } from '../metadata/cost.ts'
import { formatDerivedCost } from './format-cost.ts'
import { formatChange, formatCount, formatExactUsd, unknownMark } from './format-numbers.ts'
import type { Section } from './section.ts'
import { tableSection } from './table-section.ts'

/** What something cost and what it would cost; `line` is a class of tokens, or undefined for a model as a whole. */
export interface RepricedRow {
  readonly model: string
  readonly line?: string
  readonly tokens?: number
  readonly before: RepricedAmount | undefined
  readonly after: RepricedAmount | undefined
  /** Why there is no new amount. */
  readonly reason?: string
}

export interface RepricedAmount {
  readonly usd: number
  readonly status: CostStatus | null
  readonly is_lower_bound?: boolean
  /** All that a class was charged at, in USD per million tokens. */
  readonly usdPerMillion?: readonly number[]
}

/** The difference between a run's cost and its cost at other prices, line by line. */
export function repriceSection(rows: readonly RepricedRow[], notes: readonly string[]): Section | undefined {
  return tableSection({
    title: 'Cost at other prices',
    notes,
    rows,
    columns: [
      { title: 'model', align: 'left', value: ({ model, line }) => (line === undefined ? model : `  ${line}`) },
      {
        title: 'tokens',
        value: ({ tokens }) => (tokens === undefined ? undefined : formatCount(tokens)),
        dropOrder: 1,
      },
      { title: 'was per million', value: ({ before }) => pricesText(before), dropOrder: 3 },
      { title: 'now per million', value: ({ after }) => pricesText(after), dropOrder: 2 },
      { title: 'was', value: ({ before }) => amountText(before) },
      { title: 'now', value: ({ after }) => amountText(after) },
      { title: 'difference', value: ({ before, after }) => differenceText(before, after), dropOrder: 4 },
      { title: 'change', value: ({ before, after }) => changeText(before, after) },
      { title: 'why not', align: 'left', value: ({ reason }) => reason },
    ],
  })
}

function amountText(amount: RepricedAmount | undefined): string {
  return formatDerivedCost(amount?.usd, amount, formatExactUsd)
}

function differenceText(before: RepricedAmount | undefined, after: RepricedAmount | undefined): string {
  if (before === undefined || after === undefined || !isKnown(before) || !isKnown(after)) return unknownMark
  // Both are sums of whole picodollars; their difference in binary would have crumbs.
  const usd = Math.round((after.usd - before.usd) * 1e12) / 1e12
  if (usd === 0) return '±0'
  return `${usd > 0 ? '+' : ''}${formatExactUsd(usd)}`
}

function pricesText(amount: RepricedAmount | undefined): string | undefined {
  const prices = amount?.usdPerMillion ?? []
  return prices.length === 0 ? undefined : prices.map((price) => formatExactUsd(price)).join(', ')
}

function changeText(before: RepricedAmount | undefined, after: RepricedAmount | undefined): string {
  // A change from or to what is not known whole would look exact and is not.
  if (before === undefined || after === undefined || !isKnown(before) || !isKnown(after)) return unknownMark
  if (before.usd === 0) return after.usd === 0 ? formatChange(0) : unknownMark
  return formatChange(after.usd / before.usd - 1)
}

function isKnown({ status, is_lower_bound }: RepricedAmount): boolean {
  return status !== 'unpriced' && status !== 'partial' && !is_lower_bound
}

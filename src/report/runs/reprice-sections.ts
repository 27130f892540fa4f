import { type CostStatus, type HowFarKnown, isWhole } from '../../metadata/cost.ts'
import type { Metadata, ModelMetadata, ReceiptMetadata } from '../../metadata/schema.ts'
import type { RepricedLine } from '../../pricing/reprice/reprice-model.ts'
import { costOfRun } from '../run/run-cost.ts'
import { exactCostUsd, exactModelCostUsd } from '../run/run-figures.ts'
import { formatDerivedCost } from '../text/format-cost.ts'
import { formatChange, formatCount, formatExactUsd, unknownMark } from '../text/format-values.ts'
import { type Section, tableSection } from '../text/section.ts'

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

export interface RepricedAmount extends HowFarKnown {
  readonly usd: number
  readonly status: CostStatus | null
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
      { title: 'difference', value: differenceText, dropOrder: 4 },
      { title: 'change', value: changeText },
      { title: 'why not', align: 'left', value: ({ reason }) => reason },
    ],
  })
}

function amountText(amount: RepricedAmount | undefined): string {
  return formatDerivedCost(amount?.usd, amount, formatExactUsd)
}

/** What something cost and would cost, where both are known whole: a change from or to a bound would look exact and is not. */
export function knownChange({
  before,
  after,
}: Pick<RepricedRow, 'before' | 'after'>): { readonly beforeUsd: number; readonly afterUsd: number } | undefined {
  if (before === undefined || after === undefined || !isWhole(before) || !isWhole(after)) return undefined
  return { beforeUsd: before.usd, afterUsd: after.usd }
}

function differenceText(row: RepricedRow): string {
  const change = knownChange(row)
  if (change === undefined) return unknownMark
  // Both are sums of whole picodollars; their difference in binary would have crumbs.
  const usd = Math.round((change.afterUsd - change.beforeUsd) * 1e12) / 1e12
  if (usd === 0) return '±0'
  return `${usd > 0 ? '+' : ''}${formatExactUsd(usd)}`
}

function pricesText(amount: RepricedAmount | undefined): string | undefined {
  const prices = amount?.usdPerMillion ?? []
  return prices.length === 0 ? undefined : prices.map((price) => formatExactUsd(price)).join(', ')
}

function changeText(row: RepricedRow): string {
  const change = knownChange(row)
  if (change === undefined) return unknownMark
  const { beforeUsd, afterUsd } = change
  if (beforeUsd === 0) return afterUsd === 0 ? formatChange(0) : unknownMark
  return formatChange(afterUsd / beforeUsd - 1)
}

interface ChargedLine {
  /** A class of tokens, or a fee. */
  readonly what: string
  /** Left out for a fee. */
  readonly tokens?: number
  readonly usdPerMillion?: number
  readonly usd: number
}

/** What a model costs at other prices, and for what. */
export interface RepricedModelAmount extends RepricedAmount {
  readonly lines: readonly ChargedLine[]
  /** Why the cost, or a part of it, is not known. */
  readonly reason?: string
}

/** A row for a model and one for each class of its tokens. */
export function rowsOfModel(
  name: string,
  before: ModelMetadata | undefined,
  after: RepricedModelAmount | undefined,
): RepricedRow[] {
  const old = byClass(linesOf(before?.cost.receipt))
  const now = byClass(after?.lines ?? [])
  const classes = [...new Set([...old.keys(), ...now.keys()])]
  return [
    { model: name, before: amountOfModel(before), after, reason: after?.reason },
    ...classes.map((line) => ({
      model: name,
      line,
      tokens: now.get(line)?.tokens ?? old.get(line)?.tokens,
      before: amountOfLine(old.get(line)),
      after: amountOfLine(now.get(line)),
    })),
  ]
}

/** The cost of a run, with all its digits. */
export function amountOfRun(run: Metadata): RepricedAmount {
  const { status = null, is_lower_bound, isOpen } = costOfRun(run)
  return { usd: exactCostUsd(run), status, is_lower_bound, isOpen }
}

/** The cost of a model of a metadata file, with what it is made of. */
export function amountOfModel(model: ModelMetadata | undefined): RepricedModelAmount | undefined {
  if (model === undefined) return undefined
  const { status = null, is_lower_bound, unpriced_reasons, receipt } = model.cost
  const reason = unpriced_reasons?.[0]?.reason
  return { usd: exactModelCostUsd(model), status, is_lower_bound, lines: linesOf(receipt), reason }
}

/** A line of a repriced cost as a row shows it. */
export function chargedLineOf(line: RepricedLine): ChargedLine {
  if ('unit' in line) return { what: nameOfFee(line.unit, line.quantity), usd: line.usd }
  return { what: line.tokenClass, tokens: line.tokens, usdPerMillion: line.usdPerMillion, usd: line.usd }
}

// A row has room for tokens alone, so a fee's quantity stands in its name.
function nameOfFee(unit: string, quantity: number): string {
  return `${unit} × ${quantity}`
}

interface ClassSum {
  readonly tokens: number | undefined
  readonly usd: number
  readonly usdPerMillion: readonly number[]
}

function linesOf(receipts: readonly ReceiptMetadata[] = []): ChargedLine[] {
  return receipts.flatMap(({ classes, fees = [] }) => [
    ...classes.map(({ token_class, tokens, usd_per_million, usd }) => ({
      what: token_class,
      tokens,
      usdPerMillion: usd_per_million,
      usd,
    })),
    ...fees.map(({ unit, quantity, usd }) => ({ what: nameOfFee(unit, quantity), usd })),
  ])
}

function byClass(lines: readonly ChargedLine[]): Map<string, ClassSum> {
  const sums = new Map<string, ClassSum>()
  for (const { what, tokens, usdPerMillion, usd } of lines) {
    const sum = sums.get(what) ?? { tokens: undefined, usd: 0, usdPerMillion: [] }
    sums.set(what, {
      tokens: tokens === undefined ? sum.tokens : (sum.tokens ?? 0) + tokens,
      // Amounts are whole picodollars; a sum in binary would have crumbs.
      usd: Math.round((sum.usd + usd) * 1e12) / 1e12,
      usdPerMillion: [...new Set([...sum.usdPerMillion, ...(usdPerMillion === undefined ? [] : [usdPerMillion])])],
    })
  }
  return sums
}

function amountOfLine(sum: ClassSum | undefined): RepricedAmount | undefined {
  return sum && { usd: sum.usd, status: 'priced', usdPerMillion: sum.usdPerMillion }
}

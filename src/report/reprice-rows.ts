import type { Metadata, ModelMetadata, ReceiptMetadata } from '../metadata/schema.ts'
import type { RepricedLine } from '../pricing/reprice-model.ts'
import type { RepricedAmount, RepricedRow } from './reprice-sections.ts'
import { exactCostUsd, exactModelCostUsd } from './run-figures.ts'

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
  const { status = null, is_lower_bound } = run.aggregate_statistics.cost
  return { usd: exactCostUsd(run), status, is_lower_bound }
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

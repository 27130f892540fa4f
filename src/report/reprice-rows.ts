import type { CostStatus } from '../metadata/cost.ts'
import type { ModelMetadata, ReceiptMetadata } from '../metadata/schema.ts'
import type { RepricedAmount, RepricedRow } from './reprice-sections.ts'

interface ChargedLine {
  readonly tokenClass: string
  readonly tokens: number
  readonly usdPerMillion: number
  readonly usd: number
}

/** What a model costs at other prices, and for what. */
export interface RepricedModelAmount extends RepricedAmount {
  readonly lines: readonly ChargedLine[]
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
    { model: name, before: before && amountOfCost(before.cost), after },
    ...classes.map((line) => ({
      model: name,
      line,
      tokens: now.get(line)?.tokens ?? old.get(line)?.tokens,
      before: amountOfLine(old.get(line)),
      after: amountOfLine(now.get(line)),
    })),
  ]
}

/** A cost of a metadata file. */
export function amountOfCost(cost: { total_cost_usd: number; status?: CostStatus | null }): RepricedAmount {
  return { usd: cost.total_cost_usd, status: cost.status ?? null }
}

/** The cost of a model of a metadata file, with what it is made of. */
export function amountOfModel(model: ModelMetadata | undefined): RepricedModelAmount | undefined {
  return model && { ...amountOfCost(model.cost), lines: linesOf(model.cost.receipt) }
}

interface ClassSum {
  readonly tokens: number
  readonly usd: number
  readonly usdPerMillion: readonly number[]
}

function linesOf(receipts: readonly ReceiptMetadata[] = []): ChargedLine[] {
  return receipts.flatMap(({ classes }) =>
    classes.map(({ token_class, tokens, usd_per_million, usd }) => ({
      tokenClass: token_class,
      tokens,
      usdPerMillion: usd_per_million,
      usd,
    })),
  )
}

function byClass(lines: readonly ChargedLine[]): Map<string, ClassSum> {
  const sums = new Map<string, ClassSum>()
  for (const { tokenClass, tokens, usdPerMillion, usd } of lines) {
    const sum = sums.get(tokenClass) ?? { tokens: 0, usd: 0, usdPerMillion: [] }
    sums.set(tokenClass, {
      tokens: sum.tokens + tokens,
      usd: sum.usd + usd,
      usdPerMillion: [...new Set([...sum.usdPerMillion, usdPerMillion])],
    })
  }
  return sums
}

function amountOfLine(sum: ClassSum | undefined): RepricedAmount | undefined {
  return sum && { usd: sum.usd, status: 'priced', usdPerMillion: sum.usdPerMillion }
}

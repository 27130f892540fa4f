import { isWhole } from '../../src/metadata/cost.ts'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { hasCost } from '../../src/report/runs/runs-table.ts'
import type { CostBlock } from '../../src/report/text/format-cost.ts'
import type { Repriced } from '../../src/studio/run-files.ts'

/** What money is told apart by. */
export const spendKeys = ['task', 'model', 'provider', 'commit'] as const
export type SpendKey = (typeof spendKeys)[number]

export const spendPeriods = ['day', 'week', 'month'] as const
export type SpendPeriod = (typeof spendPeriods)[number]

/** Kinds of money that are never added up: spent by our prices, as providers say, and what rehearsals would have cost. */
export const moneyKinds = ['real', 'reported', 'simulated'] as const
export type MoneyKind = (typeof moneyKinds)[number]

export interface SpendSum {
  readonly usd: Readonly<Record<MoneyKind, number>>
  /** A part of the money of this kind is not known. */
  readonly isLowerBound: Readonly<Record<MoneyKind, boolean>>
  readonly runs: number
  readonly requests: number
  readonly tokens: number
}

export interface SpendRow extends SpendSum {
  readonly name: string
}

export interface SpendTable {
  /** The latest first. */
  readonly periods: readonly (SpendRow & { readonly startMs: number })[]
  /** The most expensive first. */
  readonly parts: readonly SpendRow[]
  /** What each part came to in each period: `cells[period][part]`. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, SpendSum>>
  readonly total: SpendSum
}

/** Costs of runs by period and by task, model, provider or commit. */
export function spendTable(
  rows: readonly RunRow[],
  { key, period, kind }: { readonly key: SpendKey; readonly period: SpendPeriod; readonly kind: MoneyKind },
): SpendTable {
  const periods = new Map<string, Sum>()
  const parts = new Map<string, Sum>()
  const cells = new Map<string, Map<string, Sum>>()
  const starts = new Map<string, number>()
  const total = new Sum()
  for (const row of rows) {
    if (!hasCost(row) || row.startedAtMs === 0) continue
    const { name, startMs } = periodOf(row.startedAtMs, period)
    starts.set(name, startMs)
    for (const share of sharesOf(row, key)) {
      sumOf(periods, name).add(share, row.path)
      sumOf(parts, share.name).add(share, row.path)
      total.add(share, row.path)
      const ofPeriod = cells.get(name) ?? new Map<string, Sum>()
      cells.set(name, ofPeriod)
      sumOf(ofPeriod, share.name).add(share, row.path)
    }
  }
  return {
    periods: [...periods]
      .map(([name, sum]) => ({ name, startMs: starts.get(name) ?? 0, ...sum.result() }))
      .sort((a, b) => b.startMs - a.startMs),
    parts: [...parts]
      .map(([name, sum]) => ({ name, ...sum.result() }))
      .sort((a, b) => b.usd[kind] - a.usd[kind] || allOf(b) - allOf(a)),
    cells: new Map(
      [...cells].map(([name, sums]) => [name, new Map([...sums].map(([part, sum]) => [part, sum.result()]))]),
    ),
    total: total.result(),
  }
}

/** The money of one kind in a sum, as a cost with how far it is known. */
export function amountOf({ usd, isLowerBound }: Pick<SpendSum, 'usd' | 'isLowerBound'>, kind: MoneyKind): CostBlock {
  const total_cost_usd = usd[kind]
  if (!isLowerBound[kind]) return { total_cost_usd, status: 'priced' }
  return { total_cost_usd, status: total_cost_usd > 0 ? 'partial' : 'unpriced' }
}

/** Which kind of money a cost is; rehearsed requests beside real ones are a part of it that stands apart. */
export function kindOf({ status }: CostBlock): MoneyKind {
  return status === 'simulated' || status === 'reported' ? status : 'real'
}

/** What runs cost and would have cost, of those of which both are known whole. */
export function repricedSum(repriced: readonly Repriced[]) {
  const changes = repriced.flatMap(({ change }) => change ?? [])
  return {
    runs: changes.length,
    unknown: repriced.length - changes.length,
    beforeUsd: changes.reduce((sum, { beforeUsd }) => sum + beforeUsd, 0),
    afterUsd: changes.reduce((sum, { afterUsd }) => sum + afterUsd, 0),
  }
}

function moneyOf(cost: CostBlock): Record<MoneyKind, number> {
  const { total_cost_usd, simulated_cost_usd = 0 } = cost
  const kind = kindOf(cost)
  return {
    real: 0,
    reported: 0,
    simulated: simulated_cost_usd,
    // Where all is simulated, that is the cost itself.
    [kind]: total_cost_usd,
  }
}

interface Share {
  readonly name: string
  readonly cost: CostBlock
  readonly requests: number
  readonly tokens: number
}

/** The parts of a run's money. Models tell its kinds apart, so their costs are what is summed wherever they are known. */
function sharesOf(row: RunRow, key: SpendKey): Share[] {
  const whole = { cost: row.cost, requests: row.requests, tokens: row.totalTokens }
  const parts: readonly (typeof whole & { readonly model?: string; readonly provider?: string })[] =
    row.models === undefined || row.models.length === 0 ? [whole] : row.models
  // Until the whole file was read, nobody knows.
  const unknown = row.models === undefined ? 'being read' : 'unknown'
  return parts.map(({ model, provider, cost, requests, tokens }) => {
    const names = {
      task: row.task,
      commit: row.commit?.slice(0, 7) ?? 'no commit',
      model: model ?? unknown,
      provider: provider ?? unknown,
    }
    // Of which model it is not in the row: each may have cost more.
    return { name: names[key], cost: row.cost.isOpen ? { ...cost, isOpen: true } : cost, requests, tokens }
  })
}

class Sum {
  readonly #usd: Record<MoneyKind, number> = { real: 0, reported: 0, simulated: 0 }
  readonly #runs = new Set<string>()
  readonly #isLowerBound: Record<MoneyKind, boolean> = { real: false, reported: false, simulated: false }
  #requests = 0
  #tokens = 0

  add({ cost, requests, tokens }: Share, path: string): void {
    const money = moneyOf(cost)
    for (const kind of moneyKinds) this.#usd[kind] += money[kind]
    if (!isWhole(cost)) this.#isLowerBound[kindOf(cost)] = true
    this.#runs.add(path)
    this.#requests += requests
    this.#tokens += tokens
  }

  result(): SpendSum {
    return {
      usd: { ...this.#usd },
      isLowerBound: { ...this.#isLowerBound },
      runs: this.#runs.size,
      requests: this.#requests,
      tokens: this.#tokens,
    }
  }
}

function sumOf(sums: Map<string, Sum>, name: string): Sum {
  const known = sums.get(name) ?? new Sum()
  sums.set(name, known)
  return known
}

function allOf({ usd }: SpendSum): number {
  return usd.real + usd.reported + usd.simulated
}

/** The period that a moment is in, in local time; weeks begin on Monday. */
function periodOf(atMs: number, period: SpendPeriod): { readonly name: string; readonly startMs: number } {
  const date = new Date(atMs)
  date.setHours(0, 0, 0, 0)
  if (period === 'week') date.setDate(date.getDate() - ((date.getDay() + 6) % 7))
  if (period === 'month') date.setDate(1)
  const pad = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const name = period === 'month' ? day.slice(0, 7) : period === 'week' ? `week of ${day}` : day
  return { name, startMs: date.getTime() }
}

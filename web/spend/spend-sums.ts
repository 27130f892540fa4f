import type { RunRow } from '../../src/report/runs/run-row.ts'
import type { CostBlock } from '../../src/report/text/format-cost.ts'

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
  /** A part of it is not known. */
  readonly isLowerBound: boolean
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
  /** The dearest first. */
  readonly parts: readonly SpendRow[]
  /** What each part came to in each period, in USD of the kind that is shown: `cells[period][part]`. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly total: SpendSum
}

/** Costs of runs by period and by task, model, provider or commit. */
export function spendTable(
  rows: readonly RunRow[],
  { key, period, kind }: { readonly key: SpendKey; readonly period: SpendPeriod; readonly kind: MoneyKind },
): SpendTable {
  const periods = new Map<string, Sum>()
  const parts = new Map<string, Sum>()
  const cells = new Map<string, Map<string, number>>()
  const starts = new Map<string, number>()
  const total = new Sum()
  for (const row of rows) {
    if (row.requests === 0 || row.startedAtMs === 0) continue
    const { name, startMs } = periodOf(row.startedAtMs, period)
    starts.set(name, startMs)
    for (const share of sharesOf(row, key)) {
      sumOf(periods, name).add(share, row.path)
      sumOf(parts, share.name).add(share, row.path)
      total.add(share, row.path)
      const cell = cells.get(name) ?? new Map<string, number>()
      cell.set(share.name, (cell.get(share.name) ?? 0) + moneyOf(share.cost)[kind])
      cells.set(name, cell)
    }
  }
  return {
    periods: [...periods]
      .map(([name, sum]) => ({ name, startMs: starts.get(name) ?? 0, ...sum.result() }))
      .sort((a, b) => b.startMs - a.startMs),
    parts: [...parts]
      .map(([name, sum]) => ({ name, ...sum.result() }))
      .sort((a, b) => b.usd[kind] - a.usd[kind] || allOf(b) - allOf(a)),
    cells,
    total: total.result(),
  }
}

/** What a cost is, by kind. */
export function moneyOf({ status, total_cost_usd, simulated_cost_usd = 0 }: CostBlock): Record<MoneyKind, number> {
  if (status === 'simulated') return { real: 0, reported: 0, simulated: total_cost_usd }
  if (status === 'reported') return { real: 0, reported: total_cost_usd, simulated: simulated_cost_usd }
  return { real: total_cost_usd, reported: 0, simulated: simulated_cost_usd }
}

interface Share {
  readonly name: string
  readonly cost: CostBlock
  readonly requests: number
  readonly tokens: number
}

function sharesOf(row: RunRow, key: SpendKey): Share[] {
  const whole = { cost: row.cost, requests: row.requests, tokens: row.totalTokens }
  switch (key) {
    case 'task':
      return [{ name: row.task, ...whole }]
    case 'commit':
      return [{ name: row.commit?.slice(0, 7) ?? 'no commit', ...whole }]
    case 'model':
    case 'provider':
      // Until the whole file was read, nobody knows.
      if (row.models === undefined) return [{ name: 'being read', ...whole }]
      return row.models.map(({ model, provider = 'unknown', ...share }) => ({
        name: key === 'model' ? model : provider,
        ...share,
      }))
    default:
      return key satisfies never
  }
}

class Sum {
  readonly #usd: Record<MoneyKind, number> = { real: 0, reported: 0, simulated: 0 }
  readonly #runs = new Set<string>()
  #isLowerBound = false
  #requests = 0
  #tokens = 0

  add({ cost, requests, tokens }: Share, path: string): void {
    const money = moneyOf(cost)
    for (const kind of moneyKinds) this.#usd[kind] += money[kind]
    const { status, is_lower_bound } = cost
    if (status === 'partial' || status === 'unpriced' || is_lower_bound) this.#isLowerBound = true
    this.#runs.add(path)
    this.#requests += requests
    this.#tokens += tokens
  }

  result(): SpendSum {
    return {
      usd: { ...this.#usd },
      isLowerBound: this.#isLowerBound,
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

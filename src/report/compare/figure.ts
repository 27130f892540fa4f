import { isWhole } from '../../metadata/cost.ts'
import type { LatencyStatistics } from '../../metadata/schema.ts'
import { type CostBlock, formatCost } from '../text/format-cost.ts'
import { formatCount, formatPercent, formatRate, formatSeconds, formatUsd } from '../text/format-values.ts'

/** A number of a run that can be compared and guarded, by the name it has in a gate. */
export interface Figure<Subject> {
  readonly name: string
  readonly title: string
  readonly unit: FigureUnit
  /** What one hopes for; left out where more is neither better nor worse. */
  readonly better?: 'lower' | 'higher'
  /** It grows with the work that was done. */
  readonly isTotal?: true
  readonly read: (subject: Subject) => FigureValue
}

export type FigureUnit = 'usd' | 'seconds' | 'count' | 'share' | 'rate'

/** A number, or why there is none; of a partial cost at least the lower bound is known. */
export type FigureValue = { readonly value: number } | { readonly unknown: string; readonly atLeast?: number }

/** `noise`: the difference may well be chance. `none`: neither is better, or nobody can say. */
export type Verdict = 'better' | 'worse' | 'same' | 'noise' | 'none'

/** A figure's number in its unit. */
export function formatFigure(unit: FigureUnit, value: number | undefined): string {
  switch (unit) {
    case 'usd':
      return formatUsd(value)
    case 'seconds':
      return formatSeconds(value)
    case 'count':
      return formatCount(value)
    case 'share':
      return formatPercent(value)
    case 'rate':
      return formatRate(value)
    default:
      return unit satisfies never
  }
}

/** p50, p95 and p99 of a latency. */
export function percentileFigures<Subject>(
  title: string,
  statisticsOf: (subject: Subject) => LatencyStatistics | undefined,
): Figure<Subject>[] {
  return (['p50', 'p95', 'p99'] as const).map((name) => ({
    name,
    title: `${title} ${name}`,
    unit: 'seconds',
    better: 'lower',
    read: (subject) => known(statisticsOf(subject)?.[name], 'nothing was answered, or the file does not say'),
  }))
}

/** A number, or the reason why there is none. */
export function known(value: number | null | undefined, reason = 'the file does not say'): FigureValue {
  return typeof value === 'number' && Number.isFinite(value) ? { value } : { unknown: reason }
}

/** A cost, unless it is unknown or only a lower bound; `of` says of how many requests, and which models have no price. */
export function costOf(
  cost: CostBlock,
  usd: number,
  of: { readonly requests: number; readonly models?: readonly string[] },
): FigureValue {
  if (isWhole(cost)) return { value: usd }
  if (cost.status !== 'partial' && usd === 0) return { unknown: 'its price is not known' }
  return { unknown: `it is ${formatCost({ ...cost, total_cost_usd: usd }, of.requests, of.models)}`, atLeast: usd }
}

/** A quotient; 0 when there is nothing to divide by. */
export function ratio(amount: number, divisor: number): number {
  return divisor > 0 ? amount / divisor : 0
}

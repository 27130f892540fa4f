import type { Metadata } from '../../metadata/schema.ts'
import { formatUsd } from '../text/format-values.ts'
import { safeText } from '../text/safe-text.ts'
import type { Cell } from '../text/section.ts'

/** How many processes a program had, which of them ended badly, and which cost most; undefined where it was one. */
export function processesCell({ execution, aggregate_statistics: { cost } }: Metadata): Cell | undefined {
  const rows = Object.entries(execution.workers ?? {}).filter(([, { transport }]) => transport === 'none')
  if (rows.length === 0) return undefined
  const bad = rows.filter(([, { status }]) => status === 'failed' || status === 'interrupted')
  const [first] = bad
  const why = first === undefined ? '' : `${first[0]}, ${safeText(first[1].reason ?? first[1].status ?? '')}`
  const others = bad.length > 1 ? `, and ${bad.length - 1} more` : ''
  const failed =
    first === undefined
      ? ''
      : `; ${`${bad.length} ${bad.length === 1 ? 'has' : 'have'}`} not ended well: ${why}${others}`
  const [dearest] = rows.toSorted(([, a], [, b]) => b.total_cost_usd - a.total_cost_usd)
  const most =
    dearest === undefined || cost.total_cost_usd === 0
      ? ''
      : `; ${dearest[0]} cost most: ${formatUsd(dearest[1].total_cost_usd)}`
  const text = `${rows.length}${failed}${most}`
  return first === undefined ? text : { text, tone: 'warning' }
}

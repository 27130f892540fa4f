import type { RunRow } from '../../src/report/runs/run-row.ts'

/** What a record cost on average; undefined where the cost is unknown or there are no records. */
export function costPerRecordOf({ cost, records }: RunRow): number | undefined {
  if (records === 0 || cost.status === 'unpriced' || cost.status === 'partial') return undefined
  return cost.total_cost_usd / records
}

export function tokensPerRecordOf({ totalTokens, records }: RunRow): number | undefined {
  return records === 0 ? undefined : totalTokens / records
}

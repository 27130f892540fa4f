import { formatQuantity, formatUsd } from './format-numbers.ts'
import type { RunRow } from './run-row.ts'

/** What runs cost together. What was rehearsed is never in the money spent. */
export interface RunsCost {
  readonly spentUsd: number
  readonly simulatedUsd: number
  /** Runs of which a part, or all, has no price: with one of them the sum is a lower bound. */
  readonly incompleteRuns: number
}

export function costOfRuns(rows: readonly RunRow[]): RunsCost {
  let spentUsd = 0
  let simulatedUsd = 0
  let incompleteRuns = 0
  for (const { cost, requests } of rows) {
    if (requests === 0) continue
    if (cost.status === 'simulated') simulatedUsd += cost.total_cost_usd
    else {
      spentUsd += cost.total_cost_usd
      simulatedUsd += cost.simulated_cost_usd ?? 0
      if (cost.status === 'partial' || cost.status === 'unpriced') incompleteRuns += 1
    }
  }
  return { spentUsd, simulatedUsd, incompleteRuns }
}

/** The same in a line: `Spent: ≥ $0.0123 (1 run has requests without a price) + $0.25 simulated`. */
export function runsCostText({ spentUsd, simulatedUsd, incompleteRuns }: RunsCost): string {
  const missing =
    incompleteRuns === 0
      ? ''
      : ` (${formatQuantity(incompleteRuns, 'run')} ${incompleteRuns === 1 ? 'has' : 'have'} requests without a price)`
  const simulated = simulatedUsd === 0 ? '' : ` + ${formatUsd(simulatedUsd)} simulated, which is not spent`
  return `Spent: ${incompleteRuns > 0 ? '≥ ' : ''}${formatUsd(spentUsd)}${missing}${simulated}`
}

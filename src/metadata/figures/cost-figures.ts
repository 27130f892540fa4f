import { usdOf } from '../cost.ts'
import { type CostTotals, totalUsdOf } from '../totals/cost-totals.ts'
import { addedFigure, type Figure, figureOf } from './figure.ts'
import { figure, quotient } from './formula.ts'

/** A cost, and whether it is to be read as that of a rehearsal. */
export interface CostReading {
  readonly cost: CostTotals
  readonly isRehearsal: boolean
}

const totalCost = figureOf<CostReading>({
  sentence: 'USD spent; of a rehearsal, what it would have cost.',
  unit: 'usd',
  read: ({ cost, isRehearsal }) => totalUsdOf(cost, isRehearsal),
  gate: { name: 'total_cost', title: 'cost', better: 'lower', isTotal: true },
})

/** The cost of what has no status of its own: of a part. */
export const partCostFigures = { total_cost_usd: totalCost }

/** How much of a cost is unknown. */
export const unpricedFigures = {
  unpriced_requests: addedFigure<CostReading>({
    sentence: 'Answers whose cost is unknown, counted as $0.',
    unit: 'count',
    read: ({ cost }) => cost.unpricedRequests,
  }),
}

/** How much of a cost is unknown or rehearsed. */
export const costDoubtFigures = {
  ...unpricedFigures,
  simulated_cost_usd: addedFigure<CostReading>({
    sentence: 'What rehearsed requests would have cost; only where there are any.',
    unit: 'usd',
    read: ({ cost }) => usdOf(cost.simulated),
    isWritten: (_, { cost }) => cost.requestsByStatus.simulated > 0,
  }),
}

function average(
  divisor: (block: readonly string[]) => readonly string[],
  { sentence, gate }: Pick<Figure, 'sentence' | 'gate'>,
) {
  return figureOf<CostReading>({
    sentence,
    gate,
    unit: 'usd',
    formula: ({ block }) => quotient(figure(...block, 'total_cost_usd'), figure(...divisor(block))),
  })
}

/** `cost` of the run: the total and the average. */
export const runCostFigures = {
  total_cost_usd: totalCost,
  average_cost_per_record: average(() => ['aggregate_statistics', 'records', 'total_processed'], {
    sentence: 'Cost / records processed.',
    gate: { name: 'cost_per_record', title: 'cost per record', better: 'lower' },
  }),
}

/** `cost` of a model. */
export const modelCostFigures = {
  total_cost_usd: totalCost,
  average_cost_per_request: average((block) => [...block.slice(0, -1), 'performance', 'total_requests'], {
    sentence: 'Cost / requests.',
    gate: { name: 'cost_per_request', title: 'cost per request', better: 'lower' },
  }),
}

const costPerExecution = addedFigure<CostReading>({
  sentence: 'Cost / executions; left out where the executions are not known.',
  unit: 'usd',
  formula: ({ block }) =>
    quotient(figure(...block, 'total_cost_usd'), figure(...block.slice(0, -1), 'total_executions')),
  isWritten: (usd) => usd > 0,
  gate: { name: 'cost_per_execution', title: 'cost per execution', better: 'lower' },
})

/** `cost` of an agent or a tool: of its own requests, or with all that it called. */
export const actorCostFigures = {
  total_cost_usd: totalCost,
  average_cost_per_execution: costPerExecution,
}

/** `cost` of a node. */
export const nodeCostFigures = {
  total_cost_usd: totalCost,
  average_cost_per_execution: average((block) => [...block.slice(0, -1), 'total_executions'], {
    sentence: 'Cost / executions.',
    gate: { name: 'cost_per_execution', title: 'cost per execution', better: 'lower' },
  }),
}

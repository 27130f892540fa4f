import { gammaOf } from '../text/latency-histogram.ts'

const logGamma = Math.log(gammaOf(0.01))

/** What records cost: those that ended, to 1 %, and what those in work have cost so far. In picodollars. */
export interface RecordCosts {
  endedCount: number
  endedSum: number
  /** How many ended records cost so much, by logarithm; free ones under -Infinity. */
  readonly ended: Map<number, number>
  readonly onTheirWay: Map<string, number>
}

export function createRecordCosts(): RecordCosts {
  return { endedCount: 0, endedSum: 0, ended: new Map(), onTheirWay: new Map() }
}

export function addSpending(costs: RecordCosts, recordId: string, picodollars: number): void {
  costs.onTheirWay.set(recordId, (costs.onTheirWay.get(recordId) ?? 0) + picodollars)
}

export function endRecord(costs: RecordCosts, recordId: string | undefined, picodollars: number | undefined): void {
  if (recordId !== undefined) costs.onTheirWay.delete(recordId)
  if (picodollars === undefined) return
  costs.endedCount += 1
  costs.endedSum += picodollars
  const index = binOf(picodollars)
  costs.ended.set(index, (costs.ended.get(index) ?? 0) + 1)
}

/** What a record costs in all, and what one that has cost so much already will still cost. */
export interface CostExpectation {
  readonly mean: number
  readonly deviation: number
  readonly rest: (spent: number) => number
}

/**
 * The expected cost of a record, by Kaplan and Meier: records in work count as "at least so much". The mean of the
 * records that ended would be too low, because cheap records end first. Undefined before the first end.
 */
export function expectCost(costs: RecordCosts): CostExpectation | undefined {
  if (costs.endedCount === 0) return undefined
  const points = pointsOf(costs)
  const steps: { upTo: number; share: number }[] = []
  let share = 1
  let left = costs.endedCount + costs.onTheirWay.size
  for (const { value, ended, open } of points) {
    steps.push({ upTo: value, share })
    share *= 1 - ended / left
    left -= ended + open
  }
  const lastValue = points.at(-1)?.value ?? 0
  const mean = integrate(steps, 0, (value) => value)
  // Beyond the most expensive record seen nothing is known: a tail that falls off as costs do on the whole.
  const tail = share * mean
  const square = integrate(steps, 0, (value) => value ** 2) + 2 * tail * (lastValue + mean)
  const wholeMean = mean + tail
  return {
    mean: wholeMean,
    deviation: Math.sqrt(Math.max(0, square - wholeMean ** 2)),
    rest: (spent) => {
      const start = costAt(binOf(spent))
      const alive = steps.find(({ upTo }) => upTo > start)?.share ?? share
      return alive > 0 ? (integrate(steps, start, (value) => value) + tail) / alive : 0
    },
  }
}

/** The integral of a falling staircase from `start` on, over the given measure. */
function integrate(
  steps: readonly { readonly upTo: number; readonly share: number }[],
  start: number,
  measure: (value: number) => number,
): number {
  let from = start
  let sum = 0
  for (const { upTo, share } of steps) {
    if (upTo <= from) continue
    sum += share * (measure(upTo) - measure(from))
    from = upTo
  }
  return sum
}

// Both in the same bins: a record that ended and one in work that cost the same must stand at the same point.
function pointsOf({ ended, onTheirWay }: RecordCosts) {
  const points = new Map<number, { value: number; ended: number; open: number }>()
  const at = (index: number) => {
    const point = points.get(index) ?? { value: costAt(index), ended: 0, open: 0 }
    points.set(index, point)
    return point
  }
  for (const [index, count] of ended) at(index).ended += count
  for (const spent of onTheirWay.values()) at(binOf(spent)).open += 1
  return [...points.values()].sort((a, b) => a.value - b.value)
}

function binOf(picodollars: number): number {
  return Math.ceil(Math.log(picodollars) / logGamma)
}

function costAt(index: number): number {
  return Math.exp((index - 0.5) * logGamma)
}

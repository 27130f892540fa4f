import { usdOf } from '../../metadata/cost.ts'
import { latencyBounds } from '../latency-bounds.ts'
import { type EndedCall, factsOf, identityOf, isSpent } from './call.ts'
import type { Conventions } from './conventions.ts'
import type { Attributes } from './span.ts'

/** One value for a metric. */
export interface Measurement {
  readonly metric: MetricDescription
  readonly value: number
  readonly attributes: Attributes
}

export interface MetricDescription {
  readonly name: string
  readonly unit: string
  readonly description: string
  /** Upper bounds of the buckets of a histogram; undefined for a sum that only grows. */
  readonly bounds: readonly number[] | undefined
}

const tokenBounds = Array.from({ length: 14 }, (_, power) => 4 ** power)

/** What a call adds to the metrics of the conventions, and to what it cost, for which they have none. */
export function measurementsOf(call: EndedCall, names: Conventions): readonly Measurement[] {
  const facts = factsOf(call)
  const { tokens, cost, last, isTimed } = facts
  const attributes = identityOf(call, facts)
  const { 'error.type': _, ...withoutError } = attributes
  const measurements: Measurement[] = []
  const add = (metric: MetricDescription, value: number, own: Attributes = attributes) => {
    measurements.push({ metric, value, attributes: own })
  }
  if (isTimed) {
    add(duration(names), (facts.endedAtMs - facts.startedAtMs) / 1000)
    const { timeToFirstTokenSeconds } = last
    if (timeToFirstTokenSeconds !== undefined) add(firstChunk(names), timeToFirstTokenSeconds, withoutError)
  }
  if (tokens !== undefined) {
    const { input, output, hasType } = names.tokenHistograms
    const typed = (type: string) => (hasType ? { ...withoutError, 'gen_ai.token.type': type } : withoutError)
    add(tokenUsage(input), tokens.input, typed('input'))
    add(tokenUsage(output), tokens.output, typed('output'))
  }
  const withStatus = { ...withoutError, 'sygra.cost.status': cost.status }
  if (isSpent(cost)) add(spent, usdOf(cost.spent), withStatus)
  if (cost.requestsByStatus.simulated > 0) add(simulated, usdOf(cost.simulated), withoutError)
  if (cost.unpricedRequests > 0) add(unpriced, cost.unpricedRequests, withoutError)
  return measurements
}

function duration({ operationDuration }: Conventions): MetricDescription {
  return {
    name: operationDuration,
    unit: 's',
    description: 'Duration of a call, its retries included.',
    bounds: latencyBounds,
  }
}

function firstChunk({ timeToFirstChunk }: Conventions): MetricDescription {
  return { name: timeToFirstChunk, unit: 's', description: 'From the send to the first token.', bounds: latencyBounds }
}

function tokenUsage(name: string): MetricDescription {
  return {
    name,
    unit: '{token}',
    description: 'Tokens of a call, cached ones and reasoning included.',
    bounds: tokenBounds,
  }
}

const spent: MetricDescription = {
  name: 'sygra.cost',
  unit: '{USD}',
  description: 'Money spent, as far as it is known: a lower bound where sygra.cost.status is partial.',
  bounds: undefined,
}

const simulated: MetricDescription = {
  name: 'sygra.cost.simulated',
  unit: '{USD}',
  description: 'What a rehearsal would have cost: no money was spent.',
  bounds: undefined,
}

const unpriced: MetricDescription = {
  name: 'sygra.cost.unpriced_requests',
  unit: '{request}',
  description: 'Answers whose cost is not known: they are in no amount.',
  bounds: undefined,
}

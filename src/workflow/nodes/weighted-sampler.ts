import { currentScope, type RecordScope } from '../../runtime/scope.ts'
import { randomOf } from '../../seeded-random.ts'
import type { WeightedSamplerNodeConfig } from '../config/node-config.ts'
import type { SamplerAttributes } from '../config/sampler-attributes.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/**
 * A node that draws values. What it draws depends on the seed, the node, the record's id and how often the record was here
 * before, and on nothing else: neither the order of records nor how many are in work changes it.
 */
export async function createWeightedSamplerNode(
  { attributes, seed = 0 }: WeightedSamplerNodeConfig,
  parts: NodeParts,
): Promise<NodeExecutor> {
  const draws = await Promise.all(
    Object.entries(attributes).map(async ([key, attribute]) => ({ key, draw: await drawFrom(attribute, parts) })),
  )
  const passes = new WeakMap<RecordScope, number>()
  return {
    type: 'weighted_sampler',
    execute() {
      const record = currentScope()?.record
      const pass = record === undefined ? 0 : (passes.get(record) ?? 0)
      if (record !== undefined) passes.set(record, pass + 1)
      return Object.fromEntries(
        draws.map(({ key, draw }) => [key, draw(randomOf(seed, parts.name, key, record?.id ?? '', pass)())]),
      )
    },
  }
}

/** Gives the value for a number in [0, 1). */
type Draw = (at: number) => unknown

async function drawFrom({ values, weights }: SamplerAttributes[string], parts: NodeParts): Promise<Draw> {
  if (!Array.isArray(values)) {
    const column = await parts.column(values)
    return (at) => column[Math.floor(at * column.length)]
  }
  if (weights === undefined) return (at) => values[Math.floor(at * values.length)]
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  // Rounding may leave a rest at the end, which belongs to the last value that has a weight.
  const last = weights.findLastIndex((weight) => weight > 0)
  return (at) => {
    let rest = at * total
    const found = weights.findIndex((weight) => {
      rest -= weight
      return rest < 0
    })
    return values[found < 0 ? last : found]
  }
}

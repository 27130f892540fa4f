import { z } from 'zod'
import { currentScope, type RecordScope } from '../../../runtime/scope.ts'
import { randomOf } from '../../../seeded-random.ts'
import { closedObject } from '../../config/closed-object.ts'
import { type NodeExecutor, type NodeParts, nodeKind } from '../node-kind.ts'
import { keysOfMap, nodeSettings } from '../node-settings.ts'

const column = closedObject({
  column: z.string().describe('The column whose values are drawn.'),
  source: z.unknown().optional().describe('The data source that has it.'),
})

const attribute = closedObject({
  values: z.union([z.array(z.unknown()).min(1), column], { error: 'a list of values, or {column, source}' }),
  weights: z.array(z.number().min(0)).optional().describe('One for each value; equal when left out.'),
}).superRefine(({ values, weights }, context) => {
  if (weights === undefined) return
  if (!Array.isArray(values)) context.addIssue({ code: 'custom', path: ['weights'], message: notWithColumn })
  else if (values.length !== weights.length) {
    const message = `found ${weights.length} weights for ${values.length} values; expected one weight for each value`
    context.addIssue({ code: 'custom', path: ['weights'], message })
  } else if (!weights.some((weight) => weight > 0)) {
    context.addIssue({
      code: 'custom',
      path: ['weights'],
      message: 'found only weights of 0; expected at least one above 0',
    })
  }
})

const notWithColumn =
  'found weights for values of a column; expected none, as a column weighs its values by how often they occur'

/** What a sampler draws: for each state key its values and how likely they are. */
const samplerAttributesSchema = z
  .record(z.string(), attribute)
  .refine((attributes) => Object.keys(attributes).length > 0, 'found no attributes; expected at least one')
  .describe('State keys and the values they are drawn from.')

export type SamplerAttributes = z.infer<typeof samplerAttributesSchema>

const schema = closedObject({
  node_type: z.literal('weighted_sampler'),
  ...nodeSettings,
  attributes: samplerAttributesSchema,
  seed: z.union([z.number(), z.string()]).optional().describe('Same seed, same draw for a record.'),
})

export type WeightedSamplerNodeConfig = z.infer<typeof schema>

/**
 * Draws values. What it draws depends on the seed, the node, the record's id and how often the record was here before, and
 * on nothing else: neither the order of records nor how many are in work changes it.
 */
export const weightedSampler = nodeKind({
  schema,
  outputKeysIn: ({ attributes }) => keysOfMap(attributes),
  writes: ({ attributes }) => ({ keys: Object.keys(attributes), areAllKnown: true }),
  load: async () => ({ create: createWeightedSamplerNode }),
})

async function createWeightedSamplerNode(
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

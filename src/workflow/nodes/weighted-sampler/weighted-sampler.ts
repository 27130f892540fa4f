import { z } from 'zod'
import { currentScope, type RecordScope } from '../../../runtime/scope.ts'
import { randomOf } from '../../../seeded-random.ts'
import { closedObject } from '../../config/closed-object.ts'
import { gather } from '../../gather.ts'
import { type NodeExecutor, type NodeParts, nodeKind } from '../node-kind.ts'
import { keysOfMap, nodeSettings } from '../node-settings.ts'

const column = closedObject({
  column: z
    .union([z.string(), z.array(z.string()).min(1)], { error: 'the name of a column, or a list of names' })
    .describe('The column whose values are drawn; of a list, one at random each time.'),
  source: z
    .unknown()
    .optional()
    .describe('The data source that has it, read in order; without one a value of the data of the task at random.'),
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
 * on nothing else: neither the order of records nor how many are in work changes it. A source of its own is read in order,
 * by the record's position in the data, and from the beginning again when it ends.
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
      const turn = (record?.index ?? 0) + pass
      return Object.fromEntries(
        draws.map(({ key, draw }) => [key, draw(randomOf(seed, parts.name, key, record?.id ?? '', pass)(), turn)]),
      )
    },
  }
}

/** Gives the value for a number in [0, 1), or for a turn, from 0, where values are taken in order. */
type Draw = (at: number, turn: number) => unknown

async function drawFrom({ values, weights }: SamplerAttributes[string], parts: NodeParts): Promise<Draw> {
  if (!Array.isArray(values)) {
    const { column: names, source } = values
    const columns = await gather([names].flat().map((column) => parts.column({ column, source })))
    return (at, turn) => {
      const place = at * columns.length
      const column = columns[Math.floor(place)] ?? []
      return column[source === undefined ? Math.floor((place % 1) * column.length) : turn % column.length]
    }
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

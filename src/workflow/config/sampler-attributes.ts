import { z } from 'zod'
import { closedObject } from './closed-object.ts'

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
export const samplerAttributesSchema = z
  .record(z.string(), attribute)
  .refine((attributes) => Object.keys(attributes).length > 0, 'found no attributes; expected at least one')
  .describe('State keys and the values they are drawn from.')

export type SamplerAttributes = z.infer<typeof samplerAttributesSchema>

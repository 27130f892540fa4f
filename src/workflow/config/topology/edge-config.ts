import { z } from 'zod'
import { closedObject } from '../closed-object.ts'
import { functionReferenceSchema } from '../function-reference.ts'

const directEdge = closedObject({
  from: z.string(),
  to: z
    .union([z.string(), z.array(z.string()).min(1)], { error: 'the name of a node, END, or a list of names' })
    .describe('A node, END, or a list: the nodes of a list run in parallel.'),
})

const conditionalEdge = closedObject({
  from: z.string(),
  condition: functionReferenceSchema.describe('(state) => a key of path_map.'),
  path_map: z
    .record(z.string(), z.string())
    .refine((paths) => Object.keys(paths).length > 0, 'found no paths; expected at least one')
    .describe('What the condition gives, and the node, or END, to go to.'),
})

/** One edge: to a node, to several at once, or where a condition says. */
export const edgeConfigSchema = z.union([directEdge, conditionalEdge], {
  error: '{from, to} or {from, condition, path_map}',
})

export type EdgeConfig = z.infer<typeof edgeConfigSchema>
export type ConditionalEdgeConfig = z.infer<typeof conditionalEdge>

export function isConditional(edge: EdgeConfig): edge is ConditionalEdgeConfig {
  return 'condition' in edge
}

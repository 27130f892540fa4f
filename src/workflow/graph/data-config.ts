import { z } from 'zod'
import { closedObject } from './closed-object.ts'

/** Where records come from and go to. What a source or a sink may hold is checked by the folder that reads it. */
export const dataConfigSchema = closedObject({
  source: z
    .unknown()
    .optional()
    .describe('One source, or a list of sources with alias and join_type; none to generate without data.'),
  sink: z.unknown().optional().describe('One sink, or a list of them; a JSON file in the task folder when left out.'),
  resumable: z.boolean().optional().describe('An interrupted run may be taken up again; false by default.'),
  id_column: z
    .string()
    .optional()
    .describe('The column that gives each record its id; "id" by default, else its content.'),
})

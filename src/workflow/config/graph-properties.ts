import { z } from 'zod'
import { closedObject } from './closed-object.ts'
import { functionReferenceSchema } from './function-reference.ts'

/** Reducers that a task may name. */
export const reducerNames = ['append', 'merge', 'sum', 'last'] as const

export type ReducerName = (typeof reducerNames)[number]

const reducer = z.union([z.enum(reducerNames), functionReferenceSchema], {
  error: `${reducerNames.join(', ')} or a function reference, ./file.ts#export`,
})

/** Settings of the whole graph. */
export const graphPropertiesSchema = closedObject(
  {
    chat_conversation: z.enum(['singleturn', 'multiturn']).optional(),
    chat_history_window_size: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('Turns of the chat a node is shown; 5 by default.'),
    max_loops: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('How often one node may run for one record; 100 by default.'),
    reducers: z
      .record(z.string(), reducer)
      .optional()
      .describe('How values of a state key are combined when it is written again; without one the new value stands.'),
  },
  (key) => (key === 'retry_chat_injection' ? noInjection : undefined),
)

const noInjection =
  'retries with an injected prompt are not there: loop back with a condition, and let a pre_process change the prompt'

export type GraphProperties = z.infer<typeof graphPropertiesSchema>

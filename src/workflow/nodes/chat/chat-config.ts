import { z } from 'zod'
import { functionReferenceSchema } from '../../config/function-reference.ts'
import { nodeSettings, outputKeysSetting } from '../node-settings.ts'
import { modelBlockSchema } from './model-block.ts'
import { promptSchema } from './prompt.ts'

const itself = z
  .custom<object>((value) => typeof value === 'function' || (typeof value === 'object' && value !== null))
  .meta({ typescriptOnly: true })

/** Tools that a model may use: `./file.ts` for all that a file exports, `./file.ts#export` for one, or the tool itself. */
const toolsSchema = z
  .array(z.union([z.string().min(1), itself], { error: './file.ts or ./file.ts#export' }))
  .describe('./file.ts for all tools of a file, ./file.ts#export for one.')

export type ToolReference = z.infer<typeof toolsSchema>[number]

/** The keys of every node that has a prompt. */
export const chatSettings = {
  ...nodeSettings,
  prompt: promptSchema,
  input_key: z
    .string()
    .optional()
    .describe('State key of the chat that is sent with the prompt; "messages" by default.'),
  output_keys: outputKeysSetting,
  output_role: z
    .enum(['system', 'user', 'assistant'])
    .optional()
    .describe('Role of the answer in the chat; "assistant" by default.'),
  chat_history: z.boolean().optional().describe('Keep and send the chat of the record; false by default.'),
  pre_process: functionReferenceSchema.optional().describe('(state) => state, before the prompt is filled.'),
  tools: toolsSchema.optional(),
  tool_choice: z.enum(['auto', 'none', 'required']).optional().describe('"auto" by default.'),
  post_process: functionReferenceSchema.optional().describe('(answer, state) => what to write to the state.'),
}

/** The keys of every node that asks one model. */
export const modelSettings = { model: modelBlockSchema, ...chatSettings }

/** A node with a prompt, of whatever kind. */
export type ChatNodeConfig = z.infer<z.ZodObject<typeof chatSettings>>

/** A node that asks one model, of whatever kind. */
export type ModelNodeConfig = z.infer<z.ZodObject<typeof modelSettings>>

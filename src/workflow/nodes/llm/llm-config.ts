import { z } from 'zod'
import { closedObject } from '../../config/closed-object.ts'
import { modelSettings } from '../chat/chat-config.ts'
import { structuredOutputSchema } from '../chat/model-block.ts'
import { batchSetting } from '../node-settings.ts'

export const llmSchema = closedObject({
  node_type: z.literal('llm'),
  ...modelSettings,
  batch: batchSetting,
  structured_output: structuredOutputSchema.optional().describe('As under model.'),
})

export type LlmNodeConfig = z.infer<typeof llmSchema>

import { z } from 'zod'
import { closedObject } from '../../config/closed-object.ts'
import { functionReferenceSchema } from '../../config/function-reference.ts'
import { chatSettings } from '../chat/chat-config.ts'
import { modelBlockSchema } from '../chat/model-block.ts'
import { batchSetting } from '../node-settings.ts'

export const multiLlmSchema = closedObject({
  node_type: z.literal('multi_llm'),
  models: z
    .record(z.string(), modelBlockSchema)
    .refine((models) => Object.keys(models).length > 0, 'found no models; expected at least one')
    .describe('Models by label; all are asked at once.'),
  ...chatSettings,
  batch: batchSetting,
  multi_llm_post_process: functionReferenceSchema.optional().describe('(answers by label, state) => what to write.'),
})

export type MultiLlmNodeConfig = z.infer<typeof multiLlmSchema>

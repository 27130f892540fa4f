import { z } from 'zod'
import { closedObject } from '../../config/closed-object.ts'
import { modelSettings } from '../chat/chat-config.ts'

const injectedMessages = z.record(z.string().regex(/^\d+$/, { error: 'the number of a turn' }), z.string())

export const agentSchema = closedObject({
  node_type: z.literal('agent'),
  ...modelSettings,
  inject_system_messages: z
    .union([injectedMessages, z.array(injectedMessages)], { error: 'texts by the number of the turn' })
    .optional()
    .describe('System messages that are added at a turn of the chat.'),
  max_steps: z.number().int().min(1).optional().describe('How often the model may be asked in one pass.'),
})

export type AgentNodeConfig = z.infer<typeof agentSchema>

import { modelFacts } from '../chat/chat-facts.ts'
import { nodeKind } from '../node-kind.ts'
import { llmSchema } from './llm-config.ts'

/** Asks a model once. */
export const llm = nodeKind({
  schema: llmSchema,
  ...modelFacts,
  load: async () => (await import('./llm-node.ts')).llmNodes,
})

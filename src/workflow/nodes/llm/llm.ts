import { toolCallsKey } from '../../graph/state.ts'
import { modelFacts } from '../chat/chat-facts.ts'
import { nodeKind } from '../node-kind.ts'
import { llmSchema } from './llm-config.ts'

/** Asks a model once. */
export const llm = nodeKind({
  schema: llmSchema,
  ...modelFacts,
  writes(config) {
    const { keys, areAllKnown } = modelFacts.writes(config)
    const hasTools = config.tools !== undefined && config.tools.length > 0
    return { keys: hasTools ? [...keys, toolCallsKey] : keys, areAllKnown }
  },
  load: async () => (await import('./llm-node.ts')).llmNodes,
})

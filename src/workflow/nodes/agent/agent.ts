import { modelFacts } from '../chat/chat-facts.ts'
import { nodeKind } from '../node-kind.ts'
import { agentSchema } from './agent-config.ts'

/** Asks a model until it answers, and calls the tools it asks for. */
export const agent = nodeKind({
  schema: agentSchema,
  ...modelFacts,
  load: async () => (await import('./agent-node.ts')).agentNodes,
})

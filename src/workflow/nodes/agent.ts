import type { AgentNodeConfig } from '../config/node-config.ts'
import { createChatNode } from './chat-node.ts'
import { createChatPrompt } from './chat-prompt.ts'
import { converseWithTools } from './converse-with-tools.ts'
import { loadTools } from './load-tools.ts'
import { createModelAsker } from './model-asker.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

const defaultMaxSteps = 10

/** A node that asks a model until it answers, and calls the tools it asks for on the way. */
export async function createAgentNode(config: AgentNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const tools = await loadTools(config.tools ?? [], { modules: parts.modules, where: `${parts.where}: tools` })
  const maxSteps = config.max_steps ?? defaultMaxSteps
  const asker = await createModelAsker(config.model, {
    parts,
    converse: converseWithTools({ name: parts.name, tools, maxSteps }),
    toolChoice: config.tool_choice,
  })
  const injected = [config.inject_system_messages ?? []].flat().flatMap((texts) => Object.entries(texts))
  const chat = createChatPrompt(config, parts, new Map(injected.map(([turn, text]) => [Number(turn), text])))
  return createChatNode(config, { asker, chat, parts })
}

import type { LlmNodeConfig } from '../config/node-config.ts'
import { createChatNode } from './chat-node.ts'
import { createChatPrompt } from './chat-prompt.ts'
import { askOnce } from './converse.ts'
import { describeTool, loadTools } from './load-tools.ts'
import { createModelAsker } from './model-asker.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/**
 * A node that asks a model once: its prompt, then the chat of the record so far. The answer goes to the node's output key, or
 * becomes a turn of the chat. Tools it may ask for are not called: the post-processor gets what was asked for.
 */
export async function createLlmNode(config: LlmNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const tools = await loadTools(config.tools ?? [], { modules: parts.modules, where: `${parts.where}: tools` })
  const asker = await createModelAsker(config.model, {
    parts,
    converse: askOnce,
    structuredOutput: config.structured_output,
    tools: tools.length > 0 ? tools.map(describeTool) : undefined,
    toolChoice: tools.length > 0 ? config.tool_choice : undefined,
  })
  return createChatNode(config, { asker, chat: createChatPrompt(config, parts), parts })
}

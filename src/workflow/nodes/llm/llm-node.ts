import { createChatNode, questionsOfModel } from '../chat/chat-node.ts'
import { createChatPrompt } from '../chat/chat-prompt.ts'
import { askOnce } from '../chat/converse.ts'
import { describeTools, loadTools } from '../chat/load-tools.ts'
import { createModelAsker } from '../chat/model-asker.ts'
import type { NodeMaker } from '../node-kind.ts'
import type { LlmNodeConfig } from './llm-config.ts'

/**
 * Nodes that ask a model once: their prompt, then the chat of the record so far. The answer goes to the node's output key, or
 * becomes a turn of the chat. Tools it may ask for are not called: the post-processor gets what was asked for.
 */
export const llmNodes: NodeMaker<LlmNodeConfig> = {
  async create(config, parts) {
    const tools = await loadTools(config.tools, parts)
    const asker = await createModelAsker(config.model, {
      parts,
      converse: askOnce,
      structuredOutput: config.structured_output,
      tools: describeTools(tools),
      toolChoice: tools.length > 0 ? config.tool_choice : undefined,
      isBatched: config.batch,
    })
    const chat = createChatPrompt(config, parts)
    return createChatNode(config, { asker, chat, parts, writesToolCalls: tools.length > 0 })
  },
  async questions(config, parts) {
    return { ...(await questionsOfModel(config, { parts, mayCallTools: false })), isBatched: config.batch }
  },
}

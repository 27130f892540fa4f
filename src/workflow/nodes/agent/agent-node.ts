import { createChatNode, questionsOfModel } from '../chat/chat-node.ts'
import { createChatPrompt } from '../chat/chat-prompt.ts'
import { describeTools, loadTools } from '../chat/load-tools.ts'
import { createModelAsker } from '../chat/model-asker.ts'
import type { NodeMaker } from '../node-kind.ts'
import type { AgentNodeConfig } from './agent-config.ts'
import { converseWithTools } from './converse-with-tools.ts'

const defaultMaxSteps = 10

/** The state key in which a pre-processor may leave the instruction of an agent. */
const agentPromptKey = '_agent_prompt'

/** Nodes that ask a model until it answers, and call the tools it asks for on the way. */
export const agentNodes: NodeMaker<AgentNodeConfig> = {
  async create(config, parts) {
    const tools = await loadTools(config.tools, parts)
    const maxSteps = config.max_steps ?? defaultMaxSteps
    const asker = await createModelAsker(config.model, {
      parts,
      converse: converseWithTools({ name: parts.name, tools, maxSteps }),
      tools: describeTools(tools),
      toolChoice: tools.length > 0 ? config.tool_choice : undefined,
      // What it asks depends on what it was just answered: a day for each step would be no use.
      isBatched: false,
    })
    const injected = [config.inject_system_messages ?? []].flat().flatMap((texts) => Object.entries(texts))
    const chat = createChatPrompt(config, parts, {
      injected: new Map(injected.map(([turn, text]) => [Number(turn), text])),
      promptKey: agentPromptKey,
    })
    return createChatNode(config, { asker, chat, parts })
  },
  questions: (config, parts) => questionsOfModel(config, { parts, mayCallTools: true }),
}

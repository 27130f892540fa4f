import type { AgentNodeConfig, LlmNodeConfig } from '../config/node-config.ts'
import { answerOutput, processedOutput, processedState } from './answer-output.ts'
import type { ChatPrompt } from './chat-prompt.ts'
import type { ModelAsker } from './model-asker.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/** A node that asks one model: before it its pre-processor, after it its post-processor or the node's output keys. */
export async function createChatNode(
  config: LlmNodeConfig | AgentNodeConfig,
  { asker, chat, parts }: { readonly asker: ModelAsker; readonly chat: ChatPrompt; readonly parts: NodeParts },
): Promise<NodeExecutor> {
  const preProcess = await parts.function(config.pre_process, 'pre_process')
  const postProcess = await parts.function(config.post_process, 'post_process')
  const { output_keys: outputKeys, output_role: role } = config
  const { form } = asker
  const outputOf = postProcess === undefined ? answerOutput({ outputKeys, role, form, where: parts.where }) : undefined
  return {
    type: config.node_type,
    model: asker.client.identity.name,
    async execute(state, context) {
      const seen = preProcess === undefined ? state : processedState(await preProcess(state), state)
      const question = chat.questionFor(seen)
      const answer = await asker.ask({ messages: question.messages, state: seen, context })
      const update =
        outputOf === undefined ? processedOutput(await postProcess?.(answer, state), outputKeys) : outputOf(answer)
      return { ...chat.historyOf(question, answer.content), ...update }
    },
  }
}

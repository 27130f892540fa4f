import { SygraError } from '../../../errors.ts'
import type { State, StateUpdate } from '../../graph/state.ts'
import { outputValueOf, processedOutput, processedState } from '../chat/answer-output.ts'
import { questionsOf } from '../chat/chat-node.ts'
import { createChatPrompt } from '../chat/chat-prompt.ts'
import { checkPromptParts } from '../chat/check-purpose.ts'
import { askOnce } from '../chat/converse.ts'
import { describeTools, loadTools } from '../chat/load-tools.ts'
import { createModelAsker } from '../chat/model-asker.ts'
import type { NodeExecutor, NodeMaker, NodeParts } from '../node-kind.ts'
import type { MultiLlmNodeConfig } from './multi-llm-config.ts'

/**
 * Nodes that ask several models the same at once; one pass of a record is one execution, whatever the number of models.
 * When one of them fails the others are waited for, so that what they cost is counted.
 */
export const multiLlmNodes: NodeMaker<MultiLlmNodeConfig> = {
  create: createMultiLlmNode,
  async questions(config, parts) {
    const models = Object.values(config.models).map((block) => ({ block, structuredOutput: block.structured_output }))
    // Several answers are no turn of a chat.
    const questions = await questionsOf(config, { parts, models, mayCallTools: false })
    return { ...questions, answersInChat: false, isBatched: config.batch }
  },
}

async function createMultiLlmNode(config: MultiLlmNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const tools = await loadTools(config.tools, parts)
  const askers = await Promise.all(
    Object.entries(config.models).map(async ([label, block]) => {
      const asker = await createModelAsker(block, {
        parts,
        converse: askOnce,
        tools: describeTools(tools),
        toolChoice: tools.length > 0 ? config.tool_choice : undefined,
        isBatched: config.batch,
      })
      checkPromptParts(asker.client, config, parts.where)
      return { label, ...asker }
    }),
  )
  const chat = createChatPrompt(config, parts)
  const preProcess = await parts.function(config.pre_process, 'pre_process')
  const postProcess = await parts.function(config.post_process, 'post_process')
  const combine = await parts.function(config.multi_llm_post_process, 'multi_llm_post_process')
  const outputOf = answersOutput(config, parts.where)
  return {
    type: 'multi_llm',
    async execute(state, context) {
      const seen = preProcess === undefined ? state : processedState(await preProcess(state), state)
      const { messages } = chat.questionFor(seen)
      const settled = await Promise.allSettled(
        askers.map(async ({ label, form, ask }) => {
          const answer = await ask({ messages, state: seen, context })
          if (postProcess !== undefined) return [label, await postProcess(answer, state)] as const
          return [label, combine === undefined ? outputValueOf(answer, form) : answer] as const
        }),
      )
      const failed = settled.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      const answers = Object.fromEntries(settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])))
      return combine === undefined
        ? outputOf(answers)
        : processedOutput(await combine(answers, state), config.output_keys)
    },
  }
}

/** How answers by label are written to the state where no function says so. */
function answersOutput(
  { models, output_keys: outputKeys, multi_llm_post_process: combine }: MultiLlmNodeConfig,
  where: string,
): (answers: State) => StateUpdate {
  const [key, ...others] = outputKeys === undefined ? [] : [outputKeys].flat()
  if (others.length > 0 && combine === undefined) {
    const known = Object.keys(models).join(', ')
    throw new SygraError(
      'bad_config',
      `${where}: output_keys names several keys; expected one for all answers, none (each answer goes to its label: ${known}), or a multi_llm_post_process`,
    )
  }
  return (answers) => (key === undefined ? answers : { [key]: answers })
}

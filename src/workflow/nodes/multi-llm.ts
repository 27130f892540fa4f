import { SygraError } from '../../errors.ts'
import type { MultiLlmNodeConfig } from '../config/node-config.ts'
import type { State, StateUpdate } from '../graph/state.ts'
import { outputValueOf, processedOutput, processedState } from './answer-output.ts'
import { createChatPrompt } from './chat-prompt.ts'
import { askOnce } from './converse.ts'
import { describeTool, loadTools } from './load-tools.ts'
import { createModelAsker } from './model-asker.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/**
 * A node that asks several models the same at once; one pass of a record is one execution, whatever the number of models.
 * When one of them fails the others are waited for, so that what they cost is counted.
 */
export async function createMultiLlmNode(config: MultiLlmNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const tools = await loadTools(config.tools ?? [], { modules: parts.modules, where: `${parts.where}: tools` })
  const askers = await Promise.all(
    Object.entries(config.models).map(async ([label, block]) => {
      const asker = await createModelAsker(block, {
        parts,
        converse: askOnce,
        tools: tools.length > 0 ? tools.map(describeTool) : undefined,
        toolChoice: tools.length > 0 ? config.tool_choice : undefined,
      })
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

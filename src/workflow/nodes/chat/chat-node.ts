import { SygraError } from '../../../errors.ts'
import { toolCallsKey } from '../../graph/state.ts'
import type { NodeExecutor, NodeParts, NodeQuestions } from '../node-kind.ts'
import { declaredKeys } from '../node-settings.ts'
import { openaiToolCallsOf, spokenTextOf } from './answer.ts'
import { answerOutput, processedOutput, processedState } from './answer-output.ts'
import type { ChatNodeConfig, ModelNodeConfig } from './chat-config.ts'
import { structuredOutputOf } from './chat-facts.ts'
import { type ChatPrompt, createChatPrompt } from './chat-prompt.ts'
import { checkPromptParts } from './check-purpose.ts'
import type { Converse } from './converse.ts'
import { describeTools, loadTools } from './load-tools.ts'
import { withSoundsRead } from './media-input.ts'
import { createModelAsker, type ModelAsker } from './model-asker.ts'
import type { ModelBlock } from './model-block.ts'

/** A node that asks one model: before it its pre-processor, after it its post-processor or the node's output keys. */
export async function createChatNode(
  config: ModelNodeConfig & { readonly node_type: string },
  {
    asker,
    chat,
    parts,
    writesToolCalls = false,
  }: {
    readonly asker: ModelAsker
    readonly chat: ChatPrompt
    readonly parts: NodeParts
    /** What tools the model asks for is written to the state, and its post-processor finds it there. */
    readonly writesToolCalls?: boolean
  },
): Promise<NodeExecutor> {
  checkPromptParts(asker.client, config, parts.where)
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
      const asked = writesToolCalls ? { [toolCallsKey]: openaiToolCallsOf(answer) } : {}
      const update =
        outputOf === undefined
          ? processedOutput(await postProcess?.(answer, { ...state, ...asked }), outputKeys)
          : outputOf(answer)
      return chat.withHistory({ ...asked, ...update }, { question, answer: spokenTextOf(answer) })
    },
  }
}

/** What a node asks its models, none of which is asked. */
export async function questionsOf(
  config: ChatNodeConfig,
  {
    parts,
    models,
    mayCallTools,
  }: {
    readonly parts: NodeParts
    readonly models: readonly {
      readonly block: ModelBlock
      readonly structuredOutput: ModelBlock['structured_output']
    }[]
    readonly mayCallTools: boolean
  },
): Promise<NodeQuestions> {
  const tools = describeTools(await loadTools(config.tools, parts))
  const chat = createChatPrompt(config, parts)
  const asked = models.map(async ({ block, structuredOutput }) => {
    const { client, form } = await createModelAsker(block, { parts, converse: askNobody, structuredOutput, tools })
    const responseFormat = form === undefined ? undefined : { type: 'json' as const, schema: form.jsonSchema }
    return { client, fixed: { tools, responseFormat } }
  })
  return {
    models: await Promise.all(asked),
    messagesFor: (state) => chat.questionFor(state).messages,
    withSoundsRead: (messages) => withSoundsRead(messages, [parts.directory, '.']),
    seesChat: config.input_key === undefined,
    answersInChat: declaredKeys(config.output_keys) === undefined && config.post_process === undefined,
    isPreProcessed: config.pre_process !== undefined,
    mayCallTools,
  }
}

/** What a node that asks one model asks it. */
export function questionsOfModel(
  config: ModelNodeConfig & Pick<ModelBlock, 'structured_output'>,
  { parts, mayCallTools }: { readonly parts: NodeParts; readonly mayCallTools: boolean },
): Promise<NodeQuestions> {
  const models = [{ block: config.model, structuredOutput: structuredOutputOf(config) }]
  return questionsOf(config, { parts, models, mayCallTools })
}

const askNobody: Converse = () => {
  throw new SygraError('run_stopped', 'an estimate asks no model')
}

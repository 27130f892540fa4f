import type { LlmNodeConfig } from '../graph/node-config.ts'
import { promptMessagesOf } from '../graph/prompt.ts'
import type { State, StateUpdate } from '../graph/state.ts'
import { callModel } from '../models/call-model.ts'
import type { ModelClient } from '../models/model-client.ts'
import { type ModelAnswer, readAnswer } from './answer.ts'
import { chatMessagesOf } from './chat-message.ts'
import { fillPrompt } from './fill-prompt.ts'
import { modelPromptOf } from './model-prompt.ts'
import type { NodeContext, NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/** Where an answer goes when the node names no key. */
export const chatKey = 'messages'

/**
 * A node that asks a model: its prompt, then the chat of the record so far. The answer goes to the node's output key, or
 * becomes a turn of the chat.
 */
export async function createLlmNode(config: LlmNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const client = await parts.model(config.model)
  const preProcess = await parts.function(config.pre_process, 'pre_process')
  const postProcess = await parts.function(config.post_process, 'post_process')
  return {
    type: 'llm',
    model: client.identity.name,
    async execute(state, context) {
      const seen = preProcess === undefined ? state : stateOf(await preProcess(state), state)
      const answer = await ask({ config, client, state: seen, context })
      return postProcess === undefined ? outputOf(config, answer) : updateOf(await postProcess(answer, state))
    },
  }
}

async function ask({
  config,
  client,
  state,
  context,
}: {
  readonly config: LlmNodeConfig
  readonly client: ModelClient
  readonly state: State
  readonly context: NodeContext
}): Promise<ModelAnswer> {
  const prompt = fillPrompt(promptMessagesOf(config.prompt), state)
  const chat = chatMessagesOf(state[config.input_key ?? chatKey])
  const result = await callModel({ client, prompt: modelPromptOf([...prompt, ...chat]), signal: context.signal })
  return readAnswer(result)
}

function outputOf(
  { output_keys: keys, output_role: role = 'assistant' }: LlmNodeConfig,
  answer: ModelAnswer,
): StateUpdate {
  const [key, ...others] = keys === undefined ? [] : [keys].flat()
  if (key === undefined || key === chatKey) return { [chatKey]: [{ role, content: answer.content }] }
  // Only a post-processor can tell which part of an answer belongs to which key.
  return { [key]: answer.content, ...Object.fromEntries(others.map((other) => [other, answer.content])) }
}

// A pre-processor may change the state in place and give nothing.
function stateOf(value: unknown, state: State): State {
  return isRecord(value) ? value : state
}

function updateOf(value: unknown): StateUpdate {
  return isRecord(value) ? value : undefined
}

function isRecord(value: unknown): value is State {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { SygraError } from '../../errors.ts'
import type { ModelBlock, StructuredOutputConfig } from '../config/model-block.ts'
import type { State } from '../graph/state.ts'
import type { ModelCall } from '../models/call-model.ts'
import type { ModelClient } from '../models/model-client.ts'
import type { ModelAnswer } from './answer.ts'
import { type AnswerForm, answerFormOf } from './answer-form.ts'
import type { ChatMessage } from './chat-message.ts'
import type { Converse } from './converse.ts'
import { modelPromptOf } from './model-prompt.ts'
import type { NodeContext } from './node.ts'
import type { NodeParts } from './node-parts.ts'
import { withStructuredOutput } from './structured-output.ts'
import { isZodSchema } from './zod-schema.ts'

/** Asks one model, in one manner. */
export interface ModelAsker {
  readonly client: ModelClient
  /** What its answers look like, where that is asked for. */
  readonly form: AnswerForm | undefined
  readonly ask: (question: ModelQuestion) => Promise<ModelAnswer>
}

export interface ModelQuestion {
  readonly messages: readonly ChatMessage[]
  readonly state: State
  readonly context: NodeContext
}

/** Finds the model of a block and readies the form of its answers. */
export async function createModelAsker(
  block: ModelBlock,
  {
    parts,
    converse,
    structuredOutput = block.structured_output,
    tools,
    toolChoice,
  }: {
    readonly parts: NodeParts
    readonly converse: Converse
    readonly structuredOutput?: StructuredOutputConfig
    readonly tools?: ModelCall['tools']
    readonly toolChoice?: 'auto' | 'none' | 'required'
  },
): Promise<ModelAsker> {
  const client = await parts.model(block)
  const form = await formOf(structuredOutput, parts)
  const talk =
    form === undefined || structuredOutput === undefined
      ? converse
      : withStructuredOutput(converse, form, structuredOutput)
  return {
    client,
    form,
    async ask({ messages, state, context }) {
      const call: ModelCall = {
        client,
        prompt: modelPromptOf(messages),
        tools,
        toolChoice: toolChoice === undefined ? undefined : { type: toolChoice },
        signal: context.signal,
      }
      return (await talk(call, { state })).answer
    },
  }
}

async function formOf(
  config: StructuredOutputConfig | undefined,
  { modules, where }: NodeParts,
): Promise<AnswerForm | undefined> {
  if (config === undefined || config.enabled === false) return undefined
  const place = `${where}: structured_output.schema`
  const { schema } = config
  if (typeof schema !== 'string') return answerFormOf(schema, place)
  const exported = await modules.export(schema, place)
  if (isZodSchema(exported)) return answerFormOf(exported, place)
  throw new SygraError('bad_config', `${place}: ${schema} is no schema of zod 4`)
}

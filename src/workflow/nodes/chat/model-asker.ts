import { pathToFileURL } from 'node:url'
import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { SygraError } from '../../../errors.ts'
import { describeValue } from '../../config/config-value.ts'
import type { State } from '../../graph/state.ts'
import { readDataUrl } from '../../media/data-url.ts'
import { urlOf } from '../../media/media-address.ts'
import type { ModelCall, ModelClient } from '../../models/model-call.ts'
import { givesMedia } from '../../models/model-purpose.ts'
import { thinkRemovers } from '../../models/models-config.ts'
import type { NodeContext, NodeParts } from '../node-kind.ts'
import type { ModelAnswer } from './answer.ts'
import { type AnswerForm, answerFormOf } from './answer-form.ts'
import { type ChatMessage, type ContentPart, textOf } from './chat-message.ts'
import { checkPurpose } from './check-purpose.ts'
import type { Converse } from './converse.ts'
import { withFilesRead } from './media-input.ts'
import type { ModelBlock, StructuredOutputConfig } from './model-block.ts'
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
    isBatched,
  }: {
    readonly parts: NodeParts
    readonly converse: Converse
    readonly structuredOutput?: StructuredOutputConfig
    readonly tools?: ModelCall['tools']
    readonly toolChoice?: 'auto' | 'none' | 'required'
    /** Whether its calls may wait to be handed in with others. */
    readonly isBatched?: boolean
  },
): Promise<ModelAsker> {
  const client = await parts.model(block)
  if (isBatched === true) client.wishBatches?.(parts.where)
  const form = await formOf(structuredOutput, parts)
  checkPurpose(client, { where: parts.where, hasForm: form !== undefined, hasTools: tools !== undefined })
  const converseHere = await withTextProcess(converse, { client, parts })
  const talk =
    form === undefined || structuredOutput === undefined
      ? converseHere
      : withStructuredOutput(converseHere, form, structuredOutput)
  return {
    client,
    form,
    async ask({ messages, state, context }) {
      const call: ModelCall = {
        client,
        // As with other files, the Python system reads paths from where it is run.
        prompt: modelPromptOf(await withFilesRead(messages, [parts.directory, '.'])),
        tools,
        toolChoice: toolChoice === undefined ? undefined : { type: toolChoice },
        signal: context.signal,
        isBatched,
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

type Prompt = LanguageModelV3CallOptions['prompt']
type UserContent = Extract<Prompt[number], { role: 'user' }>['content']

/** A chat as the AI SDK takes it; images and sounds on disk stay the addresses of their files. */
export function modelPromptOf(messages: readonly ChatMessage[]): Prompt {
  return messages.map((message): Prompt[number] => {
    switch (message.role) {
      case 'system':
        return { role: 'system', content: textOf(message) }
      case 'assistant':
        return { role: 'assistant', content: [{ type: 'text', text: textOf(message) }] }
      case 'user':
        return { role: 'user', content: userContentOf(message) }
      default:
        return message.role satisfies never
    }
  })
}

function userContentOf({ content }: ChatMessage): UserContent {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map(partOf)
}

function partOf(part: ContentPart): UserContent[number] {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image_url':
      return filePartOf(urlOf(part.image_url), 'image/*')
    case 'audio_url':
      return filePartOf(urlOf(part.audio_url), 'audio/*')
    default:
      return part satisfies never
  }
}

function filePartOf(url: string, fallbackType: string): UserContent[number] {
  const content = readDataUrl(url)
  if (content !== undefined) return { type: 'file', ...content }
  if (/^https?:/.test(url)) return { type: 'file', mediaType: fallbackType, data: new URL(url) }
  // Before it is sent a file has been read; an estimate only counts that it is there.
  return { type: 'file', mediaType: fallbackType, data: pathToFileURL(url) }
}

/** A conversation whose answer is changed as `models.yaml` says of the model; as it is where it says nothing. */
export async function withTextProcess(
  converse: Converse,
  { client, parts }: { readonly client: ModelClient; readonly parts: Pick<NodeParts, 'function' | 'where'> },
): Promise<Converse> {
  const reference = client.resolved?.postProcess
  // What makes images or speech has no text to change.
  if (reference === undefined || givesMedia(client.purpose)) return converse
  const isRemover = thinkRemovers.some((name) => name === reference)
  const process = isRemover ? withoutThoughts : await parts.function(reference, 'model')
  return async (call, turn) => {
    const reply = await converse(call, turn)
    const content: unknown = await process?.(reply.answer.content)
    if (typeof content === 'string') return { ...reply, answer: { ...reply.answer, content } }
    const { name } = client.identity
    throw new SygraError(
      'bad_function',
      `post_process of model "${name}" gave ${describeValue(content)}; expected the text of the answer`,
    )
  }
}

/** A text without its first `<think>…</think>`, in which reasoning models put their thoughts. */
function withoutThoughts(text: unknown): unknown {
  if (typeof text !== 'string') return text
  // Not by an expression: of thoughts that never end each beginning would be followed to the end of the text.
  const start = text.indexOf('<think>')
  const end = start < 0 ? -1 : text.indexOf('</think>', start)
  return end < 0 ? text : text.slice(0, start) + text.slice(end + '</think>'.length)
}

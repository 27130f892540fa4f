import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { SygraError } from '../../../errors.ts'
import { dataUrlOf } from '../../media/data-url.ts'
import { kindOfType, type MediaKind, typeOfFormat } from '../../media/media-type.ts'
import { extraParametersKey } from '../../models/call-parameters.ts'
import type { ModelClient } from '../../models/model-call.ts'
import { givesMedia, wordsOfPurpose } from '../../models/model-purpose.ts'

/** What a model answered, as post-processors get it. */
export interface ModelAnswer {
  /** The text; of an image or speech the data URL, of several the JSON of their list. */
  readonly content: string
  /** The images or the speech of the answer, as data URLs. */
  readonly media?: readonly MediaContent[]
  /** What was said, where the answer is speech. */
  readonly transcript?: string
  readonly finishReason: string
  /** The model's own reasoning, where it shows it. */
  readonly reasoning?: string
  /** The answer as the schema of the structured output gives it. */
  readonly parsed?: unknown
  /** What a service says of a transcription beside its text, such as its language and its segments. */
  readonly details?: unknown
  /** Tools the model asked for; of an agent all that were called on the way, with what they gave. */
  readonly toolCalls?: readonly AnsweredToolCall[]
}

/** An image or a sound that a model made. */
export interface MediaContent {
  readonly kind: MediaKind
  /** A data URL. */
  readonly url: string
}

export interface AnsweredToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
  /** What the tool gave; undefined when it was not called or failed. */
  readonly result?: unknown
  /** Why the call failed, as the model was told. */
  readonly error?: string
}

/** A call of a tool in the answer of a model; `input` is the JSON text as the model wrote it. */
export type RequestedToolCall = Extract<LanguageModelV3GenerateResult['content'][number], { type: 'tool-call' }>

export function readAnswer(result: LanguageModelV3GenerateResult): ModelAnswer {
  const { content, finishReason, providerMetadata } = result
  const textOf = (type: 'text' | 'reasoning') =>
    content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('')
  const calls = requestedToolCalls(result)
  const { transcript, details } = providerMetadata?.[extraParametersKey] ?? {}
  const media = mediaIn(result)
  const text = textOf('text')
  // What a model says beside what it made is its transcript, in a way.
  const said = typeof transcript === 'string' ? transcript : text
  return {
    content: media.length === 0 ? text : contentOfMedia(media),
    ...(media.length === 0 ? {} : { media, ...(said === '' ? {} : { transcript: said }) }),
    finishReason: finishReason.unified,
    reasoning: textOf('reasoning') || undefined,
    ...(details === undefined ? {} : { details }),
    toolCalls: calls.length === 0 ? undefined : calls.map(readToolCall),
  }
}

/** The images and sounds of an answer: its files, and the speech of a chat, which its client keeps. */
function mediaIn({ content, providerMetadata }: LanguageModelV3GenerateResult): readonly MediaContent[] {
  const files = content.flatMap((part): readonly MediaContent[] => {
    if (part.type !== 'file') return []
    const kind = kindOfType(part.mediaType)
    if (kind === undefined) return []
    return [{ kind, url: dataUrlOf(part.data, { kind, mediaType: part.mediaType }) }]
  })
  const { speech, format } = providerMetadata?.[extraParametersKey] ?? {}
  if (typeof speech !== 'string') return files
  return [...files, { kind: 'audio', url: dataUrlOf(speech, { kind: 'audio', mediaType: typeOfFormat(format) }) }]
}

function contentOfMedia(media: readonly MediaContent[]): string {
  const [first, ...others] = media.map(({ url }) => url)
  return others.length === 0 ? (first ?? '') : JSON.stringify([first, ...others])
}

/** The text that an answer adds to what was said: of images and speech what was said with them. */
export function spokenTextOf({ content, media, transcript = '' }: ModelAnswer): string {
  return media === undefined ? content : transcript
}

/** The tools a model asks for; those the provider runs itself are not among them. */
export function requestedToolCalls({ content }: LanguageModelV3GenerateResult): readonly RequestedToolCall[] {
  return content.flatMap((part) => (part.type === 'tool-call' && part.providerExecuted !== true ? [part] : []))
}

/**
 * Refuses an answer that says nothing because the service held it back or it had no room: an empty row would look as if the
 * model had nothing to say.
 *
 * @throws SygraError `model_answer`.
 */
export function checkSaysSomething({ content, media, finishReason, toolCalls }: ModelAnswer): void {
  const isEmpty = media === undefined && toolCalls === undefined && content.trim() === ''
  const why = isEmpty ? reasonsForNothing[finishReason] : undefined
  if (why !== undefined) throw new SygraError('model_answer', `the answer is empty: ${why}`)
}

/**
 * Refuses an answer without what its model is to make: a text in its place, such as a refusal, would pass for an image.
 *
 * @throws SygraError `model_answer`.
 */
export function checkHasMedia(
  { media, toolCalls }: ModelAnswer,
  { identity, purpose }: Pick<ModelClient, 'identity' | 'purpose'>,
): void {
  // Who asks for a tool has not answered yet.
  if (media !== undefined || toolCalls !== undefined || !givesMedia(purpose)) return
  const what = purpose === 'images' ? 'no image' : 'no sound'
  throw new SygraError(
    'model_answer',
    `model "${identity.name}" ${wordsOfPurpose(purpose)}, and its answer has ${what}`,
  )
}

const reasonsForNothing: Readonly<Record<string, string>> = {
  'content-filter': 'the content filter of the service held it back',
  length: 'the token limit was reached before the model said anything; raise max_tokens',
  error: 'the model ended with an error',
}

function readToolCall({ toolCallId, toolName, input }: RequestedToolCall): AnsweredToolCall {
  return { id: toolCallId, name: toolName, arguments: argumentsOf(input) }
}

/** Calls as OpenAI's interface writes them, and so the Python system: the arguments are JSON text. */
export function openaiToolCallsOf({ toolCalls = [] }: ModelAnswer) {
  return toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }))
}

/** The arguments of a call; the text itself when it is no JSON. */
export function argumentsOf(input: string): unknown {
  if (input.trim() === '') return {}
  try {
    return JSON.parse(input)
  } catch {
    return input
  }
}

import type { ChatUsage } from '../answers/chat-usage.ts'
import type { AnswerPart, Choice } from '../answers/completion.ts'
import { shortSound } from '../answers/sample-media.ts'

/** One whole answer, before it is written in OpenAI's shape. */
export interface Completion {
  readonly id: string
  readonly createdSeconds: number
  readonly model: string
  readonly serviceTier: string
  readonly choices: readonly Choice[]
  readonly usage: ChatUsage
}

/** The body of a `chat.completion`. */
export function completionBody(completion: Completion): Record<string, unknown> {
  return {
    ...headOf(completion, 'chat.completion'),
    choices: completion.choices.map((choice, index) => ({
      index,
      message: completion.usage.audioTokens > 0 ? spokenMessageOf(choice, completion.id) : messageOf(choice),
      logprobs: null,
      finish_reason: choice.finishReason,
    })),
    usage: usageBody(completion.usage),
  }
}

/** One event of a stream: its payload, and how many pieces of output it carries. */
export interface ChatChunk {
  readonly data: string
  readonly parts: 0 | 1
}

/**
 * The events of a stream, in order, `[DONE]` last; with `includesUsage` the last but one carries the usage. Azure begins
 * with a chunk that has no choices, only the result of its prompt filter.
 */
export function* completionChunks(
  completion: Completion,
  { includesUsage, isAzure }: { readonly includesUsage: boolean; readonly isAzure: boolean },
): Generator<ChatChunk> {
  const head = headOf(completion, 'chat.completion.chunk')
  const usage = includesUsage ? { usage: null } : {}
  // Chunks are many and differ in little, so what they share is written once.
  const start = JSON.stringify(head).slice(0, -1)
  const end = includesUsage ? '}],"usage":null}' : '}]}'
  const chunk = (index: number, delta: unknown, finishReason: string | null, parts: 0 | 1): ChatChunk => {
    const choice = `"index":${index},"delta":${JSON.stringify(delta)},"logprobs":null`
    return { data: `${start},"choices":[{${choice},"finish_reason":${JSON.stringify(finishReason)}${end}`, parts }
  }
  if (isAzure) {
    const prompt_filter_results = [{ prompt_index: 0, content_filter_results: {} }]
    yield {
      data: JSON.stringify({ ...head, id: '', model: '', choices: [], prompt_filter_results, ...usage }),
      parts: 0,
    }
  }
  for (const [index, choice] of completion.choices.entries()) {
    yield chunk(index, { role: 'assistant', content: hasContent(choice) ? '' : null, refusal: null }, null, 0)
    for (const part of choice.parts) yield chunk(index, deltaOf(part), null, part.type === 'tool-call' ? 0 : 1)
    yield chunk(index, {}, choice.finishReason, 0)
  }
  if (includesUsage) {
    yield { data: JSON.stringify({ ...head, choices: [], usage: usageBody(completion.usage) }), parts: 0 }
  }
  yield { data: '[DONE]', parts: 0 }
}

function headOf(completion: Completion, object: string): Record<string, unknown> {
  return {
    id: completion.id,
    object,
    created: completion.createdSeconds,
    model: completion.model,
    service_tier: completion.serviceTier,
    system_fingerprint: 'fp_simulated',
  }
}

function messageOf(choice: Choice): Record<string, unknown> {
  const calls = choice.parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []))
  return {
    role: 'assistant',
    content: hasContent(choice) ? textOfType(choice, 'content') : null,
    refusal: textOfType(choice, 'refusal') || null,
    annotations: [],
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ toolIndex, id, name }) => ({
        id,
        type: 'function',
        function: { name, arguments: textOfType(choice, 'arguments', toolIndex) },
      })),
    }),
  }
}

function deltaOf(part: AnswerPart): Record<string, unknown> {
  switch (part.type) {
    case 'content':
      return { content: part.text }
    case 'refusal':
      return { refusal: part.text }
    case 'tool-call': {
      const { toolIndex, id, name } = part
      return { tool_calls: [{ index: toolIndex, id, type: 'function', function: { name, arguments: '' } }] }
    }
    case 'arguments':
      return { tool_calls: [{ index: part.toolIndex, function: { arguments: part.text } }] }
    default:
      return part satisfies never
  }
}

/** A choice without any parts is an empty text: an answer cut before its first visible token. */
function hasContent(choice: Choice): boolean {
  return choice.parts.length === 0 || choice.parts.some((part) => part.type === 'content')
}

function textOfType(choice: Choice, type: 'content' | 'refusal' | 'arguments', toolIndex?: number): string {
  return choice.parts
    .flatMap((part) => {
      if (part.type !== type) return []
      return part.type === 'arguments' && part.toolIndex !== toolIndex ? [] : [part.text]
    })
    .join('')
}

/** An answer that is speech: a short sound, and what it says as its transcript. */
function spokenMessageOf(choice: Choice, id: string): Record<string, unknown> {
  const { content, ...message } = messageOf(choice)
  const audio = { id: `audio_${id}`, data: shortSound().toString('base64'), expires_at: 0, transcript: content ?? '' }
  return { ...message, content: null, audio }
}

function usageBody({ promptTokens, cachedTokens, completionTokens, reasoningTokens, audioTokens }: ChatUsage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: audioTokens,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

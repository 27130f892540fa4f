import { readAnthropicUsage } from './anthropic-usage.ts'
import { errorTypeIn } from './error-type.ts'
import { factsOf, mergeFacts } from './facts.ts'
import { providerOfHost } from './hosts.ts'
import { isFilled, isRecord, memberOf, textOf } from './json-value.ts'
import type { AnswerFacts, RequestFacts, RequestInHand, StreamMessage, WireFormat } from './parser.ts'
import { rawUsageOf } from './raw-usage.ts'
import { decodePart, hasMembers, modelIn, parametersIn, pathOf } from './request.ts'

const vertexPath = /\/publishers\/anthropic\/models\/([^/:]+):(rawPredict|streamRawPredict)$/

/**
 * Anthropic's messages, also behind Vertex and servers that imitate them. In a stream the first event has the input and
 * the split of cache writes, a later one the cumulative output; each non-null count replaces the one before.
 */
export const anthropic: WireFormat = {
  name: 'anthropic',
  matches: (url) => {
    const path = pathOf(url)
    return path.endsWith('/v1/messages') || vertexPath.test(path)
  },
  accepts: (request) => hasMembers(request, 'messages', 'max_tokens'),
  provider: providerOfHost,
  readRequest,
  readAnswer: readMessageBody,
  streamFraming: 'sse',
  streamKeys: {
    telling: ['usage', 'stop_reason', 'error'],
    tellingValues: ['message_stop'],
    output: ['text', 'thinking', 'partial_json'],
  },
  readMessage: foldAnthropicEvent,
  isToken: isAnthropicToken,
}

function readRequest({ url, body }: RequestInHand): RequestFacts {
  const [, model, method] = vertexPath.exec(pathOf(url)) ?? []
  return {
    model: model === undefined ? modelIn(body) : decodePart(model),
    isStream: method === 'streamRawPredict' || memberOf(body, 'stream') === true,
    parameters: parametersIn(body, memberOf(body, 'thinking'), memberOf(body, 'output_config')),
  }
}

/** What a whole message tells. */
export function readMessageBody(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  return factsOf({
    ...readUsageFacts(answer.usage),
    model: textOf(answer.model),
    responseId: textOf(answer.id),
    finishReason: textOf(answer.stop_reason),
    errorType: errorTypeIn(answer),
  })
}

/** Folds one event of a stream of Anthropic's, be it from SSE or from a frame of Bedrock. */
export function foldAnthropicEvent(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  switch (memberOf(data, 'type')) {
    case 'message_start':
      return mergeFacts(facts, readMessageBody(memberOf(data, 'message')))
    case 'message_delta': {
      const finishReason = textOf(memberOf(memberOf(data, 'delta'), 'stop_reason'))
      const raw = mergeNonNull(facts.rawUsage, memberOf(data, 'usage'))
      return mergeFacts(facts, { ...readUsageFacts(raw), finishReason })
    }
    case 'message_stop':
      return { ...facts, isComplete: true }
    default:
      return mergeFacts(facts, { errorType: errorTypeIn(data) })
  }
}

/** True for the pieces that carry text, thinking or the input of a tool. */
export function isAnthropicToken({ data }: StreamMessage): boolean {
  const delta = memberOf(data, 'delta')
  return isRecord(delta) && (isFilled(delta.text) || isFilled(delta.thinking) || isFilled(delta.partial_json))
}

function readUsageFacts(usage: unknown): AnswerFacts {
  return {
    usage: readAnthropicUsage(usage),
    rawUsage: rawUsageOf(usage),
    // The fast mode has its own price, whatever tier it ran in.
    serviceTier: memberOf(usage, 'speed') === 'fast' ? 'fast' : textOf(memberOf(usage, 'service_tier')),
  }
}

function mergeNonNull(earlier: unknown, later: unknown): Record<string, unknown> {
  const merged: Record<string, unknown> = isRecord(earlier) ? { ...earlier } : {}
  if (!isRecord(later)) return merged
  for (const [key, value] of Object.entries(later)) if (value !== null) merged[key] = value
  return merged
}

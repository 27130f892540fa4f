import { errorTypeIn } from './error-type.ts'
import { factsOf, mergeFacts } from './facts.ts'
import { readGeminiUsage } from './gemini-usage.ts'
import { firstOf, isFilled, isRecord, memberOf, textOf } from './json-value.ts'
import type { AnswerFacts, RequestFacts, RequestInHand, StreamMessage, WireFormat } from './parser.ts'
import { rawUsageOf } from './raw-usage.ts'
import { decodePart, parametersIn, pathOf } from './request.ts'

const methodPath = /\/([^/:]+):(generateContent|streamGenerateContent|embedContent|batchEmbedContents)$/

/**
 * Google's Gemini, by its own API or by Vertex. A stream is SSE with `alt=sse` and one long JSON list without; its chunks
 * carry the usage so far, so the last one counts.
 */
export const gemini: WireFormat = {
  name: 'gemini',
  matches: (url) => methodPath.test(pathOf(url)),
  provider: () => 'google',
  readRequest,
  readAnswer: (answer) => readAnswer(answer),
  streamFraming: 'json-array',
  streamKeys: {
    telling: ['finishReason', 'blockReason', 'error'],
    running: 'usageMetadata',
    output: ['text', 'functionCall', 'inlineData', 'executableCode'],
  },
  readMessage: readChunk,
  isToken: ({ data }) => partsIn(data).some(isOutput),
}

function readRequest({ url, body }: RequestInHand): RequestFacts {
  const [, model, method] = methodPath.exec(pathOf(url)) ?? []
  const settings = memberOf(body, 'generationConfig') ?? memberOf(body, 'generation_config')
  return {
    model: model === undefined ? undefined : decodePart(model),
    isStream: method === 'streamGenerateContent',
    parameters: parametersIn(settings, memberOf(settings, 'thinkingConfig')),
  }
}

function readAnswer(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  const usage = answer.usageMetadata
  return factsOf({
    usage: readGeminiUsage(usage),
    rawUsage: rawUsageOf(usage),
    model: textOf(answer.modelVersion),
    responseId: textOf(answer.responseId),
    finishReason: textOf(memberOf(firstOf(answer.candidates), 'finishReason')) ?? blockReasonIn(answer),
    serviceTier: textOf(memberOf(usage, 'serviceTier')) ?? textOf(memberOf(usage, 'trafficType')),
    errorType: errorTypeIn(answer),
  })
}

function readChunk(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  const merged = mergeFacts(facts, readAnswer(data))
  // There is no end marker: the chunk with the reason is the last one.
  return merged.finishReason === undefined ? merged : { ...merged, isComplete: true }
}

function blockReasonIn(answer: Record<string, unknown>): string | undefined {
  return textOf(memberOf(answer.promptFeedback, 'blockReason'))
}

function partsIn(data: unknown): readonly unknown[] {
  const parts = memberOf(memberOf(firstOf(memberOf(data, 'candidates')), 'content'), 'parts')
  return Array.isArray(parts) ? parts : []
}

function isOutput(part: unknown): boolean {
  return (
    isFilled(memberOf(part, 'text')) ||
    isRecord(memberOf(part, 'functionCall')) ||
    isRecord(memberOf(part, 'inlineData')) ||
    isRecord(memberOf(part, 'executableCode'))
  )
}

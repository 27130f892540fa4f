import { TextEncoder } from '../../platform.ts'
import { factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { countOf, firstOf, isFilled, isRecord, memberOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { decodeBase64 } from '../streams/base64.ts'
import type { AnswerFacts, StreamMessage, WireFormat } from '../wire-format.ts'
import { foldAnthropicEvent, isAnthropicToken, readMessageBody } from './anthropic.ts'
import {
  chargedHeaders,
  isConverseToken,
  operations,
  readBedrockHeaders,
  readBedrockRequest,
  readConverseUsage,
  readInvocationMetrics,
} from './bedrock.ts'

/**
 * Bedrock's InvokeModel and its stream: the body is the model's own (Claude, Llama, Titan, Nova are read), and the counts
 * are in headers as well. Each frame of a stream wraps a message of the model's in base64; the last has Bedrock's counts.
 */
export const bedrockInvoke: WireFormat = {
  name: 'bedrock-invoke',
  endpoints: operations('invoke', 'invoke-with-response-stream'),
  defaultProvider: 'aws',
  readRequest: (request) =>
    readBedrockRequest(
      request,
      request.body,
      memberOf(request.body, 'textGenerationConfig'),
      memberOf(request.body, 'inferenceConfig'),
    ),
  requestHeaders: chargedHeaders,
  readHeaders: readBedrockHeaders,
  usageMembers: ['usage', 'message', 'metadata', 'messageStop', 'amazon-bedrock-invocationMetrics'],
  readAnswer: (answer) => readModelBody(answer),
  streamFraming: 'eventstream',
  streamKeys: {
    telling: [
      ...['usage', 'amazon-bedrock-invocationMetrics', 'stop_reason', 'stopReason', 'completionReason'],
      ...['finish_reason', 'error'],
    ],
    running: 'generation_token_count',
    output: ['text', 'thinking', 'partial_json', 'generation', 'outputText', 'input'],
  },
  unwrap: (bytes) => {
    const start = indexAfter(bytes, envelopeStart)
    return start === undefined ? undefined : decodeBase64(bytes, start)
  },
  readMessage: readFrame,
  isToken: (message) =>
    isAnthropicToken(message) ||
    isConverseToken(message) ||
    isFilled(memberOf(message.data, 'generation')) ||
    isFilled(memberOf(message.data, 'outputText')) ||
    isFilled(memberOf(message.data, 'text')) ||
    isFilled(memberOf(firstOf(memberOf(message.data, 'outputs')), 'text')),
}

function readModelBody(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  if (isRecord(answer.usage) && answer.usage.inputTokens !== undefined) return readNova(answer)
  if (answer.prompt_token_count !== undefined || answer.generation_token_count !== undefined) return readLlama(answer)
  if (answer.inputTextTokenCount !== undefined || answer.totalOutputTextTokenCount !== undefined)
    return readTitan(answer)
  return readMessageBody(answer)
}

function readNova(answer: Record<string, unknown>): AnswerFacts {
  return factsOf({
    usage: readConverseUsage(answer.usage),
    rawUsage: rawUsageOf(answer.usage),
    finishReason: finishReasonOf(answer.stopReason),
  })
}

function readLlama(answer: Record<string, unknown>): AnswerFacts {
  const { prompt_token_count, generation_token_count } = answer
  return factsOf({
    usage: usageOf({ prompt_token_count, generation_token_count }),
    rawUsage: rawUsageOf({ prompt_token_count, generation_token_count }),
    finishReason: finishReasonOf(answer.stop_reason),
  })
}

const readCounts = createCountReader({
  input: ['prompt_token_count', 'inputTextTokenCount'],
  output: ['generation_token_count', 'totalOutputTextTokenCount'],
})

function usageOf(counts: unknown): AnswerFacts['usage'] {
  const { of, doubts } = readCounts(counts)
  return normalUsage({ ...of, doubts })
}

function readTitan(answer: Record<string, unknown>): AnswerFacts {
  const { inputTextTokenCount, totalOutputTextTokenCount, results } = answer
  const counts = Array.isArray(results) ? results.map((result) => countOf(memberOf(result, 'tokenCount'))) : []
  const known = counts.filter((count) => count !== undefined)
  const summed = known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0)
  return factsOf({
    usage: usageOf({ inputTextTokenCount, totalOutputTextTokenCount: totalOutputTextTokenCount ?? summed }),
    rawUsage: rawUsageOf({ inputTextTokenCount, outputTokenCount: totalOutputTextTokenCount ?? summed }),
    finishReason: finishReasonOf(answer.completionReason ?? memberOf(firstOf(results), 'completionReason')),
  })
}

function readFrame(facts: AnswerFacts, message: StreamMessage): AnswerFacts {
  const { data } = message
  if (!isRecord(data)) return facts
  const read = mergeFacts(facts, readMessageFacts(facts, message))
  const metrics = data['amazon-bedrock-invocationMetrics']
  if (metrics === undefined) return read
  const { usage, rawUsage } = readInvocationMetrics(metrics)
  // A model's own counts tell more, such as the life of its cache; Bedrock's are for those that have none.
  const isCounted = read.usage?.input !== undefined && read.usage.output !== undefined
  return mergeFacts(read, { ...(isCounted ? {} : { usage, rawUsage }), isComplete: true })
}

function readMessageFacts(facts: AnswerFacts, message: StreamMessage): AnswerFacts {
  const { data } = message
  if (!isRecord(data)) return {}
  if (typeof data.type === 'string') return foldAnthropicEvent(facts, message)
  if (isRecord(data.metadata)) return readNova(data.metadata)
  if (isRecord(data.messageStop)) return readNova(data.messageStop)
  const counts = data.generation_token_count ?? data.prompt_token_count
  if (counts !== undefined && counts !== null) {
    return readLlama({
      ...data,
      prompt_token_count: data.prompt_token_count ?? memberOf(facts.rawUsage, 'prompt_token_count'),
    })
  }
  return readModelBody(data)
}

const envelopeStart = new TextEncoder().encode('"bytes":"')

/** The index after the first occurrence of these bytes; undefined when there is none. */
function indexAfter(bytes: Uint8Array, wanted: Uint8Array): number | undefined {
  const last = bytes.length - wanted.length
  for (let index = 0; index <= last; index++) {
    let matched = 0
    while (matched < wanted.length && bytes[index + matched] === wanted[matched]) matched++
    if (matched === wanted.length) return index + matched
  }
  return undefined
}

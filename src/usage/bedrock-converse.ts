import { bedrockCallOf, readBedrockHeaders, readConverseUsage } from './bedrock-counts.ts'
import { factsOf, mergeFacts } from './facts.ts'
import { isFilled, isRecord, memberOf, textOf } from './json-value.ts'
import type { AnswerFacts, StreamMessage, WireFormat } from './parser.ts'
import { rawUsageOf } from './raw-usage.ts'
import { parametersIn } from './request.ts'

/** Bedrock's Converse and ConverseStream: one shape for all models; a stream has its usage in the last frame, `metadata`. */
export const bedrockConverse: WireFormat = {
  name: 'bedrock-converse',
  matches: (url) => bedrockCallOf(url)?.operation.startsWith('converse') === true,
  provider: () => 'aws',
  readRequest: ({ url, body }) => {
    const call = bedrockCallOf(url)
    return {
      model: call?.model,
      isStream: call?.operation === 'converse-stream',
      parameters: parametersIn(memberOf(body, 'inferenceConfig'), memberOf(body, 'additionalModelRequestFields')),
    }
  },
  readHeaders: readBedrockHeaders,
  readAnswer: (answer) => readConverseFacts(answer),
  streamFraming: 'eventstream',
  streamKeys: { telling: ['usage', 'stopReason'], output: ['text', 'input'] },
  readMessage: readFrame,
  isToken: isConverseToken,
}

function readConverseFacts(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  return factsOf({
    usage: readConverseUsage(answer.usage),
    rawUsage: rawUsageOf(answer.usage),
    finishReason: textOf(answer.stopReason),
    serviceTier: textOf(memberOf(answer.serviceTier, 'type')),
  })
}

function readFrame(facts: AnswerFacts, { event, data }: StreamMessage): AnswerFacts {
  const merged = mergeFacts(facts, readConverseFacts(data))
  return event === 'metadata' ? { ...merged, isComplete: true } : merged
}

/** Also right for Nova's frames, which have the same deltas one level down. */
export function isConverseToken({ data }: StreamMessage): boolean {
  const delta = memberOf(memberOf(data, 'contentBlockDelta') ?? data, 'delta')
  return (
    isFilled(memberOf(delta, 'text')) ||
    isFilled(memberOf(memberOf(delta, 'reasoningContent'), 'text')) ||
    isFilled(memberOf(memberOf(delta, 'toolUse'), 'input'))
  )
}

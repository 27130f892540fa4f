import type { Usage } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { parametersIn } from '../request-facts.ts'
import type {
  AnswerContext,
  AnswerFacts,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'

const operations = {
  'language-model': 'chat',
  'embedding-model': 'embeddings',
  'image-model': 'image_generation',
  'reranking-model': 'rerank',
  'speech-model': 'speech',
}

/**
 * What the AI SDK sends to its own gateway, Vercel's, for a model that is given as text (`openai/gpt-4o-mini`): the model
 * stands in a header, and the answer states its cost.
 */
export const aiGateway: WireFormat = {
  name: 'ai-gateway',
  endpoints: Object.entries(operations).map(([name, operation]) => ({ path: `/${name}`, base: '/ai', operation })),
  hosts: [{ end: 'ai-gateway.vercel.sh', provider: () => undefined }],
  requestHeaders: ['ai-language-model-id', 'ai-model-id', 'ai-embedding-model-id', 'ai-language-model-streaming'],
  readRequest,
  usageMembers: ['usage', 'providerMetadata', 'response'],
  readAnswer: (answer) => readResult(answer),
  streamFraming: 'sse',
  streamKeys: {
    telling: ['usage', 'error', 'providerMetadata', 'modelId'],
    tellingValues: ['finish'],
    output: ['delta', 'textDelta'],
  },
  readMessage: readPart,
  isToken: ({ data }) => isFilled(memberOf(data, 'delta')) || isFilled(memberOf(data, 'textDelta')),
}

function readRequest({ body, header, path }: RequestInHand): RequestFacts {
  return {
    model: header?.('ai-language-model-id') ?? header?.('ai-model-id') ?? header?.('ai-embedding-model-id'),
    isStream: path === '/language-model' && header?.('ai-language-model-streaming') === 'true',
    parameters: parametersIn(body),
  }
}

function readResult(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  const { usage, finishReason, response } = answer
  const gateway = memberOf(answer.providerMetadata, 'gateway')
  return factsOf({
    usage: readAiSdkUsage(usage),
    rawUsage: rawUsageOf(usage),
    model: textOf(memberOf(response, 'modelId')) ?? textOf(memberOf(memberOf(gateway, 'routing'), 'canonicalSlug')),
    responseId: textOf(memberOf(response, 'id')) ?? textOf(memberOf(gateway, 'generationId')),
    finishReason: finishReasonOf(memberOf(finishReason, 'unified') ?? finishReason),
    errorType: errorTypeIn(answer),
    reportedCostUsd: costOf(memberOf(gateway, 'cost')),
  })
}

function readPart(facts: AnswerFacts, { data, text }: StreamMessage, _context: AnswerContext): AnswerFacts {
  if (text === '[DONE]') return { ...facts, isComplete: true }
  switch (memberOf(data, 'type')) {
    case 'finish':
      return mergeFacts(facts, { ...readResult(data), isComplete: true })
    case 'response-metadata':
      return mergeFacts(facts, { model: textOf(memberOf(data, 'modelId')), responseId: textOf(memberOf(data, 'id')) })
    default:
      return mergeFacts(facts, { errorType: errorTypeIn(data) })
  }
}

/** Written as a text, so that no digit is lost. */
function costOf(value: unknown): number | undefined {
  const cost = typeof value === 'string' && /^\d+(\.\d+)?(e-?\d+)?$/i.test(value) ? Number(value) : value
  return typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 ? cost : undefined
}

const readCounts = createCountReader(
  {
    input: ['inputTokens', 'inputTokens.total', 'tokens', 'promptTokens'],
    cacheRead: ['inputTokens.cacheRead', 'inputTokenDetails.cacheReadTokens', 'cachedInputTokens'],
    cacheWrite5m: ['inputTokens.cacheWrite', 'inputTokenDetails.cacheWriteTokens'],
    output: ['outputTokens', 'outputTokens.total', 'completionTokens'],
    reasoning: ['outputTokens.reasoning', 'outputTokenDetails.reasoningTokens', 'reasoningTokens'],
    total: ['totalTokens'],
  },
  {
    harmless: {
      asOf: '2026-11-28',
      // Parts of the counts above.
      paths: [
        ...['inputTokens.noCache', 'outputTokens.text', 'inputTokenDetails.noCacheTokens'],
        'outputTokenDetails.textTokens',
      ],
    },
    // The provider's own object, whose counts are those above.
    readElsewhere: ['raw'],
  },
)

/**
 * The usage that the AI SDK gives, of its models (`inputTokens: { total, cacheRead, … }`) and of its results
 * (`inputTokens` with `inputTokenDetails`), in the normal form; undefined when it has no counts.
 */
export function readAiSdkUsage(usage: unknown): Usage | undefined {
  const { of, doubts } = readCounts(usage)
  return Object.keys(of).length === 0 ? undefined : normalUsage({ ...of, doubts })
}

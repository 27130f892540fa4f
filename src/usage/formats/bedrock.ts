import type { Usage } from '../../metadata/usage.ts'
import { addDoubts, factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { parametersIn } from '../request-facts.ts'
import type {
  AnswerFacts,
  AnswerHeaders,
  Endpoint,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'

/** Bedrock's Converse and ConverseStream: one shape for all models; a stream has its usage in the last frame, `metadata`. */
export const bedrockConverse: WireFormat = {
  name: 'bedrock-converse',
  operation: 'chat',
  endpoints: operations('converse', 'converse-stream'),
  // Its regions, its FIPS and VPC endpoints; other hosts of Amazon's may be anyone's server.
  hosts: [
    {
      containing: { text: 'bedrock-', form: /(^|\.)bedrock-[\w.-]+\.(amazonaws\.com(\.cn)?|api\.aws)$/ },
      provider: 'aws',
    },
  ],
  defaultProvider: 'aws',
  readRequest: (request) =>
    readBedrockRequest(
      request,
      memberOf(request.body, 'inferenceConfig'),
      memberOf(request.body, 'additionalModelRequestFields'),
    ),
  readHeaders: readBedrockHeaders,
  usageMembers: ['usage'],
  readAnswer: (answer) => readConverseFacts(answer),
  streamFraming: 'eventstream',
  streamKeys: { telling: ['usage', 'stopReason'], output: ['text', 'input'] },
  readMessage: readFrame,
  isToken: isConverseToken,
}

/** The endpoints of these operations of Bedrock's. */
export function operations(...names: readonly string[]): readonly Endpoint[] {
  return names.map((name) => ({ path: `/model/{model+}/${name}` }))
}

/** What a request to Bedrock says; its parameters stand in these objects. */
export function readBedrockRequest(
  { path, pathModel, body, header }: RequestInHand,
  ...sources: readonly unknown[]
): RequestFacts {
  const isGuarded = isRecord(memberOf(body, 'guardrailConfig')) || header?.(guardrailHeader) !== undefined
  const isQuick = header?.(latencyHeader) === 'optimized'
  const doubts = [...(isGuarded ? [guarded] : []), ...(isQuick ? [quick] : [])]
  return {
    model: pathModel,
    isStream: path?.endsWith('-stream') === true,
    parameters: parametersIn(...sources),
    ...(doubts.length === 0 ? {} : { doubts }),
  }
}

const guardrailHeader = 'x-amzn-bedrock-guardrailidentifier'
const latencyHeader = 'x-amzn-bedrock-performanceconfig-latency'

/** Headers of a request that ask for what is charged beside the tokens. */
export const chargedHeaders: readonly string[] = [guardrailHeader, latencyHeader]

// Sources: aws.amazon.com/bedrock/pricing (guardrails, latency-optimized inference, prompt routing), read 2026-11-28.
const guarded = 'a guardrail is charged by the text that it reads, which the answer does not count'
const quick = 'latency-optimized inference has prices of its own'
const routed = 'prompt routing is charged by the request'

function readConverseFacts(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  return factsOf({
    usage: addDoubts(readConverseUsage(answer.usage), doubtsOf(answer)),
    rawUsage: rawUsageOf(answer.usage),
    model: routedModelIn(answer.trace),
    finishReason: finishReasonOf(answer.stopReason),
    serviceTier: textOf(memberOf(answer.serviceTier, 'type')),
  })
}

/** What an answer tells of that is charged beside its tokens, or at other prices. */
function doubtsOf({ performanceConfig, stopReason, trace }: Record<string, unknown>): readonly string[] {
  const isGuarded = stopReason === 'guardrail_intervened' || isRecord(memberOf(trace, 'guardrail'))
  const isQuick = memberOf(performanceConfig, 'latency') === 'optimized'
  const isRouted = isRecord(memberOf(trace, 'promptRouter'))
  return [...(isGuarded ? [guarded] : []), ...(isQuick ? [quick] : []), ...(isRouted ? [routed] : [])]
}

/** The model that a prompt router chose: the last part of its ARN. */
function routedModelIn(trace: unknown): string | undefined {
  const arn = textOf(memberOf(memberOf(trace, 'promptRouter'), 'invokedModelId'))
  return arn?.slice(arn.lastIndexOf('/') + 1)
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

const readConverseCounts = createCountReader({
  input: ['inputTokens'],
  cacheRead: ['cacheReadInputTokens', 'cacheReadInputTokenCount'],
  cacheWrite: ['cacheWriteInputTokens', 'cacheWriteInputTokenCount'],
  cacheWrite5m: ['cacheDetails.5m.inputTokens'],
  cacheWrite1h: ['cacheDetails.1h.inputTokens'],
  output: ['outputTokens'],
  total: ['totalTokens'],
})

/** The `usage` of Converse, and of Nova's own answers: its input leaves the cached tokens out. */
export function readConverseUsage(usage: unknown): Usage | undefined {
  const { of, doubts } = readConverseCounts(usage)
  const { cacheWrite: written, cacheWrite1h: long = 0 } = of
  const isSplit = long > 0 && written !== undefined && long <= written
  return normalUsage({
    input: of.input,
    cacheRead: of.cacheRead,
    cacheWrite5m: isSplit ? written - long : written,
    cacheWrite1h: isSplit ? long : undefined,
    output: of.output,
    total: of.total,
    isCacheExtra: true,
    doubts,
  })
}

const readMetricCounts = createCountReader(
  {
    input: ['inputTokenCount', 'input-token-count'],
    cacheRead: ['cacheReadInputTokenCount', 'cache-read-input-token-count'],
    cacheWrite5m: ['cacheWriteInputTokenCount', 'cache-write-input-token-count'],
    output: ['outputTokenCount', 'output-token-count'],
  },
  {
    harmless: { asOf: '2026-11-28', paths: ['invocationLatency', 'firstByteLatency', 'invocation-latency'] },
  },
)

/** `amazon-bedrock-invocationMetrics`, at the end of every invoked stream, or the same as headers; whatever the model. */
export function readInvocationMetrics(metrics: unknown): AnswerFacts {
  const { of, doubts } = readMetricCounts(metrics)
  return factsOf({ usage: normalUsage({ ...of, isCacheExtra: true, doubts }), rawUsage: rawUsageOf(metrics) })
}

const countHeaders = [
  'input-token-count',
  'output-token-count',
  'cache-read-input-token-count',
  'cache-write-input-token-count',
  'invocation-latency',
]

/** The counts and the request id that Bedrock sends as headers, for models whose answers have none. */
export function readBedrockHeaders(headers: AnswerHeaders): AnswerFacts {
  const raw: Record<string, number> = {}
  for (const name of countHeaders) {
    const value = headers.get(`x-amzn-bedrock-${name}`)
    if (value !== null && /^\d{1,15}$/.test(value)) raw[name] = Number(value)
  }
  return factsOf({
    ...(Object.keys(raw).length === 0 ? undefined : readInvocationMetrics(raw)),
    responseId: headers.get('x-amzn-requestid') ?? undefined,
  })
}

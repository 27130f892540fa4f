import type { FeeCount, Usage } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { countOf, isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { hasMembers, modelIn, parametersIn } from '../request-facts.ts'
import type {
  AnswerContext,
  AnswerFacts,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'
import { ownKeyDoubts, reportedCostIn } from './openai-usage.ts'

/**
 * Anthropic's messages, also behind Vertex and servers that imitate them. In a stream the first event has the input and
 * the split of cache writes, a later one the cumulative output; each non-null count replaces the one before.
 */
export const anthropic: WireFormat = {
  name: 'anthropic',
  operation: 'chat',
  endpoints: [
    { path: '/messages', base: '/v1' },
    { path: '/publishers/anthropic/models/{model}:rawPredict' },
    { path: '/publishers/anthropic/models/{model}:streamRawPredict' },
  ],
  hosts: [{ end: 'api.anthropic.com', provider: 'anthropic' }],
  requestHeaders: ['authorization'],
  accepts: (request) => hasMembers(request, 'messages', 'max_tokens'),
  readRequest,
  usageMembers: ['usage', 'message'],
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

/** How the token of somebody begins who has signed in with a plan of Claude's, which pays for what is asked. */
const tokenOfPlan = 'Bearer sk-ant-oat'

function readRequest({ url, body, header, path, pathModel }: RequestInHand): RequestFacts {
  const isOfPlan = url.hostname === 'api.anthropic.com' && header?.('authorization')?.startsWith(tokenOfPlan) === true
  return {
    ...(isOfPlan ? { provider: 'claude-subscription' } : {}),
    model: pathModel ?? modelIn(body),
    isStream: path?.endsWith(':streamRawPredict') === true || memberOf(body, 'stream') === true,
    parameters: parametersIn(body, memberOf(body, 'thinking'), memberOf(body, 'output_config')),
  }
}

/** What a whole message tells. */
export function readMessageBody(answer: unknown, { request }: AnswerContext = {}): AnswerFacts {
  if (!isRecord(answer)) return {}
  return factsOf({
    ...readUsageFacts(answer.usage, request?.provider),
    model: textOf(answer.model),
    responseId: textOf(answer.id),
    finishReason: finishReasonOf(answer.stop_reason),
    errorType: errorTypeIn(answer),
  })
}

/** Folds one event of a stream of Anthropic's, be it from SSE or from a frame of Bedrock. */
export function foldAnthropicEvent(
  facts: AnswerFacts,
  { data }: StreamMessage,
  context: AnswerContext = {},
): AnswerFacts {
  switch (memberOf(data, 'type')) {
    case 'message_start':
      return mergeFacts(facts, readMessageBody(memberOf(data, 'message'), context))
    case 'message_delta': {
      const finishReason = finishReasonOf(memberOf(memberOf(data, 'delta'), 'stop_reason'))
      const raw = mergeNonNull(facts.rawUsage, memberOf(data, 'usage'))
      return mergeFacts(facts, { ...readUsageFacts(raw, context.request?.provider), finishReason })
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

function readUsageFacts(usage: unknown, provider: string | undefined): AnswerFacts {
  return {
    usage: readAnthropicUsage(usage),
    rawUsage: rawUsageOf(usage),
    // OpenRouter speaks this format too.
    reportedCostUsd: reportedCostIn(usage, provider),
    // The fast mode has its own price, whatever tier it ran in.
    serviceTier: memberOf(usage, 'speed') === 'fast' ? 'fast' : textOf(memberOf(usage, 'service_tier')),
    inferenceGeo: placeIn(usage),
  }
}

/** Where the model ran; the words for no place in particular name none. */
function placeIn(usage: unknown): string | undefined {
  const place = textOf(memberOf(usage, 'inference_geo'))
  return place === 'global' || place === 'not_available' ? undefined : place
}

function mergeNonNull(earlier: unknown, later: unknown): Record<string, unknown> {
  const merged: Record<string, unknown> = isRecord(earlier) ? { ...earlier } : {}
  if (!isRecord(later)) return merged
  for (const [key, value] of Object.entries(later)) {
    // Gateways fill in a 0 for what they do not count again; the counts only rise.
    const isForgotten = value === 0 && typeof merged[key] === 'number'
    if (value !== null && !isForgotten) merged[key] = value
  }
  return merged
}

const readCounts = createCountReader(
  {
    input: ['input_tokens'],
    cacheRead: ['cache_read_input_tokens'],
    cacheWrite: ['cache_creation_input_tokens'],
    cacheWrite5m: ['cache_creation.ephemeral_5m_input_tokens'],
    cacheWrite1h: ['cache_creation.ephemeral_1h_input_tokens'],
    output: ['output_tokens'],
    reasoning: ['output_tokens_details.thinking_tokens'],
    webSearches: ['server_tool_use.web_search_requests'],
    codeRuns: ['server_tool_use.code_execution_requests'],
  },
  {
    // Fetching a page costs its tokens alone.
    harmless: { asOf: '2026-11-28', paths: ['server_tool_use.web_fetch_requests', 'total_tokens'] },
    readElsewhere: ['iterations', 'cost', 'cost_details'],
  },
)

/** The `usage` of Anthropic's messages, wherever they are served: its input leaves the cached tokens out. */
export function readAnthropicUsage(usage: unknown): Usage | undefined {
  const { of, doubts: ofCounts } = readCounts(executorUsage(usage))
  const doubts = [...ofCounts, ...ownKeyDoubts(usage)]
  const fees: FeeCount[] = []
  if (of.webSearches) fees.push({ unit: 'webSearch', quantity: of.webSearches })
  if (of.codeRuns) fees.push({ unit: 'codeInterpreter', quantity: of.codeRuns })
  return normalUsage({
    ...splitWrites(of),
    input: of.input,
    cacheRead: of.cacheRead,
    output: of.output,
    reasoning: of.reasoning,
    isCacheExtra: true,
    fees,
    doubts: [...doubts, ...doubtsOfIterations(usage)],
  })
}

/** Writes by the life of the cache; what is not split lives for five minutes, which is the default. */
function splitWrites({
  cacheWrite: all,
  cacheWrite5m: short,
  cacheWrite1h: long,
}: {
  readonly cacheWrite?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
}): { cacheWrite5m?: number; cacheWrite1h?: number } {
  if (short === undefined && long === undefined) return { cacheWrite5m: all }
  const unsplit = Math.max(0, (all ?? 0) - (short ?? 0) - (long ?? 0))
  return { cacheWrite5m: short === undefined && unsplit === 0 ? undefined : (short ?? 0) + unsplit, cacheWrite1h: long }
}

const countNames = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']

/**
 * What the model of the request used. The counts at the top leave compactions of the context out, so the iterations are
 * added up where there are some; an advisor is another model and stays in the raw usage. After a fallback to another
 * model the iterations are of several models, and the top is what there is.
 */
function executorUsage(usage: unknown): unknown {
  if (!isRecord(usage)) return usage
  const { iterations } = usage
  const types = typesOf(iterations)
  if (!Array.isArray(iterations) || !types.includes('compaction') || types.includes('fallback_message')) return usage
  const own = iterations.filter((_, index) => types[index] === 'message' || types[index] === 'compaction')
  const sums = countNames.map((name) => [name, sumOf(own.map((iteration) => countOf(memberOf(iteration, name))))])
  const split = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'].map((name) => [
    name,
    sumOf(own.map((iteration) => countOf(memberOf(memberOf(iteration, 'cache_creation'), name)))),
  ])
  return { ...usage, ...Object.fromEntries(sums), cache_creation: Object.fromEntries(split) }
}

/** Other models that worked at an answer are charged at prices of their own. */
function doubtsOfIterations(usage: unknown): readonly string[] {
  const types = typesOf(memberOf(usage, 'iterations'))
  const doubts: string[] = []
  if (types.includes('advisor_message'))
    doubts.push('an advisor model took part, whose tokens have a price of their own')
  if (types.includes('fallback_message')) doubts.push('several models took part, each with a price of its own')
  for (const type of new Set(types)) {
    if (!knownIterations.has(type))
      doubts.push(`it is not known what ${wordOf(type)} among the iterations is charged at`)
  }
  return doubts
}

const knownIterations: ReadonlySet<unknown> = new Set(['message', 'compaction', 'advisor_message', 'fallback_message'])

function wordOf(type: unknown): string {
  return typeof type === 'string' && /^\w{1,40}$/.test(type) ? type : 'one without a type'
}

function typesOf(iterations: unknown): readonly unknown[] {
  return Array.isArray(iterations) ? iterations.map((iteration) => memberOf(iteration, 'type')) : []
}

function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0)
}

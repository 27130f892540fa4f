import type { FeeCount, Usage } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf, withDoubts } from '../answer-facts.ts'
import { createCountReader, doubtsBeside } from '../count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { hasMembers, modelIn, parametersIn } from '../request-facts.ts'
import type {
  AnswerFacts,
  DeferredResult,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'

/** Google's Interactions: the model or an agent answers, and the last event of a stream has the usage. */
export const geminiInteractions: WireFormat = {
  name: 'gemini-interactions',
  operation: 'generate_content',
  endpoints: [{ path: '/interactions' }, { path: '/interactions/{}', method: 'GET', role: 'deferred-result' }],
  defaultProvider: 'google',
  accepts: (request) => hasMembers(request, 'input', 'model') || hasMembers(request, 'input', 'agent'),
  readRequest,
  usageMembers: ['usage', 'interaction'],
  readAnswer: (answer) =>
    isUnderWay(answer) ? { ...readInteraction(answer), isDeferred: true } : readInteraction(answer),
  readResult: readStoredInteraction,
  streamFraming: 'sse',
  streamKeys: {
    telling: ['usage', 'error'],
    tellingValues: ['interaction.complete', 'interaction.completed'],
    output: ['text', 'arguments', 'data', 'summary'],
  },
  readMessage: readEvent,
  isToken: ({ data }) => {
    const delta = memberOf(data, 'delta')
    return isRecord(delta) && ['text', 'arguments', 'data', 'content'].some((name) => isFilled(delta[name]))
  },
}

function readRequest({ body }: RequestInHand): RequestFacts {
  const settings = memberOf(body, 'generation_config')
  return {
    model: modelIn(body) ?? textOf(memberOf(body, 'agent')),
    isStream: memberOf(body, 'stream') === true,
    parameters: parametersIn(body, settings),
  }
}

function readInteraction(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  const { status } = answer
  const isFinal = status === 'completed' || status === 'failed' || status === 'incomplete'
  return factsOf({
    usage: readInteractionUsage(answer.usage),
    rawUsage: rawUsageOf(answer.usage),
    model: textOf(answer.model) ?? textOf(answer.agent),
    responseId: textOf(answer.id),
    finishReason: isFinal ? finishReasonOf(status) : undefined,
    serviceTier: textOf(answer.service_tier),
    errorType: errorTypeIn(answer) ?? (status === 'failed' ? 'failed' : undefined),
  })
}

/** An agent works in the background, and a GET tells what came of it. */
function isUnderWay(answer: unknown): boolean {
  return memberOf(answer, 'status') === 'in_progress' && !isRecord(memberOf(answer, 'usage'))
}

/** Every interaction can be read again later: it counts where this process saw it begin. */
function readStoredInteraction(answer: unknown): DeferredResult | undefined {
  const facts = readInteraction(answer)
  const status = memberOf(answer, 'status')
  if (facts.responseId === undefined || status === undefined || status === 'in_progress') return undefined
  const errorType = facts.errorType ?? (status === 'cancelled' ? 'cancelled' : undefined)
  const known = withDoubts(factsOf({ ...facts, errorType }), doubtsBeside(answer, geminiInteractions.usageMembers))
  return { answers: [{ id: facts.responseId, facts: known, mayBeCounted: true }] }
}

function readEvent(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  const isEnd = /^interaction\.completed?$/.test(String(memberOf(data, 'event_type')))
  const interaction = memberOf(data, 'interaction')
  if (!isRecord(interaction)) return mergeFacts(facts, { errorType: errorTypeIn(data) })
  return mergeFacts(facts, { ...readInteraction(interaction), isComplete: isEnd ? true : undefined })
}

const readCounts = createCountReader(
  {
    input: ['total_input_tokens'],
    toolUse: ['total_tool_use_tokens'],
    cacheRead: ['total_cached_tokens'],
    inputAudio: ['input_tokens_by_modality.audio.tokens'],
    inputImage: ['input_tokens_by_modality.image.tokens'],
    inputVideo: ['input_tokens_by_modality.video.tokens'],
    cachedAudio: ['cached_tokens_by_modality.audio.tokens'],
    cachedImage: ['cached_tokens_by_modality.image.tokens'],
    cachedVideo: ['cached_tokens_by_modality.video.tokens'],
    output: ['total_output_tokens'],
    outputAudio: ['output_tokens_by_modality.audio.tokens'],
    outputImage: ['output_tokens_by_modality.image.tokens'],
    reasoning: ['total_thought_tokens', 'total_reasoning_tokens'],
    total: ['total_tokens'],
    searches: ['grounding_tool_count.google_search.count'],
    mapSearches: ['grounding_tool_count.google_maps.count'],
  },
  {
    // Parts of the counts above that are charged as text, or have no class of their own.
    harmless: {
      asOf: '2026-11-28',
      paths: ['input', 'cached', 'output', 'tool_use'].map((name) => `${name}_tokens_by_modality.*`),
    },
  },
)

function readInteractionUsage(usage: unknown): Usage | undefined {
  const { of, doubts } = readCounts(usage)
  const fees: FeeCount[] = []
  if (of.searches) fees.push({ unit: 'grounding', quantity: of.searches })
  if (of.mapSearches) fees.push({ unit: 'mapsGrounding', quantity: of.mapSearches })
  const less = (tokens: number | undefined, cached = 0) =>
    tokens === undefined ? undefined : Math.max(0, tokens - cached)
  return normalUsage({
    input: of.input === undefined ? of.toolUse : of.input + (of.toolUse ?? 0),
    cacheRead: of.cacheRead,
    cachedAudio: of.cachedAudio,
    inputAudio: less(of.inputAudio, of.cachedAudio),
    inputImage: less(of.inputImage, of.cachedImage),
    inputVideo: less(of.inputVideo, of.cachedVideo),
    output: of.output,
    outputAudio: of.outputAudio,
    outputImage: of.outputImage,
    reasoning: of.reasoning,
    total: of.total,
    isReasoningExtra: true,
    fees,
    doubts,
  })
}

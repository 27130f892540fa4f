import type { FeeCount, Usage } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { firstOf, isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
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

const methods = {
  generateContent: 'generate_content',
  streamGenerateContent: 'generate_content',
  embedContent: 'embeddings',
  batchEmbedContents: 'embeddings',
}

/**
 * Google's Gemini, by its own API or by Vertex. A stream is SSE with `alt=sse` and one long JSON list without; its chunks
 * carry the usage so far, so the last one counts.
 */
export const gemini: WireFormat = {
  name: 'gemini',
  endpoints: Object.entries(methods).flatMap(([method, operation]) =>
    ['/models/{model}', '/{}/{model}'].map((base) => ({ path: `${base}:${method}`, operation })),
  ),
  hosts: [
    { end: 'generativelanguage.googleapis.com', provider: 'google' },
    { end: '-aiplatform.googleapis.com', provider: 'google' },
    { end: 'aiplatform.googleapis.com', provider: 'google' },
  ],
  defaultProvider: 'google',
  readRequest,
  usageMembers: ['usageMetadata'],
  readAnswer: readGeminiAnswer,
  streamFraming: 'json-array',
  streamKeys: {
    telling: ['finishReason', 'blockReason', 'error', 'groundingMetadata'],
    running: 'usageMetadata',
    output: ['text', 'functionCall', 'inlineData', 'executableCode'],
  },
  readMessage: readChunk,
  isToken: ({ data }) => partsIn(data).some(isOutput),
}

function readRequest({ body, path, pathModel }: RequestInHand): RequestFacts {
  const settings = memberOf(body, 'generationConfig') ?? memberOf(body, 'generation_config')
  return {
    model: pathModel,
    isStream: path?.endsWith(':streamGenerateContent') === true,
    parameters: parametersIn(settings, memberOf(settings, 'thinkingConfig')),
  }
}

/** What a whole answer tells. */
export function readGeminiAnswer(answer: unknown, { known, request }: AnswerContext = {}): AnswerFacts {
  if (!isRecord(answer)) return {}
  const usage = answer.usageMetadata
  const model = textOf(answer.modelVersion)
  const fees = groundingFees(answer.candidates, model ?? known?.model ?? request?.model)
  return factsOf({
    usage: readGeminiUsage(usage, fees),
    rawUsage: rawUsageOf(usage),
    model,
    responseId: textOf(answer.responseId),
    finishReason: finishReasonOf(memberOf(firstOf(answer.candidates), 'finishReason')) ?? blockReasonIn(answer),
    serviceTier: textOf(memberOf(usage, 'serviceTier')) ?? textOf(memberOf(usage, 'trafficType')),
    errorType: errorTypeIn(answer),
  })
}

function readChunk(facts: AnswerFacts, { data }: StreamMessage, context: AnswerContext): AnswerFacts {
  const read = readGeminiAnswer(data, { ...context, known: facts })
  const earlier = facts.usage?.fees
  // What was searched for may stand in another chunk than the counts.
  const usage = earlier === undefined || read.usage === undefined ? read.usage : withFees(read.usage, earlier)
  const merged = mergeFacts(facts, { ...read, usage: usageWithCounts(facts.usage, usage) })
  // There is no end marker: the chunk with the reason is the last one.
  return merged.finishReason === undefined ? merged : { ...merged, isComplete: true }
}

function withFees(usage: Usage, earlier: readonly FeeCount[]): Usage {
  const fees = [...(usage.fees ?? [])]
  for (const fee of earlier) if (!fees.some(({ unit }) => unit === fee.unit)) fees.push(fee)
  return { ...usage, fees }
}

/** A chunk that tells a fee alone takes the counts of those before it. */
function usageWithCounts(earlier: Usage | undefined, later: Usage | undefined): Usage | undefined {
  if (earlier === undefined || later === undefined || later.input !== undefined) return later
  return { ...earlier, ...later }
}

function blockReasonIn(answer: Record<string, unknown>): string | undefined {
  return finishReasonOf(memberOf(answer.promptFeedback, 'blockReason'))
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

/**
 * Grounding by a search is charged once a request by the models before Gemini 3, and for each query since.
 * Source: ai.google.dev/gemini-api/docs/pricing, read 2026-11-28.
 */
function groundingFees(candidates: unknown, model: string | undefined): readonly FeeCount[] {
  if (!Array.isArray(candidates)) return []
  const grounded = candidates.map((candidate) => memberOf(candidate, 'groundingMetadata')).filter(isRecord)
  if (grounded.length === 0) return []
  // A search for pictures is a search as well.
  const queries = new Set(
    grounded.flatMap(({ webSearchQueries, imageSearchQueries }) => [
      ...listOf(webSearchQueries),
      ...listOf(imageSearchQueries),
    ]),
  )
  const chunks = grounded.flatMap(({ groundingChunks }) => listOf(groundingChunks))
  const hasChunkOf = (...kinds: readonly string[]) =>
    chunks.some((chunk) => kinds.some((kind) => memberOf(chunk, kind) !== undefined))
  // Either may be told by what is to be shown of it alone.
  const isOfMaps = hasChunkOf('maps') || grounded.some((one) => isFilled(one.googleMapsWidgetContextToken))
  const isOfWeb =
    queries.size > 0 || hasChunkOf('web', 'image') || grounded.some((one) => isRecord(one.searchEntryPoint))
  const isChargedByQuery = model !== undefined && /gemini-([3-9]|\d\d)/.test(model)
  const fees: FeeCount[] = []
  if (isOfWeb) fees.push({ unit: 'grounding', quantity: isChargedByQuery ? Math.max(1, queries.size) : 1 })
  if (isOfMaps) fees.push({ unit: 'mapsGrounding', quantity: 1 })
  return fees
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const readCounts = createCountReader(
  {
    prompt: ['promptTokenCount'],
    toolUse: ['toolUsePromptTokenCount'],
    cacheRead: ['cachedContentTokenCount'],
    promptAudio: ['promptTokensDetails.AUDIO.tokenCount'],
    promptImage: ['promptTokensDetails.IMAGE.tokenCount'],
    promptVideo: ['promptTokensDetails.VIDEO.tokenCount'],
    cachedAudio: ['cacheTokensDetails.AUDIO.tokenCount'],
    cachedImage: ['cacheTokensDetails.IMAGE.tokenCount'],
    cachedVideo: ['cacheTokensDetails.VIDEO.tokenCount'],
    output: ['candidatesTokenCount', 'responseTokenCount'],
    outputAudio: ['candidatesTokensDetails.AUDIO.tokenCount', 'responseTokensDetails.AUDIO.tokenCount'],
    outputImage: ['candidatesTokensDetails.IMAGE.tokenCount', 'responseTokensDetails.IMAGE.tokenCount'],
    reasoning: ['thoughtsTokenCount'],
    total: ['totalTokenCount'],
  },
  {
    // Parts of the counts above that are charged as text, or have no class of their own.
    harmless: {
      asOf: '2026-11-28',
      paths: [
        ...['promptTokensDetails.*', 'cacheTokensDetails.*', 'candidatesTokensDetails.*', 'responseTokensDetails.*'],
        ...['toolUsePromptTokensDetails.*', 'promptTextTokenCount'],
      ],
    },
  },
)

/**
 * The `usageMetadata` of Gemini: the prompt includes what was cached, what tools put into it comes on top, and whether the
 * candidates include the thoughts is told by the total alone.
 */
export function readGeminiUsage(usage: unknown, fees: readonly FeeCount[] = []): Usage | undefined {
  const { of, doubts } = readCounts(usage)
  return normalUsage({
    input: of.prompt === undefined ? of.toolUse : of.prompt + (of.toolUse ?? 0),
    cacheRead: of.cacheRead,
    cachedAudio: of.cachedAudio,
    // Tokens of a modality that came from the cache are counted once already.
    inputAudio: less(of.promptAudio, of.cachedAudio),
    inputImage: less(of.promptImage, of.cachedImage),
    inputVideo: less(of.promptVideo, of.cachedVideo),
    output: of.output,
    reasoning: of.reasoning,
    outputAudio: of.outputAudio,
    outputImage: of.outputImage ?? (isSplit(usage) ? 0 : undefined),
    total: of.total,
    isReasoningExtra: true,
    fees,
    doubts,
  })
}

/** The candidates are told by modality, so that what is not named as an image is none. */
function isSplit(usage: unknown): boolean {
  return isFilled(memberOf(usage, 'candidatesTokensDetails')) || isFilled(memberOf(usage, 'responseTokensDetails'))
}

function less(tokens: number | undefined, cached: number | undefined): number | undefined {
  return tokens === undefined ? undefined : Math.max(0, tokens - (cached ?? 0))
}

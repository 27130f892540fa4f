import type { FeeCount, Usage } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { modelIn, parametersIn } from '../request-facts.ts'
import type {
  AnswerFacts,
  Endpoint,
  HostRule,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'

const hosts: readonly HostRule[] = [
  { end: 'api.cohere.com', provider: 'cohere' },
  { end: 'api.cohere.ai', provider: 'cohere' },
]

const operations = {
  chat: 'chat',
  generate: 'text_completion',
  embed: 'embeddings',
  rerank: 'rerank',
  classify: 'classification',
  summarize: 'text_completion',
}

const endpoints = Object.entries(operations).flatMap(([name, operation]): Endpoint[] =>
  ['/v1', '/v2'].map((base) => ({ path: `/${name}`, base, operation })),
)

/**
 * Cohere's own chat, embeddings and rerank, of its first and its second version. What is charged are the billed units: a
 * prompt is read with more tokens than are billed.
 */
export const cohere: WireFormat = {
  name: 'cohere',
  endpoints,
  hosts,
  isOfItsHostsOnly: true,
  readRequest,
  usageMembers: ['usage', 'meta', 'billed_units', 'delta', 'response'],
  readAnswer: (answer) => readCohereFacts(answer),
  // The first version streams lines of JSON, the second says by its content type that it sends events.
  streamFraming: 'ndjson',
  streamKeys: {
    telling: ['billed_units', 'finish_reason', 'error'],
    tellingValues: ['message-end', 'stream-end'],
    output: ['text', 'tool_calls', 'tool_plan', 'thinking'],
  },
  readMessage: readEvent,
  isToken: isCohereToken,
}

function readRequest({ body }: RequestInHand): RequestFacts {
  return {
    model: modelIn(body),
    isStream: memberOf(body, 'stream') === true,
    parameters: parametersIn(body, memberOf(body, 'thinking')),
  }
}

/** What an answer tells; also that of a rerank elsewhere that states its units as Cohere does. */
export function readCohereFacts(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  const raw = answer.usage ?? answer.meta
  return factsOf({
    usage: readCohereUsage(raw),
    rawUsage: rawUsageOf(raw),
    model: textOf(answer.model),
    responseId: textOf(answer.id) ?? textOf(answer.response_id) ?? textOf(answer.generation_id),
    finishReason: finishReasonOf(answer.finish_reason),
    errorType: errorTypeIn(answer),
  })
}

function readEvent(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  if (memberOf(data, 'type') === 'message-start') {
    return mergeFacts(facts, { responseId: textOf(memberOf(data, 'id')) })
  }
  if (memberOf(data, 'type') === 'message-end') {
    return mergeFacts(facts, { ...readCohereFacts(memberOf(data, 'delta')), isComplete: true })
  }
  if (memberOf(data, 'event_type') !== 'stream-end') return mergeFacts(facts, { errorType: errorTypeIn(data) })
  const whole = readCohereFacts(memberOf(data, 'response'))
  const finishReason = finishReasonOf(memberOf(data, 'finish_reason')) ?? whole.finishReason
  return mergeFacts(facts, { ...whole, finishReason, isComplete: true })
}

function isCohereToken({ data }: StreamMessage): boolean {
  if (memberOf(data, 'event_type') === 'text-generation') return isFilled(memberOf(data, 'text'))
  const message = memberOf(memberOf(data, 'delta'), 'message')
  const content = memberOf(message, 'content')
  return (
    isFilled(memberOf(content, 'text')) ||
    isFilled(memberOf(content, 'thinking')) ||
    isFilled(memberOf(message, 'tool_plan')) ||
    isRecord(memberOf(message, 'tool_calls'))
  )
}

const readCounts = createCountReader(
  {
    input: ['billed_units.input_tokens'],
    inputImage: ['billed_units.image_tokens'],
    output: ['billed_units.output_tokens'],
    searchUnits: ['billed_units.search_units'],
    images: ['billed_units.images'],
    unbilledInput: ['tokens.input_tokens'],
    unbilledOutput: ['tokens.output_tokens'],
  },
  // How many tokens came from a cache changes nothing of what is billed.
  { harmless: { asOf: '2026-11-28', paths: ['cached_tokens', 'api_version'] } },
)

/** The `usage` of the second version, the `meta` of the first. */
function readCohereUsage(usage: unknown): Usage | undefined {
  const { of, doubts } = readCounts(usage)
  const fees: FeeCount[] = []
  if (of.searchUnits) fees.push({ unit: 'searchUnit', quantity: of.searchUnits })
  if (of.images) fees.push({ unit: 'image', quantity: of.images })
  const isBilled = of.input !== undefined || of.output !== undefined || fees.length > 0 || of.inputImage !== undefined
  const image = of.inputImage
  const input = image === undefined ? of.input : (of.input ?? 0) + image
  return isBilled
    ? normalUsage({ input, inputImage: image, output: of.output, fees, doubts })
    : normalUsage({ input: of.unbilledInput, output: of.unbilledOutput, doubts })
}

import type { FeeCount } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { modelIn, parametersIn } from '../request-facts.ts'
import type {
  AnswerContext,
  AnswerFacts,
  HostRule,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'
import { openaiChat, readOpenaiRequest } from './openai-chat.ts'

const hosts: readonly HostRule[] = [{ end: 'api.mistral.ai', provider: 'mistral' }]

/** Mistral's chat, fill-in-the-middle and agents: OpenAI's answers, but that a stream carries its usage unasked. */
export const mistral: WireFormat = {
  ...openaiChat,
  name: 'mistral',
  endpoints: [{ path: '/chat/completions' }, { path: '/fim/completions' }, { path: '/agents/completions' }],
  hosts,
  isOfItsHostsOnly: true,
  readRequest: readMistralRequest,
}

function readMistralRequest(request: RequestInHand): RequestFacts {
  return {
    ...readOpenaiRequest(request),
    model: modelIn(request.body) ?? textOf(memberOf(request.body, 'agent_id')),
  }
}

const noOutput: Pick<WireFormat, 'streamFraming' | 'streamKeys' | 'isToken'> = {
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'usage_info', 'error'], output: [] },
  isToken: () => false,
}

/** Mistral's reading of documents, which is charged by the page. */
export const mistralOcr: WireFormat = {
  ...noOutput,
  name: 'mistral-ocr',
  operation: 'ocr',
  endpoints: [{ path: '/ocr' }],
  hosts,
  isOfItsHostsOnly: true,
  readRequest: ({ body }) => ({ model: modelIn(body), isStream: false, parameters: ocrParameters(body) }),
  usageMembers: ['usage_info'],
  readAnswer: (answer, { request } = {}) => readPages(answer, request),
  readMessage: (facts, { data }, { request }) => mergeFacts(facts, readPages(data, request)),
}

/** Pages that are annotated as well have a price of their own. */
function ocrParameters(body: unknown): RequestFacts['parameters'] {
  const isAnnotated = ['document_annotation_format', 'bbox_annotation_format'].some((name) =>
    isRecord(memberOf(body, name)),
  )
  return isAnnotated ? { ...parametersIn(body), annotated: true } : parametersIn(body)
}

const readPageCounts = createCountReader(
  { pages: ['pages_processed'], input: ['prompt_tokens'], output: ['completion_tokens'], total: ['total_tokens'] },
  { harmless: { asOf: '2026-11-28', paths: ['doc_size_bytes'] } },
)

function readPages(answer: unknown, request: AnswerContext['request']): AnswerFacts {
  const info = memberOf(answer, 'usage_info')
  const { of, doubts } = readPageCounts(info)
  const page: FeeCount = { unit: 'page', quantity: of.pages ?? 0 }
  const fee = request?.parameters?.annotated === true ? { ...page, variant: 'annotated' } : page
  return factsOf({
    usage: normalUsage({ ...of, fees: page.quantity > 0 ? [fee] : [], doubts }),
    rawUsage: rawUsageOf(info),
    model: textOf(memberOf(answer, 'model')),
    errorType: errorTypeIn(answer),
  })
}

/** Mistral's conversations: what its own tools are called for is charged beside the tokens. */
export const mistralConversations: WireFormat = {
  name: 'mistral-conversations',
  operation: 'chat',
  endpoints: [{ path: '/conversations' }, { path: '/conversations/{}' }, { path: '/conversations/{}/restart' }],
  hosts,
  isOfItsHostsOnly: true,
  readRequest: readMistralRequest,
  usageMembers: ['usage'],
  readAnswer: (answer) => readConversation(answer),
  streamFraming: 'sse',
  streamKeys: {
    telling: ['usage', 'error'],
    tellingValues: ['conversation.response.done', 'conversation.response.error'],
    output: ['content', 'arguments'],
  },
  readMessage: readConversationEvent,
  isToken: ({ data }) => isFilled(memberOf(data, 'content')),
}

const readConversationCounts = createCountReader(
  {
    input: ['prompt_tokens'],
    output: ['completion_tokens'],
    connector: ['connector_tokens'],
    total: ['total_tokens'],
    webSearches: ['connectors.web_search'],
    premiumSearches: ['connectors.web_search_premium'],
    codeRuns: ['connectors.code_interpreter'],
    images: ['connectors.image_generation'],
  },
  { readElsewhere: ['connector_tokens_details'] },
)

function readConversation(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  const { of, doubts } = readConversationCounts(answer.usage)
  const fees: FeeCount[] = []
  if (of.webSearches) fees.push({ unit: 'webSearch', quantity: of.webSearches })
  if (of.premiumSearches) fees.push({ unit: 'webSearch', quantity: of.premiumSearches, variant: 'premium' })
  if (of.codeRuns) fees.push({ unit: 'codeInterpreter', quantity: of.codeRuns })
  if (of.images) fees.push({ unit: 'image', quantity: of.images })
  // What the tools brought is read by the model, as its prompt is.
  const input = of.input === undefined ? of.connector : of.input + (of.connector ?? 0)
  return factsOf({
    usage: normalUsage({ input, output: of.output, total: of.total, fees, doubts }),
    rawUsage: rawUsageOf(answer.usage),
    responseId: textOf(answer.conversation_id),
    errorType: errorTypeIn(answer),
  })
}

function readConversationEvent(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  switch (memberOf(data, 'type')) {
    case 'conversation.response.done':
      return mergeFacts(facts, { ...readConversation(data), isComplete: true })
    case 'conversation.response.error':
      return mergeFacts(facts, { errorType: errorTypeIn(data) ?? 'error' })
    default:
      return mergeFacts(facts, { responseId: textOf(memberOf(data, 'conversation_id')) })
  }
}

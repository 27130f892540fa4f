import type { FeeCount } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { isRecord, memberOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { hasMembers, parametersIn } from '../request-facts.ts'
import type { AnswerFacts, WireFormat } from '../wire-format.ts'
import { openaiChat, readOpenaiRequest } from './openai-chat.ts'

/** Google's `:predict`: embeddings count tokens or characters for each text, and images are charged by the image. */
export const vertexPredict: WireFormat = {
  name: 'vertex-predict',
  endpoints: [{ path: '/models/{model}:predict' }, { path: '/endpoints/{model}:predict' }],
  defaultProvider: 'google',
  accepts: (request) => hasMembers(request, 'instances'),
  readRequest: ({ body, pathModel }) => ({
    model: pathModel,
    isStream: false,
    parameters: parametersIn(memberOf(body, 'parameters')),
  }),
  usageMembers: ['metadata'],
  readAnswer: (answer) => readPrediction(answer),
  streamFraming: 'sse',
  streamKeys: { telling: ['predictions', 'error'], output: [] },
  readMessage: (facts, { data }) => mergeFacts(facts, readPrediction(data)),
  isToken: () => false,
}

/** Models of others on Vertex that answer as OpenAI does, such as Mistral's. */
export const vertexRawPredict: WireFormat = {
  ...openaiChat,
  name: 'vertex-raw-predict',
  endpoints: [
    { path: '/publishers/{}/models/{model}:rawPredict' },
    { path: '/publishers/{}/models/{model}:streamRawPredict' },
  ],
  hosts: undefined,
  defaultProvider: 'google',
  readRequest: (request) => {
    const facts = readOpenaiRequest(request)
    const isStream = facts.isStream || request.path?.endsWith(':streamRawPredict') === true
    return { ...facts, model: request.pathModel ?? facts.model, isStream }
  },
}

const readStatistics = createCountReader(
  { tokens: ['token_count'], characters: ['billableCharacterCount'] },
  { harmless: { asOf: '2026-11-28', paths: ['tokenMetadata'] } },
)

function readPrediction(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  const predictions = Array.isArray(answer.predictions) ? answer.predictions : []
  const statistics = predictions.map((prediction) => memberOf(memberOf(prediction, 'embeddings'), 'statistics'))
  const counts = [...statistics, answer.metadata].map((part) => readStatistics(part))
  const tokens = counts.flatMap(({ of }) => (of.tokens === undefined ? [] : [of.tokens]))
  const input = tokens.length === 0 ? undefined : tokens.reduce((sum, count) => sum + count, 0)
  const characters = counts.reduce((sum, { of }) => sum + (of.characters ?? 0), 0)
  const images = predictions.filter((prediction) => /^image\//.test(String(memberOf(prediction, 'mimeType')))).length
  const fees: FeeCount[] = []
  // The newer embeddings are charged by the token, and state characters beside them.
  if (characters > 0 && input === undefined) fees.push({ unit: 'character', quantity: characters })
  if (images > 0) fees.push({ unit: 'image', quantity: images })
  return factsOf({
    usage: normalUsage({ input, fees, doubts: counts.flatMap(({ doubts }) => doubts) }),
    rawUsage: rawUsageOf(answer.metadata),
    errorType: errorTypeIn(answer),
  })
}

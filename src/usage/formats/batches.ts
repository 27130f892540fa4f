import { factsOf, rawUsageOf } from '../answer-facts.ts'
import { isRecord, memberOf, textOf } from '../json-value.ts'
import type { AnswerFacts, DeferredAnswer, DeferredResult, Endpoint, WireFormat } from '../wire-format.ts'
import { readMessageBody } from './anthropic.ts'
import { readGeminiAnswer } from './gemini.ts'
import { readChatFacts } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { readOpenaiUsage } from './openai-usage.ts'

// Batches: many calls that are handed in together and answered within a day, at half the price. The request that hands
// them in is no call to a model; what it is answered with only names the batch.

const noCall: Omit<WireFormat, 'name' | 'endpoints'> = {
  readRequest: () => ({ isStream: false, parameters: {} }),
  usageMembers: [],
  readAnswer: () => ({}),
  streamFraming: 'sse',
  streamKeys: { telling: [], output: [] },
  readMessage: (facts) => facts,
  isToken: () => false,
}

/**
 * OpenAI's batches, and those of Azure, Groq and Together. OpenAI's finished batch states the usage of all its calls; where
 * it does not, the file of its answers has the usage of each.
 */
export const openaiBatch: WireFormat = {
  ...noCall,
  name: 'openai-batch',
  endpoints: [
    // Azure's path has no version, or one after `/openai`.
    ...['/v1', '/openai'].flatMap((base): readonly Endpoint[] => [
      { path: '/batches', base, role: 'deferred-start' },
      { path: '/batches/{}', base, method: 'GET', role: 'deferred-result' },
    ]),
    { path: '/files/{}/content', method: 'GET', role: 'deferred-result', framing: 'ndjson', isOfNamedFilesOnly: true },
  ],
  readResult: (document) => (isLineOfFile(document) ? readLineOfFile(document) : readBatch(document)),
}

const finalStates: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired', 'cancelled'])

function readBatch(batch: unknown): DeferredResult | undefined {
  const id = textOf(memberOf(batch, 'id'))
  if (!isRecord(batch) || batch.object !== 'batch' || id === undefined || !finalStates.has(batch.status))
    return undefined
  const model = textOf(batch.model)
  const usage = readOpenaiUsage(batch.usage, { model })
  if (usage === undefined) {
    const files = [textOf(batch.output_file_id)].filter((file) => file !== undefined)
    return { answers: [], files }
  }
  const facts = factsOf({ usage, rawUsage: rawUsageOf(batch.usage), model, responseId: id, serviceTier: 'batch' })
  return { answers: [{ id, facts }] }
}

/** Mistral's batches: a job names the file of its answers. */
export const mistralBatch: WireFormat = {
  ...noCall,
  name: 'mistral-batch',
  endpoints: [
    { path: '/batch/jobs', role: 'deferred-start' },
    { path: '/batch/jobs/{}', method: 'GET', role: 'deferred-result' },
    { path: '/files/{}/content', method: 'GET', role: 'deferred-result', framing: 'ndjson' },
  ],
  hosts: [{ end: 'api.mistral.ai', provider: 'mistral' }],
  isOfItsHostsOnly: true,
  readResult: (document) => (isLineOfFile(document) ? readLineOfFile(document) : readJob(document)),
}

function readJob(job: unknown): DeferredResult | undefined {
  const file = textOf(memberOf(job, 'output_file'))
  return file === undefined ? undefined : { answers: [], files: [file] }
}

function isLineOfFile(line: unknown): boolean {
  return memberOf(line, 'custom_id') !== undefined && isRecord(memberOf(line, 'response'))
}

/** A line of a file of answers: what was asked for under `custom_id`, and the answer as the call alone would have had it. */
function readLineOfFile(line: unknown): DeferredResult {
  const body = memberOf(memberOf(line, 'response'), 'body')
  const isResponse = memberOf(body, 'object') === 'response'
  const facts = isResponse ? openaiResponses.readAnswer(body, {}) : readChatFacts(body)
  return answersOf([[textOf(memberOf(line, 'id')) ?? facts.responseId, facts]])
}

/** Anthropic's message batches: the results are lines of JSON, one for each message. */
export const anthropicBatch: WireFormat = {
  ...noCall,
  name: 'anthropic-batch',
  endpoints: [
    { path: '/messages/batches', base: '/v1', role: 'deferred-start' },
    { path: '/messages/batches/{}/results', base: '/v1', method: 'GET', role: 'deferred-result', framing: 'ndjson' },
  ],
  readResult: (line) => {
    const message = memberOf(memberOf(line, 'result'), 'message')
    const facts = readMessageBody(message)
    return answersOf([[facts.responseId, facts]])
  },
}

/** Gemini's batches whose answers are in the operation itself. */
export const geminiBatch: WireFormat = {
  ...noCall,
  name: 'gemini-batch',
  endpoints: [
    { path: '/models/{model}:batchGenerateContent', role: 'deferred-start' },
    { path: '/batches/{}', base: '/v1beta', method: 'GET', role: 'deferred-result' },
  ],
  hosts: [{ end: 'generativelanguage.googleapis.com', provider: 'google' }],
  isOfItsHostsOnly: true,
  defaultProvider: 'google',
  readResult: readGeminiBatch,
}

function readGeminiBatch(operation: unknown): DeferredResult | undefined {
  const name = textOf(memberOf(operation, 'name'))
  const isDone = memberOf(operation, 'done') === true
  const output = memberOf(operation, 'response') ?? memberOf(memberOf(operation, 'metadata'), 'output')
  const inlined = memberOf(memberOf(output, 'inlinedResponses'), 'inlinedResponses')
  if (name === undefined || !isDone || !Array.isArray(inlined)) return undefined
  const model = textOf(memberOf(memberOf(operation, 'metadata'), 'model'))?.replace(/^models\//, '')
  return answersOf(
    inlined.map((one, index) => {
      const facts = readGeminiAnswer(memberOf(one, 'response'))
      return [facts.responseId ?? `${name}/${index}`, { ...facts, model: facts.model ?? model }]
    }),
  )
}

/** Of the calls of a batch those that were answered: the others are not charged. */
function answersOf(found: readonly (readonly [id: string | undefined, facts: AnswerFacts])[]): DeferredResult {
  const answers: DeferredAnswer[] = []
  for (const [id, facts] of found) {
    if (id !== undefined && facts.usage !== undefined)
      answers.push({ id, facts: { ...facts, responseId: id, serviceTier: 'batch' } })
  }
  return { answers }
}

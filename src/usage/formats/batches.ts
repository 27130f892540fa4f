import { promptTokensOf } from '../../metadata/usage.ts'
import { factsOf, rawUsageOf, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import { countOf, isRecord, memberOf, textOf } from '../json-value.ts'
import type { AnswerFacts, DeferredAnswer, DeferredResult, Endpoint, WireFormat } from '../wire-format.ts'
import { anthropic } from './anthropic.ts'
import { gemini } from './gemini.ts'
import { noCall } from './no-call.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { readOpenaiUsage } from './openai-usage.ts'
import { readLater } from './read-later.ts'

// Batches: many calls that are handed in together and answered within a day, at half the price. The request that hands
// them in is no call to a model; what it is answered with only names the batch.

/**
 * OpenAI's batches, and those of Azure, Groq, Together and Novita. OpenAI's finished batch states the usage of all its calls;
 * where it does not, the file of its answers has the usage of each. Sources: the `Batch` of the package openai, 6;
 * docs.together.ai, batch inference, read 2026-11-29, whose states are in capitals and whose batch has no `object`.
 */
export const openaiBatch: WireFormat = {
  ...noCall,
  name: 'openai-batch',
  endpoints: [
    // Azure's path has no version, or one after `/openai`.
    ...['/v1', '/openai'].flatMap((base): readonly Endpoint[] => [
      { path: '/batches', base, role: 'deferred-start' },
      { path: '/batches/{}', base, method: 'GET', role: 'deferred-result' },
      { path: '/batches', base, method: 'GET', role: 'deferred-result', isList: true },
    ]),
    { path: '/files/{}/content', method: 'GET', role: 'deferred-result', framing: 'ndjson', isOfNamedFilesOnly: true },
  ],
  readResult: (document) => (isLineOfFile(document) ? readLineOfFile(document) : readBatch(document)),
}

const finalStates: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired', 'cancelled'])

function readBatch(batch: unknown): DeferredResult | undefined {
  const id = textOf(memberOf(batch, 'id'))
  if (!isRecord(batch) || id === undefined || !finalStates.has(String(batch.status).toLowerCase())) return undefined
  if (batch.object !== 'batch' && batch.input_file_id === undefined) return undefined
  const model = textOf(batch.model)
  const usage = readOpenaiUsage(batch.usage, { model })
  // Whoever does not count them leaves the counts out, or at 0.
  if (usage === undefined || promptTokensOf(usage) === 0) {
    const files = [textOf(batch.output_file_id)].filter((file) => file !== undefined)
    return { answers: [], files }
  }
  const facts = factsOf({ usage, rawUsage: rawUsageOf(batch.usage), model, responseId: id, serviceTier: 'batch' })
  return { answers: [{ id, facts: withDoubts(facts, doubtsBeside(batch, ['usage'])) }] }
}

/** Mistral's batches. Source: the `BatchJob` of the package @mistralai/mistralai. */
export const mistralBatch: WireFormat = {
  ...noCall,
  name: 'mistral-batch',
  endpoints: [
    { path: '/batch/jobs', role: 'deferred-start' },
    { path: '/batch/jobs/{}', method: 'GET', role: 'deferred-result' },
    { path: '/batch/jobs', method: 'GET', role: 'deferred-result', isList: true },
    { path: '/files/{}/content', method: 'GET', role: 'deferred-result', framing: 'ndjson' },
  ],
  hosts: [{ end: 'api.mistral.ai', provider: 'mistral' }],
  isOfItsHostsOnly: true,
  readResult: (document) => (isLineOfFile(document) ? readLineOfFile(document) : readJob(document)),
}

/** A job names the file of its answers, or has them in it, where that was asked for. */
function readJob(job: unknown): DeferredResult | undefined {
  const file = textOf(memberOf(job, 'output_file'))
  const outputs = memberOf(job, 'outputs')
  if (Array.isArray(outputs) && outputs.length > 0)
    return { answers: outputs.filter(isLineOfFile).flatMap((line) => readLineOfFile(line).answers) }
  return file === undefined ? undefined : { answers: [], files: [file] }
}

function isLineOfFile(line: unknown): boolean {
  return memberOf(line, 'custom_id') !== undefined && isRecord(memberOf(line, 'response'))
}

/** A line of a file of answers: what was asked for under `custom_id`, and the answer as the call alone would have had it. */
function readLineOfFile(line: unknown): DeferredResult {
  const body = memberOf(memberOf(line, 'response'), 'body')
  const isResponse = memberOf(body, 'object') === 'response'
  const facts = readLater(isResponse ? openaiResponses : openaiChat, body)
  return answersOf([[textOf(memberOf(line, 'id')) ?? facts.responseId, facts]])
}

/**
 * Anthropic's message batches: the results are lines of JSON, one for each message. Source: the
 * `MessageBatchIndividualResponse` of the package @anthropic-ai/sdk.
 */
export const anthropicBatch: WireFormat = {
  ...noCall,
  name: 'anthropic-batch',
  endpoints: [
    { path: '/messages/batches', base: '/v1', role: 'deferred-start' },
    { path: '/messages/batches/{}/results', base: '/v1', method: 'GET', role: 'deferred-result', framing: 'ndjson' },
  ],
  readResult: (line) => {
    const message = memberOf(memberOf(line, 'result'), 'message')
    const facts = readLater(anthropic, message)
    return answersOf([[facts.responseId, facts]])
  },
}

/**
 * Gemini's batches: the answers are in the operation itself, or in a file of lines that it names. Source: the package
 * @google/genai, `batchJobFromMldev` and `downloadFile`; ai.google.dev/api/batch-mode.
 */
export const geminiBatch: WireFormat = {
  ...noCall,
  name: 'gemini-batch',
  endpoints: [
    { path: '/models/{model}:batchGenerateContent', role: 'deferred-start' },
    { path: '/models/{model}:asyncBatchEmbedContent', role: 'deferred-start' },
    ...['/v1beta', '/v1alpha', '/v1'].flatMap((base): readonly Endpoint[] => [
      { path: '/batches/{}', base, method: 'GET', role: 'deferred-result' },
      { path: '/batches', base, method: 'GET', role: 'deferred-result', isList: true },
    ]),
    {
      path: '/files/{}:download',
      method: 'GET',
      role: 'deferred-result',
      framing: 'ndjson',
      isOfNamedFilesOnly: true,
    },
  ],
  hosts: [{ end: 'generativelanguage.googleapis.com', provider: 'google' }],
  isOfItsHostsOnly: true,
  defaultProvider: 'google',
  readResult: (document) =>
    memberOf(document, 'name') === undefined ? readGeminiLine(document) : readGeminiBatch(document),
}

function readGeminiBatch(operation: unknown): DeferredResult | undefined {
  if (textOf(memberOf(operation, 'name')) === undefined || memberOf(operation, 'done') !== true) return undefined
  const metadata = memberOf(operation, 'metadata')
  const model = textOf(memberOf(metadata, 'model'))?.replace(/^models\//, '')
  const output = memberOf(operation, 'response') ?? memberOf(metadata, 'output')
  const file = textOf(memberOf(output, 'responsesFile'))
  const answers = [
    ...inlinedIn(output, 'inlinedResponses').map((one) => readLater(gemini, memberOf(one, 'response'))),
    ...inlinedIn(output, 'inlinedEmbedContentResponses').map((one) => readEmbedding(memberOf(one, 'response'))),
  ]
  return {
    ...answersOf(answers.map((facts) => [facts.responseId, { ...facts, model: facts.model ?? model }])),
    ...(file === undefined ? {} : { files: [file.slice(file.lastIndexOf('/') + 1)] }),
  }
}

function inlinedIn(output: unknown, name: string): readonly unknown[] {
  const inlined = memberOf(memberOf(output, name), 'inlinedResponses')
  return Array.isArray(inlined) ? inlined : []
}

/** What is embedded counts its tokens beside the numbers. */
function readEmbedding(answer: unknown): AnswerFacts {
  const facts = readLater(gemini, answer)
  const tokens = countOf(memberOf(answer, 'tokenCount'))
  return facts.usage !== undefined || tokens === undefined ? facts : { ...facts, usage: { input: tokens } }
}

/** A line of a file: the answer to the request of a `key`, or the status of one that failed. */
function readGeminiLine(line: unknown): DeferredResult {
  const facts = readEmbedding(memberOf(line, 'response') ?? line)
  return answersOf([[facts.responseId, facts]])
}

/** Of the calls of a batch those that were answered: the others are not charged. */
function answersOf(found: readonly (readonly [id: string | undefined, facts: AnswerFacts])[]): DeferredResult {
  const answers: DeferredAnswer[] = []
  for (const [id, facts] of found) {
    if (facts.usage !== undefined) answers.push({ id, facts: { ...facts, responseId: id, serviceTier: 'batch' } })
  }
  return { answers }
}

import { factsOf } from '../answer-facts.ts'
import { isRecord, memberOf, textOf } from '../json-value.ts'
import { parametersIn } from '../request-facts.ts'
import type { DeferredResult, Endpoint, WireFormat } from '../wire-format.ts'
import { openaiChat } from './openai-chat.ts'
import { readLater } from './read-later.ts'

const paths = ['/async/chat/completions', '/async/sonar']

/**
 * Perplexity's questions that are answered later: the body wraps a chat in `request`, and a GET of the id has the answer in
 * `response`. Source: docs.perplexity.ai, asynchronous chat completions, read 2026-11-29.
 */
export const perplexityAsync: WireFormat = {
  ...openaiChat,
  name: 'perplexity-async',
  endpoints: paths.flatMap((path): readonly Endpoint[] => [
    { path },
    { path: `${path}/{}`, method: 'GET', role: 'deferred-result' },
  ]),
  hosts: [{ end: 'api.perplexity.ai', provider: 'perplexity' }],
  isOfItsHostsOnly: true,
  readRequest: ({ body }) => {
    const chat = memberOf(body, 'request')
    return { model: textOf(memberOf(chat, 'model')), isStream: false, parameters: parametersIn(chat) }
  },
  readAnswer: (job) => factsOf({ model: modelOf(job), responseId: idOf(job), isDeferred: true }),
  readResult,
}

function readResult(job: unknown): DeferredResult | undefined {
  const id = idOf(job)
  const status = memberOf(job, 'status')
  if (id === undefined || (status !== 'COMPLETED' && status !== 'FAILED')) return undefined
  const response = memberOf(job, 'response')
  const facts = isRecord(response) ? readLater(openaiChat, response) : { model: modelOf(job), errorType: 'failed' }
  return { answers: [{ id, facts: factsOf({ ...facts, responseId: id }) }] }
}

function idOf(job: unknown): string | undefined {
  return textOf(memberOf(job, 'id'))
}

function modelOf(job: unknown): string | undefined {
  return textOf(memberOf(job, 'model'))
}

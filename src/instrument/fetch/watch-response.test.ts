import { expect, test } from 'vitest'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { currentScope } from '../../runtime/scope.ts'
import { endpointOf, type WireFormat, wireFormatOf } from '../../usage/index.ts'
import { beginAttempt } from '../attempt/begin-attempt.ts'
import { RequestBody } from '../attempt/request-body.ts'
import { watchResponse } from './watch-response.ts'

const url = new URL('https://api.openai.com/v1/chat/completions')

function fail(): never {
  throw new Error('a fault of the parser')
}

const real = wireFormatOf(url) ?? fail()

/** A format each of whose functions that look at an answer throws. */
const faulty: Readonly<Record<string, WireFormat>> = {
  'the reader of an answer': { ...real, readAnswer: fail },
  'the reader of a message': { ...real, readMessage: fail },
  'the reader of headers': { ...real, readHeaders: fail },
  'the look for a first token': { ...real, isToken: fail },
  'the last look': { ...real, settle: fail },
}

const json = '{"model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}'
const stream = `data: ${json}\n\ndata: [DONE]\n\n`

const readers: Readonly<Record<string, (response: Response) => Promise<string>>> = {
  'text()': (response) => response.text(),
  'arrayBuffer()': async (response) => new TextDecoder().decode(await response.arrayBuffer()),
  'its body': async (response) => {
    let text = ''
    for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk)
    return text
  },
}

const table = Object.keys(faulty).flatMap((fault) =>
  Object.keys(readers).flatMap((reader) => [true, false].map((isStream) => ({ fault, reader, isStream }))),
)

test.each(table)(
  '$fault throws: $reader (stream: $isStream) gives what it would',
  async ({ fault, reader, isStream }) => {
    const endpoint = { ...(endpointOf(url) ?? fail()), format: faulty[fault] ?? fail() }
    const read = readers[reader] ?? fail()
    const text = isStream ? stream : json
    const { value, error, attempts } = await observeRequests(async () => {
      const scope = currentScope() ?? fail()
      const body = new RequestBody(JSON.stringify({ model: 'm', stream: isStream, messages: [] }))
      const attempt =
        beginAttempt({ scope, url, endpoint, body, header: () => undefined, trace: { within: undefined } }) ?? fail()
      const headers = { 'content-type': isStream ? 'text/event-stream' : 'application/json' }
      const response = new Response(text, { headers })
      attempt.respond(response)
      return read(watchResponse(response, attempt))
    })
    expect(error).toBeUndefined()
    expect(value).toBe(text)
    expect(attempts).toHaveLength(1)
    expect(attempts[0]?.status).toBe(200)
  },
)

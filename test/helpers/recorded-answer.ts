import { beginAttempt } from '../../src/instrument/attempt/begin-attempt.ts'
import { RequestBody } from '../../src/instrument/attempt/request-body.ts'
import { watchResponse } from '../../src/instrument/fetch/watch-response.ts'
import { currentScope } from '../../src/runtime/scope.ts'
import { endpointOf as knownEndpointOf } from '../../src/usage/registry.ts'
import { type Observation, observeRequests } from './observe-requests.ts'

/** One call as it was on the wire. */
export interface WireCall {
  readonly url: string
  readonly body?: unknown
  readonly requestHeaders?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** A document, or the text of a stream. */
  readonly answer: unknown
}

/** Records a call as the interceptors do, without a server: what an account says of this answer. */
export function recordAnswer(
  { url, body, requestHeaders = {}, headers, answer }: WireCall,
  endpointOf = knownEndpointOf,
): Promise<Observation<string>> {
  return observeRequests(async () => {
    const parsed = new URL(url)
    const endpoint = endpointOf(parsed)
    const scope = currentScope()
    if (endpoint === undefined || scope === undefined) throw new Error(`${url} is no call to a model`)
    const attempt = beginAttempt({
      scope,
      url: parsed,
      endpoint,
      body: new RequestBody(body === undefined ? undefined : JSON.stringify(body)),
      header: (name) => requestHeaders[name],
      trace: { within: undefined },
    })
    if (attempt === undefined) throw new Error(`${url}: the body is no call to a model`)
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
    const response = new Response(text, {
      headers: { 'content-type': typeof answer === 'string' ? 'text/event-stream' : 'application/json', ...headers },
    })
    attempt.respond(response)
    return watchResponse(response, attempt).text()
  })
}

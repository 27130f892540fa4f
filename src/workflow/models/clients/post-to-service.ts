import { APICallError } from '@ai-sdk/provider'
import type { ModelAddress } from '../model-addresses.ts'
import type { AskableModel } from '../model-object.ts'
import type { ClientParts } from './client-parts.ts'
import { openaiEndpointOf } from './openai-endpoint.ts'

type Options = Parameters<AskableModel['doGenerate']>[0]

/** An answer of a service, read whole. */
export interface ServiceAnswer {
  readonly contentType: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** Posts to a path of a service that speaks OpenAI's formats. */
export type PostToService = (
  path: string,
  body: Readonly<Record<string, unknown>> | FormData,
  options: Pick<Options, 'abortSignal' | 'headers'>,
) => Promise<ServiceAnswer>

/**
 * What posts to a model's service.
 *
 * @throws APICallError for a refusal, as the clients of the AI SDK do, so that retries know it. It does not quote the request.
 */
export function posterTo({ model, address, fetch }: ClientParts): PostToService {
  const { baseUrl, bearer, headers: own, query } = openaiEndpointOf(model, address)
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`
  return async (path, body, { abortSignal, headers = {} }) => {
    const url = `${baseUrl}${path}${search}`
    const isForm = body instanceof FormData
    const response = await fetch(url, {
      method: 'POST',
      // The boundary of a form is known to whoever writes it.
      headers: {
        ...(isForm ? {} : { 'content-type': 'application/json' }),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...own,
        ...Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : []))),
      },
      body: isForm ? body : JSON.stringify(body),
      signal: abortSignal ?? null,
    })
    const answer = Buffer.from(await response.arrayBuffer())
    const responseHeaders = Object.fromEntries(response.headers)
    if (response.ok) {
      return { contentType: response.headers.get('content-type') ?? '', body: answer, headers: responseHeaders }
    }
    const responseBody = answer.toString()
    throw new APICallError({
      message: messageIn(responseBody) ?? (response.statusText || `status ${response.status}`),
      url,
      requestBodyValues: {},
      statusCode: response.status,
      responseHeaders,
      responseBody,
    })
  }
}

/** An answer that cannot be read: it is asked for again, as one that was cut is. */
export function unreadable(
  what: string,
  { address, cause }: { readonly address: ModelAddress; readonly cause?: unknown },
) {
  return new APICallError({ message: what, url: address.url ?? '', requestBodyValues: {}, statusCode: 200, cause })
}

/** The JSON of an answer; undefined for what is none. */
export function jsonOf(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** What a service says of its error; undefined where it says nothing that can be read. */
export function messageIn(body: string): string | undefined {
  const value = jsonOf(body)
  const error: unknown = typeof value === 'object' && value !== null && 'error' in value ? value.error : value
  if (typeof error === 'string') return error
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined
  return typeof error.message === 'string' ? error.message : undefined
}

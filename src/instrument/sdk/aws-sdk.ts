import { Readable } from 'node:stream'
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { currentOrOutsideScope, runInScope } from '../../runtime/scope.ts'
import { isRecord, memberOf } from '../../usage/json-value.ts'
import type { AnswerTap } from '../attempt/answer-tap.ts'
import { errorTypeOf } from '../attempt/error-type.ts'
import { observeWrittenRequest, type WrittenRequest } from '../http/observe-request.ts'
import { watchReadable } from '../http/watch-readable.ts'

const name = 'sygraMetadata'

/**
 * Accounts for the requests of a Bedrock client, whichever transport it uses: each attempt with its status, duration,
 * tokens and cost. Gives the client. Where the transport is watched as well, an attempt is counted once.
 *
 * @example
 * const client = trackBedrockClient(new BedrockRuntimeClient({ region: 'us-east-1' }))
 */
export function trackBedrockClient<Client extends Pick<BedrockRuntimeClient, 'middlewareStack'>>(
  client: Client,
): Client {
  client.middlewareStack.add(
    (next) => async (args) => {
      const written = observeSafely(args.request)
      if (written === undefined) return next(args)
      try {
        // What watches the transport leaves this request to us.
        const result = await runInScope({ ...currentOrOutsideScope(), isObserved: true }, () => next(args))
        respondSafely(written, result.response)
        return result
      } catch (error) {
        written.close(errorTypeOf(error))
        throw error
      }
    },
    // Nearest to the transport, so that each attempt passes with its answer as it came.
    { step: 'deserialize', priority: 'low', name, override: true },
  )
  return client
}

function observeSafely(request: unknown): WrittenRequest | undefined {
  try {
    const headers = memberOf(request, 'headers')
    const written = observeWrittenRequest({
      url: urlOf(request),
      method: 'POST',
      header: (header) => textOf(memberOf(headers, header)),
      addHeader: (header, value) => Reflect.set(Object(request), 'headers', { ...Object(headers), [header]: value }),
    })
    written?.write(memberOf(request, 'body'))
    written?.end()
    return written
  } catch {
    return undefined
  }
}

function urlOf(request: unknown): string {
  const part = (key: string) => textOf(memberOf(request, key)) ?? ''
  const port = part('port')
  return `${part('protocol')}//${part('hostname')}${port === '' ? '' : `:${port}`}${part('path')}`
}

function respondSafely(written: WrittenRequest, response: unknown): void {
  try {
    const headers = memberOf(response, 'headers')
    const get = (header: string) => textOf(isRecord(headers) ? headers[header.toLowerCase()] : undefined) ?? null
    const tap = written.respond({ status: Number(memberOf(response, 'statusCode') ?? 0), headers: { get } })
    if (tap !== undefined) watchBody(memberOf(response, 'body'), tap)
  } catch {}
}

/** What came before we could listen is told too; it goes back to where its reader takes it from. */
function watchBody(body: unknown, tap: AnswerTap): void {
  if (!(body instanceof Readable)) {
    tap.leave()
    return
  }
  watchReadable(body, tap)
  const early: unknown = body.read()
  if (early instanceof Uint8Array) {
    body.unshift(early)
    tap.chunk(early)
  }
  // The end may have come as well, unheard.
  body.once('end', () => tap.end())
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

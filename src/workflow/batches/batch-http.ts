import { redactLongText } from '../../runtime/redact.ts'
import { currentOrOutsideScope, runInScope } from '../../runtime/scope.ts'
import { messageIn } from '../models/clients/post-to-service.ts'

/** A provider has refused what it was asked about a batch. */
export class BatchRefusal extends Error {
  /** 0 when no answer came: then nobody knows whether it was done. */
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }

  /** The provider has said no; otherwise what was asked may have been done all the same. */
  get isCertain(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 409 && this.status !== 429
  }
}

/** Speaks to a provider about batches; its answers are no calls to a model, and what they hold is counted call by call. */
export interface BatchHttp {
  readonly json: (method: 'GET' | 'POST', path: string, body?: BodyInit | object) => Promise<unknown>
  readonly fetch: (url: string) => Promise<Response>
  readonly url: (path: string) => string
}

/** So long a small request may take, and one that uploads or fetches a file, in milliseconds. */
const patienceMs = 120_000
const filePatienceMs = 1_800_000

export function createBatchHttp({
  fetch,
  baseUrl,
  query = '',
  headers,
}: {
  readonly fetch: typeof globalThis.fetch
  readonly baseUrl: string
  /** Behind every address, as `?api-version=…`. */
  readonly query?: string
  readonly headers: Readonly<Record<string, string>>
}): BatchHttp {
  const url = (path: string) =>
    /^https?:/.test(path) ? path : `${baseUrl}${path}${path.includes('?') ? query.replace('?', '&') : query}`
  const send = async (address: string, init: RequestInit, patience: number): Promise<Response> => {
    const signal = AbortSignal.timeout(patience)
    try {
      return await runInScope({ ...currentOrOutsideScope(), isObserved: true, sendLater: undefined }, () =>
        fetch(address, { ...init, headers: { ...headers, ...init.headers }, signal }),
      )
    } catch (error) {
      throw new BatchRefusal(0, `no answer from ${new URL(address).host}`, { cause: error })
    }
  }
  const checked = async (response: Response): Promise<Response> => {
    if (response.ok) return response
    const text = await response.text().catch(() => '')
    throw new BatchRefusal(
      response.status,
      `status ${response.status}: ${redactLongText(messageIn(text) ?? text, 500)}`,
    )
  }
  return {
    url,
    async json(method, path, body) {
      const isRaw = body === undefined || body instanceof FormData || body instanceof Blob
      const init: RequestInit = isRaw
        ? { method, body }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      const typed: RequestInit =
        body instanceof Blob ? { ...init, headers: { 'content-type': 'application/json' } } : init
      const response = await checked(
        await send(url(path), typed, isRaw && method === 'POST' ? filePatienceMs : patienceMs),
      )
      try {
        return await response.json()
      } catch (error) {
        throw new BatchRefusal(0, 'an answer that is no JSON', { cause: error })
      }
    },
    fetch: async (address) => checked(await send(address, { method: 'GET' }, filePatienceMs)),
  }
}

import { setTimeout as wait } from 'node:timers/promises'
import { messageOf, SygraError } from '../../../errors.ts'

/** How to reach a Hugging Face Hub. */
export interface HubAccess {
  /** Default: `HF_ENDPOINT`, else https://huggingface.co. */
  readonly endpoint?: string
  /** Default: `HF_TOKEN`. */
  readonly token?: string
  /** Waits before the second, third, … try of a request that failed for a passing reason. Default 0.5, 1, 2 and 4 s. */
  readonly retryWaitsMs?: readonly number[]
  /** Where `HF_ENDPOINT` and `HF_TOKEN` are looked up. Default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** Requests to one Hub. */
export interface HubClient {
  readonly endpoint: string
  /** Sends a GET and reads its answer; a body that breaks off counts as a passing failure too. */
  get<Answer>(url: string, request: HubRequest, read: (response: Response) => Promise<Answer>): Promise<Answer>
}

/** A request to the Hub. */
interface HubRequest {
  /** What is asked for, in messages. */
  readonly what: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const defaultWaitsMs = [500, 1000, 2000, 4000]

/** Makes a client; a request that fails for a passing reason (429, 5xx, no connection) is repeated. */
export function createHubClient(access: HubAccess = {}): HubClient {
  const environment = access.environment ?? process.env
  const endpoint = (access.endpoint ?? (environment.HF_ENDPOINT || 'https://huggingface.co')).replace(/\/+$/, '')
  const token = access.token ?? environment.HF_TOKEN
  const waitsMs = access.retryWaitsMs ?? defaultWaitsMs

  async function get<Answer>(
    url: string,
    request: HubRequest,
    read: (response: Response) => Promise<Answer>,
  ): Promise<Answer> {
    const { what, headers, signal } = request
    for (let attempt = 0; ; attempt += 1) {
      let failure: SygraError
      try {
        const response = await fetch(url, {
          headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
          signal,
        })
        if (response.ok) return await read(response)
        await response.body?.cancel()
        failure = refused(response.status, { endpoint, what, hasToken: Boolean(token) })
        if (!isPassing(response.status)) throw failure
      } catch (error) {
        if (error instanceof SygraError || signal?.aborted) throw error
        failure = unreachable(endpoint, what, error)
      }
      if (attempt >= waitsMs.length) throw failure
      await wait(waitsMs[attempt], undefined, { signal })
    }
  }

  return { endpoint, get }
}

function isPassing(status: number): boolean {
  return status === 429 || status === 408 || status >= 500
}

function unreachable(endpoint: string, what: string, failure: unknown): SygraError {
  const cause = failure instanceof Error && failure.cause !== undefined ? failure.cause : failure
  return new SygraError(
    'not_found',
    `${what}: ${endpoint} cannot be reached (${messageOf(cause)}); check the network, or set HF_ENDPOINT to a Hub you reach`,
    {
      cause: failure,
    },
  )
}

function refused(
  status: number,
  { endpoint, what, hasToken }: { endpoint: string; what: string; hasToken: boolean },
): SygraError {
  if (status === 401 || status === 403) {
    const remedy = hasToken
      ? 'check its name, and that your HF_TOKEN may read it (a gated dataset asks you to accept its terms on its page)'
      : 'check its name; if it is private or gated, set HF_TOKEN to a token that may read it'
    return new SygraError('missing_key', `${what}: ${endpoint} refused access (${status}); ${remedy}`)
  }
  if (status === 404)
    return new SygraError('not_found', `${what}: not found on ${endpoint}; check repo_id, revision and spelling`)
  return new SygraError('not_found', `${what}: ${endpoint} answered ${status}; try again later`)
}

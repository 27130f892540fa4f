import { type RequestEnd, succeeded } from '../event.ts'

/** By what the attempts that failed are counted: what went wrong in a word, or `http_503`; `http_0` where no response arrived. */
export function errorKindOf({
  status,
  errorType,
}: {
  readonly status: number
  readonly errorType?: string | undefined
}): string {
  return errorType ?? `http_${status}`
}

/** Refused: waiting cannot help. Trouble: it may. Alive: the model answers, if only that it will not. */
export type Sign = 'alive' | 'trouble' | 'refused'

/** What an attempt says of the health of its model; undefined when it says nothing. */
export function signOf(request: RequestEnd): Sign | undefined {
  const { status, isAborted, errorType } = request
  // Taken back by its caller: that is not the model's fault, unless it was too slow.
  if (isAborted === true || errorType === 'aborted') return undefined
  // Too fast, which is no illness.
  if (status === 429 || status === 529) return undefined
  if (succeeded(request)) return 'alive'
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'refused'
  return status === 0 || status >= 500 || (status >= 200 && status < 300) ? 'trouble' : 'alive'
}

/** How an attempt failed, in a word: `http_503`, `ECONNREFUSED`; `invalid_json` of an answer that came with 200. */
export function wordOf({ status, errorType }: RequestEnd): string {
  if (status === 0) return errorType ?? 'no answer'
  return status < 400 && errorType !== undefined ? errorType : `http_${status}`
}

/**
 * How a request ends whose answer is lost: it had been sent, and the provider may have gone on with it and charge for it. A
 * connection that was refused, a host that is not found and a certificate that does not hold come before that.
 */
const lostBy: ReadonlySet<string> = new Set([
  ...['timeout', 'aborted', 'connection_cut', 'stream_cut'],
  ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'],
  ...['UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_ABORTED'],
  ...['ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_STREAM_CANCEL', 'ERR_HTTP2_SESSION_ERROR', 'ERR_HTTP2_GOAWAY_SESSION'],
])

/** Whether a request was sent and nobody knows what became of it: not even a status came back. */
export function isAnswerLost({ status, errorType }: Pick<RequestEnd, 'status' | 'errorType'>): boolean {
  return status === 0 && errorType !== undefined && lostBy.has(errorType)
}

/** Why such a request has no cost that is known. */
export const lostAnswerReason = 'no answer came, and the provider may have charged for it'

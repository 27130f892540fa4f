import type { RequestEnd } from './event.ts'

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

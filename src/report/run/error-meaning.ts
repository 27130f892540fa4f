import { errorName } from './error-name.ts'
import { meaningOf } from './run-tables.ts'

const meanings = new Map([
  // An answer that came and was of no use, so that the record failed over it.
  ['200', 'answered, but of no use'],
  ['connection_cut', 'the answer broke off'],
  ['UND_ERR_SOCKET', 'the connection broke off'],
  ['ECONNRESET', 'the connection broke off'],
  ['EPIPE', 'the connection broke off'],
  ['ECONNREFUSED', 'nothing listens there'],
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'the name of the host could not be looked up'],
  ['ETIMEDOUT', 'no connection in time'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'no answer in time'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stopped coming'],
  ['TimeoutError', 'no answer in time'],
  ['AbortError', 'called off by the program'],
])

/** What a kind of error means, in words; a dash where its name says all that is known. */
export function meaningOfError(error: string): string {
  const name = errorName(error)
  return meanings.get(name) ?? meaningOf(name)
}

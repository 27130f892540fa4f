import { certificateCodes } from '../../metadata/events/certificate-codes.ts'
import { errorName } from './error-name.ts'

/** Statuses and other kinds of error, in words. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['0', 'no response'],
  ['200', 'OK'],
  ['400', 'bad request'],
  ['401', 'not authorized'],
  ['403', 'forbidden'],
  ['404', 'not found'],
  ['408', 'timeout'],
  ['409', 'conflict'],
  ['413', 'too large'],
  ['422', 'cannot be processed'],
  ['429', 'too many requests'],
  ['500', 'server error'],
  ['502', 'bad gateway'],
  ['503', 'unavailable'],
  ['504', 'gateway timeout'],
  ['529', 'overloaded'],
  ['model_answer', 'an answer that is of no use'],
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
  ...certificateCodes,
])

/** What a response code means, in words; a dash where it has no common meaning. */
export function meaningOfCode(code: string): string {
  return meanings.get(code) ?? '–'
}

/** What a kind of error means, in words; a dash where its name says all that is known. */
export function meaningOfError(error: string): string {
  return meaningOfCode(errorName(error))
}

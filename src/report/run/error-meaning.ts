import { certificateCodes } from '../../metadata/events/certificate-codes.ts'

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

/**
 * A kind of error as people call it: `502` for `http_502`, the names of exceptions and codes as they are. What older files call
 * `http_200` failed over what was in an answer.
 */
export function errorName(error: string): string {
  if (error === 'http_0') return 'no response'
  const [, status] = /^http_(\d{3})$/.exec(error) ?? []
  if (status === undefined) return error
  return Number(status) < 400 ? 'model_answer' : status
}

/** What can be done about the commonest reason of failures; undefined where its own words have to do. */
export function failureHint(
  errorTypes: Readonly<Record<string, number>> = {},
  reasons: readonly string[] = [],
): string | undefined {
  const [error] = Object.entries(errorTypes).sort(([, a], [, b]) => b - a)[0] ?? []
  if (error === undefined) return undefined
  // A provider says with 429 both that there are too many requests and that nothing is left on the account.
  if (error === 'http_402' || (error === 'http_429' && reasons.some((reason) => noneLeft.test(reason)))) {
    return 'nothing is left on the account, and waiting does not help: add credit, raise its limit, or use another key'
  }
  // An answer that came, and was no JSON, is a page of something else.
  if (error === 'model_answer' && reasons.some((reason) => /invalid json response/i.test(reason))) return hints.no_model
  return hints[error]
}

const noneLeft = /quota|billing|credit|balance/i

const hints: Readonly<Record<string, string>> = {
  http_401: 'the key is not taken: check it, and that it belongs to this service',
  http_403: 'the key may not do this: check its rights, and whether the model is offered in this region',
  http_404: 'check the name of the model, and its address, which often ends in /v1',
  http_405: 'check the address of the model, which often ends in /v1',
  no_model: 'what answers there does not speak like a model: check the address',
  http_0: 'check the network and the address of the model',
}

/** A word for why no response came: the system's code (`ECONNREFUSED`), `aborted`, `timeout`, or `connection_error`. */
export function errorTypeOf(error: unknown): string {
  if (isAbort(error)) return leftTypeOf(error)
  const cause = error instanceof Error ? error.cause : undefined
  // The cause is the system's own word: HTTP/2 calls a refused connection a cancelled stream.
  for (const candidate of [cause, error]) {
    if (typeof candidate === 'object' && candidate !== null && 'code' in candidate) return String(candidate.code)
  }
  return 'connection_error'
}

/** True for the error of an abort by the caller or by its timeout. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

/** The word for a request that its caller took back. */
export function leftTypeOf(error: unknown): string {
  return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'aborted'
}

/** A word for the kind of what was thrown: its status or code where it has one, else its name; `model_answer` where an answer came that nothing could be made of. Never its message, which may quote data. */
export function thrownTypeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  try {
    if ('statusCode' in error && typeof error.statusCode === 'number') {
      // What failed over an answer that came with 200 failed over what was in it.
      return error.statusCode >= 400 ? `http_${error.statusCode}` : 'model_answer'
    }
    if ('code' in error && typeof error.code === 'string') return error.code
    return error instanceof Error && typeof error.name === 'string' ? error.name : 'object'
  } catch {
    return 'object'
  }
}

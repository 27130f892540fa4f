import { type RequestEnd, succeeded } from './event.ts'

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

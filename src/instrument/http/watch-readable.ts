import { Readable } from 'node:stream'
import type { AnswerTap } from '../attempt/answer-tap.ts'
import { replaceMethod } from './replace-method.ts'

/**
 * Tells a tap of what a stream of Node's is given, as it arrives and without setting it flowing. A stream that ends early
 * is told as broken, or as left when its reader went away.
 */
export function watchReadable(body: unknown, tap: AnswerTap): void {
  if (!(body instanceof Readable)) return
  let hasEnded = false
  const { push, _destroy: destroy } = body
  replaceMethod(body, 'push', (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) {
      hasEnded = true
      tap.end()
    } else if (chunk instanceof Uint8Array) tap.chunk(chunk)
    return push.call(body, chunk, encoding)
  })
  // A listener for `close` would be one more than the program has set.
  replaceMethod(body, '_destroy', (error: Error | null, done: (error?: Error | null) => void) => {
    // HTTP/2 finds out only now what the error was.
    return destroy.call(body, error, (found) => {
      const reason = found ?? error
      if (!hasEnded && reason) tap.fail(reason)
      else if (!hasEnded) tap.leave()
      done(found)
    })
  })
}

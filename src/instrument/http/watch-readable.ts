import { Readable } from 'node:stream'
import type { AnswerTap } from '../attempt/answer-tap.ts'

/**
 * Tells a tap of what a stream of Node's is given, as it arrives and without setting it flowing. A stream that ends early
 * is told as broken, or as left when its reader went away.
 */
export function watchReadable(body: unknown, tap: AnswerTap): void {
  if (!(body instanceof Readable)) return
  let hasEnded = false
  const { push } = body
  body.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) {
      hasEnded = true
      tap.end()
    } else if (chunk instanceof Uint8Array) tap.chunk(chunk)
    return push.call(body, chunk, encoding)
  }
  body.once('close', () => {
    if (hasEnded) return
    if (body.errored === null) tap.leave()
    else tap.fail(body.errored)
  })
}

import { type ClientHttp2Stream, constants, type Http2Session } from 'node:http2'
import type { AnswerTap } from '../attempt/answer-tap.ts'
import { errorTypeOf } from '../attempt/error-type.ts'
import type { Http2Observer } from './intercept-http2.ts'
import { observeWrittenRequest, type WrittenRequest } from './observe-request.ts'
import { replaceMethod } from './replace-method.ts'
import { watchReadable } from './watch-readable.ts'

/** Observes one request over HTTP/2 from its first byte to the last of its answer, once it is there. */
export const observeHttp2: Http2Observer = (request) => {
  const written = observeWrittenRequest(request)
  return written === undefined ? undefined : (stream) => follow(stream, written)
}

function follow(stream: ClientHttp2Stream, written: WrittenRequest): void {
  const { session } = stream
  const body = createWaitingTap()
  let isLeft = false
  let hasAnswer = false
  const { write, end, close, destroy, emit, _destroy: finish } = stream
  const respond = (headers: unknown) => {
    hasAnswer = true
    const textOf = (name: string) => {
      const value: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, name) : undefined
      return value === undefined || value === null ? null : String(value)
    }
    const status = Number(textOf(constants.HTTP2_HEADER_STATUS) ?? 0)
    body.connect(written.respond({ status, headers: { get: (name) => textOf(name.toLowerCase()) } }))
  }
  // Each replaced on the one stream: what it inherits is shared with every other.
  const methods = {
    write(...args: unknown[]) {
      written.write(args[0], args[1])
      return Reflect.apply(write, stream, args)
    },
    end(...args: unknown[]) {
      if (typeof args[0] !== 'function') written.write(args[0], args[1])
      written.end()
      return Reflect.apply(end, stream, args)
    },
    // Bedrock's client says no error when its caller aborts, and the answer then seems to end by itself.
    close(...args: unknown[]) {
      isLeft ||= isConnected(session)
      return Reflect.apply(close, stream, args)
    },
    destroy(...args: unknown[]) {
      isLeft ||= args[0] === undefined && isConnected(session)
      return Reflect.apply(destroy, stream, args)
    },
    // In place of listeners, which would be more than the program has set.
    emit(...args: unknown[]) {
      if (args[0] === 'response' && !hasAnswer) respond(args[1])
      return Reflect.apply(emit, stream, args)
    },
    _destroy(error: Error | null, done: (error?: Error | null) => void) {
      return finish.call(stream, error, (found) => {
        if (!hasAnswer) written.close(isLeft ? 'aborted' : errorTypeOf(found ?? error))
        done(found)
      })
    },
  }
  for (const [name, method] of Object.entries(methods)) replaceMethod(stream, name, method)
  watchReadable(stream, {
    ...body.tap,
    end: () => (isLeft ? body.tap.leave() : body.tap.end()),
    fail: (error) => (isLeft ? body.tap.leave() : body.tap.fail(error)),
  })
}

/** False when the connection went first: Node itself closes the streams then. */
function isConnected(session: Http2Session | undefined): boolean {
  try {
    return session?.socket.destroyed === false
  } catch {
    return false
  }
}

/** A tap that keeps what it hears until it knows whom to tell: the first bytes may come before the headers are told of. */
function createWaitingTap(): { readonly tap: AnswerTap; readonly connect: (target: AnswerTap | undefined) => void } {
  let waiting: ((target: AnswerTap) => void)[] | undefined = []
  let target: AnswerTap | undefined
  const tell = (act: (target: AnswerTap) => void) => {
    if (waiting !== undefined) waiting.push(act)
    else if (target !== undefined) act(target)
  }
  return {
    tap: {
      chunk: (bytes) => tell((tap) => tap.chunk(bytes)),
      end: () => tell((tap) => tap.end()),
      fail: (error) => tell((tap) => tap.fail(error)),
      leave: () => tell((tap) => tap.leave()),
    },
    connect(to) {
      const acts = waiting ?? []
      waiting = undefined
      target = to
      if (to !== undefined) for (const act of acts) act(to)
    },
  }
}

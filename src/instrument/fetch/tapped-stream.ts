import { createUsageChunkFilter } from '../../usage/index.ts'
import type { AnswerTap } from '../attempt/answer-tap.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A body that tells its tap of every chunk, and whether anybody has begun to read it. */
export interface TappedStream {
  readonly readable: ReadableStream<Bytes>
  readonly hasStarted: () => boolean
}

/**
 * The body of an answer with a tap on it: same chunks, none held back, a cancel reaches the connection at once. Whoever
 * takes a reader or iterates reads the original; pipes and copies go through a stream that asks it for each chunk.
 */
export function tapStream(native: ReadableStream<Bytes>, tap: AnswerTap): TappedStream {
  const { readable, isOpen } = passOn(native, tap)
  let hasStarted = false
  const { getReader } = readable
  const take = <Result>(read: () => Result): Result => {
    const taken = read()
    hasStarted = true
    return taken
  }
  Object.defineProperties(readable, {
    getReader: ownValue((options?: { mode?: 'byob' }) => {
      if (options?.mode !== undefined || isOpen()) return getReader.call(readable, options)
      return take(() => tapReader(native.getReader(), tap))
    }),
    values: ownValue((options?: { preventCancel?: boolean }) => take(() => tapIterator(native, options, tap))),
    [Symbol.asyncIterator]: ownValue(() => take(() => tapIterator(native, undefined, tap))),
    locked: { configurable: true, get: () => native.locked || isLocked(readable) },
    cancel: ownValue((reason?: unknown) => {
      if (!native.locked) tap.leave()
      return native.cancel(reason)
    }),
  })
  return { readable, hasStarted: () => hasStarted || isOpen() }
}

/** The same, without the chunk of usage that the caller did not ask for. */
export function tapAndFilterStream(native: ReadableStream<Bytes>, tap: AnswerTap): TappedStream {
  const { readable, isOpen } = passOn(native, tap, createUsageChunkFilter())
  return { readable, hasStarted: isOpen }
}

interface Filter {
  push(chunk: Uint8Array): Uint8Array | undefined
  end(): Uint8Array | undefined
}

/** A stream that asks the body for a chunk only when it is asked for one. */
function passOn(native: ReadableStream<Bytes>, tap: AnswerTap, filter?: Filter) {
  let source: ReadableStreamDefaultReader<Bytes> | undefined
  const open = () => {
    source ??= native.getReader()
    return source
  }
  const readable = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      for (;;) {
        const { done, value } = await readAndTell(open(), tap)
        const rest = done ? filter?.end() : filter === undefined ? value : filter.push(value)
        if (rest !== undefined) controller.enqueue(rest as Bytes)
        if (done) {
          controller.close()
          // A reader that brought its own buffer waits for it until it is told that nothing comes.
          controller.byobRequest?.respond(0)
        }
        if (done || rest !== undefined) return
      }
    },
    cancel(reason) {
      tap.leave()
      return open().cancel(reason)
    },
  })
  return { readable, isOpen: () => source !== undefined }
}

async function readAndTell(reader: ReadableStreamDefaultReader<Bytes>, tap: AnswerTap) {
  try {
    const result = await reader.read()
    // Before it is handed on: a byte stream takes the buffer away from us.
    tell(tap, result)
    return result
  } catch (error) {
    tap.fail(error)
    throw error
  }
}

/** The body's own reader; it tells the tap before its caller hears. */
function tapReader(reader: ReadableStreamDefaultReader<Bytes>, tap: AnswerTap): ReadableStreamDefaultReader<Bytes> {
  const { read, cancel } = reader
  const overhear = createListener(tap)
  reader.read = () => overhear(read.call(reader))
  reader.cancel = (reason) => {
    tap.leave()
    return cancel.call(reader, reason)
  }
  return reader
}

function tapIterator(
  native: ReadableStream<Bytes>,
  options: { preventCancel?: boolean } | undefined,
  tap: AnswerTap,
): ReadableStreamAsyncIterator<Bytes> {
  const iterator = native.values(options)
  const { next, return: leave } = iterator
  const overhear = createListener(tap)
  iterator.next = () => overhear(next.call(iterator))
  if (leave === undefined || options?.preventCancel === true) return iterator
  iterator.return = (value) => {
    tap.leave()
    return leave.call(iterator, value)
  }
  return iterator
}

interface ReadResult {
  readonly done?: boolean
  readonly value?: Bytes
}

/** Gives promises back as they are: the tap was there first, so it hears first. One for all chunks of a body. */
function createListener(tap: AnswerTap) {
  const hear = (result: ReadResult) => tell(tap, result)
  const hearError = (error: unknown) => tap.fail(error)
  return <Result extends ReadResult>(reading: Promise<Result>): Promise<Result> => {
    reading.then(hear, hearError)
    return reading
  }
}

function tell(tap: AnswerTap, { done, value }: ReadResult): void {
  if (done) tap.end()
  else if (value !== undefined) tap.chunk(value)
}

function ownValue(value: unknown): PropertyDescriptor {
  return { value, configurable: true, writable: true }
}

const lockedGetter = Object.getOwnPropertyDescriptor(ReadableStream.prototype, 'locked')?.get

function isLocked(readable: ReadableStream): boolean {
  return lockedGetter?.call(readable) === true
}

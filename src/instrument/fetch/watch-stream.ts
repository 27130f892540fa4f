import { ReadableByteStreamController, ReadableStream } from 'node:stream/web'
import { isRecord } from '../../usage/json-value.ts'
import type { AnswerTap } from '../attempt/answer-tap.ts'

/** Takes out of a stream what its reader is not to see; undefined where nothing is left of a chunk. */
export interface StreamFilter {
  push(chunk: Uint8Array): Uint8Array | undefined
  end(): Uint8Array | undefined
}

export interface WatchStreamOptions {
  readonly filter?: StreamFilter
  /** True to watch also what may be fed where it is not heard: then the tap hears a part, or nothing. */
  readonly mayBePart?: boolean
}

interface Controller {
  enqueue(chunk: unknown): void
  close(): void
  error(reason: unknown): void
}

/**
 * Watches a stream from beneath: whoever feeds it calls `enqueue`, `close` and `error` of its controller, which nobody who
 * reads the stream can see, and each of them is overheard there. The stream, and the response around it, stay what they
 * were: reading, copying, piping, cancelling and refusing are the platform's own.
 *
 * Gives false, and has done nothing, where a stream cannot be watched so: Node keeps the controller under a private symbol
 * (20 to 26 do), and a copy that `tee()` or `clone()` made, or the end of a `TransformStream`, is fed within Node.
 */
export function watchStream(stream: object, tap: AnswerTap, options: WatchStreamOptions = {}): boolean {
  const { filter, mayBePart = false } = options
  const state = privateState(stream, keys.stream)
  const controller = state?.controller
  const inside = privateState(controller, keys.controller)
  if (inside === undefined || !isController(controller)) return false
  // Whoever has put a method of its own on it calls what we cannot hear.
  if (Object.hasOwn(controller, 'enqueue') || Object.hasOwn(controller, 'close')) return false
  const isCopied = isCopy(inside)
  if (!mayBePart && (!(controller instanceof ReadableByteStreamController) || isCopied)) return false
  const queued = queuedChunks(inside.queue)
  if (queued === undefined || (queued.length > 0 && filter !== undefined)) return false
  for (const bytes of queued) tellSafely(tap, 'chunk', bytes)
  if (inside.closeRequested === true || state?.state === 'closed') tellSafely(tap, 'end')
  else if (isCopied) overhearReads(controller, tap)
  else overhear(controller, tap, filter)
  return true
}

/** Tells a tap; its faults stay within: whoever feeds the stream must not meet them. */
function tellSafely(tap: AnswerTap, what: keyof AnswerTap, value?: unknown): void {
  try {
    if (what !== 'chunk') tap[what](value)
    else if (value instanceof Uint8Array) tap.chunk(value)
  } catch {}
}

function overhear(controller: Controller, tap: AnswerTap, filter: StreamFilter | undefined): void {
  const { enqueue } = controller
  const { prototype, taps } = overhearingOf(Object.getPrototypeOf(controller))
  taps.set(controller, tap)
  Object.setPrototypeOf(controller, prototype)
  if (filter === undefined) return
  replace(controller, 'enqueue', filtered(controller, { tap, filter, enqueue }))
  const { close } = controller
  replace(controller, 'close', () => {
    const rest = filter.end()
    if (rest !== undefined) enqueue.call(controller, rest)
    return close.call(controller)
  })
}

/**
 * Stands between a controller and its own prototype, for all that have the same: own methods of a controller would be seen by
 * whoever made the stream, and to make them for each stream would take longer than all else that is done with it.
 */
interface Overhearing {
  readonly prototype: object
  readonly taps: WeakMap<object, AnswerTap>
}

/** By the prototype that a controller had: one of ours where a stream is watched a second time. */
const overhearings = new WeakMap<object, Overhearing>()

function overhearingOf(base: object): Overhearing {
  let overhearing = overhearings.get(base)
  if (overhearing === undefined) {
    overhearing = createOverhearing(base)
    overhearings.set(base, overhearing)
  }
  return overhearing
}

function createOverhearing(base: object): Overhearing {
  const prototype = Object.create(base)
  const taps = new WeakMap<object, AnswerTap>()
  const tell = (name: string | symbol | undefined, what: keyof AnswerTap) => {
    const original: unknown = name === undefined ? undefined : Reflect.get(base, name)
    if (name === undefined || typeof original !== 'function') return
    replace(prototype, name, function (this: object, value: unknown): unknown {
      const tap = taps.get(this)
      // Before it is handed on: a byte stream takes the buffer away.
      if (tap !== undefined) tellSafely(tap, what, value)
      return Reflect.apply(original, this, [value])
    })
  }
  tell('enqueue', 'chunk')
  tell('close', 'end')
  tell('error', 'fail')
  tell(keys.cancel, 'leave')
  return { prototype, taps }
}

/** Hears what is read of a copy, but for what a reader with a buffer of its own reads. */
function overhearReads(controller: Controller, tap: AnswerTap): void {
  const key = symbolNamed(Object.getPrototypeOf(controller), 'kPull')
  const pull: unknown = key === undefined ? undefined : Reflect.get(controller, key)
  if (key === undefined || typeof pull !== 'function') return
  const hear: Readonly<Record<string, (value: unknown) => void>> = {
    kChunk: (chunk) => tellSafely(tap, 'chunk', chunk),
    kClose: () => tellSafely(tap, 'end'),
    kError: (error) => tellSafely(tap, 'fail', error),
  }
  // One object may stand for every read of a pipe.
  const overheard = new WeakSet<object>()
  replace(controller, key, (read: unknown): unknown => {
    if (isRecord(read) && !overheard.has(read)) {
      overheard.add(read)
      for (const [name, tell] of Object.entries(hear)) overhearAnswer(read, name, tell)
    }
    return Reflect.apply(pull, controller, [read])
  })
}

/** Hears of one of the functions by which Node answers a read. */
function overhearAnswer(read: object, name: string, tell: (value: unknown) => void): void {
  const key = symbolNamed(read, name) ?? symbolNamed(Object.getPrototypeOf(read), name)
  const answer: unknown = key === undefined ? undefined : Reflect.get(read, key)
  if (key === undefined || typeof answer !== 'function') return
  replace(read, key, (value: unknown): unknown => {
    tell(value)
    return Reflect.apply(answer, read, [value])
  })
}

interface Filtering {
  readonly tap: AnswerTap
  readonly filter: StreamFilter
  readonly enqueue: Controller['enqueue']
}

/** The `enqueue` of a stream some of which is kept from its reader. */
function filtered(controller: Controller, { tap, filter, enqueue }: Filtering) {
  let isHeldBack = false
  // Whoever feeds the stream stops when nothing more is wanted, and nothing seems wanted after a chunk that nobody got.
  const wanted = () => (isHeldBack ? 1 : Reflect.get(ReadableByteStreamController.prototype, 'desiredSize', controller))
  Object.defineProperty(controller, 'desiredSize', { configurable: true, get: wanted })
  return (chunk: Uint8Array) => {
    tellSafely(tap, 'chunk', chunk)
    const rest = filter.push(chunk)
    isHeldBack = rest === undefined
    if (rest !== undefined) enqueue.call(controller, rest)
  }
}

function replace(controller: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(controller, name, { value, configurable: true, writable: true })
}

/** Where this Node keeps what is asked here; each undefined where it keeps it elsewhere. */
const keys = findKeys()

function findKeys() {
  const stream = new ReadableStream({ type: 'bytes' })
  const streamKey = symbolNamed(stream, 'kState')
  const controller = privateState(stream, streamKey)?.controller
  return {
    stream: streamKey,
    controller: symbolNamed(controller, 'kState'),
    cancel: symbolNamed(ReadableByteStreamController.prototype, 'kCancel'),
  }
}

function symbolNamed(object: unknown, description: string): symbol | undefined {
  if (!isRecord(object)) return undefined
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)
}

function privateState(object: unknown, key: symbol | undefined): Record<string, unknown> | undefined {
  if (key === undefined || !isRecord(object)) return undefined
  const state: unknown = Reflect.get(object, key)
  return isRecord(state) ? state : undefined
}

function isController(value: unknown): value is Controller {
  return (
    isRecord(value) &&
    typeof value.enqueue === 'function' &&
    typeof value.close === 'function' &&
    typeof value.error === 'function'
  )
}

/** True for a branch of `tee()`, which Node feeds past its controller. */
function isCopy({ pullAlgorithm }: Record<string, unknown>): boolean {
  return typeof pullAlgorithm === 'function' && /^pull[12]?Algorithm$/.test(pullAlgorithm.name)
}

/** What was put in before anybody watched; undefined where it cannot be known. */
function queuedChunks(queue: unknown): readonly Uint8Array[] | undefined {
  const items = Array.isArray(queue) ? queue : ringItems(queue)
  if (items?.length === 0) return []
  return items?.flatMap((item: unknown) => {
    if (item instanceof Uint8Array) return [item]
    if (!isRecord(item)) return []
    const { value, buffer, byteOffset, byteLength } = item
    if (value instanceof Uint8Array) return [value]
    return buffer instanceof ArrayBuffer ? [new Uint8Array(buffer, Number(byteOffset), Number(byteLength))] : []
  })
}

/** The items of the ring that Node 24 and newer keep. */
function ringItems(queue: unknown): readonly unknown[] | undefined {
  if (!isRecord(queue)) return undefined
  const { list, head, tail, capacityMask } = queue
  if (!Array.isArray(list) || typeof head !== 'number' || typeof capacityMask !== 'number') return undefined
  const items: unknown[] = []
  for (let at = head; at !== tail && items.length < list.length; at = (at + 1) & capacityMask) items.push(list[at])
  return items.length === 0 && queue.length !== 0 ? undefined : items
}

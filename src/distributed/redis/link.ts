import { DefaultDeserializer, DefaultSerializer } from 'node:v8'
import { clearTimer, monotonicMs, pause, setSoon, setTimer, within } from '../../runtime/clock.ts'

/** What stands before the messages that are sent together. */
interface FrameHead {
  /** Who has sent it. */
  readonly from: string
  /** Its number, from 1; 0 holds no message. */
  readonly number: number
  /** All up to that number have come. */
  readonly heard: number
  /** Something behind `heard` is missing: it is to be sent again. */
  readonly isGap?: boolean
  /** How the sender ended, told by who saw it: it says nothing more. */
  readonly lost?: string
}

/** Messages on their way, or what was heard of the other side alone. */
interface Frame<Message> extends FrameHead {
  readonly messages: readonly Message[]
}

interface LinkOptions<In> {
  /** Whose end this is. */
  readonly from: string
  /** Puts frames, in their order, where the other side takes them; rejects only when that will never be possible. */
  readonly push: (frames: readonly Buffer[]) => Promise<unknown>
  readonly onMessage: (message: In) => void
}

/** A frame that goes out next; of one that is sent again nobody waits for it. */
interface Outgoing {
  readonly bytes: Buffer
  readonly left?: () => void
  readonly failed?: (error: unknown) => void
}

/** Heard messages are confirmed with what is sent anyway, or after that time. */
const confirmMs = 100
const gapMs = 500
const firstRepeatMs = 2_000
const mostRepeatMs = 15_000
/** Sent again at a time; the rest is asked for. */
const mostRepeatedBytes = 1024 * 1024
/** So many messages go together at most, however long they had to wait. */
const mostTogether = 1_000
/** For the last word, after which nobody listens. */
const leastSettleMs = 100

/**
 * One end of a conversation over something that may lose what it carries, or give it twice, as a Redis that is killed does:
 * messages that leave together have a number, are kept until the other side has confirmed it, and are handed over once and in
 * order.
 */
export class Link<Out, In> {
  readonly #options: LinkOptions<In>
  readonly #unheard = new Map<number, Buffer>()
  /** What is said next is added to it. */
  #open: OpenFrame | undefined
  #waiting: Outgoing[] = []
  #leaving: readonly Outgoing[] = []
  #isFlushing = false
  #isRepeatDue = false
  #number = 0
  #heard = 0
  #confirmTimer: NodeJS.Timeout | undefined
  #repeatTimer: NodeJS.Timeout | undefined
  #repeatMs = firstRepeatMs
  #gapAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: LinkOptions<In>) {
    this.#options = options
  }

  /**
   * Sends a message. Resolves when it has left this process; rejects when the link is closed before.
   *
   * @throws at once for what cannot be told to another process.
   */
  send(message: Out): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('the link is closed'))
    this.#open ??= this.#openFrame()
    const { leaving } = this.#open
    this.#open.add(message)
    if (this.#open.size >= mostTogether) this.#closeFrame()
    this.#flushSoon()
    return leaving
  }

  /** Takes what came for this end. */
  receive({ number, heard, isGap, messages }: Frame<In>): void {
    if (this.#isClosed) return
    this.#confirmed(heard)
    if (isGap) this.repeat()
    if (number === 0) return
    if (number > this.#heard + 1) {
      this.#askForGap()
      return
    }
    this.#confirmLater()
    if (number <= this.#heard) return
    this.#heard = number
    for (const message of messages) this.#options.onMessage(message)
  }

  /** Sends again what nobody has confirmed, as after the carrier was away. */
  repeat(): void {
    if (this.#unheard.size === 0) return
    this.#isRepeatDue = true
    this.#flushSoon()
  }

  /** Resolves when the other side has confirmed everything, or the time is over. */
  async settled(mostMs: number): Promise<void> {
    const until = monotonicMs() + mostMs
    while ((this.#open !== undefined || this.#unheard.size > 0) && monotonicMs() < until) {
      await pause(20).over
    }
    const lastWord = this.#push(this.#wordless({})).catch(() => {})
    await within(lastWord, Math.max(until - monotonicMs(), leastSettleMs))
  }

  /** Nothing more is said or heard; what has not left is given up. */
  close(): void {
    this.#isClosed = true
    this.#closeFrame()
    clearTimer(this.#confirmTimer)
    clearTimer(this.#repeatTimer)
    this.#unheard.clear()
    for (const { failed } of [...this.#leaving, ...this.#waiting]) failed?.(new Error('the link is closed'))
    this.#waiting = []
  }

  #openFrame(): OpenFrame {
    this.#number += 1
    return new OpenFrame(this.#head({ number: this.#number }))
  }

  #closeFrame(): void {
    if (this.#open === undefined) return
    const { left, failed } = this.#open
    const bytes = this.#open.close()
    this.#open = undefined
    this.#unheard.set(this.#number, bytes)
    this.#waiting.push({ bytes, left, failed })
    this.#repeatLater()
  }

  /** A frame that says only what was heard. */
  #wordless(rest: Pick<FrameHead, 'isGap'>): Buffer {
    return bytesOf(this.#head({ number: 0, ...rest }))
  }

  #head(rest: Pick<FrameHead, 'number' | 'isGap'>): FrameHead {
    clearTimer(this.#confirmTimer)
    this.#confirmTimer = undefined
    return { from: this.#options.from, heard: this.#heard, ...rest }
  }

  #push(bytes: Buffer): Promise<void> {
    return new Promise((left, failed) => {
      if (this.#isClosed) {
        failed(new Error('the link is closed'))
        return
      }
      this.#waiting.push({ bytes, left, failed })
      this.#flushSoon()
    })
  }

  #flushSoon(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    void this.#flush()
  }

  // What is said in one go, or while the carrier is busy or away, goes out together and in its order.
  async #flush(): Promise<void> {
    await endOfTurn()
    while (!this.#isClosed && (this.#open !== undefined || this.#waiting.length > 0 || this.#isRepeatDue)) {
      this.#closeFrame()
      this.#leaving = [...(this.#isRepeatDue ? this.#unconfirmed() : []), ...this.#waiting]
      this.#isRepeatDue = false
      this.#waiting = []
      // What was to be said again may have been confirmed meanwhile, and a Redis refuses to be given nothing.
      if (this.#leaving.length === 0) break
      try {
        await this.#options.push(this.#leaving.map(({ bytes }) => bytes))
        for (const { left } of this.#leaving) left?.()
      } catch (error) {
        for (const { failed } of this.#leaving) failed?.(error)
      }
      await endOfTurn()
    }
    this.#leaving = []
    this.#isFlushing = false
  }

  #unconfirmed(): readonly Outgoing[] {
    const again: Outgoing[] = []
    const waiting = new Set(this.#waiting.map(({ bytes }) => bytes))
    let length = 0
    for (const bytes of this.#unheard.values()) {
      if (length > mostRepeatedBytes || waiting.has(bytes)) break
      length += bytes.length
      again.push({ bytes })
    }
    return again
  }

  #confirmed(upTo: number): void {
    let isProgress = false
    for (const number of this.#unheard.keys()) {
      if (number > upTo) break
      this.#unheard.delete(number)
      isProgress = true
    }
    if (!isProgress) return
    clearTimer(this.#repeatTimer)
    this.#repeatTimer = undefined
    this.#repeatMs = firstRepeatMs
    this.#repeatLater()
  }

  #repeatLater(): void {
    if (this.#repeatTimer !== undefined || this.#unheard.size === 0) return
    this.#repeatTimer = setTimer(() => {
      this.#repeatTimer = undefined
      this.#repeatMs = Math.min(this.#repeatMs * 2, mostRepeatMs)
      this.repeat()
      this.#repeatLater()
    }, this.#repeatMs).unref()
  }

  #confirmLater(): void {
    this.#confirmTimer ??= setTimer(() => this.#confirm(), confirmMs).unref()
  }

  #confirm(): void {
    if (!this.#isClosed) void this.#push(this.#wordless({})).catch(() => {})
  }

  #askForGap(): void {
    const now = monotonicMs()
    if (now - this.#gapAt < gapMs) return
    this.#gapAt = now
    void this.#push(this.#wordless({ isGap: true })).catch(() => {})
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setSoon(() => resolve()))
}

/** A frame to which messages are added until it is sent: each is written at once, so that its sender hears of what cannot be. */
class OpenFrame {
  /** Resolves when it has left this process. */
  readonly leaving: Promise<void>
  left: (() => void) | undefined
  failed: ((error: unknown) => void) | undefined
  readonly #head: FrameHead
  readonly #messages: unknown[] = []
  #serializer: DefaultSerializer

  constructor(head: FrameHead) {
    this.#head = head
    this.#serializer = serializerOf(head)
    this.leaving = new Promise((left, failed) => {
      this.left = left
      this.failed = failed
    })
    // Nobody waits for a frame in which only stands what could not be added.
    this.leaving.catch(() => {})
  }

  get size(): number {
    return this.#messages.length
  }

  add(message: unknown): void {
    try {
      addTo(this.#serializer, message)
    } catch (error) {
      // Half of it may stand there.
      this.#serializer = serializerOf(this.#head)
      for (const earlier of this.#messages) addTo(this.#serializer, earlier)
      throw error
    }
    this.#messages.push(message)
  }

  close(): Buffer {
    return ended(this.#serializer)
  }
}

// A number stands before each message, and another one behind the last.
const [oneMore, noMore] = [1, 0]

function serializerOf(head: FrameHead): DefaultSerializer {
  const serializer = new DefaultSerializer()
  serializer.writeHeader()
  serializer.writeValue(head)
  return serializer
}

function addTo(serializer: DefaultSerializer, message: unknown): void {
  serializer.writeUint32(oneMore)
  serializer.writeValue(message)
}

function ended(serializer: DefaultSerializer): Buffer {
  serializer.writeUint32(noMore)
  return serializer.releaseBuffer()
}

function bytesOf(head: FrameHead): Buffer {
  return ended(serializerOf(head))
}

/** A frame about somebody who has ended without a word. */
export function lossOf(from: string, how: string): Buffer {
  return bytesOf({ from, number: 0, heard: 0, lost: how })
}

/** Reads a frame; undefined for what is none. */
export function readFrame<Message>(bytes: Buffer): Frame<Message> | undefined {
  try {
    const deserializer = new DefaultDeserializer(bytes)
    deserializer.readHeader()
    const head: unknown = deserializer.readValue()
    if (!isHead(head)) return undefined
    const messages: Message[] = []
    while (deserializer.readUint32() === oneMore) messages.push(deserializer.readValue())
    return { ...head, messages }
  } catch {
    return undefined
  }
}

function isHead(read: unknown): read is FrameHead {
  return typeof read === 'object' && read !== null && 'from' in read && 'number' in read && 'heard' in read
}

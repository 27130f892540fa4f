import { deserialize, serialize } from 'node:v8'
import { clearTimer, monotonicMs, pause, setSoon, setTimer, within } from '../../runtime/clock.ts'

/** One message on its way, or what was heard of the other side alone. */
interface Frame<Message> {
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
  readonly message?: Message
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
/** For the last word, after which nobody listens. */
const leastSettleMs = 100

/**
 * One end of a conversation over something that may lose what it carries, or give it twice, as a Redis that is killed does:
 * each message has a number, is kept until the other side has confirmed it, and is handed over once and in order.
 */
export class Link<Out, In> {
  readonly #options: LinkOptions<In>
  readonly #unheard = new Map<number, Buffer>()
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
    const number = this.#number + 1
    const bytes = this.#frame({ number, message })
    this.#number = number
    this.#unheard.set(number, bytes)
    this.#repeatLater()
    return this.#push(bytes)
  }

  /** Takes what came for this end. */
  receive({ number, heard, isGap, message }: Frame<In>): void {
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
    if (message !== undefined) this.#options.onMessage(message)
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
    while (this.#unheard.size > 0 && monotonicMs() < until) {
      await pause(20).over
    }
    const lastWord = this.#push(this.#frame({})).catch(() => {})
    await within(lastWord, Math.max(until - monotonicMs(), leastSettleMs))
  }

  /** Nothing more is said or heard; what has not left is given up. */
  close(): void {
    this.#isClosed = true
    clearTimer(this.#confirmTimer)
    clearTimer(this.#repeatTimer)
    this.#unheard.clear()
    for (const { failed } of [...this.#leaving, ...this.#waiting]) failed?.(new Error('the link is closed'))
    this.#waiting = []
  }

  #frame(rest: Partial<Frame<Out>>): Buffer {
    const frame: Frame<Out> = { from: this.#options.from, number: 0, heard: this.#heard, ...rest }
    clearTimer(this.#confirmTimer)
    this.#confirmTimer = undefined
    return serialize(frame)
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
    setSoon(() => void this.#flush())
  }

  // What is said in one go, or while the carrier is busy or away, goes out together and in its order.
  async #flush(): Promise<void> {
    while (!this.#isClosed && (this.#waiting.length > 0 || this.#isRepeatDue)) {
      this.#leaving = [...(this.#isRepeatDue ? this.#unconfirmed() : []), ...this.#waiting]
      this.#isRepeatDue = false
      this.#waiting = []
      try {
        await this.#options.push(this.#leaving.map(({ bytes }) => bytes))
        for (const { left } of this.#leaving) left?.()
      } catch (error) {
        for (const { failed } of this.#leaving) failed?.(error)
      }
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
    if (!this.#isClosed) void this.#push(this.#frame({})).catch(() => {})
  }

  #askForGap(): void {
    const now = monotonicMs()
    if (now - this.#gapAt < gapMs) return
    this.#gapAt = now
    void this.#push(this.#frame({ isGap: true })).catch(() => {})
  }
}

/** A frame about somebody who has ended without a word. */
export function lossOf(from: string, how: string): Buffer {
  return serialize({ from, number: 0, heard: 0, lost: how } satisfies Frame<never>)
}

/** Reads a frame; undefined for what is none. */
export function readFrame<Message>(bytes: Buffer): Frame<Message> | undefined {
  try {
    const read: unknown = deserialize(bytes)
    return isFrame<Message>(read) ? read : undefined
  } catch {
    return undefined
  }
}

function isFrame<Message>(read: unknown): read is Frame<Message> {
  return typeof read === 'object' && read !== null && 'from' in read && 'number' in read && 'heard' in read
}

import { deserialize, serialize } from 'node:v8'
import { clearTimer, monotonicMs, pause, setSoon, setTimer } from '../../runtime/clock.ts'

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
  /** Puts frames, in their order, where the other side takes them. */
  readonly push: (frames: readonly Buffer[]) => Promise<unknown>
  readonly onMessage: (message: In) => void
}

/** Heard messages are confirmed with what is sent anyway, or after that time. */
const confirmMs = 100
const gapMs = 500
const firstRepeatMs = 2_000
const mostRepeatMs = 15_000
/** Sent again at a time; the rest is asked for. */
const mostRepeatedBytes = 1024 * 1024

/**
 * One end of a conversation over something that may lose what it carries, or give it twice, as a Redis that is killed does:
 * each message has a number, is kept until the other side has confirmed it, and is handed over once and in order.
 */
export class Link<Out, In> {
  readonly #options: LinkOptions<In>
  readonly #unheard = new Map<number, Buffer>()
  #waiting: Buffer[] = []
  #flushing: Promise<void> | undefined
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
   * Sends a message. Resolves when it has left this process.
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
    let bytes = 0
    for (const frame of this.#unheard.values()) {
      if (bytes > mostRepeatedBytes) break
      bytes += frame.length
      void this.#push(frame).catch(() => {})
    }
  }

  /** Resolves when the other side has confirmed everything, or the time is over. */
  async settled(mostMs: number): Promise<void> {
    const until = monotonicMs() + mostMs
    while (this.#unheard.size > 0 && monotonicMs() < until) {
      await pause(20).over
    }
    this.#confirm()
    await this.#flushing
  }

  close(): void {
    this.#isClosed = true
    clearTimer(this.#confirmTimer)
    clearTimer(this.#repeatTimer)
    this.#unheard.clear()
  }

  #frame(rest: Partial<Frame<Out>>): Buffer {
    const frame: Frame<Out> = { from: this.#options.from, number: 0, heard: this.#heard, ...rest }
    clearTimer(this.#confirmTimer)
    this.#confirmTimer = undefined
    return serialize(frame)
  }

  // What is sent in one go goes out as one command.
  #push(bytes: Buffer): Promise<void> {
    this.#waiting.push(bytes)
    this.#flushing ??= new Promise((resolve, reject) => {
      setSoon(() => {
        const frames = this.#waiting
        this.#waiting = []
        this.#flushing = undefined
        this.#options.push(frames).then(() => resolve(), reject)
      })
    })
    return this.#flushing
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

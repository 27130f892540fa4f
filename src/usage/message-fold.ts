import { errorTypeOf } from './error-type.ts'
import { mergeFacts } from './facts.ts'
import { createKeyScanner, foundOutput, foundRunning, foundTelling, type KeyScanner } from './key-scanner.ts'
import { MessageBuffer } from './message-buffer.ts'
import type { AnswerFacts, StreamKeys, StreamMessage, WireFormat } from './parser.ts'

const maxShortBytes = 16

/** One scanner for each format, built when it is first needed. */
const scanners = new WeakMap<StreamKeys, KeyScanner>()

/**
 * Folds the messages of one stream into the facts of its answer. All are parsed until the first token; from then on only
 * those that can tell something, and of a count that every message repeats only the last.
 */
export class MessageFold {
  sawToken = false
  #facts: AnswerFacts
  #outputChunks = 0
  readonly #format: WireFormat
  readonly #scan: KeyScanner
  readonly #running: MessageBuffer
  readonly #inner: MessageBuffer

  constructor({ format, known, capBytes }: { format: WireFormat; known: AnswerFacts; capBytes: number }) {
    this.#format = format
    this.#facts = known
    this.#scan = scannerOf(format.streamKeys)
    this.#running = new MessageBuffer(capBytes)
    this.#inner = new MessageBuffer(capBytes)
  }

  add(payload: MessageBuffer, event: MessageBuffer): void {
    if (payload.length <= maxShortBytes && payload.bytes[payload.start] !== 0x7b && !payload.isSkeleton) {
      this.#apply({ ...eventOf(event), data: undefined, text: payload.text().trim() })
      return
    }
    const inner = this.#unwrap(payload)
    if (this.sawToken && !inner.isSkeleton && !isErrorEvent(event) && !this.#isTelling(inner)) return
    const data = inner.read()
    if (data !== undefined) this.#apply({ ...eventOf(event), data })
  }

  fail(errorType: string): void {
    this.#facts = { ...this.#facts, errorType }
  }

  facts(): AnswerFacts {
    this.#readRunning()
    const facts = { ...this.#facts, outputChunks: this.#outputChunks }
    return this.#format.settle?.(facts) ?? facts
  }

  /** True when the message has to be parsed; counts what it carries either way. */
  #isTelling(payload: MessageBuffer): boolean {
    const found = this.#scan(payload.bytes, payload.start, payload.end)
    if ((found & foundTelling) !== 0) return true
    if ((found & foundOutput) !== 0) this.#outputChunks++
    if ((found & foundRunning) !== 0) {
      this.#running.clear()
      this.#running.add(payload.bytes, payload.start, payload.end)
      this.#running.keep()
    }
    return false
  }

  #apply(message: StreamMessage): void {
    this.#readRunning()
    this.#facts = this.#format.readMessage(this.#facts, message)
    if (message.event === errorEvent) this.#facts = mergeFacts(this.#facts, { errorType: errorTypeOf(message.data) })
    if (!this.#format.isToken(message)) return
    this.sawToken = true
    this.#outputChunks++
  }

  #readRunning(): void {
    if (this.#running.isEmpty) return
    const data = this.#running.read()
    this.#running.clear()
    if (data !== undefined) this.#facts = this.#format.readMessage(this.#facts, { data })
  }

  #unwrap(payload: MessageBuffer): MessageBuffer {
    if (this.#format.unwrap === undefined || payload.isSkeleton) return payload
    const bytes = this.#format.unwrap(payload.bytes.subarray(payload.start, payload.end))
    if (bytes === undefined) return payload
    this.#inner.clear()
    this.#inner.add(bytes, 0, bytes.length)
    return this.#inner
  }
}

const errorEvent = 'error'

/** The same without decoding the name: no other event of five letters begins with `er`. */
function isErrorEvent({ bytes, start, length }: MessageBuffer): boolean {
  return length === errorEvent.length && bytes[start] === 0x65 && bytes[start + 1] === 0x72
}

function eventOf(event: MessageBuffer): { readonly event?: string } {
  return event.isEmpty ? {} : { event: event.text() }
}

function scannerOf(keys: StreamKeys): KeyScanner {
  const known = scanners.get(keys)
  if (known !== undefined) return known
  const scanner = createKeyScanner(keys)
  scanners.set(keys, scanner)
  return scanner
}

import { completionTokensOf, promptTokensOf, type Usage } from '../../metadata/usage.ts'
import { errorTypeOf, mergeFacts, noOutputCounted, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import { memberOf } from '../json-value.ts'
import type { AnswerContext, AnswerFacts, StreamKeys, StreamMessage, WireFormat } from '../wire-format.ts'
import { createKeyScanner, foundOutput, foundRunning, foundTelling, type KeyScanner } from './key-scanner.ts'
import { MessageBuffer } from './message-buffer.ts'

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
  #doubts: readonly string[] = []
  readonly #format: WireFormat
  readonly #context: AnswerContext
  readonly #scan: KeyScanner
  readonly #running: MessageBuffer
  readonly #inner: MessageBuffer

  constructor({ format, context, capBytes }: { format: WireFormat; context: AnswerContext; capBytes: number }) {
    this.#format = format
    this.#context = context
    this.#facts = context.known ?? {}
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
    else if (!inner.isSkeleton) this.#addLines(inner.text(), event)
  }

  /** Servers that leave out the blank line between their events make one message of all: then each line is one. */
  #addLines(text: string, event: MessageBuffer): void {
    if (!text.includes('\n')) return
    for (const line of text.split('\n')) {
      const data = parsed(line)
      if (data !== undefined) this.#apply({ ...eventOf(event), data })
      else if (line.length <= maxShortBytes) this.#apply({ data: undefined, text: line.trim() })
    }
  }

  fail(errorType: string): void {
    this.#facts = { ...this.#facts, errorType }
  }

  facts(): AnswerFacts {
    this.#readRunning()
    const facts = { ...this.#facts, outputChunks: this.#outputChunks }
    const settled = this.#format.settle?.(facts) ?? facts
    const ofRequest = settled.usage === undefined ? [] : (this.#context.request?.doubts ?? [])
    return withDoubts(settled, [...this.#doubts, ...ofRequest, ...this.#doubtsOfOutput(settled.usage)])
  }

  /** A text whose tokens are not counted, or far fewer than its pieces: then each message counts its own piece alone. */
  #doubtsOfOutput(usage: Usage = {}): readonly string[] {
    const output = completionTokensOf(usage)
    if (!this.sawToken || (output === undefined && promptTokensOf(usage) === undefined)) return []
    if ((output ?? 0) === 0) return [noOutputCounted]
    const isTooFew = this.#outputChunks > 16 + 8 * (output ?? 0)
    return isTooFew ? [`the answer came in ${this.#outputChunks} pieces and counts ${output} tokens of output`] : []
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
    this.#read(message)
    if (message.event === errorEvent) this.#facts = mergeFacts(this.#facts, { errorType: errorTypeOf(message.data) })
    if (!this.#format.isToken(message)) return
    this.sawToken = true
    this.#outputChunks++
  }

  #read(message: StreamMessage): void {
    this.#facts = this.#format.readMessage(this.#facts, message, this.#context)
    const { usageMembers } = this.#format
    const doubts = doubtsBeside(message.data, usageMembers)
    const within = doubtsBeside(memberOf(message.data, 'response'), usageMembers)
    if (doubts.length > 0 || within.length > 0) this.#doubts = [...doubts, ...within]
  }

  #readRunning(): void {
    if (this.#running.isEmpty) return
    const data = this.#running.read()
    this.#running.clear()
    if (data !== undefined) this.#read({ data })
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

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
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

import type { MessageBuffer } from './message-buffer.ts'

/** Takes a message that a body was cut into. The buffers are reused: what must last is copied. */
export type OnMessage = (payload: MessageBuffer, event: MessageBuffer) => void

const lineFeed = 0x0a
const carriageReturn = 0x0d
const colon = 0x3a
const space = 0x20
const openingBrace = 0x7b

/** Where in a line the next byte is. */
type Place = 'start' | 'name' | 'after-colon' | 'value' | 'ignored'

/**
 * Cuts server-sent events as the WHATWG standard writes them: lines end with CR, LF or both, `data` may have several, a
 * colon in front makes a comment, a blank line ends the event. A last event without its blank line counts too.
 */
export class SseCutter {
  #place: Place = 'start'
  #name = ''
  #field: MessageBuffer | undefined
  #isAfterReturn = false
  #hasData = false
  #bytesSeen = 0
  readonly #data: MessageBuffer
  readonly #event: MessageBuffer
  readonly #onMessage: OnMessage

  constructor({ data, event, onMessage }: { data: MessageBuffer; event: MessageBuffer; onMessage: OnMessage }) {
    this.#data = data
    this.#event = event
    this.#onMessage = onMessage
  }

  push(chunk: Uint8Array): void {
    let index = this.#skipByteOrderMark(chunk)
    while (index < chunk.length) {
      if (this.#isAfterReturn) {
        this.#isAfterReturn = false
        if (chunk[index] === lineFeed) {
          index++
          continue
        }
      }
      const lineEnd = endOfLine(chunk, index)
      this.#readPart(chunk, index, lineEnd)
      index = lineEnd
      if (index >= chunk.length) break
      this.#isAfterReturn = chunk[index] === carriageReturn
      this.#endLine()
      index++
    }
    this.#data.keep()
    this.#event.keep()
  }

  end(): void {
    if (this.#place !== 'start') this.#endLine()
    this.#dispatch()
  }

  /** Reads a part of one line, with no line end in it. */
  #readPart(chunk: Uint8Array, start: number, end: number): void {
    let index = start
    if (this.#place === 'start' && index < end) {
      if (startsWithData(chunk, index, end)) {
        index += 5
        this.#openField('data')
      } else if (chunk[index] === openingBrace) {
        // No field begins so: a gateway that fails early sends its error as plain JSON under the stream's content type.
        this.#openField('data')
        this.#place = 'value'
      } else {
        this.#name = ''
        this.#place = 'name'
      }
    }
    while (this.#place === 'name' && index < end) {
      const byte = chunk[index++] ?? 0
      if (byte === colon) this.#openField(this.#name)
      // Longer than any name that means something.
      else if (this.#name.length > 5) this.#place = 'ignored'
      else this.#name += String.fromCharCode(byte)
    }
    if (this.#place === 'after-colon' && index < end) {
      if (chunk[index] === space) index++
      this.#place = 'value'
    }
    if (this.#place === 'value') this.#field?.add(chunk, index, end)
  }

  #openField(name: string): void {
    this.#place = 'after-colon'
    if (name === 'data') {
      if (this.#hasData) this.#data.add(newLine, 0, 1)
      this.#hasData = true
      this.#field = this.#data
    } else if (name === 'event') {
      this.#event.clear()
      this.#field = this.#event
    } else this.#place = 'ignored'
  }

  #endLine(): void {
    if (this.#place === 'start') this.#dispatch()
    this.#place = 'start'
  }

  #dispatch(): void {
    if (this.#hasData && !this.#data.isEmpty) this.#onMessage(this.#data, this.#event)
    this.#hasData = false
    this.#data.clear()
    this.#event.clear()
  }

  #skipByteOrderMark(chunk: Uint8Array): number {
    let index = 0
    while (this.#bytesSeen < 3 && index < chunk.length && chunk[index] === byteOrderMark[this.#bytesSeen]) {
      this.#bytesSeen++
      index++
    }
    if (index < chunk.length) this.#bytesSeen = 3
    return index
  }
}

const newLine = Uint8Array.of(lineFeed)
const byteOrderMark = [0xef, 0xbb, 0xbf]

function endOfLine(chunk: Uint8Array, from: number): number {
  const end = chunk.length
  let index = from
  for (; index < end; index++) {
    const byte = chunk[index] ?? 0
    // Nearly every byte is above both, so one comparison is enough for it.
    if (byte <= carriageReturn && (byte === lineFeed || byte === carriageReturn)) break
  }
  return index
}

/** The usual line, recognized at a glance. */
function startsWithData(chunk: Uint8Array, at: number, end: number): boolean {
  return (
    at + 5 <= end &&
    chunk[at] === 0x64 &&
    chunk[at + 1] === 0x61 &&
    chunk[at + 2] === 0x74 &&
    chunk[at + 3] === 0x61 &&
    chunk[at + 4] === colon
  )
}

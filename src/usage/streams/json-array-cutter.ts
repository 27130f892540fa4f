import type { MessageBuffer } from './message-buffer.ts'
import type { OnMessage } from './sse-cutter.ts'

/** Cuts a JSON list into the objects it has, as they arrive; a lone object counts as a list of one. */
export class JsonArrayCutter {
  #depth = 0
  #isInText = false
  #isEscaped = false
  readonly #element: MessageBuffer
  readonly #event: MessageBuffer
  readonly #onMessage: OnMessage

  constructor({ data, event, onMessage }: { data: MessageBuffer; event: MessageBuffer; onMessage: OnMessage }) {
    this.#element = data
    this.#event = event
    this.#onMessage = onMessage
  }

  push(chunk: Uint8Array): void {
    let start = 0
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0
      if (this.#isInText) {
        this.#readTextByte(byte)
        continue
      }
      if (byte === 0x22) this.#isInText = this.#depth > 0
      else if (byte === 0x7b) {
        if (this.#depth++ === 0) start = index
      } else if (byte === 0x7d && this.#depth > 0 && --this.#depth === 0) {
        this.#element.add(chunk, start, index + 1)
        this.#onMessage(this.#element, this.#event)
        this.#element.clear()
      }
    }
    if (this.#depth === 0) return
    this.#element.add(chunk, start, chunk.length)
    this.#element.keep()
  }

  /** An element that is still open was cut off. */
  end(): void {
    this.#element.clear()
  }

  #readTextByte(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === 0x5c) this.#isEscaped = true
    else if (byte === 0x22) this.#isInText = false
  }
}

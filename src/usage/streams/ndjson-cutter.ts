import type { MessageBuffer } from './message-buffer.ts'
import type { OnMessage } from './sse-cutter.ts'

const lineFeed = 0x0a

/** Cuts newline-delimited JSON into its lines; a last line needs no line end. */
export class NdjsonCutter {
  readonly #line: MessageBuffer
  readonly #event: MessageBuffer
  readonly #onMessage: OnMessage

  constructor({ data, event, onMessage }: { data: MessageBuffer; event: MessageBuffer; onMessage: OnMessage }) {
    this.#line = data
    this.#event = event
    this.#onMessage = onMessage
  }

  push(chunk: Uint8Array): void {
    let index = 0
    while (index < chunk.length) {
      const found = chunk.indexOf(lineFeed, index)
      const end = found === -1 ? chunk.length : found
      this.#line.add(chunk, index, end)
      if (found !== -1) this.end()
      index = end + 1
    }
    this.#line.keep()
  }

  end(): void {
    if (!this.#line.isEmpty) this.#onMessage(this.#line, this.#event)
    this.#line.clear()
  }
}

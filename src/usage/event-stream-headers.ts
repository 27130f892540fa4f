const decoder = new TextDecoder()

/** What the headers of a frame tell. */
export interface FrameHeaders {
  /** `event`, `exception` or `error`. */
  readonly messageType?: string
  readonly eventTypeBytes: Uint8Array
  /** The `:exception-type` or `:error-code`. */
  readonly errorType?: string
}

const noBytes = new Uint8Array(0)
const textType = 7
const bytesType = 6

/** How long the values of the other types are, by the number of the type. */
const valueBytesByType: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]

/** Reads the headers between two places of a frame; what follows a header of an unknown type is left out. */
export function readFrameHeaders(bytes: Uint8Array, start: number, end: number): FrameHeaders {
  let messageType: string | undefined
  let errorType: string | undefined
  let eventTypeBytes: Uint8Array = noBytes
  let index = start
  while (index < end) {
    const nameEnd = index + 1 + (bytes[index] ?? 0)
    const type = bytes[nameEnd] ?? 0
    const isSized = type === textType || type === bytesType
    const valueStart = nameEnd + (isSized ? 3 : 1)
    const valueBytes = isSized ? ((bytes[nameEnd + 1] ?? 0) << 8) | (bytes[nameEnd + 2] ?? 0) : valueBytesByType[type]
    if (valueBytes === undefined || valueStart + valueBytes > end) break
    if (type === textType) {
      const value = bytes.subarray(valueStart, valueStart + valueBytes)
      const name = decoder.decode(bytes.subarray(index + 1, nameEnd))
      if (name === ':event-type') eventTypeBytes = value
      else if (name === ':message-type') messageType = decoder.decode(value)
      else if (name === ':exception-type' || name === ':error-code') errorType = wordOf(decoder.decode(value))
    }
    index = valueStart + valueBytes
  }
  return { messageType, eventTypeBytes, errorType }
}

function wordOf(text: string): string | undefined {
  return /^[\w.:-]{1,64}$/.test(text) ? text : undefined
}

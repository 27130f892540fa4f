import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'

/** One frame of an AWS event stream, as a test writes it down. */
export type Frame =
  /** A named event with a JSON payload, as ConverseStream sends. */
  | { readonly event: string; readonly data: unknown }
  /** A message of a model's own in the envelope of InvokeModelWithResponseStream. */
  | { readonly chunk: unknown }
  /** An error under HTTP 200. */
  | { readonly exception: string; readonly data: unknown }

/** The bytes of `application/vnd.amazon.eventstream` for these frames. */
export function encodeEventStream(frames: readonly Frame[]): Uint8Array {
  return Buffer.concat(frames.map(encodeFrame))
}

/** The bytes of one frame. */
export function encodeFrame(frame: Frame): Uint8Array {
  if ('chunk' in frame) {
    const bytes = Buffer.from(JSON.stringify(frame.chunk)).toString('base64')
    return encodeMessage(eventHeaders('chunk'), JSON.stringify({ bytes, p: 'abcdefgh' }))
  }
  if ('exception' in frame) {
    const headers = {
      ':exception-type': frame.exception,
      ':content-type': 'application/json',
      ':message-type': 'exception',
    }
    return encodeMessage(headers, JSON.stringify(frame.data))
  }
  return encodeMessage(eventHeaders(frame.event), JSON.stringify(frame.data))
}

/** The bytes of one message with these headers, all of them texts; `first` is a header as it stands before them. */
export function encodeMessage(
  headers: Readonly<Record<string, string>>,
  payload: string,
  first: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const head = Buffer.concat([first, ...Object.entries(headers).map(([name, value]) => encodeHeader(name, value))])
  const body = Buffer.from(payload)
  const message = Buffer.alloc(12 + head.length + body.length + 4)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(head.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  head.copy(message, 12)
  body.copy(message, 12 + head.length)
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4)
  return message
}

function eventHeaders(event: string): Readonly<Record<string, string>> {
  return { ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' }
}

/** A header: the length of its name, the name, 7 for a text, the length of the text, the text. */
function encodeHeader(name: string, value: string): Uint8Array {
  const text = Buffer.from(value)
  const header = Buffer.alloc(1 + name.length + 3)
  header.writeUInt8(name.length, 0)
  header.write(name, 1, 'latin1')
  header.writeUInt8(7, 1 + name.length)
  header.writeUInt16BE(text.length, 2 + name.length)
  return Buffer.concat([header, text])
}

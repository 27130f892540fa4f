import { constants, inflateRawSync } from 'node:zlib'

/** What the frames of one side carry. */
export interface FrameListener {
  /** A whole message: of text, or of bytes where those are asked for. */
  message(bytes: Buffer): void
  /** The bytes are no frames of a WebSocket, or a message cannot be unpacked: nothing more will be heard. */
  lose(): void
}

/** A longer message is passed over. */
const maxMessageBytes = 16 * 1024 * 1024
/** What a packed message may refer to of those before it (RFC 7692). */
const windowBytes = 32 * 1024
const packedTail = Buffer.from([0x00, 0x00, 0xff, 0xff])
const noBytes = Buffer.alloc(0)

const text = 1
const binary = 2
const continuation = 0

/** Whose frames they are, and what was agreed on when the socket was opened. */
export interface FrameOptions {
  readonly extensions: string
  /** Default: the server. A client masks what it sends. */
  readonly isClient?: boolean
  /** Messages of bytes are told as well; default: they are passed over. */
  readonly isBinary?: boolean
}

/**
 * Cuts what one side sends on a WebSocket into messages (RFC 6455), packed ones too. It takes nothing from the socket: it is
 * told of the bytes as they pass.
 */
export class FrameReader {
  readonly #listener: FrameListener
  /** The compression that was agreed on, if any: whether a message may refer to those before it. */
  readonly #packing: { readonly keepsContext: boolean } | undefined
  #held: Buffer = noBytes
  #pieces: Buffer[] = []
  #length = 0
  #opcode = 0
  #isPacked = false
  #window: Buffer = noBytes
  #isLost = false

  readonly #isClient: boolean
  readonly #isBinary: boolean

  constructor(listener: FrameListener, { extensions, isClient = false, isBinary = false }: FrameOptions) {
    this.#listener = listener
    this.#isClient = isClient
    this.#isBinary = isBinary
    const side = isClient ? 'client' : 'server'
    if (/\bpermessage-deflate\b/i.test(extensions))
      this.#packing = { keepsContext: !extensions.toLowerCase().includes(`${side}_no_context_takeover`) }
  }

  push(bytes: Uint8Array): void {
    if (this.#isLost) return
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    for (let frame = frameIn(rest, this.#isClient); frame !== undefined; frame = frameIn(rest, this.#isClient)) {
      if (frame === 'none') {
        this.#lose()
        return
      }
      this.#take(frame)
      if (this.#isLost) return
      rest = rest.subarray(frame.end)
    }
    // A copy, for whoever reads the socket may use its buffer again.
    this.#held = rest.length === 0 ? noBytes : Buffer.from(rest)
  }

  #take({ opcode, isFinal, isPacked, payload, mask }: Frame): void {
    if (opcode > binary) return
    if (opcode !== continuation) {
      this.#opcode = opcode
      this.#isPacked = isPacked
      this.#pieces = []
      this.#length = 0
    }
    this.#length += payload.length
    this.#pieces.push(unmasked(payload, mask))
    if (this.#length > maxMessageBytes) this.#pieces = []
    if (isFinal) this.#finish()
  }

  #finish(): void {
    const isWhole = this.#length <= maxMessageBytes
    const packed = Buffer.concat(this.#pieces)
    this.#pieces = []
    const message = this.#isPacked ? this.#unpack(packed, isWhole) : packed
    const isToBeTold = this.#opcode === text || (this.#isBinary && this.#opcode === binary)
    if (message !== undefined && isWhole && isToBeTold) this.#listener.message(message)
  }

  #unpack(packed: Buffer, isWhole: boolean): Buffer | undefined {
    const { keepsContext = true } = this.#packing ?? {}
    try {
      if (!isWhole) throw new RangeError('the message is too long to be unpacked')
      const dictionary = keepsContext && this.#window.length > 0 ? { dictionary: this.#window } : {}
      const message = inflateRawSync(Buffer.concat([packed, packedTail]), {
        ...dictionary,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: maxMessageBytes,
      })
      if (keepsContext) this.#window = Buffer.from(Buffer.concat([this.#window, message]).subarray(-windowBytes))
      return message
    } catch {
      // Without it, the messages that follow cannot be unpacked either.
      if (keepsContext) this.#lose()
      return undefined
    }
  }

  #lose(): void {
    this.#isLost = true
    this.#pieces = []
    this.#held = noBytes
    this.#window = noBytes
    this.#listener.lose()
  }
}

interface Frame {
  readonly opcode: number
  readonly isFinal: boolean
  readonly isPacked: boolean
  /** As it came. */
  readonly payload: Buffer
  /** Of a client. */
  readonly mask: Buffer | undefined
  /** The index after it. */
  readonly end: number
}

/** The first frame of these bytes; undefined while it is not whole, `none` where it is none of this side. */
function frameIn(bytes: Buffer, isClient: boolean): Frame | 'none' | undefined {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return undefined
  // Clients mask and servers do not, and only one of the reserved bits has a meaning.
  if ((second & 0x80) !== (isClient ? 0x80 : 0) || (first & 0x30) !== 0) return 'none'
  const short = second & 0x7f
  const lengthEnd = short === 127 ? 10 : short === 126 ? 4 : 2
  const start = isClient ? lengthEnd + 4 : lengthEnd
  if (bytes.length < start) return undefined
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short
  if (bytes.length < start + length) return undefined
  const payload = bytes.subarray(start, start + length)
  return {
    opcode: first & 0x0f,
    isFinal: (first & 0x80) !== 0,
    isPacked: (first & 0x40) !== 0,
    payload,
    mask: isClient ? bytes.subarray(lengthEnd, start) : undefined,
    end: start + length,
  }
}

/** A copy without the mask. */
function unmasked(payload: Buffer, mask: Buffer | undefined): Buffer {
  const bytes = Buffer.from(payload)
  if (mask !== undefined) for (const [index, byte] of bytes.entries()) bytes[index] = byte ^ (mask[index % 4] ?? 0)
  return bytes
}

import { TextDecoder } from '../../platform.ts'

const decoder = new TextDecoder()

const maxDepth = 256
const maxTextBytes = 1024
const maxElements = 1024
const maxMembers = 1024
const maxLength = 2_000_000
/** How many values inside lists are kept in all; those outside lists have an allowance of the same size. */
const maxValues = 16_384

type State =
  | 'value'
  | 'value-or-end'
  | 'key-or-end'
  | 'key'
  | 'colon'
  | 'comma-or-end'
  | 'text'
  | 'escape'
  | 'scalar'
  | 'whole'
  | 'broken'

interface Container {
  readonly isList: boolean
  /** Undefined once nothing more is kept. */
  readonly list?: unknown[]
  readonly members?: Map<string, unknown>
  key: string
  count: number
}

/**
 * Reads a JSON document of any size in bounded memory and one pass: its structure stays, long texts are cut, and lists
 * keep their first elements and their true length. Usage, ids and reasons survive; a hundred megabytes of text do not.
 */
export class JsonSkeleton {
  #state: State = 'value'
  #root: unknown
  readonly #open: Container[] = []
  #isKey = false
  readonly #text = new Uint8Array(maxTextBytes)
  #textBytes = 0
  #isWanted = true
  #hasEscape = false
  #keptInLists = 0
  #keptOutside = 0
  #openLists = 0

  push(bytes: Uint8Array, start: number, end: number): void {
    let index = start
    while (index < end && this.#state !== 'broken') {
      if (this.#state === 'text') index = this.#readText(bytes, index, end)
      else if (this.#state === 'scalar') index = this.#readScalar(bytes, index, end)
      else this.#state = this.#readByte(bytes[index++] ?? 0)
    }
  }

  /** True when the document ended where a document may end. A number at the root never does so by itself. */
  isWhole(): boolean {
    return this.#state === 'whole'
  }

  /** The document; while it is open, its root with the members that are closed. */
  value(): unknown {
    const root = this.#open[0]
    return root === undefined ? this.#root : keptOf(root)
  }

  #readByte(byte: number): State {
    if (this.#state === 'escape') {
      // Which escape it is matters only when the text is decoded.
      this.#keepByte(byte)
      return 'text'
    }
    if (isBlank(byte)) return this.#state
    switch (this.#state) {
      case 'value':
        return this.#startValue(byte)
      case 'value-or-end':
        return byte === 0x5d ? this.#close(true) : this.#startValue(byte)
      case 'key-or-end':
        return byte === 0x7d ? this.#close(false) : this.#startKey(byte)
      case 'key':
        return this.#startKey(byte)
      case 'colon':
        return byte === 0x3a ? 'value' : 'broken'
      case 'comma-or-end':
        return this.#readCommaOrEnd(byte)
      default:
        return 'broken'
    }
  }

  #startValue(byte: number): State {
    if (byte === 0x7b) return this.#openContainer(false)
    if (byte === 0x5b) return this.#openContainer(true)
    if (byte === 0x22) return this.#startText(false)
    if (isScalarByte(byte)) {
      this.#startText(false)
      this.#keepByte(byte)
      return 'scalar'
    }
    return isByteOrderMark(byte) && this.#open.length === 0 ? 'value' : 'broken'
  }

  #startKey(byte: number): State {
    return byte === 0x22 ? this.#startText(true) : 'broken'
  }

  #readCommaOrEnd(byte: number): State {
    if (byte === 0x2c) return this.#open.at(-1)?.isList === true ? 'value' : 'key'
    if (byte === 0x5d) return this.#close(true)
    return byte === 0x7d ? this.#close(false) : 'broken'
  }

  #openContainer(isList: boolean): State {
    if (this.#open.length >= maxDepth) return 'broken'
    const isKept = this.#mayKeep()
    const kept = isList ? { list: isKept ? [] : undefined } : { members: isKept ? new Map() : undefined }
    this.#open.push({ isList, ...kept, key: '', count: 0 })
    if (isList) this.#openLists++
    return isList ? 'value-or-end' : 'key-or-end'
  }

  #close(isList: boolean): State {
    const top = this.#open.pop()
    if (top === undefined || top.isList !== isList) return 'broken'
    if (isList) this.#openLists--
    return this.#attach(keptOf(top))
  }

  #attach(value: unknown): State {
    const top = this.#open.at(-1)
    if (top === undefined) {
      this.#root = value
      return 'whole'
    }
    const index = top.count++
    if (!this.#mayKeep()) return 'comma-or-end'
    if (top.list !== undefined && index < maxElements) top.list.push(value)
    else if (top.members !== undefined && top.members.size < maxMembers) top.members.set(top.key, value)
    else return 'comma-or-end'
    if (this.#openLists > 0) this.#keptInLists++
    else this.#keptOutside++
    return 'comma-or-end'
  }

  #startText(isKey: boolean): State {
    this.#isKey = isKey
    this.#textBytes = 0
    this.#isWanted = isKey || this.#mayKeepNext()
    this.#hasEscape = false
    return 'text'
  }

  #keepByte(byte: number): void {
    if (this.#textBytes < maxTextBytes) this.#text[this.#textBytes] = byte
    this.#textBytes++
  }

  #readText(bytes: Uint8Array, start: number, end: number): number {
    const index = endOfText(bytes, start, end)
    if (this.#isWanted)
      for (let kept = start; kept < index && this.#textBytes <= maxTextBytes; kept++) this.#keepByte(bytes[kept] ?? 0)
    if (index >= end) return index
    this.#state = this.#endTextPart(bytes[index] ?? 0)
    return index + 1
  }

  #endTextPart(byte: number): State {
    if (byte === 0x22) return this.#endText()
    if (byte !== 0x5c) return 'broken'
    this.#hasEscape = true
    this.#keepByte(byte)
    return 'escape'
  }

  #endText(): State {
    const text = this.#isWanted ? this.#readKeptText() : ''
    if (text === undefined) return 'broken'
    const top = this.#open.at(-1)
    if (!this.#isKey || top === undefined) return this.#attach(text)
    top.key = text
    return 'colon'
  }

  #readScalar(bytes: Uint8Array, start: number, end: number): number {
    let index = start
    while (index < end && isScalarByte(bytes[index] ?? 0)) this.#keepByte(bytes[index++] ?? 0)
    if (index >= end) return index
    const value = this.#isWanted ? parsedScalar(this.#keptText()) : 0
    this.#state = value === undefined ? 'broken' : this.#attach(value)
    return index
  }

  /** A text with escapes is decoded unless it was cut, perhaps in the middle of one. */
  #readKeptText(): string | undefined {
    const raw = this.#keptText()
    return this.#hasEscape && this.#textBytes <= maxTextBytes ? parsedText(raw) : raw
  }

  #keptText(): string {
    return decoder.decode(this.#text.subarray(0, Math.min(this.#textBytes, maxTextBytes)))
  }

  /** False where the next value is one too many, so that it need not be looked at. */
  #mayKeepNext(): boolean {
    const top = this.#open.at(-1)
    return this.#mayKeep() && (top?.isList !== true || (top.list !== undefined && top.count < maxElements))
  }

  #mayKeep(): boolean {
    return this.#openLists > 0 ? this.#keptInLists < maxValues : this.#keptOutside < maxValues
  }
}

function keptOf({ isList, list, members, count }: Container): unknown {
  if (!isList) return members === undefined ? {} : Object.fromEntries(members)
  if (list === undefined) return []
  // A hole takes no memory, so that a list cut short still tells how long it was.
  list.length = Math.min(count, maxLength)
  return list
}

/** The first byte of a quote, a backslash or a character that may not be in a text; `end` when there is none. */
function endOfText(bytes: Uint8Array, start: number, end: number): number {
  let index = start
  while (index < end) {
    const byte = bytes[index] ?? 0
    if (byte === 0x22 || byte === 0x5c || byte < 0x20) break
    index++
  }
  return index
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isByteOrderMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf
}

/** The bytes of numbers and of true, false and null. */
function isScalarByte(byte: number): boolean {
  if (byte >= 0x30 && byte <= 0x39) return true
  return (byte >= 0x61 && byte <= 0x7a) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x45
}

function parsedScalar(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parsedText(raw: string): string | undefined {
  const text = parsedScalar(`"${raw}"`)
  return typeof text === 'string' ? text : undefined
}

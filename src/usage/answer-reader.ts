import { EventStreamCutter } from './event-stream-cutter.ts'
import { mergeFacts } from './facts.ts'
import { framingOf } from './framing.ts'
import { JsonArrayCutter } from './json-array-cutter.ts'
import { MessageBuffer } from './message-buffer.ts'
import { MessageFold } from './message-fold.ts'
import { NdjsonCutter } from './ndjson-cutter.ts'
import type { AnswerFacts, AnswerHeaders, Framing, WireFormat } from './parser.ts'
import { SseCutter } from './sse-cutter.ts'
import { emptyBody, invalidJson, readWholeJson } from './whole-answer.ts'

/** Reads the body of an answer as it passes by. It keeps no chunk, holds at most its cap, and throws nothing. */
export interface AnswerReader {
  push(chunk: Uint8Array): void
  /** What the answer told, now that it ended by itself. */
  end(): AnswerFacts
  /** What is known so far: all there is when the answer was cut off. */
  facts(): AnswerFacts
  /** True once a stream has carried its first token. */
  readonly sawToken: boolean
}

export interface AnswerReaderOptions {
  readonly headers: AnswerHeaders
  /** The `content-type` of the answer; taken from the headers when left out. */
  readonly contentType?: string
  /** Whether the request asked for a stream. */
  readonly isStream: boolean
  /** How much of a document, or of one message of a stream, may be held; default 1 MiB. Above it a skeleton is read. */
  readonly capBytes?: number
}

const defaultCapBytes = 1024 * 1024

/** A reader for one answer in this format. */
export function createAnswerReader(format: WireFormat, options: AnswerReaderOptions): AnswerReader {
  const { headers, isStream, capBytes = defaultCapBytes } = options
  const contentType = options.contentType ?? headers.get('content-type') ?? ''
  const framing = framingOf(format, { contentType, isStream })
  return framing === 'json'
    ? createDocumentReader(format, { headers, capBytes })
    : createStreamReader(format, { headers, capBytes, framing })
}

function createDocumentReader(
  format: WireFormat,
  { headers, capBytes }: { headers: AnswerHeaders; capBytes: number },
): AnswerReader {
  const document = new MessageBuffer(capBytes)
  let settled: AnswerFacts | undefined
  const readPart = () => ({ ...readWholeJson(format, document.readPart(), { headers }), isComplete: false })
  return {
    sawToken: false,
    push(chunk) {
      document.add(chunk, 0, chunk.length)
      document.keep()
    },
    end() {
      if (settled !== undefined) return settled
      const value = document.read()
      if (document.isEmpty) settled = mergeFacts(readPart(), emptyBody)
      else
        settled = value === undefined ? mergeFacts(readPart(), invalidJson) : readWholeJson(format, value, { headers })
      document.clear()
      return settled
    },
    facts: () => settled ?? readPart(),
  }
}

type StreamFraming = Exclude<Framing, 'json'>

function createStreamReader(
  format: WireFormat,
  { headers, capBytes, framing }: { headers: AnswerHeaders; capBytes: number; framing: StreamFraming },
): AnswerReader {
  const fold = new MessageFold({ format, known: format.readHeaders?.(headers) ?? {}, capBytes })
  const cutter = createCutter(framing, { fold, capBytes })
  let hasEnded = false
  const facts = (): AnswerFacts => {
    const known = fold.facts()
    // Some servers leave the end marker out: a body that ended by itself after the reason was given is whole.
    return { ...known, isComplete: known.isComplete ?? (hasEnded && known.finishReason !== undefined) }
  }
  return {
    get sawToken() {
      return fold.sawToken
    },
    push: (chunk) => cutter.push(chunk),
    end() {
      if (!hasEnded) cutter.end()
      hasEnded = true
      return facts()
    },
    facts,
  }
}

function createCutter(framing: StreamFraming, { fold, capBytes }: { fold: MessageFold; capBytes: number }) {
  const parts = {
    data: new MessageBuffer(capBytes),
    event: new MessageBuffer(maxEventNameBytes),
    onMessage: (payload: MessageBuffer, event: MessageBuffer) => fold.add(payload, event),
  }
  switch (framing) {
    case 'sse':
      return new SseCutter(parts)
    case 'ndjson':
      return new NdjsonCutter(parts)
    case 'json-array':
      return new JsonArrayCutter(parts)
    case 'eventstream':
      return new EventStreamCutter({ ...parts, capBytes, onError: (errorType) => fold.fail(errorType) })
    default:
      return framing satisfies never
  }
}

const maxEventNameBytes = 1024

import { isProxy } from 'node:util/types'
import { AbortSignal } from '../../platform.ts'
import { isRecord } from '../../usage/json-value.ts'
import type { AnswerTap } from '../attempt/answer-tap.ts'
import { bodyHashOf, maxParsedLength, RequestBody, WrittenBody } from '../attempt/request-body.ts'
import type { FetchCall } from './intercept-fetch.ts'
import { decodeUtf8, platform, readBlob, readForm, readHeader, readParameters, readRequest } from './platform.ts'
import { watchStream } from './watch-stream.ts'

/** What fetch was called with, as far as it is looked at. */
export interface SentRequest {
  /** In upper case. */
  readonly method: string
  /** As the caller gave it; for a `Request` its stream. */
  readonly body: unknown
  /** A header, by its name in lower case. To be asked before the caller goes on: headers may be changed. */
  readonly header: (name: string) => string | undefined
  readonly signal: AbortSignal | undefined
}

const members = ['method', 'body', 'headers', 'signal'] as const
type Members = { [Name in (typeof members)[number]]?: unknown }

/** Reads the arguments of a call; undefined where the program would notice it: getters, proxies, objects of a class. */
export function readSentRequest(call: FetchCall): SentRequest | undefined {
  const { init } = call
  if (init === undefined || init === null) return sentRequest(call, {})
  return isPlain(init) ? sentRequest(call, init) : undefined
}

/** An `init` in the place of the caller's that remembers what fetch reads of it; and what was sent, once fetch has returned. */
export function recordReads(call: FetchCall): { readonly init: RequestInit; readonly read: () => SentRequest } {
  const found: Members = {}
  const init = new Proxy<RequestInit>(call.init ?? {}, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (members.some((member) => member === name)) Object.assign(found, { [name]: value })
      return value
    },
  })
  return { init, read: () => sentRequest(call, found) }
}

function isPlain(init: object): boolean {
  if (isProxy(init)) return false
  const prototype: unknown = Object.getPrototypeOf(init)
  if (prototype !== Object.prototype && prototype !== null) return false
  return members.every((name) => Object.getOwnPropertyDescriptor(init, name)?.get === undefined)
}

function sentRequest({ input }: FetchCall, { method, body, headers, signal }: Members): SentRequest {
  const request = input instanceof platform().Request ? readRequest(input) : undefined
  const header = headerReader(headers ?? request?.headers)
  return {
    // Of an object fetch asks for its text, which would be asked for twice.
    method: textOf(method ?? request?.method ?? 'GET')?.toUpperCase() ?? '',
    body: body ?? request?.body ?? undefined,
    header,
    signal: [signal, request?.signal].find(isSignal),
  }
}

function headerReader(given: unknown): (name: string) => string | undefined {
  // Making `Headers` of them costs more than all else that is done with the request, and a list may be read only once.
  if (given instanceof platform().Headers) return (name) => readHeader(given, name)
  if (Array.isArray(given)) {
    return (name) => {
      const pair: unknown = given.find((item) => Array.isArray(item) && textOf(item[0])?.toLowerCase() === name)
      return Array.isArray(pair) ? textOf(pair[1]) : undefined
    }
  }
  if (!isRecord(given) || isProxy(given) || Symbol.iterator in given) return () => undefined
  return (name) => {
    for (const key of Object.keys(given)) {
      if (key.length !== name.length || key.toLowerCase() !== name) continue
      const value: unknown = Object.getOwnPropertyDescriptor(given, key)?.value
      return textOf(value)
    }
    return undefined
  }
}

/** A text or a number as text: of an object nothing may be asked. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function isSignal(value: unknown): value is AbortSignal {
  return value instanceof AbortSignal
}

/** Reads the body of a request without taking anything from it: at once where it is there, else as it passes. */
export function readSentBody({ body }: SentRequest): RequestBody {
  if (typeof body === 'string') return new RequestBody(body)
  if (ArrayBuffer.isView(body)) return bytesBody(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  if (body instanceof ArrayBuffer) return bytesBody(new Uint8Array(body))
  if (body instanceof platform().FormData) return formBody(body)
  if (body instanceof platform().URLSearchParams) return new RequestBody(readParameters(body))
  if (body instanceof platform().Blob) return blobBody(body)
  if (body instanceof platform().ReadableStream && !body.locked) return streamBody(body)
  return new RequestBody(undefined)
}

function bytesBody(bytes: Uint8Array): RequestBody {
  if (bytes.length <= maxParsedLength) return new RequestBody(decodeUtf8(bytes))
  const written = new WrittenBody()
  written.add(bytes)
  return written.read()
}

/** The fields of a form that are text; of a file only the name, the size and the type count, and only for the digest. */
function formBody(form: FormData): RequestBody {
  const fields = new Map<string, string>()
  const entries = readForm(form)
  for (const [name, value] of entries) if (typeof value === 'string') fields.set(name, value)
  return new RequestBody(undefined, { hash: bodyHashOf(JSON.stringify(entries)), form: fields })
}

// What a Blob holds cannot be read at once, but reading it beside the request takes nothing from it.
function blobBody(blob: Blob): RequestBody {
  const body = new RequestBody(undefined)
  const { size, type, text } = readBlob(blob)
  if (size > maxParsedLength || (type !== '' && !/json|text|form-data/.test(type))) return body
  body.isKnown = false
  const learn = (read?: string) => body.learn(read)
  text().then(learn, () => learn())
  return body
}

const closingBrace = 0x7d

// It is never waited for: it may be made only as the answer comes.
function streamBody(stream: ReadableStream): RequestBody {
  const body = new RequestBody(undefined)
  const written = new WrittenBody()
  let isFirst = true
  const learn = () => {
    if (!body.isKnown) written.tell(body)
  }
  const giveUp = () => body.learn(undefined)
  const tap: AnswerTap = {
    chunk(bytes) {
      if (body.isKnown) return
      written.add(bytes)
      // A text that came in one piece is known before it is sent.
      if (isFirst && bytes.at(-1) === closingBrace && written.isJson) learn()
      isFirst = false
    },
    end: learn,
    fail: giveUp,
    leave: giveUp,
  }
  // What was put in before is told at once.
  body.isKnown = false
  return watchStream(stream, tap, { mayBePart: true }) ? body : new RequestBody(undefined)
}

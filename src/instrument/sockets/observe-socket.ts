import { EventEmitter } from 'node:events'
import { URL } from '../../platform.ts'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import { recordRequest } from '../../runtime/collector/record-request.ts'
import { nextCallId, type Scope } from '../../runtime/scope.ts'
import { type AnswerHeaders, providerOfHost } from '../../usage/index.ts'
import { modelOfSocket, socketReaderFor } from '../../usage/sockets/socket-messages.ts'
import type { SocketMessage, SocketReader } from '../../usage/sockets/socket-reader.ts'
import type { AnswerFacts } from '../../usage/wire-format.ts'
import { observedScope } from '../attempt/begin-attempt.ts'
import { countRequest } from '../attempt/deduplication.ts'
import { noteModelSocket } from '../attempt/not-understood.ts'
import { recordWhenPriced } from '../attempt/record-when-priced.ts'
import { type OpenAttempt, wireState } from '../attempt/wire-state.ts'
import { replaceMethod } from '../http/replace-method.ts'
import { FrameReader } from './frame-reader.ts'

/** Hears that a WebSocket was opened: with its socket, and the headers of the answer that opened it. */
export type UpgradeListener = (socket: unknown, headers: AnswerHeaders) => void

/**
 * Begins to observe a WebSocket that is being opened: gives what is to be told of its socket. One whose messages nobody can
 * read here is noted, and undefined is given.
 */
export function observeModelSocket(text: string): UpgradeListener | undefined {
  const scope = observedScope()
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || scope === undefined) return undefined
  const messages = socketReaderFor(url)
  if (messages === undefined) {
    noteModelSocket(text)
    return undefined
  }
  return (socket, headers) => {
    if (!(socket instanceof EventEmitter)) {
      noteModelSocket(text)
      return
    }
    const conversation = new Conversation(scope, url, messages)
    const extensions = headers.get('sec-websocket-extensions') ?? ''
    const { isBinary } = messages
    const reader = new FrameReader(
      { message: (bytes) => conversation.hear(bytes), lose: () => noteModelSocket(text) },
      { extensions, isBinary },
    )
    if (messages.readOwn !== undefined) watchOwnWords(socket, conversation, extensions)
    watchEvents(socket, (name, [chunk]) => {
      if (name === 'data' && chunk instanceof Uint8Array) reader.push(chunk)
      else if (name === 'close') conversation.end()
    })
  }
}

/** Hears what the program says first, until it has said what it wants: only there is the model named. */
function watchOwnWords(socket: EventEmitter, conversation: Conversation, extensions: string): void {
  const write: unknown = Reflect.get(socket, 'write')
  if (typeof write !== 'function') return
  let isListening = true
  const stop = () => {
    isListening = false
  }
  const reader = new FrameReader(
    { message: (bytes) => conversation.hearOwn(bytes) && stop(), lose: stop },
    { extensions, isClient: true, isBinary: true },
  )
  replaceMethod(socket, 'write', (...args: unknown[]) => {
    try {
      const [chunk] = args
      if (isListening && chunk instanceof Uint8Array) reader.push(chunk)
    } catch {}
    return Reflect.apply(write, socket, args)
  })
}

/** Hears of what an emitter tells, before its listeners do and without being one of them. */
function watchEvents(emitter: EventEmitter, tell: (name: string | symbol, args: readonly unknown[]) => void): void {
  const { emit } = emitter
  const watched = (name: string | symbol, ...args: unknown[]): boolean => {
    try {
      tell(name, args)
    } catch {}
    return Reflect.apply(emit, emitter, [name, ...args])
  }
  Object.defineProperty(emitter, 'emit', { value: watched, configurable: true, writable: true })
}

/** The same for what a request tells of itself: it is opened by an answer that switches protocols. */
export function watchUpgrade(request: EventEmitter, listener: UpgradeListener): void {
  watchEvents(request, (name, [response, socket]) => {
    if (name !== 'upgrade' || typeof response !== 'object' || response === null) return
    const headers: unknown = Reflect.get(response, 'headers')
    listener(socket, { get: (header) => textOf(headers, header.toLowerCase()) })
  })
}

function textOf(headers: unknown, name: string): string | null {
  const value: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, name) : undefined
  return value === undefined || value === null ? null : String(value)
}

interface StartedAnswer {
  readonly atMs: number
  readonly at: number
  firstTokenAt?: number
}

/** What is said on one socket: each answer of the model is a request of its own. */
class Conversation implements OpenAttempt {
  readonly scope: Scope
  readonly #url: URL
  readonly #started = new Map<string, StartedAnswer>()
  #model: string | undefined
  #transcriptionModel: string | undefined

  readonly #messages: SocketReader

  constructor(scope: Scope, url: URL, messages: SocketReader) {
    this.scope = scope
    this.#url = url
    this.#messages = messages
    this.#model = modelOfSocket(url)
    wireState().open.add(this)
  }

  hear(bytes: Buffer): void {
    if (!this.#messages.tellingTexts.some((word) => bytes.includes(word))) return
    for (const message of this.#messages.read(parsed(bytes))) this.#take(message)
  }

  /** True once the program has said what is asked for. */
  hearOwn(bytes: Buffer): boolean {
    const message = this.#messages.readOwn?.(parsed(bytes))
    if (message !== undefined) this.#take(message)
    return message !== undefined
  }

  /** The socket is closed: an answer that has not come to its end has used what nobody tells. */
  end(): void {
    wireState().open.delete(this)
    for (const message of this.#messages.end?.() ?? []) this.#take(message)
    for (const id of [...this.#started.keys()]) this.#record(id, {}, true)
  }

  /** The process ends. */
  settle(): void {
    this.end()
  }

  #take(message: SocketMessage): void {
    switch (message.type) {
      case 'session':
        this.#model = message.model ?? this.#model
        this.#transcriptionModel = message.transcriptionModel ?? this.#transcriptionModel
        return
      case 'start':
        this.#started.set(message.id ?? '', { atMs: nowMs(), at: monotonicSeconds() })
        countRequest(this.scope)
        return
      case 'token':
        this.#seeToken(message.id)
        return
      case 'answer':
        if (message.id !== undefined && !wireState().deferred.count({ url: this.#url }, message.id)) return
        this.#record(message.id ?? '', message.facts)
        return
      case 'transcript':
        this.#record(undefined, { model: this.#transcriptionModel ?? 'unknown', ...message.facts })
        return
      default:
        message satisfies never
    }
  }

  #seeToken(id: string | undefined): void {
    const answers = id === undefined ? [...this.#started.values()] : [this.#started.get(id)]
    for (const answer of answers) if (answer !== undefined) answer.firstTokenAt ??= monotonicSeconds()
  }

  #record(id: string | undefined, facts: AnswerFacts, isAborted = false): void {
    const started = id === undefined ? undefined : this.#started.get(id)
    if (id !== undefined) this.#started.delete(id)
    if (started === undefined) countRequest(this.scope)
    const endedAt = monotonicSeconds()
    const { at = endedAt, atMs = nowMs(), firstTokenAt } = started ?? {}
    const { href, origin, pathname } = this.#url
    const path = pathname.startsWith('/ws/') ? '' : pathname.replace(/\/\w+\/?$/, '')
    recordWhenPriced(this.scope, () =>
      recordRequest(
        this.scope,
        {
          type: 'request-end',
          callId: nextCallId(),
          model: facts.model ?? this.#model ?? 'unknown',
          upstreamModel: facts.model ?? this.#model,
          status: 200,
          errorType: facts.errorType,
          resendCount: 0,
          startedAtMs: atMs,
          durationSeconds: endedAt - at,
          timeToFirstTokenSeconds: firstTokenAt === undefined ? undefined : firstTokenAt - at,
          isStream: true,
          isAborted: isAborted || undefined,
          finishReason: facts.finishReason,
          serviceTier: facts.serviceTier,
          responseId: facts.responseId,
          usage: facts.usage,
          rawUsage: facts.rawUsage,
        },
        {
          // Prices are found by the host, whichever way it is asked.
          url: href.replace(/^ws/, 'http'),
          baseUrl: `${origin}${path}`,
          provider: providerOfHost(this.#url),
          reportedUsd: facts.reportedCostUsd,
        },
      ),
    )
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

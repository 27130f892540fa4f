import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerFunction } from './answers/answer.ts'
import { idOf } from './answers/complete.ts'
import type { Attempt, Outcome } from './attempts/attempt.ts'
import { billOf } from './attempts/bill.ts'
import { serveChat } from './attempts/serve-chat.ts'
import { serveMedia } from './attempts/serve-media.ts'
import { Stopwatch } from './attempts/timing.ts'
import { BatchShelf } from './batches/batch-shelf.ts'
import type { BatchParts } from './batches/batch-work.ts'
import { MessageShelf } from './batches/message-shelf.ts'
import { originHeader, sendError, sendJson, simulatedHeader } from './http-answer.ts'
import { bodyWithoutBoundary, parseMedia } from './media-request.ts'
import { parseChat, readBody } from './request-body.ts'
import type { RequestLog, SimulatedRequest } from './request-log.ts'
import { listedModels, modelBody, type Route, routeOf } from './routes.ts'
import type { SimulatorSettings } from './settings.ts'

interface ProviderParts {
  readonly settings: SimulatorSettings
  readonly answers: AnswerFunction | undefined
  readonly log: RequestLog
}

/** Answers HTTP requests; owns what changes: how often each request was seen, and what is being served. */
export class Provider {
  private readonly parts: ProviderParts
  private readonly seenByKey = new Map<string, number>()
  private readonly seenByBody = new Map<string, number>()
  private readonly serving = new Set<Promise<void>>()
  private readonly batches: BatchShelf
  private readonly messageBatches: MessageShelf
  private arrivals = 0
  private isClosing = false

  constructor(parts: ProviderParts) {
    this.parts = parts
    const work: BatchParts = {
      ...parts,
      seen: (drawKey, bodyDigest) => ({
        seen: countIn(this.seenByKey, drawKey),
        bodySeen: countIn(this.seenByBody, bodyDigest),
      }),
      nextIndex: () => this.arrivals++,
    }
    this.batches = new BatchShelf(work)
    this.messageBatches = new MessageShelf(work)
  }

  /** Serves one request; no fault of it reaches the caller. */
  take(request: IncomingMessage, response: ServerResponse): void {
    const serving = this.serve(request, response)
      .catch((error: unknown) => {
        response.destroy()
        process.emitWarning(error instanceof Error ? error : String(error))
      })
      .finally(() => this.serving.delete(serving))
    this.serving.add(serving)
  }

  /** Cuts every connection and waits until nothing is being served. */
  async cut(closeConnections: () => void): Promise<void> {
    this.isClosing = true
    this.batches.close()
    this.messageBatches.close()
    closeConnections()
    await Promise.all(this.serving)
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? ''
    const [path = '/'] = (request.url ?? '/').split('?')
    const route = routeOf(method, path)
    response.setHeader(simulatedHeader, '1')
    response.setHeader('x-request-id', `req_${this.arrivals}`)
    switch (route.type) {
      case 'chat':
      case 'media':
        return this.serveCall({ request, response, path, route })
      case 'models':
        return sendJson(response, { object: 'list', data: listedModels.map(modelBody) })
      case 'model':
        return sendJson(response, modelBody(route.id))
      case 'upload':
      case 'files':
      case 'file':
      case 'make-batch':
      case 'batches':
      case 'batch':
      case 'cancel-batch':
        return this.batches.serve(route, request, response)
      case 'make-message-batch':
      case 'message-batches':
      case 'message-batch':
      case 'cancel-message-batch':
      case 'message-results':
        return this.messageBatches.serve(route, request, response)
      case 'wrong-method': {
        const message = `Not allowed: ${method} ${path}. Use ${route.allowed}.`
        const headers = { allow: route.allowed }
        return sendError(response, { status: 405, message, type: 'invalid_request_error', headers })
      }
      case 'unknown':
        return sendError(response, {
          status: 404,
          message: `Unknown request URL: ${method} ${path}. The simulator serves POST /v1/chat/completions, /v1/images/generations, /v1/images/edits, /v1/audio/speech, /v1/audio/transcriptions, /v1/files, /v1/batches and /v1/messages/batches, and GET /v1/models.`,
          type: 'invalid_request_error',
          code: 'unknown_url',
        })
      default:
        return route satisfies never
    }
  }

  private async serveCall({ request, response, path, route }: CallArrival): Promise<void> {
    const stopwatch = new Stopwatch()
    const start = { index: this.arrivals++, atMs: Date.now() }
    const body = await readBody(request)
    if (body === 'gone') return
    if (body === 'too-long') {
      const message = 'The body of the request is longer than 64 MiB.'
      return sendError(response, { status: 413, message, type: 'invalid_request_error' })
    }
    const { deployment } = route
    const contentType = String(request.headers['content-type'] ?? '')
    const bodyDigest = createHash('sha256')
      .update(deployment ?? '')
      .update(bodyWithoutBoundary(body, contentType))
      .digest('hex')
      .slice(0, 16)
    const call = await callOf(route, { body, contentType })
    const isAzure = path.startsWith('/openai/')
    const facts = { ...start, bodyDigest, isAzure }
    const gone = abortedWithout(response)
    if ('error' in call) {
      this.record({ ...facts, model: '', isStream: false }, { stopwatch, gone }, { status: call.error.status })
      return sendError(response, call.error)
    }
    const origin = originOf(request)
    const drawKey = origin?.call ?? bodyDigest
    const seen = countIn(this.seenByKey, drawKey)
    const bodySeen = countIn(this.seenByBody, bodyDigest)
    response.setHeader('x-request-id', `req_${idOf(this.parts.settings, { drawKey, seen })}`)
    const isStream = call.type === 'chat' && call.request.stream === true
    const known = { ...facts, model: call.request.model, isStream }
    const attempt: Omit<Attempt, 'request'> = {
      drawKey,
      origin: origin?.place,
      seen,
      bodySeen,
      response,
      settings: this.parts.settings,
      answers: this.parts.answers,
      stopwatch,
      gone,
      isAzure,
      record: (outcome) => this.record(known, { stopwatch, gone }, outcome),
    }
    return call.type === 'chat'
      ? serveChat({ ...attempt, request: call.request })
      : serveMedia({ ...attempt, request: call.request })
  }

  private record(
    { isAzure, ...facts }: AttemptFacts,
    { stopwatch, gone }: Pick<Attempt, 'stopwatch' | 'gone'>,
    outcome: Outcome,
  ): void {
    const served = { promptTokens: 0, completionTokens: 0, ...outcome }
    this.parts.log.add({
      ...facts,
      durationSeconds: stopwatch.elapsedSeconds,
      isUsageSent: false,
      ...served,
      ...billOf({ ...facts, isAzure, ...served }),
      ...(gone.aborted && (this.isClosing ? { simulatorClosed: true } : { clientAborted: true })),
    })
  }
}

/** How often a key was counted before; counts it. */
function countIn(counts: Map<string, number>, key: string): number {
  const before = counts.get(key) ?? 0
  counts.set(key, before + 1)
  return before
}

/** Where a request comes from, as a run of this package says it: a digest of record, node and model, and which call it is there. */
function originOf({ headers }: IncomingMessage): { readonly place: string; readonly call: string } | undefined {
  const [, place] = /^([\da-f]{16})-\d{1,9}$/.exec(String(headers[originHeader] ?? '')) ?? []
  return place === undefined ? undefined : { place, call: String(headers[originHeader]) }
}

interface AttemptFacts extends Pick<SimulatedRequest, 'index' | 'atMs' | 'model' | 'isStream' | 'bodyDigest'> {
  readonly isAzure: boolean
}

type CallRoute = Extract<Route, { type: 'chat' | 'media' }>

interface CallArrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly route: CallRoute
}

/** What a request asks for, or the error that OpenAI would answer. */
async function callOf(
  route: CallRoute,
  { body, contentType }: { readonly body: Buffer; readonly contentType: string },
) {
  if (route.type === 'chat') return { type: 'chat' as const, ...parseChat(body, route.deployment) }
  const { operation, deployment } = route
  return { type: 'media' as const, ...(await parseMedia(body, { contentType, operation, deployment })) }
}

/** Aborted when the connection closes before the response is finished. */
function abortedWithout(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}

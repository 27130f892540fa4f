import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { hexOf, logNormal, randomOf } from '../seeded-random.ts'
import type { AnswerFunction } from './answer.ts'
import { billOf } from './bill.ts'
import { completionBody } from './chat-body.ts'
import { complete } from './complete.ts'
import { faultOf } from './faults.ts'
import { sendError, sendText } from './http-answer.ts'
import { parseChat, readBody } from './read-chat.ts'
import type { RequestLog } from './request-log.ts'
import type { BatchRoute } from './routes.ts'
import type { SimulatorSettings } from './settings.ts'

interface ShelfParts {
  readonly settings: SimulatorSettings
  readonly answers: AnswerFunction | undefined
  readonly log: RequestLog
  /** Counts a call; gives how often it, and its body, came before. */
  readonly seen: (drawKey: string, bodyDigest: string) => { readonly seen: number; readonly bodySeen: number }
  readonly nextIndex: () => number
}

interface StoredBatch {
  readonly id: string
  readonly inputFile: string
  readonly metadata: Readonly<Record<string, unknown>> | undefined
  readonly createdAtMs: number
  status: 'in_progress' | 'finalizing' | 'completed' | 'failed' | 'expired' | 'cancelled'
  total: number
  completed: number
  failed: number
  outputFile?: string
  errorFile?: string
  error?: string
  readonly ended: AbortController
}

const maxFileBytes = 210_000_000
const maxLines = 50_000

const batchRequest = z.looseObject({
  input_file_id: z.string(),
  endpoint: z.string(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

const callLine = z.looseObject({ custom_id: z.string(), method: z.string(), url: z.string(), body: z.unknown() })

/** The files and batches of a simulated provider: what OpenAI has under `/files` and `/batches`. */
export class BatchShelf {
  readonly #parts: ShelfParts
  readonly #files = new Map<string, string>()
  readonly #batches = new Map<string, StoredBatch>()

  constructor(parts: ShelfParts) {
    this.#parts = parts
  }

  async serve(route: BatchRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (route.type) {
      case 'upload':
        return this.#upload(request, response)
      case 'make-batch':
        return this.#make(request, response)
      case 'batches': {
        const data = [...this.#batches.values()].reverse().map(bodyOf)
        return sendJson(response, { object: 'list', data, has_more: false })
      }
      case 'batch':
      case 'cancel-batch': {
        const batch = this.#batches.get(route.id)
        if (batch === undefined) return notFound(response, route.id)
        if (route.type === 'cancel-batch') batch.ended.abort()
        return sendJson(response, bodyOf(batch))
      }
      case 'file': {
        const text = this.#files.get(route.id)
        if (text === undefined) return notFound(response, route.id)
        return sendText(response, { status: 200, text, contentType: 'application/octet-stream' })
      }
      default:
        return route satisfies never
    }
  }

  /** Ends what goes on by itself. */
  close(): void {
    for (const { ended } of this.#batches.values()) ended.abort()
  }

  async #upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, maxFileBytes)
    if (body === 'gone') return
    const type = request.headers['content-type'] ?? ''
    if (body === 'too-long' || !type.startsWith('multipart/form-data')) {
      const message = body === 'too-long' ? 'The file is longer than 200 MB.' : 'Expected multipart/form-data.'
      return sendError(response, { status: 400, message, type: 'invalid_request_error' })
    }
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
    const file = form.get('file')
    if (file === null || typeof file === 'string') {
      return sendError(response, { status: 400, message: 'There is no file.', type: 'invalid_request_error' })
    }
    const id = this.#newId('file')
    this.#files.set(id, await file.text())
    return sendJson(response, { id, object: 'file', bytes: file.size, purpose: 'batch', status: 'processed' })
  }

  async #make(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === 'gone' || body === 'too-long') return
    const parsed = batchRequest.safeParse(jsonOf(body.toString()))
    const text = parsed.success ? this.#files.get(parsed.data.input_file_id) : undefined
    if (!parsed.success || text === undefined) {
      const message = 'Expected input_file_id, of a file that was uploaded, and endpoint.'
      return sendError(response, { status: 400, message, type: 'invalid_request_error' })
    }
    const batch: StoredBatch = {
      id: this.#newId('batch'),
      inputFile: parsed.data.input_file_id,
      metadata: parsed.data.metadata ?? undefined,
      createdAtMs: Date.now(),
      status: 'in_progress',
      total: 0,
      completed: 0,
      failed: 0,
      ended: new AbortController(),
    }
    this.#batches.set(batch.id, batch)
    void this.#work(batch, text).catch((error: unknown) => {
      batch.status = 'failed'
      batch.error = String(error)
    })
    return sendJson(response, bodyOf(batch))
  }

  /** Answers the calls of a batch when they are due. */
  async #work(batch: StoredBatch, text: string): Promise<void> {
    const { settings } = this.#parts
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    const calls = lines.map((line) => callLine.safeParse(jsonOf(line)))
    const wrong = calls.findIndex(({ success }) => !success)
    if (wrong >= 0 || lines.length === 0 || lines.length > maxLines) {
      batch.status = 'failed'
      batch.error = wrong >= 0 ? `Line ${wrong + 1} is no call.` : `Expected 1 to ${maxLines} lines.`
      return
    }
    batch.total = lines.length
    const random = randomOf(settings.seed, lines[0] ?? '', lines.length, 'batch')
    const isExpiring = random() < settings.batchExpiryRate
    const seconds = settings.timeScale * logNormal({ mean: settings.batchSeconds, sigma: 0.5, random })
    await sleep(seconds * 1000, undefined, { signal: batch.ended.signal }).catch(() => {})
    const isCancelled = batch.ended.signal.aborted
    const answered = isCancelled ? 0 : isExpiring ? Math.floor(lines.length / 2) : lines.length
    const output: string[] = []
    const errors: string[] = []
    for (const [index, call] of calls.entries()) {
      if (!call.success) continue
      const { custom_id, body } = call.data
      if (index >= answered) {
        const code = isCancelled ? 'batch_cancelled' : 'batch_expired'
        errors.push(lineOf(this.#lineId(batch, index), custom_id, null, { code, message: 'It was not done in time.' }))
        continue
      }
      const { status, answer } = await this.#answer(custom_id, body)
      const line = lineOf(this.#lineId(batch, index), custom_id, { status_code: status, body: answer }, null)
      if (status === 200) output.push(line)
      else errors.push(line)
      if (index % 50 === 49) await sleep(0)
    }
    batch.completed = output.length
    batch.failed = errors.length
    batch.outputFile = this.#keep(output)
    batch.errorFile = this.#keep(errors)
    batch.status = isCancelled ? 'cancelled' : isExpiring ? 'expired' : 'completed'
  }

  async #answer(customId: string, body: unknown): Promise<{ readonly status: number; readonly answer: unknown }> {
    const { settings, answers, log, seen, nextIndex } = this.#parts
    const bytes = Buffer.from(JSON.stringify(body))
    const bodyDigest = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    const parsed = parseChat(bytes, undefined)
    if ('error' in parsed) return { status: parsed.error.status, answer: { error: parsed.error } }
    const { request } = parsed
    // As this package names the calls of its batches: the record, the node, the model, and which call it is there.
    const [call, place] = /^([\da-f]{16})-\d{1,9}(?=-)/.exec(customId) ?? []
    const drawKey = call ?? bodyDigest
    const counts = seen(drawKey, bodyDigest)
    const fault = faultOf({ settings, drawKey, seen: counts.seen })
    const facts = { index: nextIndex(), atMs: Date.now(), model: request.model, isStream: false, bodyDigest }
    if (fault !== undefined) {
      const status = fault.type === 'rate-limit' ? 429 : 500
      log.add({
        ...facts,
        durationSeconds: 0,
        isUsageSent: false,
        status,
        promptTokens: 0,
        completionTokens: 0,
        costPicodollars: 0,
      })
      return { status, answer: { error: { message: 'The call failed.', type: 'server_error', code: null } } }
    }
    const arrival = { request, drawKey, origin: place, ...counts }
    const completion = await complete({ arrival, settings, answers })
    const { promptTokens, completionTokens, cachedTokens, reasoningTokens, audioTokens } = completion.usage
    const tokens = { promptTokens, completionTokens, cachedTokens, reasoningTokens, audioTokens }
    const served = { ...tokens, serviceTier: 'batch' }
    const bill = billOf({ ...facts, isAzure: false, ...served })
    log.add({ ...facts, durationSeconds: 0, isUsageSent: true, status: 200, ...served, ...bill })
    return { status: 200, answer: completionBody(completion) }
  }

  #keep(lines: readonly string[]): string | undefined {
    if (lines.length === 0) return undefined
    const id = this.#newId('file')
    this.#files.set(id, `${lines.join('\n')}\n`)
    return id
  }

  #newId(kind: string): string {
    const count = this.#files.size + this.#batches.size
    return `${kind === 'file' ? 'file-' : 'batch_'}${hexOf(randomOf(this.#parts.settings.seed, kind, count, 'id'), 24)}`
  }

  #lineId({ id }: StoredBatch, index: number): string {
    return `batch_req_${hexOf(randomOf(this.#parts.settings.seed, id, index, 'id'), 24)}`
  }
}

function lineOf(id: string, customId: string, response: unknown, error: unknown): string {
  return JSON.stringify({ id, custom_id: customId, response, error })
}

function bodyOf(batch: StoredBatch): Record<string, unknown> {
  return {
    id: batch.id,
    object: 'batch',
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    status: batch.status,
    input_file_id: batch.inputFile,
    output_file_id: batch.outputFile ?? null,
    error_file_id: batch.errorFile ?? null,
    created_at: Math.floor(batch.createdAtMs / 1000),
    request_counts: { total: batch.total, completed: batch.completed, failed: batch.failed },
    errors: batch.error === undefined ? null : { object: 'list', data: [{ code: 'invalid', message: batch.error }] },
    metadata: batch.metadata ?? null,
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function sendJson(response: ServerResponse, body: unknown): void {
  sendText(response, { status: 200, text: JSON.stringify(body) })
}

function notFound(response: ServerResponse, id: string): void {
  sendError(response, { status: 404, message: `There is no ${id}.`, type: 'invalid_request_error' })
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { hexOf, randomOf } from '../../seeded-random.ts'
import { completionBody } from '../attempts/chat-body.ts'
import { sendError, sendJson, sendText } from '../http-answer.ts'
import { formOf, jsonOf, parseChat, readBody } from '../request-body.ts'
import type { BatchRoute } from '../routes.ts'
import { type BatchCall, type BatchParts, type CallOutcome, workOff } from './batch-work.ts'

interface StoredBatch {
  readonly id: string
  readonly inputFile: string
  readonly metadata: Readonly<Record<string, unknown>> | undefined
  readonly createdAtMs: number
  status: 'in_progress' | 'finalizing' | 'cancelling' | 'completed' | 'failed' | 'expired' | 'cancelled'
  total: number
  completed: number
  failed: number
  outputFile?: string
  errorFile?: string
  error?: string
  readonly ended: AbortController
}

interface StoredFile {
  readonly id: string
  readonly name: string
  readonly text: string
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
  readonly #parts: BatchParts
  readonly #files = new Map<string, StoredFile>()
  readonly #batches = new Map<string, StoredBatch>()

  constructor(parts: BatchParts) {
    this.#parts = parts
  }

  async serve(route: BatchRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (route.type) {
      case 'upload':
        return this.#upload(request, response)
      case 'files': {
        const data = [...this.#files.values()].reverse().map(fileBodyOf)
        return sendJson(response, { object: 'list', data, has_more: false })
      }
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
        if (route.type === 'cancel-batch') cancel(batch)
        return sendJson(response, bodyOf(batch))
      }
      case 'file': {
        const file = this.#files.get(route.id)
        if (file === undefined) return notFound(response, route.id)
        return sendText(response, { status: 200, text: file.text, contentType: 'application/octet-stream' })
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
    if (body === 'too-long') return refuse(response, 'The file is longer than 200 MB.')
    const form = await formOf(body, request.headers['content-type'] ?? '')
    const file = form?.get('file')
    if (form === undefined) return refuse(response, 'Expected multipart/form-data.')
    if (file === undefined || file === null || typeof file === 'string') return refuse(response, 'There is no file.')
    return sendJson(response, fileBodyOf(this.#keepText(await file.text(), file.name)))
  }

  async #make(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === 'gone') return
    if (body === 'too-long') return refuse(response, 'The body of the request is longer than 64 MiB.')
    const parsed = batchRequest.safeParse(jsonOf(body))
    const file = parsed.success ? this.#files.get(parsed.data.input_file_id) : undefined
    if (!parsed.success || file === undefined) {
      return refuse(response, 'Expected input_file_id, of a file that was uploaded, and endpoint.')
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
    void this.#work(batch, file.text).catch((error: unknown) => {
      batch.status = 'failed'
      batch.error = String(error)
    })
    return sendJson(response, bodyOf(batch))
  }

  async #work(batch: StoredBatch, text: string): Promise<void> {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    const calls = lines.map(callOf)
    const wrong = calls.indexOf(undefined)
    if (wrong >= 0 || lines.length === 0 || lines.length > maxLines) {
      batch.status = 'failed'
      batch.error = wrong >= 0 ? `Line ${wrong + 1} is no call.` : `Expected 1 to ${maxLines} lines.`
      return
    }
    batch.total = lines.length
    const output: string[] = []
    const errors: string[] = []
    let end: 'completed' | 'expired' | 'cancelled' = 'completed'
    const onDue = () => {
      batch.status = 'finalizing'
    }
    const work = { calls: calls.filter((call) => call !== undefined), ended: batch.ended.signal, onDue }
    for await (const outcome of workOff(this.#parts, work)) {
      const id = this.#lineId(batch, output.length + errors.length)
      if (outcome.type === 'answer') output.push(lineOf(id, outcome))
      else errors.push(lineOf(id, outcome))
      if (outcome.type === 'expired' || outcome.type === 'cancelled') end = outcome.type
    }
    batch.completed = output.length
    batch.failed = errors.length
    batch.outputFile = this.#keep(output)
    batch.errorFile = this.#keep(errors)
    batch.status = end
  }

  #keep(lines: readonly string[]): string | undefined {
    return lines.length === 0 ? undefined : this.#keepText(`${lines.join('\n')}\n`, 'output.jsonl').id
  }

  #keepText(text: string, name: string): StoredFile {
    const file = { id: this.#newId('file'), name, text }
    this.#files.set(file.id, file)
    return file
  }

  #newId(kind: string): string {
    const count = this.#files.size + this.#batches.size
    return `${kind === 'file' ? 'file-' : 'batch_'}${hexOf(randomOf(this.#parts.settings.seed, kind, count, 'id'), 24)}`
  }

  #lineId({ id }: StoredBatch, index: number): string {
    return `batch_req_${hexOf(randomOf(this.#parts.settings.seed, id, index, 'id'), 24)}`
  }
}

function callOf(line: string): BatchCall | undefined {
  const parsed = callLine.safeParse(jsonOf(line))
  if (!parsed.success) return undefined
  const { custom_id: customId, body } = parsed.data
  return { customId, body, parsed: parseChat(Buffer.from(JSON.stringify(body) ?? ''), undefined) }
}

function cancel(batch: StoredBatch): void {
  if (batch.status === 'in_progress' || batch.status === 'finalizing') batch.status = 'cancelling'
  batch.ended.abort()
}

function lineOf(id: string, outcome: CallOutcome): string {
  const { customId: custom_id } = outcome
  switch (outcome.type) {
    case 'answer': {
      const response = { status_code: 200, body: completionBody(outcome.completion) }
      return JSON.stringify({ id, custom_id, response, error: null })
    }
    case 'error': {
      const { status: status_code, message, type, code = null } = outcome.error
      const response = { status_code, body: { error: { message, type, code } } }
      return JSON.stringify({ id, custom_id, response, error: null })
    }
    default: {
      const error = { code: `batch_${outcome.type}`, message: 'It was not done in time.' }
      return JSON.stringify({ id, custom_id, response: null, error })
    }
  }
}

function fileBodyOf({ id, name, text }: StoredFile): Record<string, unknown> {
  return { id, object: 'file', bytes: Buffer.byteLength(text), filename: name, purpose: 'batch', status: 'processed' }
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

function refuse(response: ServerResponse, message: string): void {
  sendError(response, { status: 400, message, type: 'invalid_request_error' })
}

function notFound(response: ServerResponse, id: string): void {
  sendError(response, { status: 404, message: `There is no ${id}.`, type: 'invalid_request_error' })
}

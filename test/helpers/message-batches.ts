import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface MessageBatch {
  readonly id: string
  readonly createdAt: string
  readonly requests: readonly { readonly custom_id: string; readonly params?: unknown }[]
  isCancelled?: boolean
}

/** A provider of message batches, as Anthropic has them; what it does wrong is told to it. */
export class MessageBatches {
  readonly batches: MessageBatch[] = []
  /** Changes the lines of the results, or what is sent of them. */
  change: (lines: string[], batch: MessageBatch) => string = (lines) => `${lines.join('\n')}\n`
  /** So many batches arrive, and their answer does not. */
  losesAnswers = 0
  /** So many batches are answered with 500, and do not arrive. */
  refuses = 0
  /** So many times results are answered with this status. */
  failsResults = { times: 0, status: 503 }
  /** So many times a cancellation is answered with 409. */
  refusesCancels = 0
  /** What is not done until it is cancelled. */
  isSlow: (batch: MessageBatch) => boolean = () => false
  looks = 0
  cancels: string[] = []
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  /** Gives its address. */
  async open(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const [, id, more] = /^\/v1\/messages\/batches\/?([^/?]*)\/?(\w*)/.exec(request.url ?? '') ?? []
    const send = (body: unknown) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    const fail = (status: number, type: string, message: string) => {
      response.statusCode = status
      send({ type: 'error', error: { type, message } })
    }
    if (request.headers['x-api-key'] !== 'a-key' || request.headers['anthropic-version'] === undefined) {
      return fail(401, 'authentication_error', 'no')
    }
    if (request.method === 'POST' && id === '') {
      if (this.refuses > 0) {
        this.refuses -= 1
        return fail(500, 'api_error', 'not now')
      }
      const { requests } = JSON.parse(Buffer.concat(chunks).toString())
      const batch = this.add(requests)
      if (this.losesAnswers > 0) {
        this.losesAnswers -= 1
        response.destroy()
        return
      }
      return send(this.#bodyOf(batch))
    }
    if (id === '') return send({ data: this.batches.map((batch) => this.#bodyOf(batch)), has_more: false })
    const batch = this.batches.find((one) => one.id === id)
    if (batch === undefined) return fail(404, 'not_found_error', 'no such batch')
    if (more === 'cancel') {
      this.cancels.push(batch.id)
      if (this.refusesCancels > 0) {
        this.refusesCancels -= 1
        return fail(409, 'conflict_error', 'not now')
      }
      batch.isCancelled = true
      return send(this.#bodyOf(batch))
    }
    if (more === 'results') {
      this.looks += 1
      if (this.failsResults.times > 0) {
        this.failsResults.times -= 1
        return fail(this.failsResults.status, 'api_error', 'not now')
      }
      const lineIn = batch.isCancelled ? lateLine : answerLine
      response.end(
        this.change(
          batch.requests.map(({ custom_id }, index) => lineIn(custom_id, index)),
          batch,
        ),
      )
      return
    }
    return send(this.#bodyOf(batch))
  }

  /** Has a batch, as if somebody had handed it in. */
  add(requests: MessageBatch['requests']): MessageBatch {
    const batch = { id: `msgbatch_${this.batches.length}`, createdAt: new Date().toISOString(), requests }
    this.batches.push(batch)
    return batch
  }

  #bodyOf(batch: MessageBatch) {
    const { id, createdAt, requests } = batch
    const isDone = batch.isCancelled === true || !this.isSlow(batch)
    const [processing, succeeded] = isDone ? [0, requests.length] : [requests.length, 0]
    const counts = { processing, succeeded, errored: 0, canceled: 0, expired: 0 }
    const processing_status = isDone ? 'ended' : 'in_progress'
    return { id, type: 'message_batch', processing_status, request_counts: counts, created_at: createdAt }
  }
}

/** The answer to a call, of 1,000 tokens in and 100 out. */
export function answerLine(customId: string, index: number): string {
  const message = {
    id: `msg_${customId}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [{ type: 'text', text: `answer ${index}` }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1_000, output_tokens: 100, service_tier: 'batch' },
  }
  return JSON.stringify({ custom_id: customId, result: { type: 'succeeded', message } })
}

/** A call that was not done in time. */
export function lateLine(customId: string): string {
  return JSON.stringify({ custom_id: customId, result: { type: 'expired' } })
}

/** A call that was refused, which is not tried again. */
export function refusedLine(customId: string): string {
  const error = { type: 'error', error: { type: 'invalid_request_error', message: 'no' } }
  return JSON.stringify({ custom_id: customId, result: { type: 'errored', error } })
}

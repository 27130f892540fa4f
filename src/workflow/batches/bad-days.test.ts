import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { Workflow } from '../workflow.ts'

/** A provider of message batches, as Anthropic has them; what it does wrong is told to it. */
class Claude {
  readonly batches: { id: string; createdAt: string; requests: { custom_id: string; params: unknown }[] }[] = []
  /** Changes the lines of the results, or what is sent of them. */
  change: (lines: string[]) => string = (lines) => `${lines.join('\n')}\n`
  /** The batch arrives, and its answer does not. */
  losesAnswers = 0
  looks = 0
  readonly server = createServer((request, response) => void this.#serve(request, response))

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const [, id, more] = /^\/v1\/messages\/batches\/?([^/?]*)\/?(\w*)/.exec(request.url ?? '') ?? []
    const send = (body: unknown) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    if (request.headers['x-api-key'] !== 'a-key' || request.headers['anthropic-version'] === undefined) {
      response.statusCode = 401
      return send({ type: 'error', error: { type: 'authentication_error', message: 'no' } })
    }
    if (request.method === 'POST' && id === '') {
      const { requests } = JSON.parse(Buffer.concat(chunks).toString())
      const batch = { id: `msgbatch_${this.batches.length}`, createdAt: new Date().toISOString(), requests }
      this.batches.push(batch)
      if (this.losesAnswers > 0) {
        this.losesAnswers -= 1
        response.destroy()
        return
      }
      return send(this.#bodyOf(batch))
    }
    if (id === '') return send({ data: this.batches.map((batch) => this.#bodyOf(batch)), has_more: false })
    const batch = this.batches.find((one) => one.id === id)
    if (batch === undefined) {
      response.statusCode = 404
      return send({ type: 'error', error: { type: 'not_found_error', message: 'no such batch' } })
    }
    if (more === 'results') {
      this.looks += 1
      response.end(this.change(batch.requests.map(({ custom_id }, index) => lineOf(custom_id, index))))
      return
    }
    return send(this.#bodyOf(batch))
  }

  #bodyOf({ id, createdAt, requests }: Claude['batches'][number]) {
    const counts = { processing: 0, succeeded: requests.length, errored: 0, canceled: 0, expired: 0 }
    return { id, type: 'message_batch', processing_status: 'ended', request_counts: counts, created_at: createdAt }
  }
}

function lineOf(customId: string, index: number): string {
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

let claude: Claude
const before = { ...process.env }

beforeEach(async () => {
  claude = new Claude()
  await new Promise<void>((done) => claude.server.listen(0, '127.0.0.1', done))
  const { port } = claude.server.address() as AddressInfo
  process.env.ANTHROPIC_BASE_URL = `http://127.0.0.1:${port}/v1`
  process.env.ANTHROPIC_API_KEY = 'a-key'
})

afterEach(async () => {
  for (const name of ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  claude.server.closeAllConnections()
  await new Promise((done) => claude.server.close(done))
})

const records = 5

async function run() {
  const graph = new Workflow('claude').source(Array.from({ length: records }, (_, id) => ({ id: `r${id}`, text: id })))
  graph.addLLMNode('it', 'claude-sonnet-4-5').userMessage('About {text}?').outputKeys('out')
  const outputDir = await scratchFolder()
  return graph.run({ outputDir, checkModels: false, batchApi: { pollSeconds: 0.2 } })
}

// $3 and $15 for a million, by half.
const usdOfCall = (1_000 * 1.5 + 100 * 7.5) / 1e6

test('Anthropic: one batch, priced at half, each answer at its record', async () => {
  const { records: rows, metadata } = await run()
  expect(rows).toHaveLength(records)
  expect(new Set(rows.map((row) => Reflect.get(row, 'out'))).size).toBe(records)
  expect(claude.batches).toHaveLength(1)
  expect(claude.batches[0]?.requests[0]?.params).toMatchObject({ model: 'claude-sonnet-4-5', messages: [{}] })
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeCloseTo(records * usdOfCall, 6)
})

test('a batch that arrived although its answer was lost is found by time and size, and not handed in again', async () => {
  claude.losesAnswers = 1
  const { records: rows } = await run()
  expect(rows).toHaveLength(records)
  expect(claude.batches).toHaveLength(1)
})

test('lines that are missing are tried again in the next batch, once each', async () => {
  claude.change = (lines) => `${(claude.batches.length === 1 ? lines.slice(1) : lines).join('\n')}\n`
  const { records: rows, metadata } = await run()
  expect(rows).toHaveLength(records)
  expect(claude.batches.map(({ requests }) => requests.length)).toEqual([records, 1])
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeCloseTo(records * usdOfCall, 6)
})

test('lines that stand twice, and lines of unknown calls, change nothing', async () => {
  claude.change = (lines) => `${[...lines, ...lines, lineOf('somebody-else', 9)].join('\n')}\n`
  const { records: rows, metadata } = await run()
  expect(rows).toHaveLength(records)
  expect(metadata?.aggregate_statistics.requests.total_requests).toBe(records)
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeCloseTo(records * usdOfCall, 6)
})

test('a file of results that is cut in the middle is asked for again', async () => {
  claude.change = (lines) => {
    const text = `${lines.join('\n')}\n`
    return claude.looks === 1 ? text.slice(0, text.length * 0.7) : text
  }
  const { records: rows } = await run()
  expect(rows).toHaveLength(records)
  expect(claude.batches).toHaveLength(1)
  expect(claude.looks).toBe(2)
})

test('a batch that is refused stops the run with the reason, and no record has failed over it', async () => {
  process.env.ANTHROPIC_API_KEY = 'wrong'
  const { status, stopped, failures } = await run()
  expect(status).toBe('interrupted')
  expect(stopped?.message).toContain('status 401: no')
  expect(failures).toEqual([])
})

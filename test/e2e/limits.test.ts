import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RequestEnd } from '../../src/metadata/event.ts'
import type { NodeConfig } from '../../src/workflow/nodes/node-kinds.ts'
import type { RunOptions } from '../../src/workflow/run/run-options.ts'
import { sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { isLong } from '../helpers/is-long.ts'
import { runNodes } from '../helpers/run-nodes.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, text: `Word ${index}` }))

const ask = (model: string, parameters: Record<string, unknown> = { max_tokens: 40 }): NodeConfig => ({
  node_type: 'llm',
  prompt: [{ user: 'Say something about {text}.' }],
  output_keys: 'answer',
  model: { name: model, parameters },
})

const simulated = { timeScale: 0, answerTokens: 30 }
const none = { rateLimitRate: 0, serverErrorRate: 0, dropRate: 0, brokenJsonRate: 0 }

async function run(node: NodeConfig, options: RunOptions & { readonly records?: number }) {
  const { records = 60, ...rest } = options
  return runNodes(
    { ask: node },
    { rows: rows(records), answer: () => undefined, options: { simulate: { ...simulated, ...none }, ...rest } },
  )
}

const costOf = (metadata: { aggregate_statistics: { cost: { total_cost_usd: number } } } | null) =>
  metadata?.aggregate_statistics.cost.total_cost_usd ?? 0

test.each([1, 25, 200])(
  'at concurrency %i a run never costs more than --max-cost, and comes close to it',
  async (batchSize) => {
    const limit = 0.002
    const { status, stopped, metadata } = await run(ask('gpt-4o-mini'), { records: 400, batchSize, maxCostUsd: limit })
    expect(status).toBe('interrupted')
    expect(stopped).toMatchObject({ type: 'limit', option: 'maxCostUsd' })
    expect(costOf(metadata)).toBeLessThanOrEqual(limit)
    expect(costOf(metadata)).toBeGreaterThan(0.95 * limit)
    // Nothing was begun that could not be paid for to its end.
    expect(metadata?.aggregate_statistics.records.total_failed).toBe(0)
  },
)

test('a stopped run goes on with a higher limit, and what was spent before counts', async () => {
  const outputDir = await scratchFolder()
  const options = { records: 60, batchSize: 10, outputDir, simulate: { ...simulated, ...none } }
  const first = await run(ask('gpt-4o-mini'), { ...options, maxCostUsd: 0.0005 })
  const again = await run(ask('gpt-4o-mini'), { ...options, maxCostUsd: 0.0005, resume: true })
  expect([first.status, again.status]).toEqual(['interrupted', 'interrupted'])
  expect(costOf(again.metadata)).toBeLessThanOrEqual(0.0005)
  const last = await run(ask('gpt-4o-mini'), { ...options, maxCostUsd: 1, resume: true })
  expect(last.status).toBe('complete')
  expect(last.metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 60, total_failed: 0 })
  expect(costOf(last.metadata)).toBeGreaterThan(costOf(again.metadata))
})

test('under faults too, no history of limits and concurrency passes a limit of requests', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 50 }),
      fc.constantFrom(1, 7, 40),
      fc.nat(),
      async (max, batchSize, seed) => {
        const faults = { rateLimitRate: 0.4, serverErrorRate: 0.02, dropRate: 0.02, brokenJsonRate: 0.02 }
        const simulate = { ...simulated, ...faults, seed }
        const { events, status } = await run(ask('gpt-4o-mini'), { records: 30, batchSize, maxRequests: max, simulate })
        const sent = events.filter(({ type }) => type === 'request-end').length
        expect(sent).toBeLessThanOrEqual(max)
        if (status === 'interrupted') expect(sent).toBe(max)
      },
    ),
    { numRuns: isLong ? 20 : 3 },
  )
})

test('without max_tokens the answers so far say what the next may cost', async () => {
  const { metadata } = await run(ask('gpt-4o-mini', {}), { records: 400, batchSize: 25, maxTokens: 8_000 })
  const { total_tokens: tokens } = metadata?.aggregate_statistics.tokens ?? { total_tokens: 0 }
  expect(tokens).toBeGreaterThan(5_000)
  expect(tokens).toBeLessThan(8_000 * 1.05)
})

test('a model without a price is refused under --max-cost before anything is sent, unless that is allowed', async () => {
  const options = { records: 3, maxCostUsd: 1 }
  await expect(run(ask('model-of-nobody'), options)).rejects.toMatchObject({
    code: 'unpriced_model',
    message: expect.stringContaining('"model-of-nobody"'),
  })
  expect((await run(ask('model-of-nobody'), { ...options, allowUnpriced: true })).status).toBe('complete')
})

test('limits cannot be kept without metadata, which is said', async () => {
  await expect(run(ask('gpt-4o-mini'), { maxRequests: 5, disableMetadata: true })).rejects.toThrow(
    'counted by the metadata',
  )
})

test('failed records stop the run when there are more than allowed, and can be done again', async () => {
  const outputDir = await scratchFolder()
  const failing = (bad: boolean): NodeConfig => ({
    node_type: 'lambda',
    lambda: () => {
      if (bad) throw new Error('no')
      return { done: true }
    },
  })
  const options = { records: 50, batchSize: 1, outputDir, maxFailures: 4 }
  const { status, stopped, metadata } = await run(failing(true), options)
  expect([status, stopped?.option]).toEqual(['interrupted', 'maxFailures'])
  expect(metadata?.aggregate_statistics.records.total_failed).toBe(5)
  const again = await run(failing(false), { ...options, resume: true, retryFailed: true, force: true })
  expect(again.status).toBe('complete')
  expect(again.metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 50, total_failed: 0 })
})

test.each([
  [10, 3, '10 records failed, more than the 3 allowed'],
  [10, '50%', '10 of 10 records failed, more than the 50 % allowed'],
  [26, 25, '26 records failed, more than the 25 allowed'],
  [26, 26, undefined],
] as const)(
  '%i records that fail are told under a limit of %s, though none is left to be stopped',
  async (records, maxFailures, message) => {
    // All are in work before the first one fails.
    let waiting = records
    let open = () => {}
    const all = new Promise<void>((resolve) => {
      open = resolve
    })
    const lambda = async () => {
      waiting -= 1
      if (waiting === 0) open()
      await all
      throw new Error('no')
    }
    const { status, stopped } = await run({ node_type: 'lambda', lambda }, { records, batchSize: 50, maxFailures })
    expect([status, stopped?.type]).toEqual(['complete', message === undefined ? undefined : 'limit'])
    expect(stopped?.message).toBe(message)
  },
)

test('requests of foreign code are refused before they are sent once a limit is reached, and their records are still to do', async () => {
  const server = await startFaultServer((response) =>
    sendJson(response, 200, {
      id: 'c',
      model: 'gpt-4o-mini',
      choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 },
    }),
  )
  const lambda: NodeConfig = {
    node_type: 'lambda',
    lambda: async () => {
      const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] })
      const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body }).catch(
        (error: unknown) => {
          // As SDKs do.
          throw new Error('Connection error.', { cause: error })
        },
      )
      await response.json()
      return { done: true }
    },
  }
  try {
    const { status, stopped, metadata } = await run(lambda, { records: 40, batchSize: 3, maxTokens: 20_000 })
    expect([status, stopped?.option]).toEqual(['interrupted', 'maxTokens'])
    // 10 requests reach the limit; no more than those beside it had been sent by then.
    expect(server.requests.length).toBeGreaterThanOrEqual(10)
    expect(server.requests.length).toBeLessThanOrEqual(12)
    expect(metadata?.aggregate_statistics.records).toMatchObject({
      total_processed: server.requests.length,
      total_failed: 0,
    })
  } finally {
    await server.close()
  }
})

test('a storm of 429 slows a run down, and no record is lost; the history is in the metadata', async () => {
  const simulate = { ...simulated, ...none, timeScale: 0.01, rateLimitRate: 0.3, retryAfterSeconds: 1 }
  const { status, metadata, events } = await run(ask('gpt-4o-mini'), { records: 120, batchSize: 24, simulate })
  expect(status).toBe('complete')
  expect(metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 120, total_failed: 0 })
  const history = metadata?.execution.concurrency?.['openai simulated']
  expect(history?.history[0]).toMatchObject({ limit: 24, reason: 'start' })
  expect(history?.cuts).toBeGreaterThan(0)
  expect(history?.lowest).toBeLessThanOrEqual(12)
  for (const { limit } of history?.history ?? []) expect(limit).toBeLessThanOrEqual(24)
  expect(events.filter(({ type }) => type === 'concurrency-change')).toHaveLength(history?.history.length ?? 0)
})

function refusingModel(status: number, body: object = { error: { message: 'no', code: 'nothing' } }) {
  return startFaultServer((response) => sendJson(response, status, body))
}

test.each([
  [401, { error: { code: 'invalid_api_key' } }, 'http_401', 'Check its key'],
  [404, { error: { code: 'model_not_found' } }, 'http_404', 'Check its name'],
  [429, { error: { code: 'insufficient_quota' } }, 'insufficient_quota', 'no money left'],
])(
  'a model that refuses everything with %i stops the run after ten, whatever there is to do',
  async (status, body, word, remedy) => {
    const server = await refusingModel(status, body)
    try {
      const result = await run(ask('gpt-4o-mini'), { records: 300, batchSize: 5, simulate: server.url })
      expect(result.status).toBe('interrupted')
      expect(result.stopped?.type).toBe('model-down')
      for (const text of ['model "gpt-4o-mini" is down', word, remedy]) expect(result.stopped?.message).toContain(text)
      expect(server.requests.length).toBeLessThanOrEqual(15)
      // The tenth is not a failure of its record any more.
      expect(result.metadata?.aggregate_statistics.records.total_failed).toBe(9)
    } finally {
      await server.close()
    }
  },
)

test('a model that is in trouble for long enough is down; the records in work are not lost, and are done when it is back', async () => {
  let isDown = true
  const server = await startFaultServer((response) =>
    isDown
      ? sendJson(response, 503, { error: { message: 'overloaded' } }, { 'retry-after-ms': '1' })
      : sendJson(response, 200, {
          id: 'c',
          model: 'gpt-4o-mini',
          choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
        }),
  )
  const outputDir = await scratchFolder()
  const options = { records: 30, batchSize: 5, outputDir, simulate: server.url, modelDown: { failures: 4, seconds: 0 } }
  try {
    const first = await run(ask('gpt-4o-mini'), options)
    expect([first.status, first.stopped?.type]).toEqual(['interrupted', 'model-down'])
    expect(first.stopped?.message).toContain('http_503')
    expect(first.metadata?.aggregate_statistics.records.total_processed).toBe(0)
    isDown = false
    const second = await run(ask('gpt-4o-mini'), { ...options, resume: true })
    expect(second.status).toBe('complete')
    expect(second.metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 30, total_failed: 0 })
  } finally {
    await server.close()
  }
})

test('an outage that ends in time costs no record, however few attempts a call has', async () => {
  const server = await startFaultServer((response, _request, index) =>
    index < 60
      ? sendJson(response, 503, { error: { message: 'overloaded' } }, { 'retry-after-ms': '1' })
      : sendJson(response, 200, {
          id: 'c',
          model: 'gpt-4o-mini',
          choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
        }),
  )
  try {
    // Five calls of six attempts would have failed after 30 requests.
    const options = { records: 5, batchSize: 5, simulate: server.url, modelDown: { failures: 10, seconds: 600 } }
    const { status, metadata } = await run(ask('gpt-4o-mini'), options)
    expect(status).toBe('complete')
    expect(metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 5, total_failed: 0 })
  } finally {
    await server.close()
  }
})

test('a time that is over stops the run, which is resumed with its time anew', async () => {
  const outputDir = await scratchFolder()
  const slow: NodeConfig = {
    node_type: 'lambda',
    lambda: () => new Promise((resolve) => setTimeout(() => resolve({ done: true }), 30)),
  }
  const options = { records: 30, batchSize: 1, outputDir }
  const { status, stopped } = await run(slow, { ...options, timeoutSeconds: 0.2 })
  expect([status, stopped?.type]).toEqual(['interrupted', 'limit'])
  expect(stopped?.message).toContain('0.2 s')
  expect((await run(slow, { ...options, resume: true })).status).toBe('complete')
})

test('each attempt is reserved and settled once: the last event leaves what the metadata says', async () => {
  const { events, metadata } = await run(ask('gpt-4o-mini'), {
    records: 20,
    batchSize: 4,
    maxCostUsd: 1,
    maxTokens: 1e6,
  })
  const ends = events.filter((event): event is RequestEnd => event.type === 'request-end')
  expect(metadata?.aggregate_statistics.requests.total_requests).toBe(ends.length)
  expect(ends).toHaveLength(20)
})

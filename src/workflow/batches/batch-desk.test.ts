import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { isLong } from '../../../test/helpers/is-long.ts'
import { listenLocally } from '../../../test/helpers/local-server.ts'
import { modelThat } from '../../../test/helpers/model-object.ts'
import { runNodes } from '../../../test/helpers/run-nodes.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import type { BatchChange } from '../../metadata/event.ts'
import { ledgerPathOf } from '../../runtime/files/run-names.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import type { LlmNodeConfig } from '../nodes/llm/llm-config.ts'
import type { NodeConfig } from '../nodes/node-kinds.ts'
import type { RunOptions } from '../run/run-options.ts'
import { Workflow } from '../workflow.ts'

const node = (rest: Partial<LlmNodeConfig> = {}): LlmNodeConfig => ({
  node_type: 'llm',
  model: { name: 'gpt-4o-mini' },
  prompt: [{ user: 'About {text}?' }],
  output_keys: 'out',
  ...rest,
})
const second = node({ prompt: [{ user: 'And {out}?' }], output_keys: 'more' })
const rows = Array.from({ length: 6 }, (_, index) => ({ id: `r${index}`, text: `text ${index}` }))
const quick = { timeScale: 0, seed: 7 }

function run(nodes: Readonly<Record<string, NodeConfig>>, options: RunOptions = {}) {
  return runNodes(nodes, { rows, options: { simulate: quick, batchApi: { pollSeconds: 0.2 }, ...options } })
}

const changesOf = (events: readonly { readonly type: string }[]) =>
  events.filter((event): event is BatchChange => event.type === 'batch-change')
const sorted = (records: readonly object[]) => records.map((record) => JSON.stringify(record)).sort()

test('each wave of a node is one batch; the rows are the same, at half the price to the picodollar', async () => {
  const nodes = { first: node(), second }
  const alone = await run(nodes, { batchApi: false })
  const { events, records, metadata } = await run(nodes)
  expect(sorted(records)).toEqual(sorted(alone.records))
  expect(changesOf(events).map(({ state, lines }) => [state, lines])).toEqual([
    ['submitting', 6],
    ['waiting', 6],
    ['ended', 6],
    ['submitting', 6],
    ['waiting', 6],
    ['ended', 6],
  ])
  const picodollars = (of: typeof events) =>
    of.reduce((sum, event) => sum + (event.type === 'request-end' ? (event.cost?.picodollars ?? 0) : 0), 0)
  expect(picodollars(alone.events)).toBeGreaterThan(0)
  expect(picodollars(events) * 2).toBe(picodollars(alone.events))
  expect(metadata?.aggregate_statistics.requests).toMatchObject({ total_requests: 12, deferred_requests: 12 })
  expect(metadata?.nodes.first?.requests?.total_requests).toBe(6)
  expect(metadata?.execution.batches).toMatchObject([{ state: 'ended', lines: 6, answered: 6 }, { state: 'ended' }])
})

test('a node that says no is asked as ever, and one that says yes is batched without the option', async () => {
  const { events } = await run({ first: node({ batch: false }), second })
  expect(changesOf(events)).toHaveLength(3)
  const own = await run({ first: node({ batch: true }), second }, { batchApi: undefined })
  expect(changesOf(own.events).map(({ lines }) => lines)).toEqual([6, 6, 6])
})

test('one that says yes is found in a subgraph too, and is told where its model takes no batches', async () => {
  const inner = new Workflow('inner').addNode('it', node({ batch: true }))
  const subgraph: NodeConfig = { node_type: 'subgraph', subgraph: inner }
  const notices: string[] = []
  const object = modelThat(() => ({ text: 'ok' })).model
  const own = node({ model: { name: 'mine', language_model: object }, output_keys: 'more', batch: true })
  const options: RunOptions = { batchApi: undefined, checkModels: false, onNotice: (notice) => notices.push(notice) }
  const { events, metadata } = await run({ subgraph, own }, options)
  expect(changesOf(events).map(({ lines }) => lines)).toEqual([6, 6, 6])
  expect(metadata?.execution.batch_size).toBe(50_000)
  expect(notices).toEqual([
    expect.stringMatching(/nodes\.own: `batch: true` has no effect, as test-model takes no batches/),
  ])
})

test('what cannot be is refused before the run has begun', async () => {
  const outputDir = await scratchFolder()
  await expect(run({ it: node() }, { outputDir, workers: 2 })).rejects.toThrow('leave one of them out')
  await expect(run({ it: node() }, { outputDir, ledger: false })).rejects.toThrow('are kept in the ledger')
  const marked = { late: 'standard', nodes: 'marked' } as const
  await expect(run({ it: node() }, { outputDir, batchApi: marked })).rejects.toThrow('no node says `batch: true`')
  expect(readdirSync(outputDir, { recursive: true }).filter((name) => String(name).includes('.'))).toEqual([])
})

test.runIf(existsSync('/dev/full'))('a full disk stops the run, and no record has failed over it', async () => {
  const onStart: RunOptions['onStart'] = ({ metadataPath, collector: { runId } }) => {
    const directory = ledgerPathOf(metadataPath ?? '').replace(/\.jsonl$/, '_batches')
    mkdirSync(directory)
    symlinkSync('/dev/full', join(directory, `sygra-${runId.slice(0, 8)}-1.requests.jsonl`))
  }
  const { status, stopped, failures } = await run({ it: node() }, { onStart })
  expect([status, failures]).toEqual(['interrupted', []])
  expect(stopped?.message).toMatch(/cannot go on: ENOSPC/)
})

test('calls that fail within a batch are tried again in the next one, by the rules of the run', async () => {
  const { records, metadata } = await run({ it: node() }, { simulate: { ...quick, serverErrorRate: 0.5, seed: 3 } })
  expect(records).toHaveLength(6)
  const { requests } = metadata?.aggregate_statistics ?? {}
  expect(requests?.total_retries).toBeGreaterThan(0)
  expect(requests?.total_failures).toBe(0)
})

test('what expired is left for a later session, or asked at the standard price', async () => {
  const outputDir = await scratchFolder()
  const simulate = { ...quick, batchExpiryRate: 1 }
  const left = await run({ it: node() }, { simulate, outputDir })
  expect(left.status).toBe('interrupted')
  expect(left.records).toHaveLength(3)
  const asked = await run({ it: node() }, { simulate, batchApi: { late: 'standard', pollSeconds: 0.2 } })
  expect(asked.records).toHaveLength(6)
  expect(asked.metadata?.aggregate_statistics.requests).toMatchObject({ total_requests: 6, deferred_requests: 3 })
})

test.runIf(isLong)(
  'a wave of more calls than a batch takes is two batches',
  async () => {
    const many = Array.from({ length: 50_001 }, (_, index) => ({ id: `m${index}`, text: `text ${index}` }))
    const options: RunOptions = { simulate: { ...quick, answerTokens: 5 }, batchApi: { pollSeconds: 1 } }
    const events: BatchChange[] = []
    const { metadata } = await runNodes(
      { it: node() },
      {
        rows: many,
        options: {
          ...options,
          batchSize: many.length,
          keepRecords: false,
          onEvent: (event) => event.type === 'batch-change' && events.push(event),
        },
      },
    )
    const ended = events.filter(({ state }) => state === 'ended').map(({ lines, answered }) => [lines, answered])
    expect(ended.sort()).toEqual([
      [1, 1],
      [50_000, 50_000],
    ])
    expect(metadata?.aggregate_statistics.records).toMatchObject({ total_processed: many.length, total_failed: 0 })
  },
  600_000,
)

test('a batch that fails whole stops the run with the reason of the provider, and no record has failed over it', async () => {
  const simulator = await startSimulator({ timeScale: 0, seed: 7, batchSeconds: 60 })
  // OpenAI reads the file after it has taken the batch, and says then what is wrong with it.
  const errors = { object: 'list', data: [{ code: 'invalid_json_line', message: 'the file is no good' }] }
  const server = await listenLocally(
    createServer((request, response) => {
      void (async () => {
        const body = request.method === 'POST' ? await buffer(request) : undefined
        const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' }
        const answer = await fetch(new URL(request.url ?? '', simulator.url), { method: request.method, body, headers })
        const text = await answer.text()
        const isBatch = request.method === 'GET' && /\/batches\/[^/?]+$/.test(request.url ?? '')
        response.writeHead(answer.status, { 'content-type': 'application/json', 'x-sygra-simulated': '1' })
        response.end(isBatch ? JSON.stringify({ ...JSON.parse(text), status: 'failed', errors }) : text)
      })()
    }),
  )
  try {
    const { status, stopped, failures, events } = await run({ it: node() }, { simulate: `${server.url}/v1` })
    expect([status, stopped?.message]).toEqual(['interrupted', expect.stringContaining('the file is no good')])
    expect(failures).toEqual([])
    expect(changesOf(events).map(({ state }) => state)).toEqual(['submitting', 'waiting', 'failed'])
  } finally {
    await server.close()
    await simulator.close()
  }
})

test('a limit of cost holds: it is reserved at the batch tier before anything is handed in', async () => {
  const whole = await run({ first: node(), second })
  const costUsd = whole.metadata?.aggregate_statistics.cost.total_cost_usd ?? 0
  const { status, metadata, stopped } = await run(
    { first: node({ model: { name: 'gpt-4o-mini', parameters: { max_tokens: 400 } } }), second },
    { maxCostUsd: costUsd * 0.8, graceSeconds: 5 },
  )
  expect(status).toBe('interrupted')
  expect(stopped?.type).toBe('limit')
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeLessThanOrEqual(costUsd * 0.8)
})

test('a limit that is reached in the second wave keeps the first, and hands in no more than there is room for', async () => {
  const model = { name: 'gpt-4o-mini', parameters: { max_tokens: 40 } }
  const nodes = { first: node({ model }), second: { ...second, model } }
  const whole = await run(nodes)
  const costUsd = whole.metadata?.aggregate_statistics.cost.total_cost_usd ?? 0
  const limitUsd = costUsd * 0.85
  const { status, metadata, stopped } = await run(nodes, { maxCostUsd: limitUsd, graceSeconds: 5 })
  expect([status, stopped?.type]).toEqual(['interrupted', 'limit'])
  expect(metadata?.nodes.first?.requests?.total_requests).toBe(6)
  expect(metadata?.nodes.second?.requests?.total_requests ?? 0).toBeLessThan(6)
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeLessThanOrEqual(limitUsd)
})

test('a run that is stopped leaves its batches, and waits on for them when it is resumed', async () => {
  const simulator = await startSimulator({ timeScale: 0.02, batchSeconds: 60, seed: 5 })
  try {
    const outputDir = await scratchFolder()
    const stop = new AbortController()
    const notices: string[] = []
    const given: RunOptions = { simulate: simulator.url, outputDir, batchApi: { pollSeconds: 0.2 } }
    const begun = await run(
      { it: node() },
      {
        ...given,
        stop: stop.signal,
        onNotice: (notice) => notices.push(notice),
        onEvent: (event) => {
          if (event.type === 'batch-change' && event.state === 'waiting') stop.abort('enough')
        },
      },
    )
    expect(begun.status).toBe('interrupted')
    expect(notices).toEqual([expect.stringContaining('1 batch of the run is left at the provider')])
    const done = await run({ it: node() }, { ...given, resume: true })
    expect([done.status, done.records.length]).toEqual(['complete', 6])
    expect(simulator.log).toHaveLength(6)
    expect(done.metadata?.aggregate_statistics.requests.total_requests).toBe(6)
  } finally {
    await simulator.close()
  }
})

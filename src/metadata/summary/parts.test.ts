import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { RequestCost } from '../cost.ts'
import type { CacheHit, MetadataEvent, NodeEnd, WorkerEnd, WorkerStart } from '../event.ts'
import { tallySets } from '../figures/registry.ts'
import { RunTotals } from '../run-totals.ts'
import { metadataSchema } from '../schema.ts'
import { summarize } from '../summary.ts'

function fileOf(...events: readonly MetadataEvent[]) {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return metadataSchema.parse(summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 }))
}

const priced = (picodollars: number): RequestCost => ({ status: 'priced', picodollars, lines: [] })
const passed = (node: string, nodeType: string, fields: Partial<NodeEnd> = {}): NodeEnd => ({
  type: 'node-end',
  node,
  nodeType,
  succeeded: true,
  durationSeconds: 1,
  ...fields,
})

test('a subgraph has the sums of the nodes within it, and of no other whose name begins alike', () => {
  const ask = (node: string, usd: number) =>
    requestEnd({ node, cost: priced(usd * 1e12), usage: { input: 10, output: 1 } })
  const { nodes } = fileOf(
    passed('outer', 'subgraph'),
    passed('outer.a', 'llm'),
    ask('outer.a', 1),
    ask('outer.b.c', 2),
    ask('outer2', 4),
    passed('empty', 'subgraph'),
    passed('code', 'lambda'),
    passed('code.py', 'lambda'),
  )
  // A name with a dot in it makes no subgraph of another node.
  expect(nodes.code?.inner_nodes).toBeUndefined()
  expect(nodes.outer?.inner_nodes).toEqual({
    names: ['outer.a', 'outer.b.c'],
    total_requests: 2,
    total_prompt_tokens: 20,
    total_completion_tokens: 2,
    total_tokens: 22,
    total_cost_usd: 3,
  })
  expect(nodes.empty).not.toHaveProperty('inner_nodes')
  expect(nodes['outer.a']).not.toHaveProperty('inner_nodes')
  // It made requests, and nobody said what it is.
  expect(nodes['outer.b.c']).toMatchObject({ node_type: 'unknown', total_executions: 0 })
})

test('what a program states that a node used counts where no request names the node', () => {
  const stated = passed('own', 'lambda', {
    model: 'm',
    stated: { usage: { input: 30, output: 6 }, costPicodollars: 6e11 },
  })
  const { nodes } = fileOf(stated, passed('own', 'lambda', { model: 'n' }), passed('own', 'lambda', { model: 'n' }))
  expect(nodes.own).toMatchObject({
    model_name: 'n',
    total_executions: 3,
    token_statistics: { total_tokens: 36, avg_prompt_tokens: 30 },
    // Of three executions one stated 60 cents.
    cost: { total_cost_usd: 0.6, average_cost_per_execution: 0.2 },
  })
  expect(fileOf(stated, stated).nodes.own?.cost).toMatchObject({ total_cost_usd: 1.2, average_cost_per_execution: 0.6 })
  // It is a part of what the run spent outside nodes, which names no node.
  const spent = fileOf(stated, requestEnd({ cost: priced(1e12) })).aggregate_statistics
  expect([spent.cost.total_cost_usd, spent.unattributed?.total_cost_usd]).toEqual([1, 0.4])
  expect(nodes.own).not.toHaveProperty('requests')
  // Of two models that were named as often the first by its name, whichever was read first.
  for (const order of ['mn', 'nm']) {
    const passes = [...order].map((model) => passed('own', 'lambda', { model }))
    expect(fileOf(...passes).nodes.own?.model_name, order).toBe('m')
  }
  const asked = fileOf({ ...stated, node: 'ask' }, requestEnd({ node: 'ask', model: 'x', usage: { input: 1 } })).nodes
    .ask
  expect(asked).toMatchObject({ model_name: 'm', token_statistics: { total_tokens: 1 } })
  expect(asked).not.toHaveProperty('cost')
  expect(fileOf(requestEnd({ node: 'ask', model: 'x' })).nodes.ask?.model_name).toBe('x')
})

test('each process of a run is told with its machine, its end and what it did', () => {
  const start: WorkerStart = {
    type: 'worker-start',
    worker: 'w2',
    session: 1,
    startedAtMs: 1_000,
    environment: { nodeVersion: '20.1', sygraVersion: '1', host: 'box', pid: 7 },
    concurrency: 4,
    transport: 'redis',
  }
  const end: WorkerEnd = {
    type: 'worker-end',
    worker: 'w2',
    endedAtMs: 3_500,
    durationSeconds: 2.5,
    status: 'failed',
    reason: 'lost',
  }
  const { workers = {} } = fileOf(
    start,
    end,
    requestEnd({ worker: 'w2', durationSeconds: 2, cost: priced(5e11), usage: { input: 3 } }),
    requestEnd({ worker: 'w10', cost: { ...priced(9e11), status: 'simulated' } }),
    { type: 'record-end', succeeded: false, worker: 'w2' },
    { type: 'record-end', succeeded: true, worker: 'w2' },
  ).execution
  expect(Object.keys(workers)).toEqual(['w2', 'w10'])
  expect(workers.w2).toEqual({
    host: 'box',
    pid: 7,
    node_version: '20.1',
    session: 1,
    concurrency: 4,
    transport: 'redis',
    start_time: '1970-01-01T00:00:01.000+00:00',
    end_time: '1970-01-01T00:00:03.500+00:00',
    duration_seconds: 2.5,
    status: 'failed',
    reason: 'lost',
    records: 2,
    failed_records: 1,
    total_requests: 1,
    total_tokens: 3,
    total_cost_usd: 0.5,
    request_seconds: 2,
  })
  expect(workers.w10).toMatchObject({
    host: null,
    start_time: null,
    end_time: null,
    duration_seconds: null,
    total_cost_usd: 0,
  })
  for (const key of ['program', 'thread', 'status', 'reason']) expect(workers.w10).not.toHaveProperty(key)
  // One that has begun anew has not left.
  expect(fileOf(start, end, start).execution.workers?.w2?.end_time).toBeNull()
})

test('what kept answers have saved is money apart from what a rehearsal has saved', () => {
  const hit = (fields: Partial<CacheHit>): CacheHit => ({
    type: 'cache-hit',
    model: 'm',
    slot: 's',
    atMs: 0,
    ...fields,
  })
  const { aggregate_statistics, models } = fileOf(
    hit({
      avoidedUsage: {
        input: 4,
        cacheRead: 3,
        cacheWrite5m: 2,
        cacheWrite1h: 1,
        output: 9,
        reasoning: 8,
        inputAudio: 7,
        outputAudio: 6,
      },
      avoidedCost: priced(2e12),
    }),
    hit({ avoidedCost: { ...priced(5e12), status: 'simulated' } }),
    hit({ avoidedCost: { ...priced(1e12), status: 'partial', reason: 'no price of audio' } }),
    hit({}),
  )
  const avoided = {
    requests: 4,
    total_prompt_tokens: 17,
    total_completion_tokens: 23,
    total_tokens: 40,
    cached_prompt_tokens: 3,
    cache_write_tokens: 3,
    reasoning_tokens: 8,
    audio_tokens: 13,
    cost_usd: 3,
    simulated_cost_usd: 5,
    unpriced_requests: 2,
  }
  expect(aggregate_statistics.avoided).toEqual(avoided)
  expect(models.m?.avoided).toEqual(avoided)
  expect(aggregate_statistics.requests.total_requests).toBe(0)
  expect(fileOf(hit({ avoidedCost: priced(1) })).aggregate_statistics.avoided).not.toHaveProperty('simulated_cost_usd')
})

test('of each kind of events only that is kept which is read from it', () => {
  const kindsOf = (set: {
    readonly numbers: readonly { of: string }[]
    readonly money: readonly { of: string }[]
    readonly values: readonly { of: string }[]
  }) => [...new Set([...set.numbers, ...set.money, ...set.values].map(({ of }) => of))]
  expect(Object.fromEntries(Object.entries(tallySets).map(([name, set]) => [name, kindsOf(set).sort()]))).toEqual({
    requests: ['request-end', 'usage'],
    starts: ['request-start'],
    hits: ['cache-hit'],
    stated: ['usage'],
    nodes: ['node-end'],
    actors: ['actor-end'],
    records: ['record-end'],
    duplicates: ['record-duplicate'],
  })
})

test('what was done in vain, because a worker was lost, is waste', () => {
  const duplicate = { type: 'record-duplicate', worker: 'w1', costPicodollars: 5e11, durationSeconds: 2 } as const
  const twice = [
    { ...duplicate, recordId: 'a' },
    { ...duplicate, recordId: 'b' },
  ]
  const ofWorker = requestEnd({ worker: 'w1' })
  expect(fileOf(...twice, ofWorker).aggregate_statistics.waste?.duplicated_records).toEqual({
    records: 2,
    seconds: 4,
    cost_usd: 1,
  })
  // One process does no record twice.
  expect(fileOf(requestEnd()).aggregate_statistics.waste).not.toHaveProperty('duplicated_records')
})

test('the processes of a program are one session of its file', () => {
  const start = {
    type: 'run-start',
    runId: 'r',
    session: 0,
    utcOffsetMinutes: 0,
    context: {},
    environment: { nodeVersion: '20', sygraVersion: '1' },
    git: {},
  } as const
  const end = { type: 'run-end', session: 0, status: 'complete', durationSeconds: 2 } as const
  const { execution, status } = fileOf(
    { ...start, worker: 'w1', startedAtMs: 1_000 },
    { ...start, worker: 'w2', startedAtMs: 2_000 },
    { ...end, worker: 'w1', endedAtMs: 3_000 },
    { ...end, worker: 'w2', endedAtMs: 4_000, status: 'failed' },
  )
  expect([status, execution.sessions?.length, execution.timing.duration_seconds]).toEqual(['failed', 1, 3])
})

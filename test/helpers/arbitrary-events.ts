import fc from 'fast-check'
import type { CostLine, HourlyPrice, PriceReference, RequestCost } from '../../src/metadata/cost.ts'
import {
  type ActorEnd,
  type BatchChange,
  type CacheHit,
  type ConcurrencyChange,
  type DatasetOpen,
  type MetadataEvent,
  type ModelOpen,
  type NodeEnd,
  type NotUnderstood,
  type RecordDuplicate,
  type RecordEnd,
  type RequestEnd,
  type RequestStart,
  type RunEnd,
  type RunStart,
  succeeded,
  type WorkerEnd,
  type WorkerStart,
} from '../../src/metadata/event.ts'
import { type FeeCount, feeUnits, tokenClasses, type Usage } from '../../src/metadata/usage.ts'

/**
 * An arbitrary for every key of a type. A key that is added to an event does not compile here before it is made, so that
 * the property tests see everything that an event can hold.
 */
type Keys<T> = { readonly [K in keyof Required<T>]: fc.Arbitrary<T[K]> }

/** Values of all keys: one that may be left out is left out in half of the cases. */
function withKeys<T extends object>(keys: Keys<T>, required: readonly (keyof T)[]): fc.Arbitrary<T> {
  return fc.record(keys, { requiredKeys: [...required] }) as fc.Arbitrary<T>
}

const models = ['gpt-4o-mini', 'gpt-4o', 'claude-3-haiku']
const nodes = ['generate', 'critique']
const model = fc.constantFrom(...models)
const node = fc.option(fc.constantFrom(...nodes), { nil: undefined })
const worker = fc.constantFrom('w1', 'w2', 'w10')
const recordId = fc.constantFrom('record-0', 'record-1', 'record-2')
const seconds = fc.double({ min: 0, max: 200, noNaN: true })
const tokens = fc.nat({ max: 100_000 })
const text = fc.string({ maxLength: 8 })
const startedAtMs = fc.nat({ max: 500_000 })

const fee = withKeys<FeeCount>(
  {
    unit: fc.constantFrom(...feeUnits),
    quantity: fc.integer({ min: 1, max: 5 }),
    variant: fc.constantFrom('high', '1024x1024'),
  },
  ['unit', 'quantity'],
)

/** Any usage: every class, another total, fees and doubts. */
export const arbitraryUsage: fc.Arbitrary<Usage> = withKeys<Usage>(
  {
    input: tokens,
    cacheRead: tokens,
    cachedAudio: tokens,
    cacheWrite5m: tokens,
    cacheWrite1h: tokens,
    inputAudio: tokens,
    inputImage: tokens,
    inputVideo: tokens,
    output: tokens,
    reasoning: tokens,
    outputAudio: tokens,
    outputImage: tokens,
    statedTotal: tokens,
    fees: fc.array(fee, { maxLength: 2 }),
    doubts: fc.constant(['7 tokens of the stated total belong to no class']),
  },
  [],
)

const prices: readonly PriceReference[] = [
  { source: 'list', version: '1', provider: 'openai', product: 'gpt-4o', tier: 'standard', date: '2026-11-23' },
  { source: 'list', version: '2', provider: 'openai', product: 'gpt-4o', tier: 'batch', date: '2026-11-24' },
  {
    source: 'prices.yaml',
    version: 'a1b2',
    provider: 'anthropic',
    product: 'claude-3-haiku',
    tier: 'standard',
    date: '2026-11-23',
    page: 'https://provider.example/prices',
    currencyNote: '1 EUR = 1.08 USD',
  },
]
const price = fc.constantFrom(...prices)

const machines: readonly HourlyPrice[] = [
  {
    usdPerHour: 3.6,
    price: {
      source: 'prices.yaml',
      version: '1',
      provider: 'vllm',
      product: 'm',
      tier: 'busy time',
      date: '2026-11-23',
    },
  },
  {
    usdPerHour: 7.2,
    price: {
      source: 'prices.yaml',
      version: '2',
      provider: 'vllm',
      product: 'm',
      tier: 'busy time',
      date: '2026-11-24',
    },
  },
]

const line: fc.Arbitrary<CostLine> = fc
  .record({ tokenClass: fc.constantFrom(...tokenClasses), tokens, usdPerMillion: fc.constantFrom(0.15, 2.5, 10) })
  .map((parts) => ({ ...parts, picodollars: Math.round(parts.tokens * parts.usdPerMillion * 1e6) }))
const lines = fc.array(line, { minLength: 1, maxLength: 3 })

function sumOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { picodollars }) => sum + picodollars, 0)
}

const reason = fc.constantFrom('nobody lists it', 'its audio has no price')
const unpricedClasses = fc.subarray([...tokenClasses], { minLength: 1, maxLength: 2 })

const pricedCost = fc
  .record({ price, lines })
  .map((parts): RequestCost => ({ status: 'priced', picodollars: sumOf(parts.lines), ...parts }))

const partialCost = fc
  .record({ price, lines, reason, unpricedClasses })
  .map((parts): RequestCost => ({ status: 'partial', picodollars: sumOf(parts.lines), ...parts }))

const unpricedCost = fc
  .record({ reason, unpricedClasses }, { requiredKeys: [] })
  .map((parts): RequestCost => ({ status: 'unpriced', picodollars: 0, lines: [], ...parts }))

const freeCost = fc
  .record({ price }, { requiredKeys: [] })
  .map((parts): RequestCost => ({ status: 'free', picodollars: 0, lines: [], ...parts }))

const reportedCost = fc
  .record({ price, lines, stated: fc.nat({ max: 2_000_000_000 }), isCalculated: fc.boolean() })
  .map(
    ({ price, lines, stated, isCalculated }): RequestCost => ({
      status: 'reported',
      picodollars: stated,
      price,
      lines: isCalculated ? lines : [],
      ...(isCalculated ? { calculatedPicodollars: sumOf(lines) } : {}),
    }),
  )

const simulatedCost = fc
  .record({
    price,
    lines,
    reason,
    rehearsedStatus: fc.constantFrom('partial' as const, 'unpriced' as const, 'free' as const, undefined),
  })
  .map(({ price, lines, reason, rehearsedStatus }): RequestCost => {
    if (rehearsedStatus === 'unpriced') {
      return { status: 'simulated', picodollars: 0, lines: [], reason, rehearsedStatus }
    }
    const picodollars = sumOf(lines)
    if (rehearsedStatus === 'partial')
      return { status: 'simulated', picodollars, price, lines, reason, rehearsedStatus }
    if (rehearsedStatus === 'free') return { status: 'simulated', picodollars: 0, price, lines: [], rehearsedStatus }
    return { status: 'simulated', picodollars, price, lines }
  })

const hourlyCost = fc
  .record({ status: fc.constantFrom('partial' as const, 'simulated' as const), hourly: fc.constantFrom(...machines) })
  .map((parts): RequestCost => ({ ...parts, picodollars: 0, lines: [] }))

/** Any cost that pricing gives. */
export const arbitraryCost: fc.Arbitrary<RequestCost> = fc.oneof(
  { weight: 3, arbitrary: pricedCost },
  partialCost,
  unpricedCost,
  freeCost,
  reportedCost,
  simulatedCost,
  { weight: 2, arbitrary: hourlyCost },
)

const execution = fc.constantFrom('00f067aa0ba902b7', '53ce929d0e0e4736')

/** What an attempt may say beside how it ended. */
const request = withKeys<RequestEnd>(
  {
    type: fc.constant('request-end'),
    worker,
    callId: fc.constantFrom('call-0', 'call-1'),
    model,
    node,
    recordId,
    agent: fc.constantFrom('planner', 'writer'),
    tool: fc.constantFrom('search', 'calculator'),
    outerAgents: fc.subarray(['planner', 'writer', 'reviewer']),
    outerTools: fc.subarray(['search', 'browse']),
    execution,
    status: fc.constantFrom(200, 201, 400, 429, 500, 0),
    errorType: fc.constantFrom('invalid_json', 'overloaded_error'),
    resendCount: fc.constant(0),
    attemptLink: fc.constantFrom('operation', 'invocation', 'header', 'hash'),
    // Whether the attempt before had an answer is known to a whole call only.
    repeatsAnswer: fc.constant(undefined),
    startedAtMs,
    durationSeconds: seconds,
    waitSeconds: seconds,
    callDurationSeconds: seconds,
    timeToFirstTokenSeconds: seconds,
    isStream: fc.boolean(),
    isAborted: fc.boolean(),
    finishReason: fc.constantFrom('stop', 'length', 'tool_calls'),
    serviceTier: fc.constantFrom('default', 'flex', 'priority'),
    inferenceGeo: fc.constantFrom('us', 'global'),
    isGatewayCacheHit: fc.boolean(),
    // Whether these count depends on what was read before them: run-totals.test.ts has them.
    isDeferred: fc.constant(false),
    responseId: text,
    cacheSlot: fc.constantFrom('0f3a5c7b9d1e2f40:0', '0f3a5c7b9d1e2f40:1'),
    upstreamModel: fc.constantFrom('gpt-4o-2024-08-06', 'gpt-4o-mini-2024-07-18'),
    bodyHash: fc.constantFrom('aa', 'bb'),
    prefixHashes: fc.array(fc.constantFrom('cc', 'dd'), { maxLength: 3 }),
    usage: arbitraryUsage,
    rawUsage: fc.constant({ prompt_tokens: 1 }),
    estimatedUsage: arbitraryUsage,
    cost: arbitraryCost,
    isAnnounced: fc.boolean(),
    traceparent: fc.constant('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
    operation: fc.constantFrom('chat', 'embeddings'),
    spanId: fc.constant('b7ad6b7169203331'),
    isTraced: fc.boolean(),
  },
  ['type', 'model', 'status', 'resendCount', 'startedAtMs', 'durationSeconds'],
)

/** How the last attempt of a call ends. */
const outcome: fc.Arbitrary<Partial<RequestEnd>> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ status: fc.constant(200), errorType: fc.constant(undefined) }) },
  { weight: 1, arbitrary: fc.record({ status: fc.constantFrom(429, 500, 0) }) },
  { weight: 1, arbitrary: fc.record({ status: fc.constant(200), errorType: fc.constant('invalid_json') }) },
)

/** One call: attempts of which all but the last failed or had an answer of no use, as a real caller makes them. */
export const arbitraryCall: fc.Arbitrary<readonly RequestEnd[]> = fc
  .record({
    model,
    node,
    earlier: fc.array(fc.record({ request, status: fc.constantFrom(429, 500, 0, 200) }), { maxLength: 3 }),
    last: fc.record({ request, outcome }),
  })
  .map(({ model, node, earlier, last }) => {
    const repeated = earlier.map(({ request, status }) => ({ ...request, status }))
    const attempts: readonly RequestEnd[] = [...repeated, { ...last.request, ...last.outcome }]
    return attempts.map((attempt, resendCount) => {
      const before = attempts[resendCount - 1]
      const repeatsAnswer = before !== undefined && succeeded(before) ? true : undefined
      return { ...attempt, model, node, resendCount, repeatsAnswer }
    })
  })

const requestStart = withKeys<RequestStart>(
  {
    type: fc.constant('request-start'),
    worker,
    callId: fc.constantFrom('call-0', 'call-1'),
    model,
    node,
    recordId,
    resendCount: fc.nat({ max: 2 }),
    startedAtMs,
    bodyHash: fc.constantFrom('aa', 'bb'),
  },
  ['type', 'model', 'resendCount', 'startedAtMs'],
)

const cacheHit = withKeys<CacheHit>(
  {
    type: fc.constant('cache-hit'),
    worker,
    model,
    node,
    recordId,
    slot: fc.constantFrom('0f3a5c7b9d1e2f40:0', '0f3a5c7b9d1e2f40:1'),
    atMs: startedAtMs,
    keptAtMs: startedAtMs,
    upstreamModel: fc.constantFrom('gpt-4o-2024-08-06', 'gpt-4o-mini-2024-07-18'),
    finishReason: fc.constantFrom('stop', 'tool_calls'),
    avoidedUsage: arbitraryUsage,
    avoidedCost: arbitraryCost,
  },
  ['type', 'model', 'slot', 'atMs'],
)

const batchChange = withKeys<BatchChange>(
  {
    type: fc.constant('batch-change'),
    batch: fc.constantFrom('sygra-1', 'sygra-2'),
    model,
    state: fc.constantFrom('submitting', 'waiting', 'ended', 'failed', 'withdrawn'),
    lines: fc.nat({ max: 50_000 }),
    atMs: startedAtMs,
    bytes: fc.nat(),
    providerId: fc.constant('batch_1'),
    answered: fc.constant(3),
    reason: text,
  },
  ['type', 'batch', 'model', 'state', 'lines', 'atMs'],
)

const nodeEnd = withKeys<NodeEnd>(
  {
    type: fc.constant('node-end'),
    worker,
    node: fc.constantFrom(...nodes, 'summarize'),
    nodeType: fc.constantFrom('llm', 'agent'),
    model,
    recordId,
    succeeded: fc.boolean(),
    durationSeconds: seconds,
    errorType: fc.constantFrom('http_500', 'TypeError'),
    stated: withKeys<NonNullable<NodeEnd['stated']>>(
      { usage: arbitraryUsage, costPicodollars: fc.nat({ max: 2_000_000_000 }) },
      [],
    ),
    within: execution,
    isTraced: fc.constant(true),
  },
  ['type', 'node', 'nodeType', 'succeeded', 'durationSeconds'],
)

const actorEnd = withKeys<ActorEnd>(
  {
    type: fc.constant('actor-end'),
    kind: fc.constantFrom('agent', 'tool'),
    name: fc.constantFrom('planner', 'search', 'idle'),
    node,
    recordId,
    succeeded: fc.boolean(),
    durationSeconds: seconds,
    errorType: fc.constantFrom('http_500', 'TypeError'),
    execution,
    within: execution,
    isTraced: fc.constant(true),
  },
  ['type', 'kind', 'name'],
)

const recordEnd = withKeys<RecordEnd>(
  {
    type: fc.constant('record-end'),
    worker,
    recordId: fc.uuid(),
    succeeded: fc.boolean(),
    durationSeconds: seconds,
    costPicodollars: fc.nat({ max: 2_000_000_000 }),
    errorType: fc.constantFrom('http_500', 'TypeError'),
    reason: text,
    // What a record of an earlier session is done again for is known to that session only: see `arbitraryRedone`.
    repeatsFailure: fc.constant(undefined),
    repeatsSuccess: fc.constant(undefined),
    rowChecksum: fc.constantFrom('', '7e213765'),
    isTraced: fc.constant(true),
  },
  ['type', 'succeeded'],
)

const recordDuplicate = withKeys<RecordDuplicate>(
  {
    type: fc.constant('record-duplicate'),
    recordId,
    worker,
    costPicodollars: fc.nat({ max: 2_000_000_000 }),
    durationSeconds: seconds,
  },
  ['type', 'recordId', 'worker', 'costPicodollars', 'durationSeconds'],
)

/** A record that was done in an earlier session, and done again. */
const arbitraryRedone: fc.Arbitrary<readonly RecordEnd[]> = fc
  .record({ earlier: recordEnd, again: recordEnd, isLost: fc.boolean() })
  .map(({ earlier, again, isLost }) =>
    earlier.succeeded
      ? [earlier, ...(isLost ? [{ ...again, repeatsSuccess: true }] : [])]
      : [earlier, { ...again, repeatsFailure: true }],
  )

/** The events of a run that count, with whole calls, in an order that a run may give them. */
export const arbitraryEvents: fc.Arbitrary<readonly MetadataEvent[]> = fc
  .record({
    calls: fc.array(arbitraryCall, { maxLength: 12 }),
    starts: fc.array(requestStart, { maxLength: 8 }),
    hits: fc.array(cacheHit, { maxLength: 6 }),
    batches: fc.array(batchChange, { maxLength: 4 }),
    nodeEnds: fc.array(nodeEnd, { maxLength: 12 }),
    actorEnds: fc.array(actorEnd, { maxLength: 8 }),
    recordEnds: fc.array(recordEnd, { maxLength: 12 }),
    redone: fc.array(arbitraryRedone, { maxLength: 3 }),
    duplicates: fc.array(recordDuplicate, { maxLength: 3 }),
  })
  .map(({ calls, starts, hits, batches, nodeEnds, actorEnds, recordEnds, redone, duplicates }) => [
    ...starts,
    ...calls.flat(),
    ...hits,
    ...batches,
    ...nodeEnds,
    ...actorEnds,
    ...recordEnds,
    ...redone.flat(),
    ...duplicates,
  ])

const runStart = withKeys<RunStart>(
  {
    type: fc.constant('run-start'),
    runId: fc.constant('5f0c1d2e-7a8b-4c9d-8e0f-1a2b3c4d5e6f'),
    parentRunId: fc.constant('00000000-7a8b-4c9d-8e0f-1a2b3c4d5e6f'),
    session: fc.nat({ max: 2 }),
    startedAtMs,
    utcOffsetMinutes: fc.constantFrom(0, 60, -330),
    context: withKeys<RunStart['context']>(
      {
        taskName: text,
        runName: text,
        outputDir: text,
        batchSize: fc.nat(100),
        checkpointInterval: fc.nat(100),
        resumable: fc.boolean(),
        debug: fc.boolean(),
        outputPath: text,
        numRecords: fc.nat(100),
        configHash: text,
        graph: fc.constant({
          nodes: [{ name: 'generate', type: 'llm' }],
          edges: [
            { from: 'START', to: 'generate' },
            { from: 'generate', to: 'END', choice: 'done' },
          ],
        }),
      },
      [],
    ),
    environment: withKeys<RunStart['environment']>(
      { nodeVersion: fc.constant('20.20.2'), sygraVersion: fc.constant('0.1.0'), host: text, pid: fc.nat(9999) },
      ['nodeVersion', 'sygraVersion'],
    ),
    git: withKeys<RunStart['git']>({ commitHash: text, branch: text, isDirty: fc.boolean(), remoteUrl: text }, []),
    traceparent: fc.constant('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
    worker,
    exec: fc.constant('7.1000.a0'),
    thread: fc.constant(2),
  },
  ['type', 'runId', 'session', 'startedAtMs', 'utcOffsetMinutes', 'context', 'environment', 'git'],
)

const runEnd = withKeys<RunEnd>(
  {
    type: fc.constant('run-end'),
    session: fc.nat({ max: 2 }),
    status: fc.constantFrom('complete', 'interrupted', 'failed'),
    endedAtMs: fc.nat({ max: 900_000 }),
    durationSeconds: seconds,
    records: fc.nat(100),
    reason: text,
    isPresumed: fc.constant(true),
    isTraced: fc.constant(true),
    worker,
    exec: fc.constant('7.1000.a0'),
  },
  ['type', 'session', 'status', 'endedAtMs', 'durationSeconds'],
)

const datasetOpen = withKeys<DatasetOpen>(
  {
    type: fc.constant('dataset-open'),
    alias: fc.constantFrom('questions', 'answers'),
    sourceType: fc.constantFrom('disk', 'hf'),
    sourcePath: text,
    startIndex: fc.nat(10),
    datasetVersion: text,
    datasetHash: text,
    joinType: fc.constantFrom('sequential', 'primary'),
    numRecords: fc.nat(100),
  },
  ['type'],
)

const modelOpen = withKeys<ModelOpen>(
  {
    type: fc.constant('model-open'),
    model: fc.constantFrom(...models, 'unused'),
    upstreamModel: text,
    modelType: fc.constantFrom('OpenAI', 'VLLM'),
    provider: fc.constantFrom('openai', 'anthropic'),
    url: fc.constantFrom('https://a.example/v1', ['https://a.example/v1', 'https://b.example/v1']),
    parameters: fc.constantFrom({ temperature: 0 }, { temperature: 1 }),
  },
  ['type', 'model'],
)

const workerStart = withKeys<WorkerStart>(
  {
    type: fc.constant('worker-start'),
    worker,
    session: fc.nat({ max: 2 }),
    startedAtMs,
    environment: withKeys<WorkerStart['environment']>(
      { nodeVersion: fc.constant('20.20.2'), sygraVersion: fc.constant('0.1.0'), host: text, pid: fc.nat(9999) },
      ['nodeVersion', 'sygraVersion'],
    ),
    concurrency: fc.nat(50),
    transport: fc.constantFrom('process', 'redis', 'none'),
    program: fc.constant('app'),
    thread: fc.constant(2),
  },
  ['type', 'worker', 'session', 'startedAtMs', 'environment'],
)

const workerEnd = withKeys<WorkerEnd>(
  {
    type: fc.constant('worker-end'),
    worker,
    endedAtMs: fc.nat({ max: 900_000 }),
    durationSeconds: seconds,
    reason: fc.constant('killed by SIGKILL'),
    status: fc.constantFrom('complete', 'interrupted', 'failed'),
  },
  ['type', 'worker', 'endedAtMs', 'durationSeconds'],
)

const concurrencyChange = withKeys<ConcurrencyChange>(
  {
    type: fc.constant('concurrency-change'),
    provider: fc.constantFrom('openai api.openai.com', 'vllm localhost'),
    limit: fc.integer({ min: 1, max: 64 }),
    reason: fc.constantFrom('start', 'rate-limit', 'growth'),
    atMs: startedAtMs,
  },
  ['type', 'provider', 'limit', 'reason', 'atMs'],
)

const notUnderstood = withKeys<NotUnderstood>(
  {
    type: fc.constant('not-understood'),
    kind: fc.constantFrom('request', 'socket', 'process'),
    host: fc.constantFrom('a.example', 'b.example'),
    path: fc.constantFrom('/v1/images', '/v1/{id}'),
    provider: fc.constant('openai'),
    node,
    recordId,
    atMs: startedAtMs,
  },
  ['type', 'kind', 'host', 'path', 'atMs'],
)

/** The same of a rehearsal, in which every cost is simulated. */
export const arbitraryRehearsal: fc.Arbitrary<readonly MetadataEvent[]> = fc
  .tuple(arbitraryEvents, fc.infiniteStream(simulatedCost))
  .map(([events, costs]) =>
    events.map((event) =>
      event.type === 'request-end' && event.cost !== undefined ? { ...event, cost: costs.next().value } : event,
    ),
  )

/** All that happens in a run: what counts, and what the run says of itself, where the later word holds. */
export const arbitraryHistory: fc.Arbitrary<readonly MetadataEvent[]> = fc
  .tuple(
    arbitraryEvents,
    fc.array(
      fc.oneof(runStart, runEnd, datasetOpen, modelOpen, concurrencyChange, notUnderstood, workerStart, workerEnd),
      {
        maxLength: 20,
      },
    ),
    fc.infiniteStream(fc.nat()),
  )
  .map(([events, statements, random]) => shuffled([...events, ...statements], random))

/** The same events in another order. */
export function shuffled<Event>(events: readonly Event[], random: fc.Stream<number>): readonly Event[] {
  return events
    .map((event) => ({ event, key: random.next().value ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }) => event)
}

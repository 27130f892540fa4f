import fc from 'fast-check'
import type { RequestCost } from '../../src/metadata/cost.ts'
import type { MetadataEvent, NodeEnd, RecordEnd, RequestEnd } from '../../src/metadata/event.ts'
import type { Usage } from '../../src/metadata/usage.ts'

const models = ['gpt-4o-mini', 'gpt-4o', 'claude-3-haiku']
const nodes = ['generate', 'critique']
const seconds = fc.double({ min: 0, max: 200, noNaN: true })
const tokens = fc.nat({ max: 100_000 })

const usage: fc.Arbitrary<Usage> = fc.record(
  { input: tokens, cacheRead: tokens, cacheWrite5m: tokens, output: tokens, reasoning: tokens },
  { requiredKeys: ['input', 'output'] },
)

const machine = {
  usdPerHour: 3.6,
  price: { source: 'prices.yaml', version: '1', provider: 'vllm', product: 'm', tier: 'busy time', date: '2026-11-23' },
}

const cost: fc.Arbitrary<RequestCost> = fc.record({
  status: fc.constantFrom('priced', 'unpriced', 'free', 'reported', 'partial'),
  picodollars: fc.nat({ max: 2_000_000_000 }),
  lines: fc.constant([]),
})

const hourlyCost: fc.Arbitrary<RequestCost> = fc.record({
  status: fc.constantFrom('partial', 'simulated'),
  picodollars: fc.constant(0),
  lines: fc.constant([]),
  hourly: fc.constant(machine),
})

const outcome = fc.oneof(
  { weight: 4, arbitrary: fc.record({ status: fc.constant(200), usage, cost }) },
  { weight: 2, arbitrary: fc.record({ status: fc.constant(200), usage, cost: hourlyCost }) },
  { weight: 1, arbitrary: fc.record({ status: fc.constantFrom(429, 500, 0) }) },
  { weight: 1, arbitrary: fc.record({ status: fc.constant(200), errorType: fc.constant('invalid_json') }) },
)

/** One call: attempts of which all but the last failed, as a real caller makes them. */
export const arbitraryCall: fc.Arbitrary<readonly RequestEnd[]> = fc
  .record({
    model: fc.constantFrom(...models),
    node: fc.option(fc.constantFrom(...nodes), { nil: undefined }),
    failures: fc.array(fc.constantFrom(429, 500, 0), { maxLength: 3 }),
    last: outcome,
    startedAtMs: fc.nat({ max: 500_000 }),
    durations: fc.array(seconds, { minLength: 4, maxLength: 4 }),
  })
  .map(({ model, node, failures, last, startedAtMs, durations }) =>
    [...failures.map((status) => ({ status })), last].map((end, attempt) => ({
      type: 'request-end' as const,
      model,
      node,
      resendCount: attempt,
      waitSeconds: attempt > 0 ? 0.25 : undefined,
      startedAtMs,
      durationSeconds: durations[attempt] ?? 0,
      ...end,
    })),
  )

const arbitraryNode: fc.Arbitrary<NodeEnd> = fc.record({
  type: fc.constant('node-end' as const),
  node: fc.constantFrom(...nodes),
  nodeType: fc.constant('llm'),
  succeeded: fc.boolean(),
  durationSeconds: seconds,
})

const arbitraryRecord: fc.Arbitrary<RecordEnd> = fc.record({
  type: fc.constant('record-end' as const),
  recordId: fc.uuid(),
  succeeded: fc.boolean(),
  durationSeconds: seconds,
  costPicodollars: fc.nat({ max: 2_000_000_000 }),
})

/** The events of a run, with whole calls, in an order that a run may give them. */
export const arbitraryEvents: fc.Arbitrary<readonly MetadataEvent[]> = fc
  .tuple(
    fc.array(arbitraryCall, { maxLength: 20 }),
    fc.array(arbitraryNode, { maxLength: 20 }),
    fc.array(arbitraryRecord, { maxLength: 20 }),
  )
  .map(([calls, nodeEnds, recordEnds]) => [...calls.flat(), ...nodeEnds, ...recordEnds])

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryEvents } from '../../../test/helpers/arbitrary-events.ts'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { sampleEvents, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { summarize } from '../../metadata/summary.ts'
import { Explainer, type Explanation } from './explain.ts'
import { figurePaths, resolveFigure } from './figure-path.ts'

function explainAll(metadata: Metadata, events: readonly MetadataEvent[]): Explanation[] {
  const explainer = new Explainer(metadata, figurePaths(metadata))
  for (const [index, event] of events.entries()) explainer.add(event, { lineNumber: index + 1, atMs: 0 })
  return explainer.explanations()
}

function explain(text: string, options: Parameters<typeof sampleEvents>[0] = {}, hasLedger = true): Explanation {
  const metadata = sampleMetadata(options)
  const explainer = new Explainer(metadata, [resolveFigure(metadata, text)])
  const events = hasLedger ? sampleEvents(options) : []
  for (const [index, event] of events.entries()) explainer.add(event, { lineNumber: index + 1, atMs: 0 })
  const [explanation] = explainer.explanations()
  if (explanation === undefined) throw new Error('one figure was asked for')
  return explanation
}

/** Figures whose explanation is missing or comes to something else. */
function faults(explanations: readonly Explanation[]): string[] {
  return explanations
    .filter(({ formula, agrees, definition }) => !(formula && agrees && definition.length > 0))
    .map(({ path, value, formula, result }) => `${path.join('.')} is ${value}: ${formula} = ${result}`)
}

test.each<[string, Parameters<typeof sampleEvents>[0]]>([
  ['complete', { failEvery: 9, records: 40 }],
  ['of two models', { models: ['gpt-4o', 'gpt-4o-mini'], unpricedModels: ['gpt-4o'] }],
  ['a rehearsal', { costStatus: 'simulated' }],
  ['still running', { status: undefined }],
])('every number of a run that is %s has a definition and a formula that comes to it', (_, options) => {
  expect(faults(explainAll(sampleMetadata(options), sampleEvents(options)))).toEqual([])
})

// Which cost counts where one node pays and another rehearses, a file does not tell.
function paid(event: MetadataEvent): MetadataEvent {
  if (event.type !== 'request-end' || event.cost?.status !== 'simulated') return event
  return { ...event, cost: { ...event.cost, status: 'partial', rehearsedStatus: undefined } }
}

test('so it is with any history of events', () => {
  fc.assert(
    fc.property(arbitraryEvents, (history) => {
      const events = [...sampleEvents({ records: 0, models: [], status: undefined }), ...history.map(paid)]
      const totals = new RunTotals()
      for (const event of events) totals.add(event)
      const metadata = summarize(totals, { generatedAtMs: Date.UTC(2026, 10, 23, 17, 20), utcOffsetMinutes: 0 })
      expect(faults(explainAll(metadata, events))).toEqual([])
    }),
    { numRuns: 40 },
  )
})

test('a number of records that the program stated is explained by what it stated', () => {
  const open: MetadataEvent = { type: 'dataset-open', numRecords: 44 }
  const events = [...sampleEvents(), open]
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  const metadata = summarize(totals, { generatedAtMs: Date.UTC(2026, 10, 23, 17, 21), utcOffsetMinutes: 60 })
  expect(metadata.dataset.num_records_processed).toBe(44)
  expect(faults(explainAll(metadata, events))).toEqual([])
})

test('a percentile is shown with its place among the values and the lines it rests on', () => {
  const { value, numbers, lines, definition, rounding } = explain('nodes.critique.latency.p95')
  expect(definition).toEqual([
    'Over all executions of the node, in seconds of wall time.',
    '95 of 100 values are not larger.',
  ])
  expect(numbers).toMatch(/^of 20 values in ascending order, at 0.95 × \(20 − 1\) = 18.05 counted from 0: /)
  expect(lines).toMatchObject([{ count: 20 }])
  expect(lines[0]?.shown).toHaveLength(10)
  expect(lines[0]?.shown[0]?.event).toMatchObject({ type: 'node-end', node: 'critique' })
  expect(rounding ?? 'exact').toMatch(/3 digits|exact/)
  expect(value).toBeGreaterThan(0)
})

test('a cost is tokens × price, line by line', () => {
  const model = explain('models.gpt-4o-mini.cost.total_cost_usd')
  expect(model.formula).toBe('receipt.0.total_usd')
  const receipt = explain('models.gpt-4o-mini.cost.receipt.0.classes.0.usd')
  expect(receipt.formula).toBe('tokens × (usd_per_million / a million)')
  expect(receipt.numbers).toMatch(/^\d+ × \(0.15 \/ 1000000\)$/)
  expect(receipt.agrees).toBe(true)
})

test('without a ledger a figure is explained by the other figures of the file', () => {
  const rate = explain('models.gpt-4o-mini.performance.failure_rate', { failEvery: 5 }, false)
  expect(rate).toMatchObject({ formula: 'total_failures / total_requests', agrees: true, lines: [] })
  expect(rate.numbers).toMatch(/^\d+ \/ \d+$/)
  const count = explain('models.gpt-4o-mini.performance.total_requests', {}, false)
  expect(count.result).toBeUndefined()
  expect(count.formula).toBe('how many requests of model gpt-4o-mini')
})

test('what is in no amount, because nobody knows what it cost, is said of amounts and of nothing else', () => {
  const events: MetadataEvent[] = [
    ...sampleEvents({ models: ['gpt-4o', 'gpt-4o-mini'], unpricedModels: ['gpt-4o'], status: 'interrupted' }),
    { type: 'request-start', model: 'gpt-4o-mini', resendCount: 0, startedAtMs: 0 },
    { type: 'batch-change', batch: 'one', model: 'gpt-4o-mini', state: 'waiting', lines: 5, atMs: 0 },
  ]
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  const metadata = summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })
  const withoutOf = (text: string) => {
    const [explanation] = new Explainer(metadata, [resolveFigure(metadata, text)]).explanations()
    return explanation?.without
  }
  const ofTheRun = [
    '1 request in flight at the end, whose cost is not known',
    '5 calls handed in as batches, whose cost is still to come',
  ]
  // Half of the 40 requests went to the model without a price.
  expect(withoutOf('total_cost')).toEqual(['20 answers whose cost is not known', ...ofTheRun])
  expect(withoutOf('models.gpt-4o-mini.cost')).toEqual(ofTheRun)
  expect(withoutOf('models.gpt-4o-mini.performance.total_requests')).toEqual([])
  expect(explain('total_cost').without).toEqual([])
})

test.each([
  ['total_cost', 'aggregate_statistics.cost.total_cost_usd'],
  ['cost_per_record', 'aggregate_statistics.cost.average_cost_per_record'],
  ['p95', 'aggregate_statistics.calls.latency_statistics.p95'],
  ['calls.latency.p95', 'aggregate_statistics.calls.latency_statistics.p95'],
  ['waste.failed_attempts.cost', 'aggregate_statistics.waste.failed_attempts.cost_usd'],
  ['models.gpt-4.1.p95', 'models.gpt-4.1.performance.latency_statistics.p95'],
  ['models.gpt-4.1.latency.p99', 'models.gpt-4.1.performance.latency_statistics.p99'],
  ['models.gpt-4.1.cost', 'models.gpt-4.1.cost.total_cost_usd'],
  ['nodes.critique.latency.p95', 'nodes.critique.latency_statistics.p95'],
  ['nodes.critique.executions', 'nodes.critique.total_executions'],
  ['duration', 'execution.timing.duration_seconds'],
])('%s means %s', (text, path) => {
  expect(resolveFigure(sampleMetadata({ models: ['gpt-4.1', 'gpt-4o'] }), text).join('.')).toBe(path)
})

test.each([
  ['models.gpt-4o-mini.cost.receipt', /may be any of these[\s\S]*receipt\.0\.total_usd/],
  ['nodes.nobody.p95', /has no figure "nodes.nobody.p95"[\s\S]*nodes.critique/],
  ['rubbish', /sygra show --json/],
])('%s is refused with what there is', (text, message) => {
  expect(() => resolveFigure(sampleMetadata(), text)).toThrow(message)
})

test("hits of a gateway's cache are explained, and taken from the requests that times are averaged over", () => {
  const cost = { status: 'reported', picodollars: 0, calculatedPicodollars: 210_000_000, lines: [] } as const
  const hit = requestEnd({ model: 'gpt-4o-mini', isGatewayCacheHit: true, durationSeconds: 0.01, cost })
  const events = [...sampleEvents(), hit, hit]
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  const metadata = summarize(totals, { generatedAtMs: Date.UTC(2026, 10, 23, 17, 21), utcOffsetMinutes: 60 })
  expect(faults(explainAll(metadata, events))).toEqual([])
  const average = ['models', 'gpt-4o-mini', 'performance', 'average_latency_seconds']
  const formula = 'total_latency_seconds / ((total_requests − gateway_cache_hits) − deferred_requests)'
  expect(new Explainer(metadata, [average]).explanations()).toMatchObject([{ formula, agrees: true }])
  // A file without hits does not name them.
  expect(new Explainer(sampleMetadata(), [average]).explanations()).toMatchObject([{ formula, agrees: true }])
})

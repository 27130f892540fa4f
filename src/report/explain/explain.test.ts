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
import { explanationSections } from './explanation-sections.ts'
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

function metadataOf(events: readonly MetadataEvent[]): Metadata {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return summarize(totals, { generatedAtMs: Date.UTC(2026, 10, 23, 17, 21), utcOffsetMinutes: 60 })
}

const atMs = Date.UTC(2026, 10, 23, 17, 20)
const environment = { nodeVersion: '20.20.2', sygraVersion: '0.1.0', host: 'box', pid: 7 }
const worker = { type: 'worker-start', session: 0, startedAtMs: atMs } as const
const limit = { type: 'concurrency-change', provider: 'openai', atMs } as const
const unknown = { type: 'not-understood', kind: 'request', host: 'h.example', path: '/a', atMs } as const
const priced = { status: 'priced', picodollars: 3_000_000_000, lines: [] } as const
const passed = { type: 'node-end', nodeType: 'llm', succeeded: true, durationSeconds: 1 } as const

/** A run of two workers, with limits, parameters, a subgraph and what was not understood, of which each figure is another number. */
const manySided: readonly MetadataEvent[] = [
  ...sampleEvents({ records: 3, retryEvery: 99, status: undefined }),
  { ...worker, worker: 'w1', environment, concurrency: 4 },
  { ...worker, worker: 'w2', environment: { ...environment, pid: 8 }, concurrency: 2 },
  { type: 'worker-end', worker: 'w1', endedAtMs: atMs, durationSeconds: 5 },
  { type: 'worker-end', worker: 'w2', endedAtMs: atMs, durationSeconds: 6 },
  { ...limit, limit: 9, reason: 'start' },
  { ...limit, limit: 3, reason: 'rate-limit' },
  { ...limit, limit: 4, reason: 'growth' },
  { ...limit, provider: 'other', limit: 1, reason: 'rate-limit' },
  unknown,
  unknown,
  { ...unknown, path: '/b' },
  { ...unknown, host: 'i.example' },
  { ...unknown, kind: 'socket' },
  { type: 'model-open', model: 'gpt-4o-mini', parameters: { temperature: 0.1, nested: { top: 2 } } },
  { type: 'model-open', model: 'other', parameters: { temperature: 0.9 } },
  { type: 'dataset-open', alias: 'b', startIndex: 77 },
  { type: 'dataset-open', startIndex: 12 },
  requestEnd({ model: 'gpt-4o-mini', node: 'outer.write', usage: { input: 10, output: 3 }, cost: priced }),
  requestEnd({ model: 'gpt-4o-mini', node: 'outer.check', usage: { input: 20, output: 4 }, cost: priced }),
  { ...passed, node: 'outer.write' },
  { ...passed, node: 'outer.check' },
  { ...passed, node: 'outer', nodeType: 'subgraph', durationSeconds: 2 },
  { type: 'run-end', session: 0, status: 'complete', endedAtMs: atMs, durationSeconds: 50, records: 3 },
]

test('so it is of workers, limits, parameters, subgraphs and what was not understood', () => {
  const metadata = metadataOf(manySided)
  const explanations = explainAll(metadata, manySided)
  expect(faults(explanations)).toEqual([])
  const results = new Map(explanations.map(({ path, result }) => [path.join('.'), result]))
  const expected = {
    'execution.num_records': 3,
    'execution.sessions.0.duration_seconds': 50,
    'execution.sessions.0.records': 3,
    'execution.workers.w1.pid': 7,
    'execution.workers.w2.pid': 8,
    'execution.workers.w1.concurrency': 4,
    'execution.workers.w2.duration_seconds': 6,
    'execution.concurrency.openai.cuts': 1,
    'execution.concurrency.openai.lowest': 3,
    'execution.concurrency.openai.history.1.limit': 3,
    'dataset.start_index': 12,
    'not_understood.total': 5,
    'not_understood.endpoints.0.count': 2,
    'models.gpt-4o-mini.parameter_sets.1.nested.top': 2,
    'nodes.outer.inner_nodes.total_requests': 2,
    'nodes.outer.inner_nodes.total_tokens': 37,
    'nodes.outer.inner_nodes.total_cost_usd': 0.006,
  }
  expect(Object.fromEntries(Object.keys(expected).map((path) => [path, results.get(path)]))).toEqual(expected)
})

test('a figure of a run that goes on, or of a program, is explained by what is known of its time', () => {
  const [start, ...others] = manySided
  if (start?.type !== 'run-start') throw new Error('a run begins with its start')
  const open = [start, ...others].filter(({ type }) => type !== 'run-end')
  expect(faults(explainAll(metadataOf(open), open))).toEqual([])
  const program = manySided.map((event) => (event.type === 'worker-start' ? { ...event, transport: 'none' } : event))
  expect(faults(explainAll(metadataOf(program), program))).toEqual([])
})

test('a ledger of which lines are missing disagrees with its file', () => {
  const metadata = metadataOf(manySided)
  const half = manySided.filter((_, index) => index % 2 === 0)
  const path = ['models', 'gpt-4o-mini', 'token_statistics', 'total_tokens']
  const explainer = new Explainer(metadata, [path])
  for (const [index, event] of half.entries()) explainer.add(event, { lineNumber: index + 1, atMs: 0 })
  expect(explainer.explanations()[0]?.agrees).toBe(false)
})

test('what a file only says where there is something to say is 0 in the formulas of others', () => {
  const rest = explain('models.gpt-4o-mini.performance.average_latency_seconds')
  expect(rest.formula).toContain('gateway_cache_hits')
  expect(rest.numbers).toMatch(/^[\d.]+ \/ \(\(\d+ − 0\) − 0\)$/)
})

/** The pairs of an explanation, and its tables as titles and rows. */
function shownOf(explanation: Explanation, ledger: string | undefined) {
  const [head, ...tables] = explanationSections(explanation, ledger)
  return {
    title: head?.title,
    pairs: head?.type === 'pairs' ? head.pairs : [],
    tables: tables.map((table) =>
      table.type === 'table'
        ? { title: table.title, notes: table.notes, columns: table.columns.map(({ title }) => title), rows: table.rows }
        : undefined,
    ),
  }
}

test('an explanation is shown with its meaning, its formula, its numbers and the lines it rests on', () => {
  const line = { atMs: 0, value: 1 }
  const usage = { input: 1_000, output: 234 }
  const shown = [
    { ...line, lineNumber: 3, event: requestEnd({ recordId: 'r', node: 'n', usage, cost: priced }) },
    { ...line, lineNumber: 4, event: requestEnd({ status: 500, durationSeconds: 2 }), worker: 'w1' },
    { ...line, lineNumber: 5, event: requestEnd({ errorType: 'ECONNRESET' }) },
    { ...line, lineNumber: 6, event: { ...passed, node: 'n' } },
    { ...line, lineNumber: 7, event: { ...passed, node: 'n', succeeded: false, errorType: 'TypeError' } },
    {
      ...{ ...line, lineNumber: 8, value: 0.1 + 0.2 },
      event: { type: 'record-end', recordId: 'r', succeeded: false, costPicodollars: 4_000_000_000 } as const,
    },
  ]
  const explanation: Explanation = {
    ...{ path: ['a', 'b'], value: 3, definition: ['one', 'two'], formula: 'x + y', numbers: '1 + 2.0004' },
    ...{ result: 3.0004, rounding: 'the file rounds to 3 digits', agrees: true, without: ['this', 'that'] },
    lines: [
      { what: 'requests', count: 6, shown },
      { what: 'others', count: 1_000, shown: shown.slice(3, 4) },
      { what: 'none', count: 0, shown: [] },
    ],
  }
  expect(shownOf(explanation, 'ledger.jsonl')).toEqual({
    title: 'a.b',
    pairs: [
      ['is', '3'],
      ['means', 'one'],
      ['', 'two'],
      ['formula', 'x + y'],
      ['with numbers', '1 + 2.0004'],
      ['comes to', '3.0004; the file rounds to 3 digits'],
      ['without', { text: 'this', tone: 'warning' }],
      ['', { text: 'that', tone: 'warning' }],
      ['ledger', 'ledger.jsonl'],
    ],
    tables: [
      {
        title: '6 lines: requests',
        notes: undefined,
        columns: ['ledger', 'line', 'event', 'record', 'node', 'model', 'status', 'time', 'tokens', 'cost', 'adds'],
        rows: [
          ['–', '3', 'request-end', 'r', 'n', 'm', '200', '1.00 s', '1,234', '$0.003', '1'],
          ['w1', '4', 'request-end', '–', '–', 'm', '500', '2.00 s', '–', '–', '1'],
          ['–', '5', 'request-end', '–', '–', 'm', 'ECONNRESET', '1.00 s', '–', '–', '1'],
          ['–', '6', 'node-end', '–', 'n', '–', 'succeeded', '1.00 s', '–', '–', '1'],
          ['–', '7', 'node-end', '–', 'n', '–', 'TypeError', '1.00 s', '–', '–', '1'],
          ['–', '8', 'record-end', 'r', '–', '–', 'failed', '–', '–', '$0.004', '0.3'],
        ],
      },
      {
        title: '1,000 lines: others',
        notes: ['The first 1; --lines 0 shows all.'],
        columns: ['line', 'event', 'node', 'status', 'time', 'adds'],
        rows: [['6', 'node-end', 'n', 'succeeded', '1.00 s', '1']],
      },
    ],
  })
})

test('an explanation says where it does not come to what the file has, or where nobody knows how it comes about', () => {
  const common = { path: ['a'], value: 3, definition: [], lines: [], without: [] }
  const differs = shownOf({ ...common, formula: 'x', result: 4, agrees: false }, undefined)
  expect(differs.pairs).toEqual([
    ['is', '3'],
    ['formula', 'x'],
    ['comes to', '4'],
    ['but', { text: expect.stringMatching(/^that is not what the file says/), tone: 'warning' }],
    ['ledger', expect.stringMatching(/^none/)],
  ])
  expect(shownOf(common, 'l').pairs).toEqual([
    ['is', '3'],
    ['formula', { text: 'not known to this version', tone: 'warning' }],
    ['ledger', 'l'],
  ])
})

// Of 0.68, 1.06 and so on: a record has two calls, each of another length.
test('a mean, a deviation and the largest of values say of how many they are', () => {
  const of = (statistic: string) => explain(`calls.latency_statistics.${statistic}`, { records: 2, retryEvery: 99 })
  expect(of('mean').numbers).toBe('the sum of 4 values by 4')
  expect(of('std_dev').numbers).toMatch(/ by 3, of 4 values$/)
  expect(of('max').numbers).toBe('of 4 values')
  expect(of('max').formula).toMatch(/^max of the /)
  expect(of('p99').numbers).toMatch(/^of 4 values in ascending order, at 0.99 × \(4 − 1\) = 2.97 counted from 0: /)
  // A middle value is there itself, and nothing lies between it and another.
  const one = explain('calls.latency_statistics.median', { records: 1, nodes: ['a'], retryEvery: 99 })
  expect(one.numbers).toMatch(/^of 1 values in ascending order, at 0.5 × \(1 − 1\) = 0 counted from 0: [\d.]+$/)
})

const price = { source: 'list', version: '1', provider: 'openai', product: 'm', tier: 'standard', date: '2026-11-23' }
const tokens = { tokenClass: 'input', tokens: 10, usdPerMillion: 2, picodollars: 20_000_000 } as const
const search = {
  unit: 'webSearch',
  quantity: 2,
  usdPerUnit: 0.01,
  picodollars: 20_000_000_000,
  source: 'page',
} as const
const hourly = { status: 'partial', price: undefined } as const
const usd = (lines: readonly { readonly picodollars: number }[]) =>
  lines.reduce((sum, line) => sum + line.picodollars, 0)

/** A request that was charged these lines. */
function charged(
  lines: NonNullable<ReturnType<typeof requestEnd>['cost']>['lines'],
  changes: object = {},
  fields = {},
) {
  const cost = { status: 'priced', picodollars: usd(lines), price, lines, ...changes } as const
  return requestEnd({ usage: { input: 10, output: 1 }, cost, ...fields })
}

/** Requests at several prices, with fees, machines by the hour, rehearsed ones and such of which the price is not known. */
const paidInMany: readonly MetadataEvent[] = [
  ...sampleEvents({ records: 2, models: [], nodes: [] }),
  charged([tokens]),
  charged([
    tokens,
    { ...tokens, tokens: 7, picodollars: 14_000_000 },
    { ...tokens, tokenClass: 'output', tokens: 3, picodollars: 6_000_000 },
  ]),
  charged([tokens, { ...tokens, usdPerMillion: 4, picodollars: 40_000_000 }]),
  charged([tokens], { price: { ...price, date: '2026-11-24' } }),
  charged([tokens], { price: { ...price, version: '2' } }),
  charged([tokens], { price: { ...price, place: 'eu' } }),
  charged([tokens], { price: { ...price, tier: 'flex' } }),
  charged([search]),
  charged([search, { ...search, variant: 'deep', quantity: 3, picodollars: 30_000_000_000 }]),
  charged([{ ...search, usdPerUnit: 0.02, picodollars: 40_000_000_000 }]),
  charged([{ ...search, source: 'other page' }]),
  charged([tokens], { status: 'reported', picodollars: 77, calculatedPicodollars: 20_000_000 }),
  charged([tokens], { status: 'partial', reason: 'a fee is not known' }),
  charged([], { status: 'unpriced', price: undefined, reason: 'nobody lists it' }),
  requestEnd({ usage: { input: 1 } }),
  requestEnd({ status: 500 }),
  charged([tokens], { status: 'simulated' }, { model: 'rehearsed' }),
  charged(
    [],
    { ...hourly, hourly: { usdPerHour: 3_600, price } },
    { model: 'machine', startedAtMs: 1_000, durationSeconds: 2 },
  ),
  charged(
    [],
    { ...hourly, hourly: { usdPerHour: 3_600, price } },
    { model: 'machine', startedAtMs: 2_000, durationSeconds: 2 },
  ),
  charged(
    [],
    { ...hourly, hourly: { usdPerHour: 7_200, price } },
    { model: 'machine', startedAtMs: 9_000, durationSeconds: 1, node: 'n' },
  ),
  charged([tokens], {}, { node: 'n', agent: 'planner', tool: 'search' }),
  { type: 'node-end', node: 'n', nodeType: 'llm', succeeded: true, durationSeconds: 1 },
]

test('so it is of requests at several prices, of fees, of machines by the hour and of what has no price', () => {
  const metadata = metadataOf(paidInMany)
  expect(faults(explainAll(metadata, paidInMany))).toEqual([])
  const receipts = Object.values(metadata.models).flatMap(({ cost }) => cost.receipt ?? [])
  // Six prices, a reported one, a partial one, a rehearsed one and two of machines.
  expect(receipts.length).toBeGreaterThanOrEqual(10)
})

test('what each figure of a receipt is made of is said in words', () => {
  const metadata = metadataOf(paidInMany)
  const formulaAt = (path: string) => {
    const [explanation] = new Explainer(metadata, [resolveFigure(metadata, path)]).explanations()
    return explanation?.formula
  }
  const at = (index: number, rest: string) => formulaAt(`models.m.cost.receipt.${index}.${rest}`)
  expect(at(0, 'classes.0.usd_per_million')).toBe('the price of list 1')
  expect(at(0, 'requests')).toMatch(/requests at this price/)
  const withFees = metadata.models.m?.cost.receipt?.findIndex(({ fees = [] }) => fees.length > 0) ?? -1
  expect(at(withFees, 'fees.0.usd_per_unit')).toBe('the fee of page')
  expect(at(withFees, 'fees.0.quantity')).toBe('sum of the webSearch at this price of model m')
  expect(at(withFees, 'fees.0.usd')).toBe('quantity × usd_per_unit')
  expect(formulaAt('models.machine.cost.receipt.0.total_usd')).toBe('(busy_seconds / seconds an hour) × usd_per_hour')
  expect(formulaAt('models.machine.cost.receipt.0.busy_seconds')).toMatch(
    /^the time with at least one request under way/,
  )
})

test('nodes, agents and tools are named by their short figures too', () => {
  const metadata = metadataOf([
    ...paidInMany,
    { type: 'actor-end', kind: 'agent', name: 'planner', succeeded: true, durationSeconds: 1 },
    { type: 'actor-end', kind: 'tool', name: 'search', succeeded: true, durationSeconds: 1 },
  ])
  const at = (text: string) => resolveFigure(metadata, text).join('.')
  expect(at('agents.planner.p95')).toBe('agents.planner.latency_statistics.p95')
  expect(at('tools.search.latency.p50')).toBe('tools.search.latency_statistics.p50')
  expect(at('nodes.n.tokens')).toBe('nodes.n.token_statistics.total_tokens')
  expect(at('tokens')).toBe('aggregate_statistics.tokens.total_tokens')
  expect(at('seconds_per_record')).toBe('aggregate_statistics.latency_per_record.mean')
})

test('a figure that is not there is answered with what is near', () => {
  const metadata = sampleMetadata()
  const wrong = (text: string) => {
    try {
      return resolveFigure(metadata, text).join('.')
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
  }
  expect(wrong('total_csot')).toBe(
    'the run has no figure "total_csot"; did you mean "total_cost"?; `sygra show --json` prints all of them',
  )
  expect(wrong('something else')).toBe('the run has no figure "something else"; `sygra show --json` prints all of them')
  const several = wrong('models.gpt-4o-mini')
  expect(several.split('\n')).toHaveLength(14)
  expect(several).toMatch(
    /^"models.gpt-4o-mini" may be any of these; name one:\n {2}models\.gpt-4o-mini\.[\s\S]*\n {2}and \d+ more$/,
  )
  const few = wrong('models.gpt-4o-mini.cost.receipt.0.classes.0')
  expect(few.split('\n').slice(1)).toEqual(
    ['tokens', 'usd_per_million', 'usd'].map((key) => `  models.gpt-4o-mini.cost.receipt.0.classes.0.${key}`),
  )
  const nodes = wrong('nodes.critique.nothing').split('\n').slice(1)
  expect(nodes).toHaveLength(8)
  expect(nodes.every((line) => line.startsWith('  nodes.critique.'))).toBe(true)
})

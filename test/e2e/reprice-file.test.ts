import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repriceRun, writeRepriced } from '../../src/cli/reprice.ts'
import type { RequestCost } from '../../src/metadata/cost.ts'
import type { MetadataEvent } from '../../src/metadata/event.ts'
import { parseMetadata } from '../../src/metadata/parse.ts'
import { RunTotals } from '../../src/metadata/run-totals.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { summarize } from '../../src/metadata/summary.ts'
import type { PriceChanges } from '../../src/pricing/reprice/reprice-request.ts'
import { formatLedgerLine } from '../../src/runtime/ledger/ledger-line.ts'
import { sampleEvents } from '../helpers/sample-run.ts'

const atMs = Date.UTC(2026, 10, 23, 12)
const asGpt4o: PriceChanges = { atMs, models: new Map([['gpt-4o-mini', 'gpt-4o']]) }
const twoModels = ['gpt-4o-mini', 'gpt-4o']

const subgraphEnd: MetadataEvent = {
  type: 'node-end',
  node: 'outer',
  nodeType: 'subgraph',
  succeeded: true,
  durationSeconds: 1,
}

test.each([
  ['one model in two nodes', sampleEvents()],
  ['a model for each node', sampleEvents({ models: twoModels })],
  ['requests outside nodes', sampleEvents().map((event, index) => (index % 3 === 0 ? withoutNode(event) : event))],
  ['failed records', sampleEvents({ failEvery: 4 })],
  ['nodes within a subgraph', [...sampleEvents({ nodes: ['outer.a', 'outer.b', 'alone'] }), subgraphEnd]],
  ['a rehearsal', sampleEvents({ costStatus: 'simulated' })],
  ['a run at a price of nothing', sampleEvents({ priceFactor: 0 })],
  ['a rehearsal at a price of nothing', sampleEvents({ priceFactor: 0, costStatus: 'simulated' })],
])('a file without a ledger gives what its ledger gives: %s', async (_name, events) => {
  const { metadata, path } = await written(events, asGpt4o)
  const expected = await written(events, asGpt4o, { hasLedger: true })
  const { cost_per_record: _perRecord, waste, ...figures } = expected.metadata.aggregate_statistics
  expect(metadata.aggregate_statistics).toEqual(figures)
  expect(waste).toBeDefined()
  expect(metadata.models).toEqual(expected.metadata.models)
  expect(metadata.nodes).toEqual(expected.metadata.nodes)
  expect(Object.keys(metadata)).toEqual(Object.keys(expected.metadata))
  expect(metadata.repriced_from).toMatchObject({
    source: 'file',
    left_out: ['aggregate_statistics.cost_per_record', 'aggregate_statistics.waste'],
  })
  expectToAddUp(metadata)
  expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(metadataOf(events)))
})

test('waste is kept where nothing was wasted', async () => {
  const events = sampleEvents({ retryEvery: 1000 }).flatMap((event): MetadataEvent[] => {
    if (event.type !== 'request-end') return [event]
    return event.status === 429 ? [] : [{ ...event, resendCount: 0 }]
  })
  const { metadata } = await written(events, asGpt4o)
  const expected = await written(events, asGpt4o, { hasLedger: true })
  expect(metadata.aggregate_statistics.waste).toEqual(expected.metadata.aggregate_statistics.waste)
  expect(metadata.repriced_from?.left_out).toEqual(['aggregate_statistics.cost_per_record'])
  expect(expected.metadata.repriced_from?.left_out).toBeUndefined()
})

test('a model that has no price and gets none stays as it is beside another, in a rehearsal too', async () => {
  const events = sampleEvents({ models: ['gpt-4o-mini', 'our-model'], unpricedModels: ['our-model'] })
  const { metadata } = await written(events, asGpt4o)
  const expected = await written(events, asGpt4o, { hasLedger: true })
  expect(metadata.aggregate_statistics.cost).toEqual(expected.metadata.aggregate_statistics.cost)
  expect(metadata.aggregate_statistics.cost.status).toBe('partial')
  expect(metadata.nodes).toEqual(expected.metadata.nodes)
  const rehearsal = sampleEvents({ models: ['gpt-4o-mini', 'our-model'], costStatus: 'simulated' }).map((event) =>
    event.type === 'request-end' && event.model === 'our-model' && event.cost
      ? { ...event, cost: unpricedRehearsal }
      : event,
  )
  const rehearsed = await written(rehearsal, asGpt4o)
  const ofLedger = await written(rehearsal, asGpt4o, { hasLedger: true })
  expect(rehearsed.metadata.aggregate_statistics.cost).toEqual(ofLedger.metadata.aggregate_statistics.cost)
  expect(rehearsed.metadata.models).toEqual(ofLedger.metadata.models)
})

const unpricedRehearsal: RequestCost = {
  status: 'simulated',
  rehearsedStatus: 'unpriced',
  picodollars: 0,
  lines: [],
  reason: 'openai lists no "our-model"; state its price or map it in prices.yaml',
}

test('nodes that share two models are refused, because their tokens are not told apart', async () => {
  await expect(written(mixed(), asGpt4o)).rejects.toThrow(
    /needs the run's ledger.*gpt-4o-mini: how its tokens are shared among generate and critique/,
  )
})

test('where one of two nodes calls a model alone, the other has the rest of it', async () => {
  const events = sampleEvents({ models: twoModels }).map((event, index) =>
    event.type === 'request-end' && event.node === 'critique' && index % 2 === 0
      ? { ...event, model: 'gpt-4o-mini', cost: event.cost && withProduct(event.cost, 'gpt-4o-mini') }
      : event,
  )
  const { metadata } = await written(events, asGpt4o)
  const expected = await written(events, asGpt4o, { hasLedger: true })
  expect(metadata.nodes).toEqual(expected.metadata.nodes)
  expectToAddUp(metadata)
})

test.each<[string, MetadataEvent[], PriceChanges, RegExp]>([
  [
    'a class without a price',
    sampleEvents(),
    { atMs, tier: 'batch' },
    /no price of openai's gpt-4o-mini in tier batch/,
  ],
  ['a price where there was none', sampleEvents({ unpricedModels: ['gpt-4o-mini'] }), asGpt4o, /its cost is unpriced/],
  ['costs that the provider stated', sampleEvents({ costStatus: 'reported' }), asGpt4o, /its cost is reported/],
  ['figures that the program stated', [...sampleEvents(), statedNode()], asGpt4o, /node stated .* by the program/],
  ['an unknown name', sampleEvents(), { models: new Map([['gpt-4o-mini', 'nobody-knows']]) }, /nobody-knows/],
  [
    'a price that depends on the hour',
    sampleEvents(),
    { models: new Map([['gpt-4o-mini', 'deepseek/deepseek-v4-pro']]) },
    /time of day of each request/,
  ],
])('%s: only the ledger tells', async (_name, events, changes, reason) => {
  await expect(written(events, changes)).rejects.toThrow(reason)
})

test('a model that was charged by the name in its answers is not priced by another', async () => {
  const events = sampleEvents().map((event) =>
    event.type === 'request-end' && event.cost ? { ...event, cost: withProduct(event.cost, 'gpt-4o') } : event,
  )
  await expect(written(events, { atMs })).rejects.toThrow('its answers named gpt-4o')
})

function metadataOf(events: readonly MetadataEvent[]): Metadata {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return summarize(totals, { generatedAtMs: atMs, utcOffsetMinutes: 60 })
}

async function written(events: readonly MetadataEvent[], changes: PriceChanges, { hasLedger = false } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-reprice-file-'))
  const name = 'task_2026-11-23_18-19-07'
  const path = join(directory, `metadata_${name}.json`)
  writeFileSync(path, JSON.stringify(metadataOf(events)))
  const lines = events.map((entry, seq) => formatLedgerLine({ seq, atMs: seq, entry }))
  if (hasLedger) writeFileSync(join(directory, `ledger_${name}.jsonl`), lines.join(''))
  const target = await writeRepriced(await repriceRun(path, changes))
  return { path, metadata: parseMetadata(readFileSync(target, 'utf8'), target) }
}

function expectToAddUp({ aggregate_statistics: { cost, unattributed }, models, nodes }: Metadata): void {
  const ofModels = Object.values(models).reduce((sum, model) => sum + model.cost.total_cost_usd, 0)
  const ofNodes = Object.values(nodes).reduce((sum, node) => sum + (node.cost?.total_cost_usd ?? 0), 0)
  expect(cost.total_cost_usd).toBeGreaterThan(0)
  expect(Math.abs(ofModels - cost.total_cost_usd)).toBeLessThan(3e-6)
  expect(Math.abs(ofNodes + (unattributed?.total_cost_usd ?? 0) - cost.total_cost_usd)).toBeLessThan(3e-6)
}

function withoutNode(event: MetadataEvent): MetadataEvent {
  return event.type === 'request-end' ? { ...event, node: undefined } : event
}

/** Both nodes call both models. */
function mixed(): MetadataEvent[] {
  return sampleEvents({ models: twoModels }).map((event, index) => {
    if (event.type !== 'request-end' || index % 2 === 0) return event
    const model = event.model === 'gpt-4o' ? 'gpt-4o-mini' : 'gpt-4o'
    return { ...event, model, cost: event.cost && withProduct(event.cost, model) }
  })
}

function withProduct<Cost extends { readonly price?: { readonly product: string } }>(
  cost: Cost,
  product: string,
): Cost {
  return { ...cost, price: cost.price && { ...cost.price, product } }
}

function statedNode(): MetadataEvent {
  return {
    type: 'node-end',
    node: 'stated',
    nodeType: 'llm',
    succeeded: true,
    durationSeconds: 1,
    stated: { usage: { input: 5, output: 5 }, costPicodollars: 1_000_000 },
  }
}

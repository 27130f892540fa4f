import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { sampleEvents, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { MetadataEvent, RequestEnd } from '../../metadata/event.ts'
import { summarize } from '../../metadata/summary.ts'
import { parsePrices } from '../book/parse-prices.ts'
import { repriceFile } from './reprice-file.ts'
import { RepricedTotals } from './reprice-fold.ts'
import { repriceModel } from './reprice-model.ts'
import { type PriceChanges, repriceRequest } from './reprice-request.ts'

const usage = { input: 1_000_000, output: 1_000_000 }
const answer = requestEnd({ model: 'fast', startedAtMs: Date.UTC(2026, 10, 23), usage })
const opened = { upstreamModel: 'gpt-4o-mini', provider: 'openai', modelType: 'OpenAI' }
const usd = (changes: PriceChanges, request = answer) =>
  (repriceRequest(request, opened, changes)?.picodollars ?? Number.NaN) / 1e12

test('a request is priced by the name on the wire, at its own time', () => {
  expect(usd({})).toBe(0.75)
})

test('another tier, another model and prices of one’s own are what-ifs', () => {
  expect(usd({ tier: 'batch' })).toBe(0.375)
  expect(usd({ models: new Map([['fast', 'gpt-4o']]) })).toBe(12.5)
  expect(usd({ models: new Map([['gpt-4o-mini', 'gpt-4o']]) })).toBe(12.5)
  expect(usd({ prices: parsePrices('prices: { fast: { input: 1, output: 2 } }', 'p.yaml') })).toBe(3)
})

test('what the provider reported stays, unless something else is asked', () => {
  const reported: RequestEnd = { ...answer, cost: { status: 'reported', picodollars: 5e11, lines: [] } }
  expect(usd({}, reported)).toBe(0.5)
  expect(usd({ tier: 'batch' }, reported)).toBe(0.375)
})

test('an attempt without an answer costs nothing, a rehearsal stays one', () => {
  const { usage: _usage, ...failed } = answer
  expect(repriceRequest({ ...failed, status: 429 }, opened, {})).toBeUndefined()
  const simulated: RequestEnd = { ...answer, cost: { status: 'simulated', picodollars: 0, lines: [] } }
  expect(repriceRequest(simulated, opened, {})).toMatchObject({ status: 'simulated', picodollars: 75e10 })
})

test('what models.yaml stated is kept, because the events do not say it', () => {
  const price = { source: 'models.yaml', version: '', provider: '', product: '', tier: '', date: '' }
  const cost = { status: 'priced', picodollars: 7, lines: [], price } as const
  expect(repriceRequest({ ...answer, cost }, opened, {})).toBe(cost)
})

test('a run folded again at the same prices is the run, records and nodes included', () => {
  const first = foldedAgain(sampleEvents({ failEvery: 6 }), {})
  const second = foldedAgain(first.events, {})
  expect(second.metadata).toEqual(first.metadata)
  const { aggregate_statistics: totals, models } = first.metadata
  const perRecord = (totals.cost_per_record?.mean ?? 0) * totals.records.total_processed
  expect(perRecord).toBeCloseTo(totals.cost.total_cost_usd, 4)
  expect(models['gpt-4o-mini']?.cost.status).toBe('priced')
})

test('a file without a ledger gives the cost that its ledger gives', () => {
  const changes = { tier: 'batch', models: new Map([['gpt-4o-mini', 'claude-sonnet-4-5']]) }
  const file = sampleMetadata()
  const model = file.models['gpt-4o-mini']
  if (model === undefined) throw new Error('the sample has a model')
  const { metadata } = foldedAgain(sampleEvents(), changes)
  const startedAtMs = Date.UTC(2026, 10, 23)
  const fromFile = repriceModel('gpt-4o-mini', model, { startedAtMs, changes })
  if (fromFile.type === 'unknown') expect(fromFile.reason).toContain('length of each prompt')
  else expect(fromFile.totalUsd).toBeCloseTo(metadata.aggregate_statistics.cost.total_cost_usd, 6)
  const halved = repriceModel('gpt-4o-mini', model, {
    startedAtMs,
    changes: { models: new Map([['gpt-4o-mini', 'gpt-4o']]) },
  })
  const whole = foldedAgain(sampleEvents(), { models: new Map([['gpt-4o-mini', 'gpt-4o']]) }).metadata
  expect(halved).toMatchObject({ type: 'cost', status: 'priced' })
  expect(halved.type === 'cost' ? halved.totalUsd : 0).toBeCloseTo(whole.aggregate_statistics.cost.total_cost_usd, 6)
})

test('cached audio in a receipt is not taken for cached text', () => {
  const prices = parsePrices(
    'prices: { spoken: { input: 4, cache_read: 1, cache_read_audio: 10, input_audio: 32, output: 16 } }',
    'p.yaml',
  )
  const spoken = requestEnd({
    model: 'spoken',
    startedAtMs: Date.UTC(2026, 10, 23),
    usage: { input: 0, cacheRead: 2_000_000, cachedAudio: 1_000_000, output: 0 },
  })
  const { metadata } = foldedAgain([spoken], { prices })
  const model = metadata.models.spoken
  if (model === undefined) throw new Error('the run has a model')
  // 1 for the text, 10 for the audio.
  expect(model.cost.total_cost_usd).toBe(11)
  expect(repriceModel('spoken', model, { startedAtMs: 0, changes: { prices } })).toMatchObject({
    status: 'partial',
    reason: expect.stringContaining('which of them are audio'),
  })
})

function foldedAgain(events: readonly MetadataEvent[], changes: PriceChanges) {
  const fold = new RepricedTotals(changes)
  for (const event of events) fold.add(event)
  return { events, metadata: summarize(fold.totals, { generatedAtMs: 0, utcOffsetMinutes: 0 }) }
}

test('an answer that says nothing of its usage may have cost something; one that was lost has no price at any prices', () => {
  const { usage: _usage, ...silent } = answer
  expect(repriceRequest(silent, opened, {})).toMatchObject({ status: 'unpriced' })
  expect(repriceRequest({ ...silent, status: 299 }, opened, {})).toMatchObject({ status: 'unpriced' })
  expect(repriceRequest({ ...silent, status: 300 }, opened, {})).toBeUndefined()
  const lost = { status: 'unpriced', picodollars: 0, lines: [], reason: 'no answer came' } as const
  expect(repriceRequest({ ...silent, status: 0, cost: lost }, opened, { tier: 'batch' })).toBe(lost)
  expect(repriceRequest({ ...silent, status: 0 }, opened, {})).toBeUndefined()
  // What was read before the failure is charged.
  expect(repriceRequest({ ...answer, status: 500 }, opened, {})).toMatchObject({ picodollars: 75e10 })
})

test('each record costs what its own requests cost, one that is done again anew; who has no name keeps its cost', () => {
  const request = requestEnd({ model: 'gpt-4o-mini', recordId: 'r', startedAtMs: Date.UTC(2026, 10, 23), usage })
  const end = { type: 'record-end', recordId: 'r', succeeded: true, durationSeconds: 1, costPicodollars: 9e12 } as const
  const { usage: _usage, ...refused } = request
  const twice = foldedAgain([{ ...refused, status: 429 }, request, end, request, request, end], {}).metadata
  // 0.15 + 0.60 for the first, and twice that for the second.
  expect(twice.aggregate_statistics.cost_per_record).toMatchObject({ min: 0.75, max: 1.5 })
  // What another worker did in vain in between costs the record nothing.
  const inVain = {
    type: 'record-duplicate',
    recordId: 'r',
    worker: 'w2',
    costPicodollars: 5e11,
    durationSeconds: 1,
  } as const
  const once = foldedAgain([request, inVain, end], {}).metadata
  expect(once.aggregate_statistics.cost_per_record).toMatchObject({ min: 0.75, max: 0.75 })
  const { recordId: _recordId, ...nameless } = end
  const kept = foldedAgain([{ ...request, recordId: undefined }, nameless], {}).metadata
  expect(kept.aggregate_statistics.cost_per_record).toMatchObject({ min: 9, max: 9 })
})

test('a model is what the run said of it first', () => {
  const open = (upstreamModel: string) =>
    ({ type: 'model-open', model: 'fast', upstreamModel, provider: 'openai' }) as const
  const { metadata } = foldedAgain([open('gpt-4o-mini'), open('gpt-4o'), answer], {})
  expect(metadata.models.fast?.cost.total_cost_usd).toBe(0.75)
})

test('what the user’s own prices were asked of is priced by its name, and what the list was asked of by what it found', () => {
  const startedAtMs = Date.UTC(2026, 10, 23)
  const priced = (model: string, fields: Partial<RequestEnd>, changes: PriceChanges = {}, provider = 'openai') => {
    const request = requestEnd({ model, startedAtMs, usage, ...fields })
    const { metadata } = foldedAgain([{ type: 'model-open', model, provider }, request], changes)
    const found = metadata.models[model]
    if (found === undefined) throw new Error('the run has a model')
    return found
  }
  // Its own price was that of a snapshot, which the list has under the name of the model.
  const snapshot = 'gpt-4o-mini-2024-07-18'
  const prices = parsePrices(`prices: { ${snapshot}: { input: 1, output: 2 } }`, 'p.yaml')
  const own = priced(snapshot, {}, { prices })
  expect(own.cost.total_cost_usd).toBe(3)
  expect(repriceModel(snapshot, own, { startedAtMs, changes: {} })).toMatchObject({ type: 'cost', totalUsd: 0.75 })
  // A deployment tells its model in its answers alone, whichever list has it: o4-mini is in the table, phi-4 in our own.
  for (const upstreamModel of ['gpt-4o', 'phi-4']) {
    const deployed = priced('my-deployment', { upstreamModel }, {}, 'azure')
    expect(deployed.cost.total_cost_usd).toBeGreaterThan(0)
    expect(repriceModel('my-deployment', deployed, { startedAtMs, changes: {} })).toEqual({
      type: 'unknown',
      reason: `its answers named ${upstreamModel}, which the name it was asked by does not tell`,
    })
  }
  // The same model of another seller.
  const azure = priced('gpt-4o', { upstreamModel: 'gpt-4o' }, {}, 'azure')
  expect(repriceModel('gpt-4o', { ...azure, provider: 'openai' }, { startedAtMs, changes: {} }).type).toBe('unknown')
  expect(repriceModel('gpt-4o', azure, { startedAtMs, changes: {} })).toMatchObject({ type: 'cost', totalUsd: 12.5 })
})

test('fees of a receipt are priced again, and of several receipts one without a price makes the cost a lower bound', () => {
  const startedAtMs = Date.UTC(2026, 10, 23)
  const asked = (fields: Partial<RequestEnd>) => {
    const { metadata } = foldedAgain([requestEnd({ model: 'gpt-4.1', startedAtMs, usage, ...fields })], {})
    const model = metadata.models['gpt-4.1']
    if (model === undefined) throw new Error('the run has a model')
    return model
  }
  const searched = asked({ usage: { ...usage, fees: [{ unit: 'webSearch', quantity: 2 }] } })
  // 2 + 8 for the tokens, and a cent for a search.
  expect(repriceModel('gpt-4.1', searched, { startedAtMs, changes: {} })).toMatchObject({
    status: 'priced',
    totalUsd: 10.02,
  })
  const [standard, batch] = [asked({}), asked({ serviceTier: 'batch' })]
  const both = {
    ...standard,
    cost: { ...standard.cost, receipt: [standard, batch].flatMap(({ cost }) => cost.receipt ?? []) },
  }
  expect(repriceModel('gpt-4.1', both, { startedAtMs, changes: {} })).toMatchObject({ status: 'priced', totalUsd: 15 })
  // 2.50 + 10; this model has no price in a batch.
  const models = new Map([['gpt-4.1', 'gpt-4o-audio-preview']])
  expect(repriceModel('gpt-4.1', both, { startedAtMs, changes: { models } })).toMatchObject({
    status: 'partial',
    totalUsd: 12.5,
  })
  // Without its receipts, tokens that were written to a cache are of two kinds.
  const { receipt: _receipt, ...cost } = standard.cost
  const written = { ...standard, cost, token_statistics: { ...standard.token_statistics, cache_write_tokens: 1 } }
  expect(repriceModel('gpt-4.1', written, { startedAtMs, changes: {} })).toEqual({
    type: 'unknown',
    reason: 'its cache writes or audio are not told apart',
  })
})

test('a file that does not tell what was wasted is priced without it, and one without receipts is refused', () => {
  const file = sampleMetadata()
  const model = file.models['gpt-4o-mini']
  if (model === undefined) throw new Error('the sample has a model')
  const startedAtMs = Date.UTC(2026, 10, 23)
  const repriced = new Map([['gpt-4o-mini', repriceModel('gpt-4o-mini', model, { startedAtMs, changes: {} })]])
  const { waste: _waste, ...figures } = file.aggregate_statistics
  const again = repriceFile({ ...file, aggregate_statistics: figures }, repriced, '2026-11-24T00:00:00.000+00:00')
  expect(again).toMatchObject({ type: 'metadata', leftOut: ['aggregate_statistics.cost_per_record'] })
  const { receipt: _receipt, ...cost } = model.cost
  const bare = repriceFile({ ...file, models: { 'gpt-4o-mini': { ...model, cost } } }, repriced, '')
  expect(bare).toEqual({ type: 'unknown', reason: 'gpt-4o-mini: its receipts do not make up all its tokens' })
})

import { APICallError, type LanguageModelV3 } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { ConcurrencyChange, RequestEnd } from '../../metadata/event.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { PlannedAttempt } from '../models/model-call.ts'
import { modelClientOf } from '../models/model-client.ts'
import { nothing } from './budget.ts'
import { GuardedModels } from './guarded-models.ts'
import { type GuardOptions, type GuardStop, RunGuard } from './run-guard.ts'

const object: LanguageModelV3 = {
  specificationVersion: 'v3',
  provider: 'own',
  modelId: 'm',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('nobody asks it')),
  doStream: () => Promise.reject(new Error('nobody asks it')),
}
const client = modelClientOf(object)
const turn = () => new Promise((resolve) => setImmediate(resolve))

function guardOf(options: Partial<GuardOptions> = {}) {
  const collector = new MetadataCollector()
  const changes: ConcurrencyChange[] = []
  collector.onEvent((event) => {
    if (event.type === 'concurrency-change') changes.push(event)
  })
  const stops: GuardStop[] = []
  const guard = new RunGuard({
    collector,
    limits: {},
    past: { amounts: nothing, records: 0, failed: 0, reads: new DeferredReads() },
    tokenizer: undefined,
    allowUnpriced: false,
    checkedModels: new Set(),
    place: { prices: undefined, isSimulated: false },
    most: 2,
    modelDown: { failures: 2, seconds: 0 },
    onStop: (stop) => stops.push(stop),
    ...options,
  })
  const attempt = (callId: string, fields: Partial<PlannedAttempt> = {}): PlannedAttempt => ({
    call: { client, prompt: [] },
    callId,
    place: { url: 'https://models.example/v1', keyDigest: 'key' },
    ...fields,
  })
  const take = (fields: Partial<RequestEnd>) => guard.take(requestEnd(fields))
  return { guard, changes, stops, attempt, take }
}

const refused = (statusCode: number, responseBody = '') => {
  const request = { url: 'https://models.example', requestBodyValues: {} }
  return { type: 'failure' as const, error: new APICallError({ message: 'no', ...request, statusCode, responseBody }) }
}

test('no more attempts than may be are with one provider and key, and each that ends lets one in', async () => {
  const { guard, attempt, changes } = guardOf()
  const leave = await guard.acquire(attempt('a'))
  await guard.acquire(attempt('b'))
  const told: string[] = []
  void guard.acquire(attempt('c')).then(() => told.push('c'))
  await guard.acquire(attempt('other key', { place: { url: 'https://models.example/v1', keyDigest: 'second' } }))
  await turn()
  expect(told).toEqual([])
  expect(leave(refused(500))).toBeUndefined()
  await turn()
  expect(told).toEqual(['c'])
  expect(changes.map(({ provider, limit, reason }) => [provider, limit, reason])).toEqual([
    ['own models.example', 2, 'start'],
    ['own models.example (key 2)', 2, 'start'],
  ])
})

test('an attempt that is refused for its rate lowers the number, and the run may be given another', async () => {
  const { guard, attempt, changes } = guardOf()
  const first = await guard.acquire(attempt('a'))
  await guard.acquire(attempt('b'))
  first(refused(429))
  guard.setMost(5)
  await guard.acquire(attempt('x', { place: { url: undefined, keyDigest: '' } }))
  expect(changes.map(({ provider, limit, reason }) => `${provider}: ${reason} ${limit}`)).toEqual([
    'own models.example: start 2',
    'own models.example: rate-limit 1',
    'own: start 5',
  ])
})

test('a model that is down ends the run in place of its last failure, and nothing more is asked of it', async () => {
  const { guard, attempt, stops, take } = guardOf()
  const first = await guard.acquire(attempt('a'))
  take({ status: 401, callId: 'a' })
  expect(first(refused(401))).toBeUndefined()
  const second = await guard.acquire(attempt('b'))
  take({ status: 401, callId: 'b' })
  const failure = refused(401)
  expect(second(failure)).toMatchObject({ code: 'run_stopped', cause: failure.error })
  expect(stops).toEqual([
    {
      type: 'model-down',
      message: 'model "m" is down: 2 requests in a row failed, the last with http_401. Check its key',
    },
  ])
  await expect(guard.acquire(attempt('c'))).rejects.toThrow('model "m" is down')
  // A model of another name is not.
  const other = modelClientOf({ ...object, modelId: 'other' })
  await guard.acquire(attempt('d', { call: { client: other, prompt: [] } }))
})

test('what waited for a model while it went down is refused, and leaves its place to others', async () => {
  const { guard, attempt, take } = guardOf({ most: 1 })
  const first = await guard.acquire(attempt('a'))
  const waiting = guard.acquire(attempt('b'))
  take({ status: 402 })
  take({ status: 402 })
  first(refused(402))
  await expect(waiting).rejects.toThrow('Its account has no money left')
  const other = modelClientOf({ ...object, modelId: 'other' })
  await guard.acquire(attempt('c', { call: { client: other, prompt: [] } }))
})

test('an account without money is told by the answer, though its status is that of too many requests', async () => {
  const { guard, attempt, stops, take } = guardOf({ modelDown: { failures: 2, seconds: 30 } })
  for (const callId of ['a', 'b']) {
    const leave = await guard.acquire(attempt(callId))
    take({ status: 429, callId })
    leave(refused(429, '{"error":{"code":"insufficient_quota"}}'))
  }
  expect(stops.map(({ message }) => message)).toEqual([
    'model "m" is down: 2 requests in a row failed, the last with insufficient_quota. Its account has no money left',
  ])
})

test('a model is never down where the run says so', async () => {
  const { guard, stops, take } = guardOf({ modelDown: false })
  for (let index = 0; index < 50; index += 1) take({ status: 401, callId: String(index) })
  expect([stops, guard.suspects('m')]).toEqual([[], false])
})

test('a model that fails is suspected until it has been down for long enough', () => {
  const { guard, take } = guardOf({ modelDown: { failures: 3, seconds: 1e6 } })
  const suspicions = ['a', 'b', 'c'].map((callId) => {
    take({ status: 503, callId })
    return guard.suspects('m')
  })
  expect(suspicions).toEqual([false, false, true])
  take({ status: 200 })
  expect(guard.suspects('m')).toBe(false)
})

test('limits hold across sessions: a run that has used up everything stops at its start', async () => {
  const past = {
    amounts: { picodollars: 0, requests: 3, tokens: 0 },
    records: 3,
    failed: 2,
    reads: new DeferredReads(),
  }
  const { guard, stops, attempt } = guardOf({ limits: { maxRequests: 3, maxFailures: 1 }, past })
  guard.begin()
  expect(stops.map(({ type, option }) => [type, option])).toEqual([
    ['limit', 'maxRequests'],
    ['limit', 'maxFailures'],
  ])
  expect(stops[1]?.message).toBe('2 records failed, more than the 1 allowed. A higher `maxFailures` lets it go on')
  expect(guard.refuse()).toMatchObject({ code: 'run_stopped' })
  // Where it may not be sent, its place at the provider is free again.
  for (let index = 0; index < 3; index += 1) await expect(guard.acquire(attempt('a'))).rejects.toThrow('3 requests')
})

test('too many failed records stop the run; a share of few is judged when all are done', () => {
  const end = (succeeded: boolean) =>
    ({ type: 'record-end', recordId: 'r', succeeded, durationSeconds: 1, endedAtMs: 0, session: 0 }) as const
  const counted = guardOf({ limits: { maxFailures: 1 } })
  counted.guard.take(end(false))
  counted.guard.take(end(true))
  expect([counted.stops, counted.guard.excessAtEnd()]).toEqual([[], undefined])
  counted.guard.take(end(false))
  expect(counted.stops).toMatchObject([{ type: 'limit', option: 'maxFailures' }])
  const shared = guardOf({ limits: { maxFailures: '10%' } })
  shared.guard.take(end(false))
  expect(shared.stops).toEqual([])
  expect(shared.guard.excessAtEnd()).toEqual({
    type: 'limit',
    message: '1 of 1 records failed, more than the 10 % allowed',
  })
  const free = guardOf()
  free.guard.take(end(false))
  expect([free.stops, free.guard.excessAtEnd()]).toEqual([[], undefined])
})

test.each([
  ['has no known cost', {}, {}, 1],
  ['was checked before the run', { checkedModels: new Set(['m']) }, {}, 0],
  ['may be unpriced', { allowUnpriced: true }, {}, 0],
  ['is in a run without a limit of cost', { limits: { maxTokens: 9 } }, {}, 0],
  ['failed', {}, { status: 500 }, 0],
  ['has a price', {}, { cost: { status: 'priced', picodollars: 1, lines: [] } }, 0],
  ['is not priced by anybody', {}, { cost: undefined }, 0],
] as const)('under a limit of cost an answer of foreign code that %s', (_, options, fields, stopped) => {
  const { take, stops } = guardOf({ limits: { maxCostUsd: 5 }, ...options })
  take({ cost: { status: 'unpriced', picodollars: 0, lines: [], reason: 'nobody knows it' }, ...fields })
  expect(stops.map(({ type, message }) => `${type}: ${message}`)).toEqual(
    Array(stopped).fill(
      'limit: a request to m has no known cost (nobody knows it), so the limit of cost cannot be kept. A price in prices.yaml, or `allowUnpriced: true`, lets it go on',
    ),
  )
})

test('calls of a batch wait in no queue of the provider, and are counted all the same', async () => {
  const { guard, attempt } = guardOf({ most: 1, limits: { maxRequests: 3 } })
  const releases = []
  for (const callId of ['a', 'b']) releases.push(await guard.acquire(attempt(callId, { batched: 'to-send' })))
  await guard.acquire(attempt('sent', { batched: 'sent' }))
  await expect(Promise.race([guard.acquire(attempt('c')), turn().then(() => 'waits')])).resolves.toBe('waits')
  expect(releases[0]?.(refused(500))).toBeUndefined()
  // What is sent already is paid whatever room there is; what is not waits for it.
  await guard.acquire(attempt('e', { batched: 'sent' }))
  const waiting = guard.acquire(attempt('f', { batched: 'to-send' }))
  await expect(Promise.race([waiting, turn().then(() => 'waits')])).resolves.toBe('waits')
})

test('an attempt of a process that is gone gives its place back, and counts as spent', async () => {
  const { guard } = guardOf({ most: 1, limits: { maxRequests: 2 } })
  const admit = (callId: string) =>
    guard.admit(
      { callId, recordId: undefined, model: 'm', measure: undefined },
      { place: { name: 'own', keyDigest: '' }, priceQuery: { model: 'm' }, signal: undefined },
    )
  expect((await admit('a'))('lost')).toBeUndefined()
  await admit('b')
  expect(guard.refuse()).toBeUndefined()
})

test('a whole run of records begins within its limits', async () => {
  const { guard } = guardOf({ limits: { maxRequests: 100 } })
  const begun: string[] = []
  const { signal } = new AbortController()
  for (let index = 0; index < 6; index += 1)
    void guard.beginRecord(`${index}`, signal).then(() => begun.push(`${index}`))
  await turn()
  expect(begun).toHaveLength(4)
  guard.endRecord('0', true)
  await turn()
  expect(begun).toHaveLength(6)
})

test('models that nothing guards yet are asked at once; what a run puts before them is asked first', async () => {
  const models = new GuardedModels()
  const guarded = models.guard(client)
  guarded.wishBatches?.('graph_config.yaml:3')
  expect([models.clients, models.batchWishes]).toEqual([[client], [{ where: 'graph_config.yaml:3', client }]])
  const { guard, attempt, take } = guardOf({ modelDown: { failures: 3, seconds: 1e6 } })
  expect((await guarded.limiter?.acquire(attempt('a')))?.(refused(500))).toBeUndefined()
  expect([guarded.limiter?.suspects('m'), guarded.batches?.()]).toEqual([false, undefined])
  models.limiter = guard
  for (const callId of ['a', 'b', 'c']) take({ status: 503, callId })
  expect(guarded.limiter?.suspects('m')).toBe(true)
  await guarded.limiter?.acquire(attempt('b'))
  await guarded.limiter?.acquire(attempt('c'))
  await expect(Promise.race([guarded.limiter?.acquire(attempt('d')), turn().then(() => 'waits')])).resolves.toBe(
    'waits',
  )
})

/** One token a word. */
const words: Tokenizer = {
  encoding: 'o200k_base',
  count: (text) => text.split(' ').length,
  encode: () => [],
  pieces: () => [],
}

test('what is asked is counted where tokens are limited, and only there', async () => {
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'what is it' }] }]
  const limited = guardOf({ limits: { maxTokens: 1_009 }, tokenizer: words })
  const call = { client, prompt }
  // 3 + (3 + 1 + 3) of the prompt, and 1,000 for an answer.
  await expect(limited.guard.acquire(limited.attempt('a', { call }))).rejects.toThrow('may take 1,010 tokens')
  const enough = guardOf({ limits: { maxTokens: 1_010 }, tokenizer: words })
  await enough.guard.acquire(enough.attempt('a', { call }))
  const requests = guardOf({ limits: { maxRequests: 1 } })
  await requests.guard.acquire(requests.attempt('a', { call }))
})

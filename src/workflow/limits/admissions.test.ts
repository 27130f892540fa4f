import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { RequestCost } from '../../metadata/cost.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { parsePrices } from '../../pricing/book/parse-prices.ts'
import { type AdmissionOptions, Admissions } from './admissions.ts'
import { nothing } from './budget.ts'

/** A dollar for each input token, two for each output token, so that sums are easily told. */
const priceQuery = { model: 'm', prices: parsePrices('prices: { m: { input: 1000000, output: 2000000 } }', 'p.yaml') }
const dollars = (usd: number): RequestCost => ({ status: 'priced', picodollars: usd * 1e12, lines: [] })
const turn = () => new Promise((resolve) => setImmediate(resolve))

function admissionsOf(limits: AdmissionOptions['limits'], rest: Partial<AdmissionOptions> = {}) {
  const stops: string[] = []
  const admissions = new Admissions({
    limits,
    past: { amounts: nothing, records: 0 },
    onStop: ({ option, message }) => stops.push(`${option}: ${message}`),
    ...rest,
  })
  const reserve = (
    callId: string,
    {
      recordId,
      tokens,
      signal,
      isSent,
    }: { recordId?: string; tokens?: number; signal?: AbortSignal; isSent?: boolean } = {},
  ) =>
    admissions.reserve(
      {
        callId,
        recordId,
        model: 'm',
        measure: tokens === undefined ? undefined : { countedTokens: tokens, maxAnswerTokens: 1, answers: 1 },
      },
      { priceQuery, signal, ...(isSent === undefined ? {} : { isSent }) },
    )
  const settle = (callId: string, usd: number, fields: Partial<RequestEnd> = {}) =>
    admissions.settle(requestEnd({ callId, cost: dollars(usd), usage: { input: 1, output: 1 }, ...fields }))
  return { admissions, stops, reserve, settle }
}

test('a request waits until those before it have left it room, and is refused when they have not', async () => {
  const { stops, reserve, settle } = admissionsOf({ maxCostUsd: 20 })
  // Each may take 8 + 2 dollars.
  await reserve('a', { tokens: 8 })
  await reserve('b', { tokens: 8 })
  const told: string[] = []
  const third = reserve('c', { tokens: 8 }).then(() => told.push('c'))
  await turn()
  expect(told).toEqual([])
  const usage = { input: 8, output: 1 }
  settle('a', 5, { usage })
  await turn()
  expect(told).toEqual([])
  settle('b', 5, { usage })
  await third
  expect(told).toEqual(['c'])
  await expect(reserve('d', { tokens: 9 })).rejects.toMatchObject({ code: 'run_stopped' })
  expect(stops).toEqual([
    expect.stringMatching(/^maxCostUsd: the limit of \$20 is reached: \$10 spent; .* may take \$11\./),
  ])
})

test('without limits of what requests use up nothing is reserved, and nobody waits', async () => {
  const { admissions, reserve, settle, stops } = admissionsOf({ maxFailures: 1, timeoutSeconds: 5 })
  const release = await reserve('a', { tokens: 1e9 })
  release()
  settle('a', 1e6)
  expect([admissions.refusal(), stops]).toEqual([undefined, []])
  const never = new AbortController().signal
  const begun = await Promise.all(Array.from({ length: 10 }, (_, index) => admissions.beginRecord(`${index}`, never)))
  expect(begun).toEqual(Array(10).fill(true))
  for (let index = 0; index < 10; index += 1) admissions.endRecord(`${index}`, true)
})

test('where only requests are limited each counts as one, retries and those of foreign code too', async () => {
  const { admissions, reserve, settle, stops } = admissionsOf({ maxRequests: 3 })
  await reserve('a')
  settle('a', 0, { status: 500 })
  admissions.settle(requestEnd())
  expect(admissions.refusal()).toBeUndefined()
  await reserve('a')
  await expect(Promise.race([reserve('b'), turn().then(() => 'waits')])).resolves.toBe('waits')
  settle('a', 0)
  expect(admissions.refusal()?.message).toContain('the limit of 3 requests is reached')
  expect(stops.at(-1)).toMatch(/^maxRequests: /)
})

test('an attempt that was never sent gives its room back, and one that was settled gives nothing back twice', async () => {
  const { reserve, settle, stops } = admissionsOf({ maxRequests: 2 })
  const release = await reserve('a')
  release()
  await reserve('b')
  const last = await reserve('c')
  settle('c', 0)
  last()
  await expect(Promise.race([reserve('d'), turn().then(() => 'waits')])).resolves.toBe('waits')
  expect(stops).toEqual([])
})

test('what was reserved for a request of a process that is gone counts as spent', async () => {
  const { admissions, reserve } = admissionsOf({ maxCostUsd: 10 })
  await reserve('a', { tokens: 8 })
  admissions.lose('unknown')
  expect(admissions.refusal()).toBeUndefined()
  admissions.lose('a')
  admissions.lose('a')
  expect(admissions.refusal()?.message).toContain('$10 spent.')
})

test('what foreign code spends beyond a limit stops the run as soon as it is known', async () => {
  const { stops, settle } = admissionsOf({ maxTokens: 9 })
  settle('foreign', 0, { usage: { input: 9 } })
  expect(stops).toEqual([])
  settle('foreign', 0, { usage: { output: 1 } })
  expect(stops).toEqual([expect.stringMatching(/^maxTokens: the limit of 9 tokens is reached: 10 tokens spent\./)])
})

test('what is sent already is paid whatever room there is, and others wait for it', async () => {
  const { reserve, stops } = admissionsOf({ maxCostUsd: 10 })
  await reserve('sent', { tokens: 98, isSent: true })
  await expect(Promise.race([reserve('a', { tokens: 1 }), turn().then(() => 'waits')])).resolves.toBe('waits')
  expect(stops).toEqual([])
})

test('the answers so far say what the next request may take', async () => {
  const { admissions, settle, stops } = admissionsOf({ maxTokens: 2_000 })
  const ask = (callId: string) =>
    admissions.reserve(
      {
        callId,
        recordId: undefined,
        model: 'm',
        measure: { countedTokens: 10, maxAnswerTokens: undefined, answers: 1 },
      },
      { priceQuery, signal: undefined },
    )
  // 10 + 1,000 while no answer is known, so that a second one would wait.
  for (const callId of ['a', 'b', 'c']) {
    await ask(callId)
    settle(callId, 0, { usage: { input: 20, output: 40 } })
  }
  // A failed attempt is no answer to learn from.
  settle('x', 0, { usage: { output: 500 }, status: 500 })
  // 180 + 500 are spent. The prompt counts twice what it was counted as, and an answer 40: 60 each, of which 22 fit.
  for (let index = 0; index < 22; index += 1) await ask(`n${index}`)
  await expect(Promise.race([ask('last'), turn().then(() => 'waits')])).resolves.toBe('waits')
  expect(stops).toEqual([])
})

test('a result that is read a second time is paid once, in this session or an earlier one', () => {
  const past = { amounts: nothing, records: 0, reads: new DeferredReads(['earlier']) }
  const { admissions, settle } = admissionsOf({ maxRequests: 2 }, { past })
  for (const responseId of ['earlier', 'later', 'later']) settle('a', 0, { isDeferred: true, responseId })
  expect(admissions.refusal()).toBeUndefined()
  settle('b', 0)
  expect(admissions.refusal()).toBeDefined()
})

test('what earlier sessions have spent is gone', () => {
  const past = { amounts: { picodollars: 2e12, requests: 5, tokens: 7 }, records: 1 }
  expect(admissionsOf({ maxCostUsd: 2 }, { past }).admissions.refusal()?.message).toContain('$2 spent')
  expect(admissionsOf({ maxCostUsd: 2.01 }, { past }).admissions.refusal()).toBeUndefined()
  expect(admissionsOf({ maxTokens: 7 }, { past }).admissions.refusal()?.message).toContain('7 tokens spent')
})

test('records that were begun first are finished first', async () => {
  const { admissions, reserve, settle } = admissionsOf({ maxRequests: 10, maxTokens: 100 })
  await reserve('x1', { recordId: 'x', tokens: 49 })
  await reserve('y1', { recordId: 'y', tokens: 49 })
  const told: string[] = []
  const note = (callId: string) => () => told.push(callId)
  void reserve('z1', { recordId: 'z', tokens: 39 }).then(note('z1'))
  void reserve('y2', { recordId: 'y', tokens: 39 }).then(note('y2'))
  void reserve('x2', { recordId: 'x', tokens: 39 }).then(note('x2'))
  void reserve('none', { tokens: 39 }).then(note('outside'))
  settle('x1', 0)
  await turn()
  expect(told).toEqual(['outside'])
  settle('none', 0)
  await turn()
  expect(told).toEqual(['outside', 'x2'])
  // A record that has ended is new when it comes again.
  admissions.endRecord('y', true)
  settle('y1', 0)
  settle('x2', 0)
  await turn()
  expect(told).toEqual(['outside', 'x2', 'y2', 'z1'])
})

test('records begin while they are expected to fit, by what those before them came to; in a batched run all begin', async () => {
  const past = { amounts: { picodollars: 4e12, requests: 1, tokens: 0 }, records: 1 }
  const { signal } = new AbortController()
  const begunOf = async (isBatched: boolean) => {
    const { admissions } = admissionsOf({ maxCostUsd: 10 }, { past, isBatched })
    const begun: string[] = []
    for (const id of ['a', 'b', 'c']) void admissions.beginRecord(id, signal).then(() => begun.push(id))
    await turn()
    return { admissions, begun }
  }
  expect((await begunOf(true)).begun).toEqual(['a', 'b', 'c'])
  const { admissions, begun } = await begunOf(false)
  expect(begun).toEqual(['a'])
  // It came to 1 dollar: two records to 5, the next is expected to take 2.50, and so is the one beside it.
  admissions.settle(requestEnd({ recordId: 'a', cost: dollars(1) }))
  admissions.endRecord('a', true)
  await turn()
  expect(begun).toEqual(['a', 'b', 'c'])
})

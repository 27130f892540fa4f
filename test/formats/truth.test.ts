import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedEndpoint, endpointOf, wireFormats } from '../../src/usage/registry.ts'
import type { Endpoint } from '../../src/usage/wire-format.ts'
import { recordAnswer } from '../helpers/recorded-answer.ts'
import { usageFixtures } from '../helpers/usage-fixtures.ts'
import { truths } from './truth.ts'

describe.each(truths)('$format: $what', ({ format, call, usage, status, usd, provider }) => {
  test('is recognised', () => {
    const url = new URL(call.url)
    const known = endpointOf(url)
    const endpoint = known === undefined ? undefined : acceptedEndpoint(known, () => ({ url, body: call.body }))
    expect(endpoint?.format.name).toBe(format)
  })

  test('is counted and priced', async () => {
    const { events } = await recordAnswer(call)
    const end = events.find((event) => event.type === 'request-end')
    const model = events.find((event) => event.type === 'model-open')
    expect(end?.errorType).toBeUndefined()
    expect(end?.usage).toEqual(usage)
    expect(model?.provider).toBe(provider)
    expect(end?.cost?.status).toBe(status)
    if (usd !== undefined) expect((end?.cost?.picodollars ?? 0) / 1e12).toBeCloseTo(usd, 12)
  })
})

test('every format has answers', () => {
  const covered = new Set([
    ...truths.map(({ format }) => format),
    ...usageFixtures().map((fixture) => fixture.expected.format),
  ])
  // What is answered later alone is in deferred-work.test.ts, which reads the results.
  const isCall = ({ role = 'call' }: Endpoint) => role === 'call'
  const isLater = new Set(['perplexity-async', 'openai-videos'])
  const formats = wireFormats.filter(({ name, endpoints }) => endpoints.some(isCall) && !isLater.has(name))
  expect(formats.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([])
})

const documents = truths.filter(
  ({ call, usage }) => typeof call.answer === 'object' && usage?.input !== undefined && usage.doubts === undefined,
)

/** Names that no provider has, so that a number under one of them is known to nobody. */
const strangeName = fc.stringMatching(/^zz_[a-z]{1,8}$/)

const strangeNumbers: fc.Arbitrary<object> = fc.oneof(
  fc
    .record({ name: strangeName, value: fc.integer({ min: 1, max: 1e6 }) })
    .map(({ name, value }) => ({ [name]: value })),
  fc
    .record({ name: strangeName, inner: strangeName, value: fc.double({ min: 0.001, max: 1e6, noNaN: true }) })
    .map(({ name, inner, value }) => ({ [name]: { [inner]: value, of: 'words' } })),
  fc
    .record({ name: strangeName, inner: strangeName, value: fc.integer({ min: 1, max: 1e6 }) })
    .map(({ name, inner, value }) => ({ [name]: [{ type: 'x', [inner]: value }, { [inner]: 0 }] })),
)

/** The answer with these members in its usage, wherever that stands. */
function withUsage(answer: unknown, extra: object): unknown {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => {
      if (/^(usage|usageMetadata|usage_info|meta)$/.test(name)) return [name, { ...value, ...extra }]
      return [name, name === 'result' ? withUsage(value, extra) : value]
    }),
  )
}

describe('whatever the answer', () => {
  test('a number in its usage that nobody knows makes the amount a lower bound', async () => {
    const ofUsage = documents.filter(({ call }) => JSON.stringify(withUsage(call.answer, { zz: 1 })).includes('zz'))
    expect(ofUsage.length).toBeGreaterThan(20)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ofUsage), strangeNumbers, async ({ call, status }, extra) => {
        const { attempts } = await recordAnswer({ ...call, answer: withUsage(call.answer, extra) })
        expect(attempts[0]?.usage?.doubts?.length).toBeGreaterThan(0)
        const known = attempts[0]?.cost?.status
        expect(known).toBe(status === 'priced' ? 'partial' : status)
      }),
      { numRuns: 150 },
    )
  })

  test('so does one in an object of billing beside it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...documents), strangeNumbers, async ({ call, status, usd }, extra) => {
        const answer = { ...Object(call.answer), billing_details: extra }
        const { attempts } = await recordAnswer({ ...call, answer })
        expect(attempts[0]?.usage?.doubts?.length).toBeGreaterThan(0)
        const uncertain = usd === 0 ? 'unpriced' : 'partial'
        expect(attempts[0]?.cost?.status).toBe(status === 'priced' ? uncertain : status)
      }),
      { numRuns: 100 },
    )
  })

  test('the lines of the receipt add up to the amount, unless the provider stated another', async () => {
    for (const { call } of truths) {
      const { attempts } = await recordAnswer(call)
      const cost = attempts[0]?.cost
      if (cost === undefined || cost.status === 'reported') continue
      expect(cost.lines.reduce((sum, line) => sum + line.picodollars, 0)).toBe(cost.picodollars)
    }
  })
})

test.each<Readonly<Record<string, string>>>([
  { 'cf-aig-cache-status': 'HIT' },
  { 'helicone-cache': 'HIT' },
  { 'x-portkey-cache-status': 'SEMANTIC HIT' },
  { 'x-openrouter-cache-status': 'HIT' },
  { 'x-litellm-cache-key': 'abc', 'x-litellm-response-cost': '0.0' },
])('an answer from the cache of a gateway costs nothing: %j', async (headers) => {
  const answer = { model: 'gpt-4o-mini', usage: { prompt_tokens: 1000, completion_tokens: 100 } }
  const url = 'https://gateway.ai.cloudflare.com/v1/acct/gw/openai/chat/completions'
  const { attempts } = await recordAnswer({ url, body: { model: 'gpt-4o-mini', messages: [] }, headers, answer })
  expect(attempts[0]).toMatchObject({
    isGatewayCacheHit: true,
    // What it would have cost: 1,000 × 0.15 + 100 × 0.60 for a million.
    cost: { status: 'reported', picodollars: 0, calculatedPicodollars: 210_000_000 },
  })
})

test.each<Readonly<Record<string, string>>>([
  { 'cf-aig-cache-status': 'MISS' },
  { 'x-portkey-cache-status': 'SEMANTIC MISS' },
  { 'helicone-cache': 'MISS' },
])('one that was not there is charged: %j', async (headers) => {
  const answer = { model: 'gpt-4o-mini', usage: { prompt_tokens: 1000, completion_tokens: 100 } }
  const { attempts } = await recordAnswer({ url: 'https://api.openai.com/v1/chat/completions', headers, answer })
  expect(attempts[0]?.isGatewayCacheHit).toBeUndefined()
  expect(attempts[0]?.cost).toMatchObject({ status: 'priced', picodollars: 210_000_000 })
})

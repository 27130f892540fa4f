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

test('whatever the answer, the lines of the receipt add up to the amount, unless the provider stated another', async () => {
  for (const { call } of truths) {
    const { attempts } = await recordAnswer(call)
    const cost = attempts[0]?.cost
    if (cost === undefined || cost.status === 'reported') continue
    expect(cost.lines.reduce((sum, line) => sum + line.picodollars, 0)).toBe(cost.picodollars)
  }
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

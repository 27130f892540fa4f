import { describe, expect, test } from 'vitest'
import { acceptedEndpoint, endpointOf, wireFormats } from '../../src/usage/registry.ts'
import { recordAnswer } from '../helpers/recorded-answer.ts'
import { usageFixtures } from '../helpers/usage-fixtures.ts'
import { truths } from './truth.ts'

describe.each(truths)('$format: $what', ({ format, call, usage, status, usd, provider }) => {
  test('is recognised', () => {
    const url = new URL(call.url)
    const known = endpointOf(url)
    const endpoint = known === undefined ? undefined : acceptedEndpoint(known, { url, body: call.body })
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
  expect(wireFormats.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([])
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeEventStream } from '../../test/helpers/event-stream.ts'
import { type UsageFixture, usageFixtures, usageFixturesPath } from '../../test/helpers/usage-fixtures.ts'
import { mightBeModelEndpoint } from './endpoints/model-endpoint.ts'
import { acceptedEndpoint, endpointOf, type KnownEndpoint, readRequestFacts } from './registry.ts'
import { createAnswerReader, framingOf, readWholeAnswer, readWholeJson } from './streams/answer-reader.ts'
import type { RequestFacts, WireFormat } from './wire-format.ts'

const fixtures = usageFixtures()

function endpointFor({ expected }: UsageFixture): KnownEndpoint {
  const url = new URL(expected.url)
  const known = endpointOf(url)
  const endpoint =
    known === undefined ? undefined : acceptedEndpoint(known, () => ({ url, body: expected.requestBody }))
  if (endpoint === undefined) throw new Error(`no wire format for ${expected.url}`)
  return endpoint
}

function formatOf(fixture: UsageFixture): WireFormat {
  return endpointFor(fixture).format
}

/** What a fixture's request tells. It is asked for within a test: what is worked out beside it stays as it was there. */
function requestOf(fixture: UsageFixture): RequestFacts {
  const { url, requestBody } = fixture.expected
  return readRequestFacts(endpointFor(fixture), { url: new URL(url), body: requestBody })
}

describe.each(fixtures)('$name', (fixture) => {
  const { expected, body } = fixture
  const headers = new Headers(expected.headers)

  test('is found by its URL', () => {
    const format = formatOf(fixture)
    const { provider, operation, ...request } = requestOf(fixture)
    expect(mightBeModelEndpoint(expected.url)).toBe(true)
    expect(format.name).toBe(expected.format)
    expect(provider).toBe(expected.provider)
    expect(operation).toBe(expected.operation)
    expect(framingOf(format, headers.get('content-type') ?? '', () => request)).toBe(expected.framing)
  })

  test('gives the facts of the request beside it', () => {
    const { provider: _, operation: __, ...request } = requestOf(fixture)
    expect(request).toEqual(expected.request)
  })

  test('gives the facts of the answer beside it', () => {
    const reader = createAnswerReader(formatOf(fixture), { headers, request: () => requestOf(fixture) })
    reader.push(body)
    expect(reader.end()).toEqual(expected.facts)
    expect(reader.facts()).toEqual(expected.facts)
    const { outputChunks } = expected.facts
    expect(reader.sawToken).toBe(typeof outputChunks === 'number' && outputChunks > 0)
  })
})

const documents = fixtures.filter(({ expected }) => expected.framing === 'json' && expected.facts.isComplete)

test.each(documents)('$name gives the same from its text and from its value', (fixture) => {
  const format = formatOf(fixture)
  const text = new TextDecoder().decode(fixture.body)
  const headers = new Headers(fixture.expected.headers)
  expect(readWholeAnswer(format, text, { headers })).toEqual(fixture.expected.facts)
  expect(readWholeJson(format, JSON.parse(text), { headers })).toEqual(fixture.expected.facts)
})

test('the binary fixtures are what their frames encode to', () => {
  for (const path of readdirSync(usageFixturesPath, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.frames.json')) continue
    const frames = JSON.parse(readFileSync(join(usageFixturesPath, path), 'utf8'))
    const bytes = readFileSync(join(usageFixturesPath, path.replace('.frames.json', '.bin')))
    expect(bytes.equals(encodeEventStream(frames)), path).toBe(true)
  }
})

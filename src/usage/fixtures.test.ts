import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeEventStream } from '../../test/helpers/event-stream.ts'
import { type UsageFixture, usageFixtures, usageFixturesPath } from '../../test/helpers/usage-fixtures.ts'
import { mightBeModelEndpoint } from './endpoints/model-endpoint.ts'
import { acceptedEndpoint, endpointOf, type KnownEndpoint, readRequestFacts } from './registry.ts'
import { createAnswerReader, framingOf, readWholeAnswer, readWholeJson } from './streams/answer-reader.ts'
import type { WireFormat } from './wire-format.ts'

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

describe.each(fixtures)('$name', (fixture) => {
  const { expected, body } = fixture
  const url = new URL(expected.url)
  const endpoint = endpointFor(fixture)
  const { format } = endpoint
  const headers = new Headers(expected.headers)
  const { provider, operation, ...request } = readRequestFacts(endpoint, { url, body: expected.requestBody })
  const framing = framingOf(format, headers.get('content-type') ?? '', () => request)

  test('is found by its URL', () => {
    expect(mightBeModelEndpoint(expected.url)).toBe(true)
    expect(format.name).toBe(expected.format)
    expect(provider).toBe(expected.provider)
    expect(operation).toBe(expected.operation)
    expect(framing).toBe(expected.framing)
  })

  test('gives the facts of the request beside it', () => {
    expect(request).toEqual(expected.request)
  })

  test('gives the facts of the answer beside it', () => {
    const reader = createAnswerReader(format, { headers, request: () => request })
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

import { expect, test } from 'vitest'
import { type UsageFixture, usageFixtures } from '../../../test/helpers/usage-fixtures.ts'
import { completionTokensOf, promptTokensOf, type Usage } from '../../metadata/usage.ts'
import { endpointOf, readRequestFacts } from '../registry.ts'
import { type AnswerReader, createAnswerReader } from './answer-reader.ts'

function readersOf({ expected }: UsageFixture): () => AnswerReader {
  const url = new URL(expected.url)
  const endpoint = endpointOf(url)
  if (endpoint === undefined) throw new Error(`no wire format for ${expected.url}`)
  const request = readRequestFacts(endpoint, { url, body: expected.requestBody })
  const headers = new Headers(expected.headers)
  return () => createAnswerReader(endpoint.format, { headers, request: () => request })
}

function tokensOf(usage: Usage = {}): { input: number; output: number } {
  return { input: promptTokensOf(usage) ?? 0, output: completionTokensOf(usage) ?? 0 }
}

test.each(usageFixtures())('$name cut at any byte has no more tokens than the whole', (fixture) => {
  const newReader = readersOf(fixture)
  const whole = newReader()
  whole.push(fixture.body)
  const all = tokensOf(whole.end().usage)
  const inventions: string[] = []
  for (let length = 0; length < fixture.body.length; length++) {
    const reader = newReader()
    reader.push(fixture.body.subarray(0, length))
    for (const facts of [reader.facts(), reader.end()]) {
      const { input, output } = tokensOf(facts.usage)
      if (input > all.input || output > all.output) inventions.push(`${input} + ${output} after ${length} bytes`)
    }
  }
  expect(inventions).toEqual([])
})

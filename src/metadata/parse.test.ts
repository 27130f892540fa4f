import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseMetadata } from './parse.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../test/fixtures/metadata/${name}.json`, import.meta.url), 'utf8')

test('the sample of the specification is read', () => {
  const metadata = parseMetadata(fixture('specification-1.0.0'), 'sample.json')
  expect(metadata.aggregate_statistics.requests.total_retries).toBe(2)
})

test('a file that the Python system wrote is read', () => {
  const metadata = parseMetadata(fixture('python-1.0.0'), 'python.json')
  expect(metadata.models['gpt-4o-mini']?.performance.latency_statistics.p95).toBe(1.221)
})

test('a format of the future is refused with the formats that can be read', () => {
  expect(() => parseMetadata('{"metadata_version":"2.0.0"}', 'new.json')).toThrow(
    'new.json: metadata_version "2.0.0" cannot be read; this version of sygra reads 1.0.0, 1.1.0, 1.2.0, 1.3.0, 1.4.0',
  )
})

test('what is no metadata file is refused with the reason', () => {
  expect(() => parseMetadata('[1]', 'a.json')).toThrow('a.json: not a metadata file: "metadata_version" is missing')
  expect(() => parseMetadata('{', 'b.json')).toThrow('b.json: not JSON')
  expect(() => parseMetadata('{"metadata_version":"1.0.0","models":3}', 'c.json')).toThrow(/c\.json: not a valid/)
})

import { expect, test } from 'vitest'
import { describeKey } from './describe-key.ts'

test('a key is described by itself and by the blocks it stands in', () => {
  expect(describeKey(['models', 'gpt-4.1', 'performance', 'latency_statistics', 'p95'])).toEqual([
    "Over all attempts, send to last byte, in seconds; hits of a gateway's cache are not in it.",
    '95 of 100 values are not larger.',
  ])
  expect(describeKey(['aggregate_statistics', 'throughput', 'records_per_second'])[0]).toBe('Per second of wall time.')
})

test('a key that the format does not have has no description of its own', () => {
  expect(describeKey(['nothing', 'of', 'the', 'kind'])).toEqual([])
  expect(describeKey(['aggregate_statistics', 'waste', 'constructor'])).toEqual([])
})

import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { MetadataCollector } from './metadata-collector.ts'
import { TaskBuffer } from './task-buffer.ts'

const never = { apartMs: Number.POSITIVE_INFINITY, minMs: 60_000, maxMs: 60_000, maxCount: 100 }

test('what comes alone is done at once, what comes soon after it together', () => {
  const done: string[] = []
  const buffer = new TaskBuffer({ ...never, apartMs: 50, onDone: () => done.push('.') })
  for (const task of ['a', 'b', 'c']) buffer.add(() => done.push(task))
  expect(done.join('')).toBe('a.')
  buffer.clear()
  expect(done.join('')).toBe('a.bc.')
  buffer.clear()
  expect(done.join('')).toBe('a.bc.')
})

test('nothing waits longer than it may, by time or by number', async () => {
  const done: number[] = []
  const buffer = new TaskBuffer({ ...never, minMs: 1, maxCount: 3 })
  buffer.add(() => done.push(0))
  buffer.add(() => done.push(1))
  expect(done).toEqual([0])
  await wait(50)
  expect(done).toEqual([0, 1])
  for (const task of [2, 3, 4, 5]) buffer.add(() => done.push(task))
  expect(done).toEqual([0, 1, 2, 3, 4])
})

test('a task that throws keeps none from being done, and one that is added meanwhile is done later', () => {
  const done: string[] = []
  const buffer = new TaskBuffer(never)
  buffer.add(() => {})
  buffer.add(() => {
    throw new Error('no')
  })
  buffer.add(() => {
    expect(buffer.isClearing).toBe(true)
    buffer.add(() => done.push('added'))
    done.push('adding')
  })
  buffer.clear()
  expect(done).toEqual(['adding'])
  expect(buffer.isClearing).toBe(false)
  buffer.clear()
  expect(done).toEqual(['adding', 'added'])
})

test('whoever asks a collector, or tells it more, finds what was gathered', () => {
  const collector = new MetadataCollector()
  const types: string[] = []
  collector.gather(new TaskBuffer(never))
  collector.onEvent(({ type }) => types.push(type))
  const request = () => collector.recordLater(() => collector.record(requestEnd()))
  const requests = () => collector.getMetadataSummary().aggregate_statistics.requests.total_requests
  for (const _ of [1, 2, 3]) request()
  expect(types).toEqual(['request-end'])
  expect(requests()).toBe(3)
  request()
  collector.recordProcessedRecord()
  expect(types).toEqual([...Array.from({ length: 4 }, () => 'request-end'), 'record-end'])
  request()
  const other = new MetadataCollector()
  other.merge(collector)
  expect(other.getMetadataSummary().aggregate_statistics.requests.total_requests).toBe(5)
  request()
  collector.setEnabled(false)
  request()
  expect(requests()).toBe(6)
})

import { expect, test } from 'vitest'
import { readAll, testSource } from '../../../test/helpers/test-source.ts'
import { memorySource } from './memory-source.ts'
import { emptySource, streamSource } from './stream-source.ts'

const rows = [{ text: 'a' }, { text: 'b' }, { text: 'c' }]

testSource('memory', { make: () => memorySource(rows), rows })

testSource('a function that makes a stream', {
  make: () =>
    streamSource(async function* () {
      yield* rows
    }),
  rows,
})

testSource('no data', { make: () => emptySource(3), rows: [{}, {}, {}] })

test('the hash of rows in memory is that of their content, not of the order of their columns', async () => {
  const hashOf = async (given: object[]) => {
    const source = memorySource(given)
    await readAll(source)
    return source.describe().datasetHash
  }
  expect(await hashOf([{ a: 1, b: 2 }])).toBe(await hashOf([{ b: 2, a: 1 }]))
  expect(await hashOf([{ a: 1, b: 2 }])).not.toBe(await hashOf([{ a: 1 }, { b: 2 }]))
  const circular: Record<string, unknown> = {}
  circular.self = circular
  expect(await hashOf([circular])).toBeUndefined()
})

test('what a run does to the rows does not change the hash', async () => {
  const given = [{ text: 'a' }, { text: 'b' }]
  const source = memorySource(given)
  for await (const row of source.rows()) row.text = 'changed'
  const hash = source.describe().datasetHash
  const fresh = memorySource([{ text: 'a' }, { text: 'b' }])
  await readAll(fresh)
  expect(hash).toBe(fresh.describe().datasetHash)
})

test('rows in memory that are not objects are refused with their index', async () => {
  await expect(memorySource([{ a: 1 }, 'text']).precheck()).rejects.toThrow(
    /rows\[1\]: expected an object .* found a string/,
  )
  await expect(memorySource([]).check()).rejects.toThrow(/rows in memory: there is no record/)
})

test('an iterable is read once; a second read says why not', async () => {
  const source = streamSource(rows)
  expect(await readAll(source)).toEqual(rows)
  await expect(readAll(source)).rejects.toThrow(/was read already.*give a function/)
})

test('an iterable is not touched before the run', async () => {
  let isOpened = false
  const source = streamSource(
    (function* () {
      isOpened = true
      yield* rows
    })(),
  )
  await source.check()
  await source.precheck()
  expect(isOpened).toBe(false)
})

test('no data and no number of records is refused', async () => {
  await expect(emptySource().check()).rejects.toThrow(/number of records must be given/)
})

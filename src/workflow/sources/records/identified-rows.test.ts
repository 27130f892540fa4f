import { expect, test } from 'vitest'
import type { BadRecord } from '../source.ts'
import { identifiedRows } from './record-id.ts'

async function* rows(...ids: string[]) {
  for (const id of ids) yield { id }
}

test('each row gets its id and its position', async () => {
  const found = []
  for await (const { id, index } of identifiedRows(rows('a', 'b'), { startIndex: 5 })) found.push([id, index])
  expect(found).toEqual([
    ['a', 5],
    ['b', 6],
  ])
})

test('a repeated id stops the read, or is skipped and reported', async () => {
  const read = async (onBadRecord: 'fail' | 'skip', bad: BadRecord[] = []) => {
    const ids: string[] = []
    for await (const { id } of identifiedRows(rows('a', 'a', 'b'), { onBadRecord, onBad: (one) => bad.push(one) }))
      ids.push(id)
    return ids
  }
  await expect(read('fail')).rejects.toThrow(/record 2: id "a"/)
  const bad: BadRecord[] = []
  expect(await read('skip', bad)).toEqual(['a', 'b'])
  expect(bad).toHaveLength(1)
})

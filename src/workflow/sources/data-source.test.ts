import { expect, test } from 'vitest'
import { scratchFile } from '../../../test/helpers/scratch-folder.ts'
import { readAll, testSource } from '../../../test/helpers/test-source.ts'
import { addFields } from '../transformations/add-fields.ts'
import { filterByField } from '../transformations/filter-rows.ts'
import { renameFields } from '../transformations/rename-fields.ts'
import { skipRows } from '../transformations/skip-rows.ts'
import { DataSource } from './data-source.ts'
import { memorySource } from './memory-source.ts'

const rows = Array.from({ length: 6 }, (_, n) => ({ n }))

testSource('a source with transformations that keep the number of rows', {
  make: () =>
    DataSource.memory(rows).transform(renameFields({ mapping: { n: 'm' } }), addFields({ mapping: { k: 1 } })),
  rows: rows.map(({ n }) => ({ m: n, k: 1 })),
})

testSource('a source with transformations that drop rows', {
  make: () => DataSource.memory(rows).transform(skipRows({ fromStart: 1, fromEnd: 1 })),
  rows: rows.slice(1, -1),
})

testSource('a source with a function of your own', {
  make: () => DataSource.memory(rows).transform((row) => [row, { n: -1 }]),
  rows: rows.flatMap((row) => [row, { n: -1 }]),
})

test('a function of your own does not run before the run', async () => {
  let calls = 0
  const source = DataSource.memory(rows).transform((row) => {
    calls += 1
    return row
  })
  await source.check()
  await source.precheck()
  await source.count()
  expect(calls).toBe(0)
})

test('transformations are added in place, as well as in a chain', async () => {
  const source = DataSource.memory(rows)
  source.addTransformation(skipRows({ fromStart: 4 }))
  source.addTransformation((row, { by }) => ({ n: Number(row.n) * Number(by) }), { by: 2 })
  expect(await readAll(source)).toEqual([{ n: 8 }, { n: 10 }])
})

test('the transformations of this package have methods of their own', async () => {
  const source = DataSource.memory(rows)
    .rename({ n: 'm' })
    .add({ kind: 'even' })
    .filter((row) => Number(row.m) % 2 === 0)
    .filter({ field: 'm', notEquals: 2 })
    .combine({ combine: 2, joinColumn: { m: '$1-$2', kind: '$1' } })
  expect(await readAll(source)).toEqual([{ m: '0-4', kind: 'even' }])
  expect(await readAll(DataSource.memory(rows).skip({ range: '[:2]', fromEnd: 2 }))).toEqual(rows.slice(2, -2))
})

test('ids are checked on the rows that come out', async () => {
  const source = DataSource.memory([{ key: 'a' }, { key: 'b' }, { key: 'a' }]).transform(
    renameFields({ mapping: { key: 'id' } }),
  )
  await expect(source.precheck()).rejects.toThrow(/record 3: id "a"/)
  const filtered = DataSource.memory([
    { id: 'a', keep: 1 },
    { id: 'a', keep: 0 },
  ]).transform(filterByField({ field: 'keep', equals: 1 }))
  expect(await filtered.precheck()).toMatchObject({ rows: 1, complete: true })
})

test('transformations that leave nothing are refused before the run', async () => {
  const source = DataSource.memory(rows).transform(filterByField({ field: 'n', equals: 99 }))
  await expect(source.check()).rejects.toThrow(/the rows that the transformations leave: there is no record/)
})

test('a source is made of whatever a workflow takes as one', async () => {
  const path = await scratchFile('data.jsonl', '{"n":0}')
  expect(await readAll(DataSource.from(path))).toEqual([{ n: 0 }])
  expect(await readAll(DataSource.from(rows))).toEqual(rows)
  expect(await readAll(DataSource.from(new Set(rows)))).toEqual(rows)
  expect(await readAll(DataSource.from(() => rows))).toEqual(rows)
  expect(await readAll(DataSource.from(memorySource(rows)))).toEqual(rows)
  const source = DataSource.memory(rows)
  expect(DataSource.from(source)).toBe(source)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecordIds, recordIdOf } from './record-id.ts'

test('the id column comes first, then id, then the content', () => {
  expect(recordIdOf({ key: 7, id: 'a' }, { idColumn: 'key' })).toBe('7')
  expect(recordIdOf({ key: 7, id: 'a' })).toBe('a')
  expect(recordIdOf({ key: 7 })).toMatch(/^[0-9a-f]{16}$/)
  expect(recordIdOf({ key: 7, id: null })).toMatch(/^[0-9a-f]{16}$/)
  expect(recordIdOf({ id: 'a' }, { idColumn: false })).toMatch(/^[0-9a-f]{16}$/)
})

test('the id of a content does not depend on the order of its columns', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (row) => {
      const { id: _, ...content } = row
      const turned = Object.fromEntries(Object.entries(content).reverse())
      expect(recordIdOf(turned)).toBe(recordIdOf(content))
    }),
  )
})

test('an id column that a record lacks is an error that names the columns there are', () => {
  expect(() => recordIdOf({ text: 'x' }, { idColumn: 'key' })).toThrow(
    /column "key" must give each record an id.*found nothing.*text/,
  )
})

test('an id column that repeats is an error, equal records without one are not', () => {
  const byColumn = createRecordIds()
  byColumn({ id: 'a' })
  expect(() => byColumn({ id: 'a' })).toThrow(/id "a" in column "id" is used by more than one record/)
  const byContent = createRecordIds()
  const first = byContent({ text: 'x' })
  expect([byContent({ text: 'x' }), byContent({ text: 'x' })]).toEqual([`${first}-2`, `${first}-3`])
})

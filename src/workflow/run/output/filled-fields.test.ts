import { expect, test } from 'vitest'
import { FilledFields } from './filled-fields.ts'

test('a field that any row has a value for is told of no more, whatever its name', () => {
  const filled = new FilledFields()
  filled.addRow({ constructor: 'a', answer: 'b' })
  filled.addRow({ answer: 'b' })
  expect(filled.notices()).toEqual(['"answer" is empty in all 2 rows: nothing wrote the key "b" that it takes'])
})

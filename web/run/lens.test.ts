import { expect, test } from 'vitest'
import { oneFilter } from './lens.ts'

test('a report looks at one filter at a time, and a stretch of time is one', () => {
  expect(oneFilter({ at: 'cost' })).toEqual({ at: 'cost' })
  expect(oneFilter({ node: undefined })).toEqual({ node: undefined })
  expect(oneFilter({ node: 'a', model: 'b', at: 'cost' })).toMatchObject({ node: 'a', model: undefined, at: 'cost' })
  expect(oneFilter({ from: '1', to: '2' })).toMatchObject({ from: '1', to: '2', node: undefined, error: undefined })
})

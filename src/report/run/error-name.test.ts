import { expect, test } from 'vitest'
import { errorName } from './error-name.ts'

test.each([
  ['http_502', '502'],
  ['http_0', 'no response'],
  ['http_200', 'model_answer'],
  ['ECONNREFUSED', 'ECONNREFUSED'],
])('%s is called %s', (error, name) => {
  expect(errorName(error)).toBe(name)
})

import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { wordOf } from './request-failure.ts'

test.each([
  [{ status: 503, errorType: 'server_error' }, 'http_503'],
  [{ status: 0, errorType: 'ECONNREFUSED' }, 'ECONNREFUSED'],
  [{ status: 0 }, 'no answer'],
  // A page in the place of an answer comes with 200, which is no word for what is wrong with it.
  [{ status: 200, errorType: 'invalid_json' }, 'invalid_json'],
])('an attempt fails in a word (%#)', (end, word) => {
  expect(wordOf(requestEnd(end))).toBe(word)
})

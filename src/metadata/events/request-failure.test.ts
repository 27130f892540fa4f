import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { errorKindOf, isAnswerLost, signOf, wordOf } from './request-failure.ts'

test.each([
  [{ status: 503, errorType: 'server_error' }, 'http_503'],
  [{ status: 0, errorType: 'ECONNREFUSED' }, 'ECONNREFUSED'],
  [{ status: 0 }, 'no answer'],
  [{ status: 404 }, 'http_404'],
  // A page in the place of an answer comes with 200, which is no word for what is wrong with it.
  [{ status: 200, errorType: 'invalid_json' }, 'invalid_json'],
])('an attempt fails in a word (%#)', (end, word) => {
  expect(wordOf(requestEnd(end))).toBe(word)
})

test.each([
  [{ status: 200 }, 'alive'],
  // It answers, if only that it will not.
  [{ status: 400 }, 'alive'],
  [{ status: 422 }, 'alive'],
  [{ status: 401 }, 'refused'],
  [{ status: 402 }, 'refused'],
  [{ status: 403 }, 'refused'],
  [{ status: 404 }, 'refused'],
  [{ status: 500 }, 'trouble'],
  [{ status: 503 }, 'trouble'],
  [{ status: 0, errorType: 'ECONNREFUSED' }, 'trouble'],
  [{ status: 200, errorType: 'overloaded_error' }, 'trouble'],
  [{ status: 299, errorType: 'invalid_json' }, 'trouble'],
  // Too fast, or taken back by its caller: that says nothing of the model.
  [{ status: 429 }, undefined],
  [{ status: 529 }, undefined],
  [{ status: 200, isAborted: true }, undefined],
  [{ status: 0, errorType: 'aborted' }, undefined],
] as const)('of a model that gives %j the sign is %s', (end, sign) => {
  expect(signOf(requestEnd(end))).toBe(sign)
})

test.each([
  [{ status: 0, errorType: 'timeout' }, true],
  [{ status: 0, errorType: 'ECONNRESET' }, true],
  [{ status: 0, errorType: 'EPIPE' }, true],
  [{ status: 0, errorType: 'UND_ERR_SOCKET' }, true],
  [{ status: 0, errorType: 'ERR_HTTP2_STREAM_ERROR' }, true],
  // These come before anything was sent.
  [{ status: 0, errorType: 'ECONNREFUSED' }, false],
  [{ status: 0, errorType: 'ENOTFOUND' }, false],
  [{ status: 0 }, false],
  [{ status: 200, errorType: 'stream_cut' }, false],
])('of a request that ends with %j the answer is lost: %s', (end, isLost) => {
  expect(isAnswerLost(end)).toBe(isLost)
})

test('failures are counted by what went wrong, else by their status', () => {
  expect(errorKindOf({ status: 503, errorType: 'overloaded' })).toBe('overloaded')
  expect([errorKindOf({ status: 503 }), errorKindOf({ status: 0 })]).toEqual(['http_503', 'http_0'])
})

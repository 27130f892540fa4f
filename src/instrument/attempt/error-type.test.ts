import { expect, test } from 'vitest'
import { thrownTypeOf } from './error-type.ts'

test.each([
  [Object.assign(new Error('no'), { statusCode: 503 }), 'http_503'],
  [Object.assign(new Error('Invalid JSON response'), { name: 'AI_APICallError', statusCode: 200 }), 'model_answer'],
  [Object.assign(new Error('no'), { code: 'ECONNRESET' }), 'ECONNRESET'],
  [new RangeError('no'), 'RangeError'],
  ['thrown', 'string'],
  [{}, 'object'],
  [
    {
      get statusCode() {
        throw new Error('no')
      },
    },
    'object',
  ],
])('the kind of what was thrown is its status, its code or its name (%#)', (thrown, kind) => {
  expect(thrownTypeOf(thrown)).toBe(kind)
})

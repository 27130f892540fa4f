import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExactJson, parseJson } from './parse-json.ts'

test.each([
  ['{"id":1790000000000000001}', { id: '1790000000000000001' }],
  ['[9007199254740991,9007199254740992,-9007199254740993]', [9007199254740991, 2 ** 53, '-9007199254740993']],
  ['{"a":{"b":[12345678901234567890]}}', { a: { b: ['12345678901234567890'] } }],
  // As text it stays what it was, and so does what looks like a number within a text.
  [
    '{"id":"1790000000000000001","say":"\\"1790000000000000001, 1e999"}',
    { id: '1790000000000000001', say: '"1790000000000000001, 1e999' },
  ],
  ['[1e400,-1e400,1e300,1.5e+10]', ['1e400', '-1e400', 1e300, 1.5e10]],
  ['0.1234567890123456', 0.1234567890123456],
  ['{"__proto__":{"id":1790000000000000001}}', JSON.parse('{"__proto__":{"id":"1790000000000000001"}}')],
])('%s keeps its values', (text, value) => {
  expect(parseExactJson(text)).toEqual(value)
})

test('two long ids are never made one', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 69n }), fc.string(), (id, text) => {
      const line = `{"text":${JSON.stringify(text)},"a":${id},"b":${id + 1n}}`
      const { a, b } = parseExactJson(line) as { a: unknown; b: unknown }
      expect([String(a), String(b)]).toEqual([String(id), String(id + 1n)])
    }),
  )
})

test('whatever JSON has no long number is parsed as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value)
      fc.pre(!/\d{16}|e\+?\d{3}/.test(text))
      expect(parseExactJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('an error is that of the text as it stands', () => {
  expect(parseJson('{"id":1790000000000000001,"b":x}')).toEqual({ problem: "not valid JSON (Unexpected token 'x')" })
})

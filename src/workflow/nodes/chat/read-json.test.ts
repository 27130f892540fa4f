import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJson } from './read-json.ts'

const { parse } = JSON

test('any JSON is read as it is, also in a fence, and objects between sentences', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(readJson(text)).toEqual({ value: parse(text) })
      expect(readJson(`Here it is:\n\`\`\`json\n${text}\n\`\`\``)).toEqual({ value: parse(text) })
    }),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value)
      expect(readJson(`Sure! ${text} Anything else?`)).toEqual({ value: parse(text) })
    }),
  )
})

test.each([
  ['a comma before a closing bracket', '{"a": [1, 2,], }', { a: [1, 2] }],
  ['a raw line break in a text', '{"a": "one\ntwo"}', { a: 'one\ntwo' }],
  ['a comma and a bracket within a text stay', '{"a": ",]", "b": "\\",}", }', { a: ',]', b: '",}' }],
])('forgiven: %s', (_what, text, value) => {
  expect(readJson(text)).toEqual({ value })
})

test.each(['', 'no JSON at all', '{"a": "cut off', '{"a": [1, 2', '{a: 1}'])('no JSON: %s', (text) => {
  expect(readJson(text)).toBeUndefined()
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('the order of keys does not matter', () => {
  expect(canonicalJson({ b: 1, a: { d: [1, { y: 2, x: 1 }], c: null } })).toBe(
    '{"a":{"c":null,"d":[1,{"x":1,"y":2}]},"b":1}',
  )
})

test('it is JSON with the value unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('dates, bytes, big integers and what JSON leaves out', () => {
  const value = {
    date: new Date(0),
    bytes: new Uint8Array([1, 2]),
    big: 12345678901234567890n,
    none: undefined,
    list: [undefined],
  }
  expect(canonicalJson(value)).toBe(
    '{"big":12345678901234567890,"bytes":"AQI=","date":"1970-01-01T00:00:00.000Z","list":[null]}',
  )
})

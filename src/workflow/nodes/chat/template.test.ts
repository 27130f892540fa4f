import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SygraError } from '../../../errors.ts'
import { fillKnown, fillTemplate, parseTemplate, variablesOf } from './template.ts'

const state = { name: 'Ada', 'inc->number': 7, user: { address: { city: 'Bern' } }, 'a.b': 'flat', größe: 3, _x: 'y' }

describe('what is filled', () => {
  test.each([
    ['no variables', 'no variables'],
    ['', ''],
    ['Hello {name}!', 'Hello Ada!'],
    ['{name}{name}', 'AdaAda'],
    ['{inc->number}', '7'],
    ['{user.address.city}', 'Bern'],
    ['{a.b}', 'flat'],
    ['{größe} {_x}', '3 y'],
    ['{user}', '{"address":{"city":"Bern"}}'],
    ['{{name}}', '{name}'],
    ['{{{name}}}', '{Ada}'],
    ['{{"a": {{"b": "{name}"}}}}', '{"a": {"b": "Ada"}}'],
    ['{"a": 1}', '{"a": 1}'],
    ['{"a": {"b": {"c": 1}}}', '{"a": {"b": {"c": 1}}}'],
    ['{"a": {"b": "{name}"}}', '{"a": {"b": "Ada"}}'],
    ['{{"a": {"b": 1}}}', '{"a": {"b": 1}}'],
    ['{"a": {}}', '{"a": {}}'],
    ['[{{"x": <number>}}]', '[{"x": <number>}]'],
    ['function f() { return { a } }', 'function f() { return { a } }'],
    ['{ name } {0} {} {na me} {n-1} {"name"}', '{ name } {0} {} {na me} {n-1} {"name"}'],
    ['a { b', 'a { b'],
    ['a } b', 'a } b'],
    ['a }} b', 'a } b'],
    ['a {{ b', 'a { b'],
  ])('%j becomes %j', (template, expected) => {
    expect(fillTemplate(template, state)).toBe(expected)
    expect(fillTemplate(parseTemplate(template), state)).toBe(expected)
  })

  test.each([
    ['text', 'text'],
    [3.5, '3.5'],
    [true, 'true'],
    [null, 'null'],
    [['a', 1], '["a",1]'],
    [{ a: { b: 2n } }, '{"a":{"b":"2"}}'],
    [12n, '12'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('a value is written as JSON unless it is a text: %#', (value, expected) => {
    expect(fillTemplate('{value}', { value })).toBe(expected)
  })

  test('what is filled in is not taken for a template', () => {
    expect(fillTemplate('{a}', { a: '{b} {{', b: 'no' })).toBe('{b} {{')
  })
})

describe('what a state does not have', () => {
  test.each(['{nmae}', '{user.town}', '{constructor}', '{user.toString}', '{name.length}', '{gone}'])(
    '%s is refused',
    (template) => {
      const fill = () => fillTemplate(template, { ...state, gone: undefined })
      expect(fill).toThrow(SygraError)
      expect(fill).toThrow(`the state has no "${template.slice(1, -1)}"`)
    },
  )

  test('the nearest name is told', () => {
    expect(() => fillTemplate('{nmae}', state)).toThrow('did you mean "name"?')
  })
})

test('the variables of a template are listed once, in order', () => {
  expect(variablesOf('{b} {a} {{c}} {b} {x->y} {d.e}')).toEqual(['b', 'a', 'x->y', 'd.e'])
})

test('JSON of any kind stays as it is', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      // Inside of texts braces may mean variables; between them they never do.
      fc.pre(!/"[^"]*[{}][^"]*"/.test(json))
      expect(fillTemplate(json, {})).toBe(json)
    }),
  )
})

test('doubled braces give any text back', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', '"', ' ', '\n') }), (text) => {
      const escaped = text.replaceAll('{', '{{').replaceAll('}', '}}')
      expect(fillTemplate(escaped, {})).toBe(text)
    }),
  )
})

test('what only the run knows stays a name, all else is filled as the run fills it', () => {
  expect(fillKnown('{{x}} {user.address.city} {answer} {inc->number}', state)).toBe('{x} Bern {answer} 7')
})

import { expect, test } from 'vitest'
import { schemaOfFieldType, schemaOfRule } from './field-type.ts'

// What pydantic takes in its lax mode, which is how the Python system checks.
test.each([
  ['int', [5, 5.0, '5', ' -12 ', '5.0', true], [5.5, '5.5', 'five', '', null, [5]]],
  ['float', [5, 5.5, '5.5', '1e3', false], ['', 'much', null, {}]],
  ['bool', [true, 0, 1, 'yes', 'False', 'on', 't'], [2, 'maybe', '', null]],
  ['str', ['5', ''], [5, true, null]],
  ['list[int]', [['5', 6], []], [['x'], 'x', { 0: 5 }]],
  ['int | None', ['5', null], ['x']],
] as const)('a rule for %s', (type, fitting, unfitting) => {
  const schema = schemaOfRule({ name: 'value', type })
  for (const value of fitting) expect([value, schema.safeParse(value).success]).toEqual([value, true])
  for (const value of unfitting) expect([value, schema.safeParse(value).success]).toEqual([value, false])
})

test('a value that fits stays as it is', () => {
  expect(schemaOfRule({ name: 'value', type: 'int' }).parse('5')).toBe('5')
})

test('what a model is told to answer is the type itself', () => {
  expect(schemaOfFieldType('int')?.safeParse('5').success).toBe(false)
  expect(schemaOfFieldType('list[bool]')?.safeParse(['yes']).success).toBe(false)
})

import { expect, test } from 'vitest'
import { readYaml } from './read-yaml.ts'

const valueIn = (text: string): unknown => readYaml(text, 'graph_config.yaml').value

test('a long id among the data is kept as text, and two are never made one', () => {
  const text =
    'data:\n  - { id: 1790000000000000001, score: 3, at: 0.25 }\n  - { id: 1790000000000000002, score: -9007199254740993 }\n'
  expect(valueIn(text)).toEqual({
    data: [
      { id: '1790000000000000001', score: 3, at: 0.25 },
      { id: '1790000000000000002', score: '-9007199254740993' },
    ],
  })
})

test.each([
  ['n: 9007199254740991', 9007199254740991],
  ['n: 1.5e300', 1.5e300],
  ['n: 0.1234567890123456', 0.1234567890123456],
  ['n: "1790000000000000001"', '1790000000000000001'],
])('%s is as it was', (text, n) => {
  expect(valueIn(text)).toEqual({ n })
})

import { expect, test } from 'vitest'
import { didYouMean, nearestName, oneOf } from './nearest-name.ts'

test.each([
  ['llmm', ['llm', 'lambda'], 'llm'],
  ['Start', ['START', 'END'], 'START'],
  ['form', ['from', 'to'], 'from'],
  ['generate_anwser', ['generate_answer', 'critique_answer'], 'generate_answer'],
  ['too', ['from', 'to'], 'to'],
  ['b', ['a', 'x'], undefined],
  ['bar', ['foo', 'qux'], undefined],
  ['anything', [], undefined],
])('the name nearest to %s among %j is %s', (name, known, expected) => {
  expect(nearestName(name, known)).toBe(expected)
})

test('a hint is given only where a name is near', () => {
  expect(didYouMean('llmm', ['llm'])).toBe('; did you mean "llm"?')
  expect(didYouMean('tool', ['llm'])).toBe('')
})

test('names are listed with "or", and long lists are cut', () => {
  expect(oneOf(['a'])).toBe('"a"')
  expect(oneOf(['a', 'b', 'c'])).toBe('"a", "b" or "c"')
  expect(oneOf(['a', 'b', 'c'], 2)).toBe('"a", "b", …')
})

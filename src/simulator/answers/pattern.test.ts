import { expect, test } from 'vitest'
import { randomOf } from '../../seeded-random.ts'
import { textMatching } from './pattern.ts'

test.each([
  '^[a-z]{3,8}$',
  '^\\d{4}-\\d{2}$',
  '^(alpha|beta|gamma)\\.v[1-9]\\d*$',
  '^[^\\s@]+@[^\\s@]+\\.[a-z]{2,}$',
  '^#?(?:[0-9a-fA-F]{3}){1,2}$',
  '^(?<year>20\\d\\d)/(?<part>[A-D]+?)$',
  '[\\w.-]+',
  '^\\+\\d{1,3} \\(\\d+\\)$',
])('%s gets a text that it matches', (pattern) => {
  for (let label = 0; label < 20; label++) {
    expect(textMatching({ pattern, random: randomOf(label) })).toMatch(new RegExp(pattern, 'u'))
  }
})

test.each(['^(?=a)b$', '^(a)\\1$', '(', '^\\p{Lu}$'])('%s is left alone', (pattern) => {
  expect(textMatching({ pattern, random: randomOf('x') })).toBeUndefined()
})

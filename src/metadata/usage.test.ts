import { expect, test } from 'vitest'
import { completionTokensOf, promptTokensOf } from './usage.ts'

const inputs = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'inputAudio', 'inputImage', 'inputVideo'] as const
const outputs = ['output', 'reasoning', 'outputAudio', 'outputImage'] as const

test('tokens of a side are the sum of its classes, each of which suffices to know them', () => {
  for (const tokenClass of inputs) {
    expect(promptTokensOf({ [tokenClass]: 5 }), tokenClass).toBe(5)
    expect(promptTokensOf({ [tokenClass]: 0 }), tokenClass).toBe(0)
    expect(completionTokensOf({ [tokenClass]: 5 }), tokenClass).toBeUndefined()
  }
  for (const tokenClass of outputs) {
    expect(completionTokensOf({ [tokenClass]: 5 }), tokenClass).toBe(5)
    expect(completionTokensOf({ [tokenClass]: 0 }), tokenClass).toBe(0)
    expect(promptTokensOf({ [tokenClass]: 5 }), tokenClass).toBeUndefined()
  }
  const all = Object.fromEntries([...inputs, ...outputs].map((tokenClass, index) => [tokenClass, 10 ** index]))
  expect(promptTokensOf(all)).toBe(1_111_111)
  expect(completionTokensOf(all)).toBe(11_110_000_000)
})

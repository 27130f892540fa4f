import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completionTokensOf, promptTokensOf, tokenClasses, totalTokensOf } from '../metadata/usage.ts'
import { normalUsage } from './normal-usage.ts'

const anyCount = fc.option(fc.nat({ max: 5000 }), { nil: undefined })
const anyStated = fc.record({
  input: anyCount,
  cacheRead: anyCount,
  cacheWrite5m: anyCount,
  cacheWrite1h: anyCount,
  inputAudio: anyCount,
  inputImage: anyCount,
  output: anyCount,
  reasoning: anyCount,
  outputAudio: anyCount,
  total: anyCount,
  isCacheExtra: fc.boolean(),
  isReasoningExtra: fc.boolean(),
})

test('no class is negative, and none falls below what was stated as a part', () => {
  fc.assert(
    fc.property(anyStated, (stated) => {
      const usage = normalUsage(stated) ?? {}
      for (const tokenClass of tokenClasses) expect(usage[tokenClass] ?? 0).toBeGreaterThanOrEqual(0)
      expect(usage.cacheRead).toBe(stated.cacheRead)
      expect(promptTokensOf(usage) ?? 0).toBeGreaterThanOrEqual(stated.input ?? 0)
      expect(completionTokensOf(usage) ?? 0).toBeGreaterThanOrEqual(stated.output ?? 0)
    }),
  )
})

test('a stated total is always the total', () => {
  fc.assert(
    fc.property(anyStated, (stated) => {
      const usage = normalUsage(stated)
      if (stated.total !== undefined && usage !== undefined) expect(totalTokensOf(usage)).toBe(stated.total)
    }),
  )
})

test('nothing stated is no usage, and zero is a doubtful one: no model answers to nothing', () => {
  expect(normalUsage({})).toBeUndefined()
  const doubts = ['the answer counts no input tokens']
  expect(normalUsage({ input: 0, output: 0, total: 0 })).toEqual({ input: 0, output: 0, doubts })
  expect(normalUsage({ input: 0, output: 100 })).toEqual({ input: 0, output: 100, doubts })
  expect(normalUsage({ input: 0, cacheRead: 9, output: 0, isCacheExtra: true })?.doubts).toBeUndefined()
  expect(normalUsage({ input: 0, fees: [{ unit: 'page', quantity: 1 }] })?.doubts).toBeUndefined()
})

test('a total that has the cached tokens beside the input says that they are no part of it', () => {
  const stated = { input: 5000, cacheRead: 4000, output: 100 }
  expect(normalUsage({ ...stated, total: 9100 })).toEqual({ input: 5000, cacheRead: 4000, output: 100 })
  expect(normalUsage({ ...stated, total: 5100 })).toEqual({ input: 1000, cacheRead: 4000, output: 100 })
})

test('more cached than input is on top of the input', () => {
  expect(normalUsage({ input: 10, cacheRead: 30, output: 1, total: 41 })).toEqual({
    input: 10,
    cacheRead: 30,
    output: 1,
  })
})

test('the stated total tells whether the output has the reasoning in it', () => {
  const stated = { input: 10, output: 50, reasoning: 20 }
  expect(normalUsage({ ...stated, total: 60, isReasoningExtra: true })).toEqual({
    input: 10,
    output: 30,
    reasoning: 20,
  })
  expect(normalUsage({ ...stated, total: 80 })).toEqual({ input: 10, output: 50, reasoning: 20 })
  expect(normalUsage(stated)).toEqual({ input: 10, output: 30, reasoning: 20 })
})

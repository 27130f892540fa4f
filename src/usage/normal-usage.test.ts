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

test('tokens of a kind are taken from the input and the output, as far as there are some', () => {
  const stated = {
    input: 100,
    inputAudio: 30,
    inputImage: 20,
    inputVideo: 10,
    output: 50,
    outputAudio: 5,
    outputImage: 7,
  }
  expect(normalUsage(stated)).toEqual({
    ...{ inputAudio: 30, inputImage: 20, inputVideo: 10, input: 40 },
    ...{ outputAudio: 5, outputImage: 7, output: 38 },
  })
  expect(normalUsage({ input: 40, inputAudio: 30, inputImage: 20, inputVideo: 10 })).toEqual({
    ...{ inputAudio: 30, inputImage: 10, inputVideo: 0, input: 0 },
  })
  expect(normalUsage({ output: 10, outputAudio: 8, outputImage: 7 })).toEqual({
    outputAudio: 8,
    outputImage: 2,
    output: 0,
  })
})

test('sound from the cache is a part of what came from there, and 0 of it is none', () => {
  expect(normalUsage({ input: 100, cacheRead: 40, cachedAudio: 30 })).toEqual({
    input: 60,
    cacheRead: 40,
    cachedAudio: 30,
  })
  expect(normalUsage({ input: 100, cacheRead: 40, cachedAudio: 50 })).toEqual({
    input: 60,
    cacheRead: 40,
    cachedAudio: 40,
  })
  expect(normalUsage({ input: 100, cacheRead: 40, cachedAudio: 0 })).toEqual({ input: 60, cacheRead: 40 })
  expect(normalUsage({ input: 100, cachedAudio: 30 })).toEqual({ input: 100 })
})

test('all that was cached is in the input or beside it, whatever was done with it', () => {
  const stated = { cacheRead: 10, cacheWrite5m: 20, cacheWrite1h: 30 }
  expect(normalUsage({ ...stated, input: 100 })).toEqual({ ...stated, input: 40 })
  expect(normalUsage({ ...stated, input: 60 })).toEqual({ ...stated, input: 0 })
  expect(normalUsage({ ...stated, input: 59 })).toEqual({ ...stated, input: 59 })
  expect(normalUsage({ ...stated, input: 100, isCacheExtra: true })).toEqual({ ...stated, input: 100 })
  expect(normalUsage({ ...stated, output: 5, total: 65 })).toEqual({ ...stated, output: 5 })
})

test('reasoning beside the output is output, too', () => {
  expect(normalUsage({ input: 10, output: 50, reasoning: 20, isReasoningExtra: true })).toEqual({
    ...{ input: 10, output: 50, reasoning: 20 },
  })
  expect(normalUsage({ input: 10, output: 10, reasoning: 20, total: 40 })).toEqual({
    input: 10,
    output: 10,
    reasoning: 20,
  })
  expect(normalUsage({ input: 10, output: 20, reasoning: 20 })).toEqual({ input: 10, output: 0, reasoning: 20 })
  expect(normalUsage({ input: 10, reasoning: 20, total: 30 })).toEqual({ input: 10, reasoning: 20 })
})

test('what a total has beyond its parts is a doubt, or reasoning where that is the rule; less is no doubt', () => {
  const stated = { input: 10, output: 5 }
  const doubts = ['5 tokens of the stated total belong to no class']
  expect(normalUsage({ ...stated, total: 20 })).toEqual({ ...stated, statedTotal: 20, doubts })
  expect(normalUsage({ ...stated, total: 20, isRestReasoning: true })).toEqual({ ...stated, reasoning: 5 })
  expect(normalUsage({ ...stated, reasoning: 2, total: 20, isRestReasoning: true })).toEqual({
    ...{ input: 10, output: 3, reasoning: 7 },
  })
  expect(normalUsage({ ...stated, total: 12 })).toEqual({ ...stated, statedTotal: 12 })
  expect(normalUsage({ ...stated, total: 12, isRestReasoning: true })).toEqual({ ...stated, statedTotal: 12 })
})

test('a total alone is the input where there is no output', () => {
  expect(normalUsage({ total: 7, isInputOnly: true })).toEqual({ input: 7 })
  expect(normalUsage({ input: 5, total: 7, isInputOnly: true })).toEqual({
    ...{ input: 5, statedTotal: 7, doubts: ['2 tokens of the stated total belong to no class'] },
  })
  expect(normalUsage({ total: 7 })).toEqual({
    ...{ statedTotal: 7, doubts: ['7 tokens of the stated total belong to no class'] },
  })
})

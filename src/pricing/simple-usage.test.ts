import { expect, test } from 'vitest'
import { normalUsageOf } from './simple-usage.ts'

/** Without what is not there. */
const given = (usage: object) => JSON.parse(JSON.stringify(usage))

test('totals are taken apart into classes that do not overlap', () => {
  const usage = {
    promptTokens: 100,
    cachedPromptTokens: 10,
    cacheWrite5mTokens: 4,
    cacheWrite1hTokens: 3,
    audioPromptTokens: 5,
    imagePromptTokens: 6,
    videoPromptTokens: 7,
    completionTokens: 50,
    reasoningTokens: 8,
    audioCompletionTokens: 9,
    imageCompletionTokens: 11,
  }
  expect(normalUsageOf(usage)).toEqual({
    input: 65,
    cacheRead: 10,
    cacheWrite5m: 4,
    cacheWrite1h: 3,
    inputAudio: 5,
    inputImage: 6,
    inputVideo: 7,
    output: 22,
    reasoning: 8,
    outputAudio: 9,
    outputImage: 11,
  })
})

test.each([
  // What is written for an hour is a part of all that is written.
  [
    { promptTokens: 100, cacheWriteTokens: 30, cacheWrite1hTokens: 10 },
    { input: 70, cacheWrite5m: 20, cacheWrite1h: 10 },
  ],
  [
    { promptTokens: 100, cacheWriteTokens: 30 },
    { input: 70, cacheWrite5m: 30 },
  ],
  [
    { promptTokens: 100, cacheWriteTokens: 5, cacheWrite1hTokens: 10 },
    { input: 90, cacheWrite5m: 0, cacheWrite1h: 10 },
  ],
  [
    { promptTokens: 10, cacheWriteTokens: 4, cacheWrite5mTokens: 3 },
    { input: 7, cacheWrite5m: 3 },
  ],
  // The input is what the output leaves of the total.
  [
    { totalTokens: 100, completionTokens: 30 },
    { input: 70, output: 30 },
  ],
  [
    { totalTokens: 20, completionTokens: 30 },
    { input: 0, output: 30 },
  ],
  [{ totalTokens: 100 }, {}],
  [
    { completionTokens: 30, reasoningTokens: 30 },
    { output: 0, reasoning: 30 },
  ],
  // Parts that are more than their total cannot be inside it.
  [
    { completionTokens: 30, reasoningTokens: 31 },
    { output: 30, reasoning: 31 },
  ],
  [
    { promptTokens: 5, cachedPromptTokens: 5 },
    { input: 0, cacheRead: 5 },
  ],
  [{ promptTokens: 0 }, { input: 0 }],
])('%j is %j', (usage, expected) => {
  expect(given(normalUsageOf(usage))).toEqual(expected)
})

test('what is in classes already stays as it is', () => {
  const usage = { input: 1, fees: [{ unit: 'image', quantity: 2 }] } as const
  expect(normalUsageOf(usage)).toBe(usage)
})

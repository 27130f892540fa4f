import { expect, test } from 'vitest'
import { AnswerAverages } from './answer-averages.ts'

test('before three answers a thousand tokens are expected; then the mean and two deviations', () => {
  const averages = new AnswerAverages()
  expect(averages.answerTokens('m')).toBe(1_000)
  for (const answerTokens of [90, 100, 110]) averages.learn('m', { answerTokens })
  expect(averages.answerTokens('m')).toBe(120)
  expect(averages.answerTokens('other')).toBe(1_000)
})

test('what the prompts of a model were counted too low by is added to the next', () => {
  const averages = new AnswerAverages()
  expect(averages.promptTokens('m', 100)).toBe(100)
  averages.learn('m', { countedTokens: 100, promptTokens: 130 })
  expect(averages.promptTokens('m', 200)).toBe(260)
  // A prompt that the provider hides most of says nothing of its tokenizer.
  averages.learn('m', { countedTokens: 100, promptTokens: 100_000 })
  expect(averages.promptTokens('m', 200)).toBe(800)
})

test('an answer of which only the length is known says nothing of the tokenizer, and the other way round', () => {
  const averages = new AnswerAverages()
  averages.learn('m', { answerTokens: 10, promptTokens: 500 })
  averages.learn('m', { countedTokens: 100 })
  expect(averages.promptTokens('m', 100)).toBe(100)
  averages.learn('m', { countedTokens: 100, promptTokens: 10 })
  // A tokenizer may be wrong by half, not by nine tenths.
  expect(averages.promptTokens('m', 100)).toBe(50)
  expect(averages.answerTokens('m')).toBe(1_000)
  averages.learn('m', { answerTokens: 3_991 })
  // Two answers, of 2,000.5 on average.
  expect(averages.answerTokens('m')).toBe(2_001)
})

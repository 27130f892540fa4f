import { describe, expect, test } from 'vitest'
import { doubtsOfOutput, errorTypeOf, mergeFacts, noOutputCounted, rawUsageOf } from './answer-facts.ts'
import type { AnswerFacts } from './wire-format.ts'

const earlier: AnswerFacts = { usage: { input: 10, cacheRead: 4, output: 5 }, rawUsage: { a: 1 }, model: 'm' }

describe('what a later message tells', () => {
  test.each<[what: string, later: AnswerFacts, facts: AnswerFacts]>([
    ['nothing hides nothing', { model: undefined, usage: undefined }, earlier],
    [
      'both counts replace those before',
      { usage: { input: 12, output: 9 }, rawUsage: { b: 2 } },
      { usage: { input: 12, output: 9 }, rawUsage: { b: 2 }, model: 'm' },
    ],
    [
      'the output alone leaves the input as it was',
      { usage: { output: 9, reasoning: 2 }, rawUsage: { b: 2, a: null } },
      { usage: { input: 10, cacheRead: 4, output: 9, reasoning: 2 }, rawUsage: { a: 1, b: 2 }, model: 'm' },
    ],
    [
      'the input alone leaves the output as it was',
      { usage: { input: 11 }, rawUsage: 3 },
      { usage: { input: 11, output: 5 }, rawUsage: 3, model: 'm' },
    ],
    ['no counts replace nothing', { usage: { input: 0, output: 0 }, rawUsage: { a: 0 } }, earlier],
    [
      'but a fee is kept',
      { usage: { fees: [{ unit: 'webSearch', quantity: 1 }] }, rawUsage: { a: 0 } },
      { ...earlier, usage: { ...earlier.usage, fees: [{ unit: 'webSearch', quantity: 1 }] } },
    ],
    [
      'the same input without its parts has those that were told',
      { usage: { input: 14, output: 6 }, rawUsage: { b: 2 } },
      { usage: { input: 10, cacheRead: 4, output: 6 }, rawUsage: { b: 2 }, model: 'm' },
    ],
    [
      'the same input with other parts has these',
      { usage: { input: 8, cacheRead: 6, output: 6 } },
      { ...earlier, usage: { input: 8, cacheRead: 6, output: 6 } },
    ],
    [
      'an output that fell is a doubt',
      { usage: { input: 12, output: 4 } },
      { ...earlier, usage: { input: 12, output: 4, doubts: ['the output counted fell from 5 tokens to 4'] } },
    ],
    ['one that stayed is none', { usage: { input: 12, output: 5 } }, { ...earlier, usage: { input: 12, output: 5 } }],
  ])('%s', (_, later, facts) => {
    expect(mergeFacts(earlier, later)).toEqual(facts)
  })

  test('a fall is seen whatever was told before', () => {
    const first = mergeFacts({ usage: { output: 5 } }, { usage: { input: 3, output: 2 } })
    expect(first.usage?.doubts).toEqual(['the output counted fell from 5 tokens to 2'])
    expect(mergeFacts({ usage: { input: 3 } }, { usage: { input: 3, output: 2 } }).usage?.doubts).toBeUndefined()
  })

  test('counts of nothing replace counts of nothing', () => {
    const zero: AnswerFacts = { usage: { input: 0, output: 0 }, rawUsage: { a: 0 } }
    expect(mergeFacts(zero, { usage: { input: 0 }, rawUsage: { b: 0 } })).toEqual({
      usage: { input: 0 },
      rawUsage: { b: 0 },
    })
  })

  test('writes to the cache are parts of the input as well', () => {
    for (const part of [{ cacheWrite5m: 4 }, { cacheWrite1h: 4 }]) {
      const known: AnswerFacts = { usage: { input: 10, ...part, output: 5 } }
      expect(mergeFacts(known, { usage: { input: 14, output: 6 } }).usage).toEqual({ input: 10, ...part, output: 6 })
    }
  })

  test('what nobody knows stays a doubt, other doubts go with their counts', () => {
    const unknown = 'it is not known what x (1) is charged at'
    const doubtful: AnswerFacts = { usage: { input: 1, output: 1, doubts: [unknown, 'another'] } }
    expect(mergeFacts(doubtful, { usage: { input: 2, output: 2 } }).usage).toEqual({
      input: 2,
      output: 2,
      doubts: [unknown],
    })
  })
})

describe('an answer that says something and counts none of it', () => {
  test.each([
    { choices: [{ message: { content: 'x' } }] },
    { choices: [{}, { text: 'x' }] },
    { choices: [{ message: { tool_calls: [{ function: { name: 'f', arguments: '{}' }, text: 'x' }] } }] },
    { choices: [{ message: { refusal: 'x' } }] },
    { candidates: [{ content: { parts: [{ functionCall: {} }] } }] },
    { content: [{ type: 'text', text: 'x' }] },
    { content: [{ type: 'tool_use', input: {} }] },
    { output: [{ type: 'message', content: [{ type: 'output_text', text: 'x' }] }] },
    { output: [{ type: 'function_call', arguments: '{}' }] },
    { output: { message: { content: [{ text: 'x' }] } } },
    { output: { message: { content: [{ toolUse: {} }] } } },
    { message: { content: 'x' } },
    { message: 'x' },
  ])('%j', (answer) => {
    expect(doubtsOfOutput({ input: 3 }, answer)).toEqual([noOutputCounted])
    expect(doubtsOfOutput({ input: 3, output: 0 }, answer)).toEqual([noOutputCounted])
    expect(doubtsOfOutput({ input: 3, output: 1 }, answer)).toEqual([])
    expect(doubtsOfOutput({ fees: [] }, answer)).toEqual([])
    expect(doubtsOfOutput(undefined, answer)).toEqual([])
  })

  test.each([
    {},
    { choices: [{ message: { content: '' } }] },
    { choices: [{ message: { content: null, tool_calls: [] } }] },
    { candidates: [{ content: { parts: [] } }] },
    { content: [{ type: 'text', text: '' }] },
    { content: [5] },
    { output: [], message: '' },
    'x',
  ])('%j says nothing', (answer) => {
    expect(doubtsOfOutput({ input: 3 }, answer)).toEqual([])
  })
})

test.each([
  [{ error: { type: 'overloaded' }, type: 'x' }, 'overloaded'],
  [{ type: 'timeout', code: 5 }, 'timeout'],
  [{ type: 'a sentence of words', code: 504 }, '504'],
  [{}, 'error'],
  [undefined, 'error'],
])('the event of an error with %j is %s', (message, errorType) => {
  expect(errorTypeOf(message)).toBe(errorType)
})

test('of the usage as it came a bounded part is kept', () => {
  const list = Array.from({ length: 70 }, () => 1)
  expect(
    rawUsageOf({ list, ['n'.repeat(40)]: 1, ['n'.repeat(41)]: 1, word: 'a/b:c.d-e', text: 'x'.repeat(41) }),
  ).toEqual({
    list: list.slice(0, 64),
    ['n'.repeat(40)]: 1,
    word: 'a/b:c.d-e',
  })
  expect(rawUsageOf({ list: ['a text of words', 2] })).toEqual({ list: [null, 2] })
  const hostile: unknown = JSON.parse('{"__proto__":{"a":1},"b":2}')
  expect(Object.keys(Object(rawUsageOf(hostile)))).toEqual(['b'])
  expect(Object.getPrototypeOf(rawUsageOf(hostile))).toBe(Object.prototype)
})

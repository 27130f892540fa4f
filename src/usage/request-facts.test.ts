import { describe, expect, test } from 'vitest'
import { errorTypeIn, rawUsageOf } from './answer-facts.ts'
import { parametersIn } from './request-facts.ts'

describe('parameters', () => {
  test('are numbers, switches and short words of known names', () => {
    const body = { temperature: 0.5, logprobs: true, reasoning_effort: 'low', top_p: null, max_tokens: [5], seed: {} }
    expect(parametersIn(body)).toEqual({ temperature: 0.5, logprobs: true, reasoning_effort: 'low' })
    const size = 'x'.repeat(32)
    expect(parametersIn({ size, quality: `${size}x`, voice: 'two words', echo: false })).toEqual({ size, echo: false })
  })

  test('never are prompts, tools, metadata or the user', () => {
    const body = {
      ...{
        messages: [],
        prompt: 'secret',
        input: 'secret',
        system: 'secret',
        inputs: 'secret',
        instructions: 'secret',
      },
      ...{ tools: [], metadata: { temperature: 1 }, user: 'jane', safety_identifier: 'jane', prompt_cache_key: 'jane' },
      ...{ stop: 'secret', suffix: 'secret', reasoning_effort: 'a text that is no word' },
    }
    expect(parametersIn(body)).toEqual({})
  })

  test('come from several places, the last one first', () => {
    expect(parametersIn({ temperature: 1, top_k: 3 }, { temperature: 0 }, undefined)).toEqual({
      temperature: 0,
      top_k: 3,
    })
  })
})

describe('raw usage', () => {
  test('keeps numbers and the words that name them', () => {
    const usage = { a: 1, b: null, c: { d: 2.5 }, e: [{ modality: 'TEXT', tokenCount: 3 }], f: true }
    expect(rawUsageOf(usage)).toEqual(usage)
  })

  test('lets longer texts go, and what is too deep or too much', () => {
    const deep = { a: { b: { c: { d: { e: { f: 1 } } } } } }
    expect(rawUsageOf({ note: 'a text of several words', ...deep })).toEqual({ a: { b: { c: { d: {} } } } })
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`n${index}`, index]))
    expect(Object.keys(Object(rawUsageOf(many)))).toHaveLength(64)
    expect(rawUsageOf('text')).toBeUndefined()
  })
})

test.each([
  [{ error: { type: 'overloaded_error', message: 'x' } }, 'overloaded_error'],
  [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'x' } }, 'RESOURCE_EXHAUSTED'],
  [{ error: { code: 502, message: 'x' } }, '502'],
  [{ error: 'Model is overloaded', error_type: 'overloaded' }, 'overloaded'],
  [{ error: 'the prompt was: secret' }, 'error'],
  [{ error: { type: 'a sentence, perhaps with a prompt' } }, 'error'],
  [{ object: 'error', type: 'BadRequestError', code: 400 }, 'BadRequestError'],
  [{ type: 'error', code: 'server_error', message: 'x' }, 'server_error'],
  [{ type: 'error', code: 'a sentence of words' }, 'error'],
  [{ type: 'error', code: 'x', error: { type: 'overloaded_error' } }, 'overloaded_error'],
  [{ object: 'error', type: 'a sentence of words', code: 400 }, '400'],
  [{ object: 'error' }, 'error'],
  [{ error: { code: 'x'.repeat(64) } }, 'x'.repeat(64)],
  [{ error: { code: 'x'.repeat(65) } }, 'error'],
  [{ error: true }, 'error'],
  [{ error: false }, undefined],
  [{ error: null }, undefined],
  [{ error: '' }, undefined],
  [[], undefined],
  [undefined, undefined],
])('the error in %j is %s', (answer, errorType) => {
  expect(errorTypeIn(answer)).toBe(errorType)
})

import { expect, test } from 'vitest'
import { askableModelOf, type LanguageModelV4 } from './model-object.ts'

test('a model object that goes with ai@7 is asked with files as it takes them, and its answer read as any other', async () => {
  let asked: unknown
  const model: LanguageModelV4 = {
    specificationVersion: 'v4',
    provider: 'test',
    modelId: 'test-model',
    async doGenerate(options) {
      asked = options
      return {
        content: [{ type: 'custom' }, { type: 'text', text: 'a cat' }, { type: 'reasoning-file' }],
        finishReason: { unified: 'interrupted', raw: undefined },
        usage: {
          inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: 5, text: 5, reasoning: undefined },
        },
      }
    },
  }
  const url = new URL('https://example.org/cat.png')
  const result = await askableModelOf(model).doGenerate({
    prompt: [
      { role: 'system', content: 'Say what you see.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'this' },
          { type: 'file', mediaType: 'image/*', data: url },
          { type: 'file', mediaType: 'image/png', data: 'aGk=' },
        ],
      },
    ],
  })
  expect(asked).toMatchObject({
    prompt: [
      { role: 'system', content: 'Say what you see.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'this' },
          { type: 'file', mediaType: 'image/*', data: { type: 'url', url } },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } },
        ],
      },
    ],
  })
  expect(result.content).toEqual([{ type: 'text', text: 'a cat' }])
  expect(result.finishReason).toEqual({ unified: 'other', raw: undefined })
  expect(result.usage.outputTokens.total).toBe(5)
})

import { APICallError, type LanguageModelV3, type LanguageModelV3CallOptions } from '@ai-sdk/provider'

type Said = { readonly text: string } | { readonly status: number; readonly body: string }

/** A model object of the AI SDK that answers, or refuses, as it is told; what it was asked is kept. */
export function modelThat(answer: (options: LanguageModelV3CallOptions) => Said): {
  readonly model: LanguageModelV3
  readonly calls: readonly LanguageModelV3CallOptions[]
} {
  const calls: LanguageModelV3CallOptions[] = []
  const model: LanguageModelV3 = {
    specificationVersion: 'v3',
    provider: 'test',
    modelId: 'test-model',
    supportedUrls: {},
    async doGenerate(options) {
      calls.push(options)
      const said = answer(options)
      if ('status' in said) {
        const { status: statusCode, body: responseBody } = said
        const request = { url: 'http://127.0.0.1', requestBodyValues: {}, statusCode, responseBody }
        throw new APICallError({ message: `status ${statusCode}`, ...request })
      }
      return {
        content: [{ type: 'text', text: said.text }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: 5, text: 5, reasoning: undefined },
        },
        warnings: [],
      }
    },
    async doStream() {
      throw new Error('this model does not stream')
    },
  }
  return { model, calls }
}

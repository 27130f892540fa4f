import fc from 'fast-check'
import { expect, test } from 'vitest'
import { priceRequest } from '../src/pricing/index.ts'
import { wireFormatNamed } from '../src/usage/registry.ts'

interface Call {
  readonly fresh: number
  readonly read: number
  readonly written: number
  readonly output: number
}

const call = fc.record<Call>({
  fresh: fc.nat({ max: 300_000 }),
  read: fc.nat({ max: 300_000 }),
  written: fc.nat({ max: 10_000 }),
  output: fc.integer({ min: 1, max: 100_000 }),
})

/** One call, told in the words of each wire format. */
const tellings: Readonly<Record<string, (call: Call) => unknown>> = {
  'openai-chat': ({ fresh, read, written, output }) => ({
    usage: {
      prompt_tokens: fresh + read + written,
      completion_tokens: output,
      total_tokens: fresh + read + written + output,
      prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
    },
  }),
  'openai-responses': ({ fresh, read, written, output }) => ({
    usage: {
      input_tokens: fresh + read + written,
      input_tokens_details: { cached_tokens: read, cache_write_tokens: written },
      output_tokens: output,
      total_tokens: fresh + read + written + output,
    },
  }),
  anthropic: ({ fresh, read, written, output }) => ({
    usage: {
      input_tokens: fresh,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
      output_tokens: output,
    },
  }),
  'bedrock-converse': ({ fresh, read, written, output }) => ({
    usage: {
      inputTokens: fresh,
      cacheReadInputTokens: read,
      cacheWriteInputTokens: written,
      outputTokens: output,
      totalTokens: fresh + read + written + output,
    },
  }),
}

const models = ['claude-sonnet-4-5', 'gpt-5.6-sol', 'gpt-4o', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'nobody']

test('one call costs the same, whichever wire format carried its usage', () => {
  fc.assert(
    fc.property(call, fc.constantFrom(...models), (told, model) => {
      const costs = Object.entries(tellings).map(([format, tell]) => {
        const usage = wireFormatNamed(format)?.readAnswer(tell(told), {}).usage
        expect(usage, format).toBeDefined()
        return priceRequest({ model, usage: usage ?? {} }).picodollars
      })
      expect(new Set(costs).size).toBe(1)
    }),
  )
})

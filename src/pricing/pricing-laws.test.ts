import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inputClasses, outputClasses, type TokenClass, tokenClasses, type Usage } from '../metadata/usage.ts'
import { parsePrices } from './book/parse-prices.ts'
import { priceRequest } from './index.ts'

const book = parsePrices(
  `
prices:
  all-classes:
    input: 1.5
    cache_read: 0.15
    cache_write_5m: 1.875
    cache_write_1h: 3
    input_audio: 12
    input_image: 2
    output: 7.5
    reasoning: 8
    output_audio: 24
    long_context: { above: 50000, input: 3, cache_read: 0.3, output: 11.25 }
  flat: { input: 0.15, cache_read: 0.075, output: 0.6 }
`,
  'prices.yaml',
)

const models = [
  'all-classes',
  'flat',
  'gpt-4o',
  'gpt-5.4',
  'claude-sonnet-4-5',
  'gemini-2.5-flash',
  'o4-mini',
  'nobody',
]
const model = fc.constantFrom(...models)
const tokens = fc.nat({ max: 400_000 })
const usageOf = (classes: readonly (keyof Usage)[]): fc.Arbitrary<Usage> =>
  fc.record(Object.fromEntries(classes.map((tokenClass) => [tokenClass, tokens])), { requiredKeys: [] })
const anyUsage = usageOf(tokenClasses)

test('the total is the sum of the lines, in whole picodollars', () => {
  fc.assert(
    fc.property(model, anyUsage, (name, usage) => {
      const { lines, picodollars } = priceRequest({ model: name, usage, prices: book })
      expect(picodollars).toBe(lines.reduce((sum, line) => sum + line.picodollars, 0))
      for (const line of lines) expect(Number.isSafeInteger(line.picodollars)).toBe(true)
    }),
  )
})

test('more tokens of any class never cost less', () => {
  fc.assert(
    fc.property(model, anyUsage, fc.constantFrom(...tokenClasses), tokens, (name, usage, tokenClass, more) => {
      const less = priceRequest({ model: name, usage, prices: book })
      const greater = { ...usage, [tokenClass]: (usage[tokenClass] ?? 0) + more }
      expect(priceRequest({ model: name, usage: greater, prices: book }).picodollars).toBeGreaterThanOrEqual(
        less.picodollars,
      )
    }),
  )
})

test('where the length of the prompt does not matter, two requests cost what one with both their tokens costs', () => {
  const flat = fc.constantFrom('flat', 'gpt-4o', 'claude-haiku-4-5', 'o3')
  fc.assert(
    fc.property(flat, anyUsage, anyUsage, (name, first, second) => {
      const both: Usage = Object.fromEntries(
        tokenClasses.map((tokenClass) => [tokenClass, (first[tokenClass] ?? 0) + (second[tokenClass] ?? 0)]),
      )
      const cost = (usage: Usage): number => priceRequest({ model: name, usage, prices: book }).picodollars
      expect(cost(first) + cost(second)).toBe(cost(both))
    }),
  )
})

// One call as two providers would tell it: OpenAI counts cached tokens inside the prompt, Anthropic beside the input.
test('the same call costs the same, whichever way its usage was told', () => {
  fc.assert(
    fc.property(model, usageOf([...inputClasses]), usageOf([...outputClasses]), (name, input, output) => {
      const normal: Usage = { input: 0, output: 0, ...input, ...output }
      const sum = (classes: readonly TokenClass[]): number =>
        classes.reduce((total, tokenClass) => total + (normal[tokenClass] ?? 0), 0)
      const inclusive = {
        promptTokens: sum(inputClasses),
        cachedPromptTokens: normal.cacheRead,
        cacheWrite5mTokens: normal.cacheWrite5m,
        cacheWrite1hTokens: normal.cacheWrite1h,
        audioPromptTokens: normal.inputAudio,
        imagePromptTokens: normal.inputImage,
        videoPromptTokens: normal.inputVideo,
        completionTokens: sum(outputClasses),
        reasoningTokens: normal.reasoning,
        audioCompletionTokens: normal.outputAudio,
        imageCompletionTokens: normal.outputImage,
      }
      const told = priceRequest({ model: name, usage: inclusive, prices: book })
      expect(told).toEqual(priceRequest({ model: name, usage: normal, prices: book }))
    }),
  )
})

test('no query makes it throw', () => {
  const anything = fc.record(
    {
      model: fc.oneof(fc.string(), model),
      provider: fc.oneof(fc.string(), fc.constantFrom('openai', 'aws', 'azure', 'google', 'vllm')),
      upstreamModel: fc.string(),
      modelType: fc.string(),
      url: fc.oneof(fc.string(), fc.webUrl()),
      serviceTier: fc.oneof(fc.string(), fc.constantFrom('batch', 'flex', 'priority')),
      usage: fc.dictionary(fc.constantFrom('promptTokens', 'input', 'output', 'cacheRead'), fc.double()),
      at: fc.oneof(fc.double(), fc.date({ noInvalidDate: false })),
      reportedUsd: fc.double(),
      isSimulated: fc.boolean(),
    },
    { requiredKeys: ['model', 'usage'] },
  )
  fc.assert(
    fc.property(anything, (query) => {
      const cost = priceRequest({ ...query, prices: book })
      expect(Number.isFinite(cost.picodollars) && cost.picodollars >= 0).toBe(true)
    }),
    { numRuns: 60 },
  )
})

import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { parsePrices } from '../../pricing/book/parse-prices.ts'
import type { ModelQuery } from '../../pricing/price-query.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { ModelClient } from '../models/model-call.ts'
import { modelClientOf } from '../models/model-client.ts'
import { AnswerAverages } from './answer-averages.ts'
import { estimateRequest, maxAnswerTokensOf, measureRequest } from './estimate-request.ts'
import { chargedUsage, measureMedia, mediaUsagesOf } from './media-usage.ts'
import { promptTokensOf } from './prompt-tokens.ts'

/** One token a word, so that a count is easily told. */
const count = (text: string) => text.split(/\s+/).filter((word) => word !== '').length
const words: Tokenizer = { encoding: 'o200k_base', count, encode: () => [], pieces: () => [] }

const query = (prices: string) => ({ model: 'm', prices: parsePrices(`prices: { m: ${prices} }`, 'p.yaml') })

const clientOf = (purpose: ModelClient['purpose'], parameters: Record<string, unknown> = {}): ModelClient => ({
  ...modelClientOf({
    specificationVersion: 'v3',
    provider: 'own',
    modelId: 'gpt-image-1',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('nobody asks it')),
    doStream: () => Promise.reject(new Error('nobody asks it')),
  }),
  purpose,
  parameters,
})

const user = (...content: Extract<LanguageModelV3CallOptions['prompt'][number], { role: 'user' }>['content']) =>
  [{ role: 'user' as const, content }] satisfies LanguageModelV3CallOptions['prompt']
const text = (written: string) => ({ type: 'text' as const, text: written })
const file = (mediaType: string, data: string | URL | Uint8Array) => ({ type: 'file' as const, mediaType, data })

test('a prompt counts its messages, each three more and its role, and three for the answer', () => {
  const prompt: LanguageModelV3CallOptions['prompt'] = [
    { role: 'system', content: 'be short' },
    ...user(text('what is it')),
    { role: 'assistant', content: [{ type: 'reasoning', text: 'let me see' }, text('a cat')] },
  ]
  expect(promptTokensOf({ prompt }, words)).toBe(3 + (3 + 1 + 2) + (3 + 1 + 3) + (3 + 1 + 3 + 2))
})

test('calls of tools and their results are a part of the prompt, by name and as JSON', () => {
  const called = { toolCallId: 't', toolName: 'weather' }
  const prompt: LanguageModelV3CallOptions['prompt'] = [
    { role: 'assistant', content: [{ type: 'tool-call', ...called, input: { city: 'New York' } }] },
    {
      role: 'tool',
      content: [{ type: 'tool-result', ...called, output: { type: 'text', value: 'sun all day' } }],
    },
    { role: 'tool', content: [{ type: 'tool-approval-response', approvalId: 'a', approved: true }] },
  ]
  // weather {"city":"New York"}, and weather {"type":"text","value":"sun all day"}; whether it may be called is no text.
  expect(promptTokensOf({ prompt }, words)).toBe(3 + (3 + 1 + 3) + (3 + 1 + 4) + (3 + 1))
})

test('a picture counts by tiles, another file a token for each thousand characters, a web address nothing', () => {
  const of = (...content: Parameters<typeof user>) => promptTokensOf({ prompt: user(...content) }, words) - 7
  expect(of(file('image/png', 'x'.repeat(9_000)))).toBe(85 + 4 * 170)
  expect(of(file('audio/mpeg', 'x'.repeat(9_001)))).toBe(10)
  expect(of(file('audio/mpeg', new Uint8Array(2_000)), file('application/pdf', 'x'.repeat(1_000)))).toBe(3)
  expect(of(file('application/pdf', new URL('https://example.com/x.pdf')))).toBe(0)
})

test('tools and a schema for the answer are counted; tools of the provider are not', () => {
  const prompt = user(text('hello'))
  const alone = promptTokensOf({ prompt }, words)
  const tool = { type: 'function' as const, name: 'weather', description: 'tells the weather', inputSchema: {} }
  const own = { type: 'provider' as const, id: 'own.search' as const, name: 'search', args: {} }
  // OpenAI's rule: 12 for the list, 7 for a function; weather:tells the weather are three words.
  expect(promptTokensOf({ prompt, tools: [tool] }, words)).toBe(alone + 12 + 7 + 3)
  expect(promptTokensOf({ prompt, tools: [tool, own] }, words)).toBe(alone + 12 + 7 + 3)
  const city = { type: 'object' as const, properties: { city: { type: 'string' as const } } }
  // A parameter: 3 for the object, 3 for it, and city:string: as one word.
  expect(promptTokensOf({ prompt, tools: [{ ...tool, inputSchema: city }] }, words)).toBe(alone + 12 + 7 + 3 + 7)
  expect(promptTokensOf({ prompt, tools: [] }, words)).toBe(alone)
  const schema = { title: 'a city and its weather' }
  expect(promptTokensOf({ prompt, responseFormat: { type: 'json', schema } }, words)).toBe(alone + 5)
  expect(promptTokensOf({ prompt, responseFormat: { type: 'json' } }, words)).toBe(alone)
  expect(promptTokensOf({ prompt, responseFormat: { type: 'text' } }, words)).toBe(alone)
})

test.each([
  [{ max_tokens: 50 }, 50],
  [{ max_completion_tokens: 60 }, 60],
  [{ max_output_tokens: 70 }, 70],
  [{ max_tokens: 50, max_output_tokens: 70 }, 50],
  [{ max_tokens: 0, max_output_tokens: 70 }, 70],
  [{ max_tokens: '50' }, undefined],
  [{}, undefined],
])('of the parameters %j an answer has at most %s tokens', (parameters, most) => {
  expect(maxAnswerTokensOf(parameters)).toBe(most)
})

test('a chat may take its prompt and as many answers as it asks for, each of the length that it allows', () => {
  const client = clientOf('chat', { max_tokens: 50, n: 3 })
  const measure = measureRequest({ client, prompt: user(text('what is it')) }, words)
  expect(measure).toEqual({ countedTokens: 10, maxAnswerTokens: 50, answers: 3 })
  const options = { model: 'm', averages: new AnswerAverages(), priceQuery: query('{ input: 2, output: 8 }') }
  // 10 at 2 and 150 at 8 dollars a million.
  expect(estimateRequest(measure, options)).toEqual({
    amounts: { picodollars: (20 + 1_200) * 1e6, requests: 1, tokens: 160 },
    countedTokens: 10,
  })
  const open = { ...measure, maxAnswerTokens: undefined, answers: 1 }
  expect(estimateRequest(open, options).amounts.tokens).toBe(1_010)
})

test.each([[{ n: 1 }], [{ n: 0 }], [{ n: '4' }], [{}]])('%j asks for one answer', (parameters) => {
  expect(measureRequest({ client: clientOf('chat', parameters), prompt: [] }, words).answers).toBe(1)
})

test('an image is measured by the text, the images and the sound that its prompt has', () => {
  const sound = Buffer.alloc(15_000).toString('base64')
  const prompt: LanguageModelV3CallOptions['prompt'] = [
    { role: 'system', content: 'not counted' },
    ...user(
      text('a cat 🐈'),
      file('image/png', 'AAAA'),
      file('audio/mpeg', sound),
      file('audio/mpeg', new Uint8Array(9)),
    ),
    ...user(text('!'), file('image/jpeg', 'AAAA')),
  ]
  // Characters as a reader counts them; 15,000 bytes are two seconds at the usual rates.
  expect(measureMedia(prompt, 12)).toEqual({ textTokens: 12, characters: 8, images: 2, soundSeconds: 2 })
  const { media } = measureRequest({ client: clientOf('speech'), prompt }, words)
  expect(media?.[1]).toEqual({ fees: [{ unit: 'character', quantity: 8 }] })
})

const measured = { textTokens: 12, characters: 30, images: 0, soundSeconds: 2.05 }

test('images are charged by the tokens of what is made and of what was given, or by the piece', () => {
  // gpt-image-1, medium, 1024 x 1024: 1,056 tokens.
  const parameters = { n: 2, size: '1024x1024', quality: 'medium' }
  expect(mediaUsagesOf(clientOf('images', parameters), { ...measured, images: 3 })).toEqual([
    { input: 12, inputImage: 969, outputImage: 2_112 },
    { fees: [{ unit: 'image', quantity: 2, variant: 'medium 1024x1024' }] },
  ])
  // Where the model chooses itself: at most a tall one of high quality.
  expect(mediaUsagesOf(clientOf('images'), measured)).toEqual([
    { input: 12, outputImage: 6_240 },
    { fees: [{ unit: 'image', quantity: 1 }] },
  ])
})

test('speech is charged by what is spoken or by characters, transcription by what is heard or by seconds', () => {
  // 30 characters are two seconds of speech, at 21 tokens.
  expect(mediaUsagesOf(clientOf('speech'), measured)).toEqual([
    { input: 12, output: 42 },
    { fees: [{ unit: 'character', quantity: 30 }] },
  ])
  // 2.05 seconds: ten tokens heard and five written a second.
  expect(mediaUsagesOf(clientOf('transcription'), measured)).toEqual([
    { input: 12, inputAudio: 21, output: 11 },
    { fees: [{ unit: 'audioSecond', quantity: 3 }] },
  ])
  expect(mediaUsagesOf(clientOf('chat'), measured)).toEqual([])
  expect(mediaUsagesOf(clientOf('speaking-chat'), measured)).toEqual([])
})

test('a model is charged by the usage that its price knows whole, else by the most expensive that it knows in part', () => {
  const usages = mediaUsagesOf(clientOf('speech'), measured)
  const charged = (prices: string) => chargedUsage(usages, query(prices))
  // tts-1 costs $15 for a million characters (OpenAI's price list).
  expect(chargedUsage(usages, { model: 'tts-1', provider: 'openai' })).toMatchObject({
    usage: usages[1],
    tokens: 0,
    cost: { status: 'priced', picodollars: 450_000_000 },
  })
  expect(charged('{ input: 1, output: 1 }')).toMatchObject({ tokens: 54, cost: { picodollars: 54e6 } })
  // Only the text has a price: that is what is known of it.
  expect(charged('{ input: 1 }')).toMatchObject({ usage: usages[0], cost: { status: 'partial', picodollars: 12e6 } })
  expect(chargedUsage([], query('{ input: 1 }'))).toBeUndefined()
  expect(chargedUsage(usages, { model: 'nobody-knows-it', provider: 'own' })).toBeUndefined()
})

test('an image may take what it is charged by, and nothing where that has no price', () => {
  const client = clientOf('images', { n: 2 })
  const measure = measureRequest({ client, prompt: user(text('a cat')) }, words)
  const estimate = (priceQuery: ModelQuery) =>
    estimateRequest(measure, { model: 'm', averages: new AnswerAverages(), priceQuery })
  // Two of 6,240 tokens at $40 a million, and nine tokens of text at $5.
  expect(estimate(query('{ input: 5, output_image: 40 }'))).toEqual({
    amounts: { picodollars: 2 * 6_240 * 40e6 + 9 * 5e6, requests: 1, tokens: 12_489 },
    countedTokens: 9,
  })
  const { amounts } = estimate({ model: 'nobody-knows-it', provider: 'own' })
  expect(amounts).toEqual({ picodollars: 0, requests: 1, tokens: 0 })
})

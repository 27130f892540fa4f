import fc from 'fast-check'
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k, decode } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { countChatTokens, countTokens } from './chat-tokens.ts'
import { encodingOf, loadTokenizer } from './tokenizer.ts'

const plain = { disallowedSpecial: new Set<string>() }

test.each([
  ['gpt-4o', 'o200k_base'],
  ['gpt-4o-mini-2024-07-18', 'o200k_base'],
  ['gpt-4.1', 'o200k_base'],
  ['gpt-5-mini', 'o200k_base'],
  ['o3-mini', 'o200k_base'],
  ['ft:gpt-4o-mini:team::id', 'o200k_base'],
  ['mistral-large', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-4-turbo', 'cl100k_base'],
  ['azure/gpt-35-turbo', 'cl100k_base'],
  ['openai/gpt-3.5-turbo', 'cl100k_base'],
])('%s is counted in %s', (model, encoding) => {
  expect(encodingOf(model)).toBe(encoding)
})

test('a text has the tokens that gpt-tokenizer counts', async () => {
  await loadTokenizer('gpt-4o')
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
      expect(await countTokens({ text, model: 'gpt-4o' })).toBe(countO200k(text, plain))
      expect(await countTokens({ text, model: 'gpt-4' })).toBe(countCl100k(text, plain))
    }),
  )
})

test('the pieces of a text are the text, whatever its characters', async () => {
  const { encode, pieces } = await loadTokenizer('gpt-4o')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      expect(pieces(encode(text)).join('')).toBe(decode(encode(text)))
    }),
  )
})

test('special tokens in a text count as text and do not throw', async () => {
  expect(await countTokens({ text: 'a <|endoftext|> b', model: 'gpt-4o' })).toBeGreaterThan(4)
})

test('a chat counts 3 tokens a message, 1 a name and 3 for the answer to come', async () => {
  const words = (text: string) => countO200k(text)
  expect(
    await countChatTokens({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'You are terse.' },
        { role: 'user', name: 'ada', content: [{ type: 'text', text: 'Why?' }] },
      ],
    }),
  ).toBe(3 + 3 + words('system') + words('You are terse.') + 3 + words('user') + words('Why?') + 1 + words('ada'))
})

test("OpenAI's published example of a chat has the 129 prompt tokens of gpt-4 and the 124 of gpt-4o", async () => {
  const messages = [
    {
      role: 'system',
      content: 'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
    },
    { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
    { role: 'system', name: 'example_assistant', content: 'Things working well together will increase revenue.' },
    {
      role: 'system',
      name: 'example_user',
      content: "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
    },
    {
      role: 'system',
      name: 'example_assistant',
      content: "Let's talk later when we're less busy about how to do better.",
    },
    {
      role: 'user',
      content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    },
  ]
  expect(await countChatTokens({ model: 'gpt-4', messages })).toBe(129)
  expect(await countChatTokens({ model: 'gpt-4o', messages })).toBe(124)
})

test("OpenAI's published example of tools has the 105 prompt tokens of gpt-4 and the 101 of gpt-4o", async () => {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'get_current_weather',
        description: 'Get the current weather in a given location',
        parameters: {
          type: 'object',
          properties: {
            location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
            unit: { type: 'string', description: 'The unit of temperature to return', enum: ['celsius', 'fahrenheit'] },
          },
          required: ['location'],
        },
      },
    },
  ]
  const messages = [
    { role: 'system', content: 'You are a helpful assistant that can answer to questions about the weather.' },
    { role: 'user', content: "What's the weather like in San Francisco?" },
  ]
  expect(await countChatTokens({ model: 'gpt-4', messages, tools })).toBe(105)
  expect(await countChatTokens({ model: 'gpt-4o', messages, tools })).toBe(101)
})

test('a picture, a tool call and a schema are counted too', async () => {
  const base = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
  const without = await countChatTokens(base)
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  expect(await countChatTokens({ ...base, response_format: { type: 'json_schema', json_schema: { schema } } })).toBe(
    without + countO200k(JSON.stringify(schema)),
  )
  const picture = { type: 'image_url', image_url: { detail: 'low' } }
  expect(
    await countChatTokens({ ...base, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, picture] }] }),
  ).toBe(without + 85)
})

test('a text of 200,000 equal letters is counted in seconds, not minutes, and nearly right', async () => {
  const counted = await countTokens({ text: 'a'.repeat(200_000), model: 'gpt-4o' })
  expect(Math.abs(counted - 25_000)).toBeLessThan(200)
})

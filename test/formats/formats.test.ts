import { describe, expect, test } from 'vitest'
import { gemini } from '../../src/usage/formats/gemini.ts'
import { createRegistry, wireFormats } from '../../src/usage/registry.ts'
import { readWholeJson } from '../../src/usage/streams/answer-reader.ts'
import { recordAnswer } from '../helpers/recorded-answer.ts'
import { telex } from './telex.ts'

describe('a format of one file and one line of the registry', () => {
  const { endpointOf, formatNamed } = createRegistry([...wireFormats, telex])
  const url = 'https://api.telex.example/v7/wires/gpt-4o-mini/send?key=secret'
  const body = { live: false, temperature: 0.5, message: 'STOP' }

  test('is recognised and named', () => {
    expect(endpointOf(new URL(url))).toMatchObject({ format: telex, provider: 'openai', model: 'gpt-4o-mini' })
    expect(endpointOf(new URL(url), 'GET')).toBeUndefined()
    expect(formatNamed('telex')).toBe(telex)
  })

  test('is priced and reported', async () => {
    const answer = { words: 'STOP', bill: { wordsIn: 1000, wordsOut: 100 }, end: 'PAPER_OUT' }
    const { attempts, collector } = await recordAnswer({ url, body, answer }, endpointOf)
    // 1,000 × $0.15 + 100 × $0.60 per million.
    expect(attempts[0]?.cost).toMatchObject({ status: 'priced', picodollars: 210_000_000 })
    const { models, aggregate_statistics: all } = collector.getMetadataSummary()
    expect(models['gpt-4o-mini']).toMatchObject({
      model_url: 'https://api.telex.example/v7',
      parameters: { temperature: 0.5 },
    })
    expect(all.tokens.total_tokens).toBe(1100)
    expect(all.waste?.truncated_answers.requests).toBe(1)
  })

  test('is read as a stream', async () => {
    const answer = '{"words":"ST"}\n{"words":"OP"}\n{"bill":{"wordsIn":3,"wordsOut":2},"end":"OK"}\n'
    const headers = { 'content-type': 'application/x-ndjson' }
    const { attempts } = await recordAnswer({ url, body: { ...body, live: true }, answer, headers }, endpointOf)
    expect(attempts[0]).toMatchObject({ usage: { input: 3, output: 2 }, finishReason: 'OK', isStream: true })
  })

  test('counts that it does not know make its amount a lower bound', async () => {
    const answer = { bill: { wordsIn: 1000, capitals: 4 }, end: 'OK' }
    const { attempts } = await recordAnswer({ url, body, answer }, endpointOf)
    expect(attempts[0]?.usage?.doubts).toEqual(['it is not known what capitals (4) is charged at'])
  })
})

const chatUsage = { prompt_tokens: 1, completion_tokens: 1 }
const bedrock = 'https://bedrock-runtime.us-east-1.amazonaws.com/model'

describe('an answer that was cut off counts as truncated', () => {
  test.each([
    ['https://api.openai.com/v1/chat/completions', { choices: [{ finish_reason: 'length' }], usage: chatUsage }],
    [
      'https://api.openai.com/v1/responses',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    ],
    ['https://api.anthropic.com/v1/messages', { type: 'message', stop_reason: 'max_tokens' }],
    ['https://api.anthropic.com/v1/messages', { type: 'message', stop_reason: 'model_context_window_exceeded' }],
    [
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent',
      { candidates: [{ finishReason: 'MAX_TOKENS' }] },
    ],
    [`${bedrock}/m/converse`, { stopReason: 'max_tokens', usage: { inputTokens: 1, outputTokens: 1 } }],
    [`${bedrock}/m/invoke`, { results: [{ completionReason: 'LENGTH', tokenCount: 1 }], inputTextTokenCount: 1 }],
    [
      `${bedrock}/m/invoke`,
      { generation: 'x', prompt_token_count: 1, generation_token_count: 1, stop_reason: 'length' },
    ],
    ['https://api.mistral.ai/v1/chat/completions', { choices: [{ finish_reason: 'model_length' }], usage: chatUsage }],
    ['http://localhost:11434/api/chat', { done: true, done_reason: 'length', eval_count: 1 }],
    [
      'http://localhost:8080/generate',
      { generated_text: 'x', details: { finish_reason: 'length', generated_tokens: 1 } },
    ],
  ])('%s %j', async (url, answer) => {
    const { collector, attempts } = await recordAnswer({ url, answer })
    expect(attempts[0]?.finishReason).toBe('length')
    expect(collector.getMetadataSummary().aggregate_statistics.waste?.truncated_answers.requests).toBe(1)
  })
})

test.each([
  ['https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1'],
  ['https://x.openai.azure.com/openai/v1/responses?api-version=1', 'https://x.openai.azure.com/openai/v1'],
  ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1'],
  ['http://localhost:11434/api/chat', 'http://localhost:11434'],
  [
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent?key=k',
    'https://generativelanguage.googleapis.com/v1beta',
  ],
  [`${bedrock}/a%2Fb/converse-stream`, 'https://bedrock-runtime.us-east-1.amazonaws.com'],
  ['http://tgi:3000/generate_stream', 'http://tgi:3000'],
  ['https://api-inference.huggingface.co/models/org/gpt2', 'https://api-inference.huggingface.co'],
  ['http://localhost:8000/chat/completions', 'http://localhost:8000'],
])('the service of %s is %s', async (url, service) => {
  const { collector } = await recordAnswer({ url, answer: {} })
  expect(Object.values(collector.getMetadataSummary().models).map((model) => model.model_url)).toEqual([service])
})

test("a stream of Gemini's that is read at once by json() is read to its last chunk", () => {
  const chunks = [
    {
      candidates: [{ content: { parts: [{ text: 'x' }] } }],
      usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 },
    },
    {
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    },
  ]
  expect(readWholeJson(gemini, chunks, { headers: new Headers() })).toMatchObject({
    usage: { input: 10, output: 5 },
    finishReason: 'stop',
    isComplete: true,
  })
})

import { expect, test } from 'vitest'
import { wireFormatNamed } from '../../src/usage/registry.ts'

// What is told later of work that one request began: whether it is done, what it used, and whether it failed.

const chat = { id: 'c', usage: { prompt_tokens: 3, completion_tokens: 2 } }
const used = { usage: { input: 3, output: 2 } }
const tokens = { input_tokens: 3, output_tokens: 2 }
const sora = { id: 'v', object: 'video', model: 'sora-2', seconds: '4', size: '1280x720' }
const gemini = { responseId: 'g', usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 } }
const trained = { fees: [{ unit: 'trainedToken', quantity: 500 }] }

test.each<[format: string, document: unknown, result: unknown]>([
  // OpenAI's batches.
  ['openai-batch', { id: 'b', object: 'batch', status: 'in_progress', usage: tokens }, undefined],
  ['openai-batch', { object: 'batch', status: 'completed', usage: tokens }, undefined],
  ['openai-batch', { id: 'b', object: 'other', status: 'completed', usage: tokens }, undefined],
  ...['completed', 'COMPLETED', 'failed', 'expired', 'cancelled'].map((status): [string, unknown, unknown] => [
    'openai-batch',
    { id: 'b', object: 'batch', status, model: 'm', usage: tokens },
    { answers: [{ id: 'b', facts: { ...used, model: 'm', responseId: 'b', serviceTier: 'batch' } }] },
  ]),
  [
    'openai-batch',
    { id: 'b', input_file_id: 'i', status: 'completed', output_file_id: 'o' },
    { answers: [], files: ['o'] },
  ],
  [
    'openai-batch',
    {
      id: 'b',
      object: 'batch',
      status: 'completed',
      output_file_id: 'o',
      usage: { input_tokens: 0, output_tokens: 0 },
    },
    { answers: [], files: ['o'] },
  ],
  ['openai-batch', { id: 'b', object: 'batch', status: 'completed' }, { answers: [], files: [] }],
  [
    'openai-batch',
    { id: 'l', custom_id: 'a', response: { body: chat } },
    { answers: [{ id: 'l', facts: { ...used, responseId: 'l', serviceTier: 'batch' } }] },
  ],
  [
    'openai-batch',
    { custom_id: 'a', response: { body: chat } },
    { answers: [{ id: 'c', facts: { ...used, responseId: 'c' } }] },
  ],
  ['openai-batch', { id: 'l', custom_id: 'a', response: { body: { error: { type: 'x' } } } }, { answers: [] }],
  // Mistral's jobs.
  ['mistral-batch', { id: 'j', status: 'RUNNING' }, undefined],
  ['mistral-batch', { id: 'j', output_file: 'o' }, { answers: [], files: ['o'] }],
  ['mistral-batch', { id: 'j', output_file: 'o', outputs: [] }, { answers: [], files: ['o'] }],
  [
    'mistral-batch',
    { id: 'j', output_file: 'o', outputs: [{ custom_id: 'a', response: { body: chat } }, { custom_id: 'b' }] },
    { answers: [{ id: 'c', facts: { ...used, serviceTier: 'batch' } }], files: undefined },
  ],
  // Anthropic's lines.
  [
    'anthropic-batch',
    { result: { message: { id: 'm', usage: tokens } } },
    { answers: [{ id: 'm', facts: { ...used, serviceTier: 'batch' } }] },
  ],
  ['anthropic-batch', { result: { type: 'errored' } }, { answers: [] }],
  // Google's batches.
  ['gemini-batch', { name: 'batches/1', done: false, response: {} }, undefined],
  ['gemini-batch', { name: '', done: true }, undefined],
  [
    'gemini-batch',
    { name: 'batches/1', done: true, response: { responsesFile: 'files/f' } },
    { answers: [], files: ['f'] },
  ],
  [
    'gemini-batch',
    { name: 'batches/1', done: true, metadata: { output: { responsesFile: 'f' } } },
    { answers: [], files: ['f'] },
  ],
  ['gemini-batch', { name: 'batches/1', done: true }, { answers: [], files: undefined }],
  [
    'gemini-batch',
    {
      name: 'batches/1',
      done: true,
      metadata: { model: 'models/gemini-2.5-pro' },
      response: { inlinedResponses: { inlinedResponses: [{ response: gemini }, { error: {} }] } },
    },
    { answers: [{ id: 'g', facts: { ...used, model: 'gemini-2.5-pro', serviceTier: 'batch' } }] },
  ],
  [
    'gemini-batch',
    {
      name: 'batches/1',
      done: true,
      response: {
        inlinedResponses: { inlinedResponses: [{ response: { ...gemini, modelVersion: 'gemini-3' } }] },
        inlinedEmbedContentResponses: { inlinedResponses: [{ response: { tokenCount: 7 } }] },
      },
    },
    {
      answers: [
        { id: 'g', facts: { ...used, model: 'gemini-3' } },
        { id: undefined, facts: { usage: { input: 7 }, model: undefined } },
      ],
    },
  ],
  ['gemini-batch', { key: 'k', response: gemini }, { answers: [{ id: 'g', facts: used }] }],
  ['gemini-batch', { key: 'k', response: { tokenCount: 7 } }, { answers: [{ facts: { usage: { input: 7 } } }] }],
  ['gemini-batch', { key: 'k', response: { ...gemini, tokenCount: 7 } }, { answers: [{ facts: used }] }],
  ['gemini-batch', { key: 'k', error: {} }, { answers: [] }],
  // Videos are charged by the second once they are done.
  ['openai-videos', { ...sora, status: 'in_progress' }, undefined],
  ['openai-videos', { ...sora, object: 'film', status: 'completed' }, undefined],
  ['openai-videos', { ...sora, id: undefined, status: 'completed' }, undefined],
  [
    'openai-videos',
    { ...sora, status: 'completed' },
    {
      answers: [
        {
          id: 'v',
          facts: {
            model: 'sora-2',
            responseId: 'v',
            usage: { fees: [{ unit: 'videoSecond', quantity: 4, variant: '1280x720' }] },
          },
          mayBeCounted: true,
        },
      ],
    },
  ],
  [
    'openai-videos',
    { ...sora, size: undefined, status: 'completed' },
    { answers: [{ facts: { usage: { fees: [{ unit: 'videoSecond', quantity: 4, variant: undefined }] } } }] },
  ],
  ['openai-videos', { ...sora, seconds: '0', status: 'completed' }, { answers: [{ facts: { usage: undefined } }] }],
  [
    'openai-videos',
    { ...sora, status: 'failed' },
    { answers: [{ id: 'v', facts: { usage: undefined, errorType: 'failed' }, mayBeCounted: true }] },
  ],
  [
    'openai-videos',
    { ...sora, status: 'failed', error: { code: 'moderation_blocked' } },
    { answers: [{ facts: { errorType: 'moderation_blocked' } }] },
  ],
  // Jobs of fine-tuning.
  ['openai-fine-tuning', { id: 'j', status: 'running', trained_tokens: 500 }, undefined],
  ['openai-fine-tuning', { status: 'succeeded', trained_tokens: 500 }, undefined],
  ...['succeeded', 'SUCCESS', 'completed'].map((status): [string, unknown, unknown] => [
    'openai-fine-tuning',
    { id: 'j', model: 'm', status, trained_tokens: 500 },
    { answers: [{ id: 'j', facts: { model: 'm', responseId: 'j', usage: trained, errorType: undefined } }] },
  ]),
  ...['failed', 'FAILED_VALIDATION', 'error', 'user_error'].map((status): [string, unknown, unknown] => [
    'openai-fine-tuning',
    { id: 'j', status },
    { answers: [{ facts: { usage: undefined, errorType: 'failed' } }] },
  ]),
  [
    'openai-fine-tuning',
    { id: 'j', status: 'failed', trained_tokens: 500 },
    { answers: [{ facts: { usage: trained, errorType: 'failed' } }] },
  ],
  [
    'openai-fine-tuning',
    { id: 'j', status: 'cancelled', trained_tokens: 0 },
    {
      answers: [
        {
          facts: { usage: { doubts: ['the job does not tell how many tokens it trained on'] }, errorType: 'cancelled' },
        },
      ],
    },
  ],
  [
    'openai-fine-tuning',
    { id: 'j', status: 'failed', method: { type: 'reinforcement' } },
    {
      answers: [
        {
          facts: {
            usage: {
              doubts: ['reinforcement fine-tuning is charged by the hour, and nothing tells how long it trained'],
            },
          },
        },
      ],
    },
  ],
  [
    'together-fine-tuning',
    { id: 'j', status: 'completed', token_count: 500, total_price: 2_500_000_000 },
    { answers: [{ facts: { usage: trained, reportedCostUsd: 2.5 } }] },
  ],
  [
    'together-fine-tuning',
    { id: 'j', status: 'completed', token_count: 500, total_price: 0 },
    { answers: [{ facts: { usage: trained, reportedCostUsd: undefined } }] },
  ],
  [
    'together-fine-tuning',
    { id: 'j', status: 'cancelled', token_count: 500, total_price: 2_500_000_000 },
    { answers: [{ facts: { reportedCostUsd: undefined, errorType: 'cancelled' } }] },
  ],
  // Answers in the background.
  ['openai-responses', { object: 'response', id: 'r', status: 'queued', background: true }, undefined],
  ['openai-responses', { object: 'other', id: 'r', status: 'completed' }, undefined],
  ['openai-responses', { object: 'response', status: 'completed' }, undefined],
  [
    'openai-responses',
    { object: 'response', id: 'r', status: 'completed', background: true, usage: tokens },
    { answers: [{ id: 'r', facts: used, mayBeCounted: false }] },
  ],
  [
    'openai-responses',
    { object: 'response', id: 'r', status: 'cancelled' },
    { answers: [{ id: 'r', facts: { errorType: 'cancelled' }, mayBeCounted: true }] },
  ],
  ['gemini-interactions', { id: 'i', status: 'in_progress' }, undefined],
  ['gemini-interactions', { status: 'completed' }, undefined],
  ['gemini-interactions', { id: 'i' }, undefined],
  [
    'gemini-interactions',
    { id: 'i', status: 'completed', usage: { total_input_tokens: 3, total_output_tokens: 2 } },
    { answers: [{ id: 'i', facts: { ...used, finishReason: 'stop', errorType: undefined }, mayBeCounted: true }] },
  ],
  [
    'gemini-interactions',
    { id: 'i', status: 'cancelled' },
    { answers: [{ id: 'i', facts: { errorType: 'cancelled' }, mayBeCounted: true }] },
  ],
  ['perplexity-async', { id: 'p', status: 'IN_PROGRESS' }, undefined],
  ['perplexity-async', { status: 'COMPLETED', response: chat }, undefined],
  [
    'perplexity-async',
    { id: 'p', status: 'COMPLETED', response: chat },
    { answers: [{ id: 'p', facts: { ...used, responseId: 'p' } }] },
  ],
  [
    'perplexity-async',
    { id: 'p', status: 'FAILED', model: 'sonar' },
    { answers: [{ id: 'p', facts: { model: 'sonar', errorType: 'failed', responseId: 'p' } }] },
  ],
  ['xai', chat, { answers: [{ id: 'c', facts: used }] }],
  ['xai', { id: 'c' }, undefined],
  ['xai', { usage: chat.usage }, undefined],
])('%s: %j', (format, document, result) => {
  const read = wireFormatNamed(format)?.readResult?.(document)
  expect(partLike(result, read)).toEqual(result)
})

/** Of what was read that which is expected of it: usage is looked at as a whole. */
function partLike(expected: unknown, read: unknown, name = ''): unknown {
  if (Array.isArray(expected) && Array.isArray(read) && expected.length === read.length)
    return expected.map((one, index) => partLike(one, read[index]))
  if (name === 'usage' || !isObject(expected) || !isObject(read)) return read
  return Object.fromEntries(Object.entries(expected).map(([key, one]) => [key, partLike(one, read[key], key)]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

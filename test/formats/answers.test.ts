import { describe, expect, test } from 'vitest'
import { wireFormatNamed } from '../../src/usage/registry.ts'
import { createAnswerReader, readWholeJson } from '../../src/usage/streams/answer-reader.ts'
import type { AnswerFacts, RequestFacts } from '../../src/usage/wire-format.ts'

// What single answers tell, where a wrong reading would be a wrong amount or a missed failure. Whole answers with their price
// are in truth.ts.

const none = new Headers()

function formatOf(name: string) {
  const format = wireFormatNamed(name)
  if (format === undefined) throw new Error(`no format ${name}`)
  return format
}

function told(name: string, answer: unknown, request: Partial<RequestFacts> = {}): AnswerFacts {
  return readWholeJson(formatOf(name), answer, {
    headers: none,
    request: { isStream: false, parameters: {}, ...request },
  })
}

function streamed(name: string, ...messages: readonly unknown[]): AnswerFacts {
  const headers = new Headers({ 'content-type': 'text/event-stream' })
  const reader = createAnswerReader(formatOf(name), { headers, request: () => ({ isStream: true }) })
  reader.push(
    new TextEncoder().encode(
      messages.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join(''),
    ),
  )
  return reader.end()
}

describe('a document that is no object tells nothing', () => {
  const names = ['anthropic', 'cohere', 'gemini', 'gemini-interactions', 'ollama', 'openai-chat', 'openai-responses']
  test.each([...names, 'ai-gateway', 'bedrock-converse', 'bedrock-invoke', 'vertex-predict', 'mistral-conversations'])(
    '%s',
    (name) => {
      expect(told(name, 'text')).toEqual({ isComplete: true })
      expect(told(name, null)).toEqual({ isComplete: true })
    },
  )
})

const search = (quantity: number, variant?: string) => ({ unit: 'webSearch', quantity, ...(variant && { variant }) })

test.each<[format: string, answer: unknown, facts: AnswerFacts]>([
  // Cohere: what is billed, not what was read; images are a part of the input.
  [
    'cohere',
    { meta: { billed_units: { input_tokens: 5, output_tokens: 2 }, tokens: { input_tokens: 70, output_tokens: 3 } } },
    { usage: { input: 5, output: 2 } },
  ],
  ['cohere', { meta: { billed_units: { output_tokens: 2 }, tokens: { input_tokens: 70 } } }, { usage: { output: 2 } }],
  ['cohere', { meta: { tokens: { input_tokens: 70, output_tokens: 3 } } }, { usage: { input: 70, output: 3 } }],
  ['cohere', { meta: { billed_units: { image_tokens: 9 } } }, { usage: { input: 0, inputImage: 9 } }],
  ['cohere', { meta: { billed_units: { input_tokens: 4, image_tokens: 9 } } }, { usage: { input: 4, inputImage: 9 } }],
  [
    'cohere',
    { meta: { billed_units: { images: 2 }, tokens: { input_tokens: 70 } } },
    { usage: { fees: [{ unit: 'image', quantity: 2 }] } },
  ],
  [
    'cohere',
    { meta: { billed_units: { search_units: 3, images: 0 } } },
    { usage: { fees: [{ unit: 'searchUnit', quantity: 3 }] } },
  ],
  ['cohere', { generation_id: 'g' }, { responseId: 'g' }],
  ['cohere', { response_id: 'r', generation_id: 'g' }, { responseId: 'r' }],
  [
    'rerank',
    { meta: { billed_units: { search_units: 1 } } },
    { usage: { fees: [{ unit: 'searchUnit', quantity: 1 }] } },
  ],
  ['rerank', { meta: {}, usage: { total_tokens: 9 } }, { usage: { input: 9 } }],
  // Bedrock's models, each with its own names.
  ['bedrock-invoke', { generation_token_count: 3 }, { usage: { output: 3 } }],
  ['bedrock-invoke', { prompt_token_count: 4, stop_reason: 'stop' }, { usage: { input: 4 }, finishReason: 'stop' }],
  ['bedrock-invoke', { totalOutputTextTokenCount: 3 }, { usage: { output: 3 } }],
  [
    'bedrock-invoke',
    { inputTextTokenCount: 4, results: [{ tokenCount: 3 }, { tokenCount: 5 }, {}] },
    { usage: { input: 4, output: 8 } },
  ],
  [
    'bedrock-invoke',
    { inputTextTokenCount: 4, totalOutputTextTokenCount: 2, results: [{ tokenCount: 3 }] },
    { usage: { input: 4, output: 2 } },
  ],
  [
    'bedrock-invoke',
    { usage: { inputTokens: 4, outputTokens: 3 }, stopReason: 'end_turn' },
    { usage: { input: 4, output: 3 }, finishReason: 'stop' },
  ],
  [
    'bedrock-converse',
    {
      usage: {
        inputTokens: 4,
        outputTokens: 3,
        cacheWriteInputTokens: 10,
        cacheDetails: [{ ttl: '1h', inputTokens: 6 }],
      },
    },
    { usage: { input: 4, cacheWrite5m: 4, cacheWrite1h: 6, output: 3 } },
  ],
  [
    'bedrock-converse',
    {
      usage: {
        inputTokens: 4,
        outputTokens: 3,
        cacheWriteInputTokens: 6,
        cacheDetails: [{ ttl: '1h', inputTokens: 6 }],
      },
    },
    { usage: { input: 4, cacheWrite5m: 0, cacheWrite1h: 6, output: 3 } },
  ],
  [
    'bedrock-converse',
    {
      usage: {
        inputTokens: 4,
        outputTokens: 3,
        cacheWriteInputTokens: 5,
        cacheDetails: [{ ttl: '1h', inputTokens: 6 }],
      },
    },
    { usage: { input: 4, cacheWrite5m: 5, output: 3 } },
  ],
  ...[{ stopReason: 'guardrail_intervened' }, { trace: { guardrail: {} } }].map(
    (guard): [string, unknown, AnswerFacts] => [
      'bedrock-converse',
      { usage: { inputTokens: 4, outputTokens: 3 }, ...guard },
      {
        usage: {
          input: 4,
          output: 3,
          doubts: ['a guardrail is charged by the text that it reads, which the answer does not count'],
        },
      },
    ],
  ),
  [
    'gemini-interactions',
    { usage: { total_input_tokens: 4, grounding_tool_count: [{ type: 'google_maps', count: 2 }] } },
    { usage: { input: 4, fees: [{ unit: 'mapsGrounding', quantity: 2 }] } },
  ],
  ['bedrock-converse', { serviceTier: { type: 'flex' }, usage: {} }, { serviceTier: 'flex' }],
  [
    'bedrock-converse',
    {
      usage: { inputTokens: 4, outputTokens: 3 },
      trace: { promptRouter: { invokedModelId: 'arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova' } },
    },
    {
      model: 'us.amazon.nova',
      usage: { input: 4, output: 3, doubts: ['prompt routing is charged by the request'] },
    },
  ],
  [
    'bedrock-converse',
    { usage: { inputTokens: 4, outputTokens: 3 }, performanceConfig: { latency: 'optimized' } },
    { usage: { input: 4, output: 3, doubts: ['latency-optimized inference has prices of its own'] } },
  ],
  [
    'bedrock-converse',
    { usage: { inputTokens: 4, outputTokens: 3 }, performanceConfig: { latency: 'standard' } },
    { usage: { input: 4, output: 3 } },
  ],
  // Google's search is charged by the query since Gemini 3, and once before.
  ...(
    [
      ['gemini-2.5-pro', { webSearchQueries: ['a', 'b'] }, [{ unit: 'grounding', quantity: 1 }]],
      ['gemini-3-pro', { webSearchQueries: ['a', 'b', 'a'] }, [{ unit: 'grounding', quantity: 2 }]],
      ['gemini-3-pro', { webSearchQueries: ['a'], imageSearchQueries: ['b'] }, [{ unit: 'grounding', quantity: 2 }]],
      ['gemini-10-pro', { webSearchQueries: ['a', 'b'] }, [{ unit: 'grounding', quantity: 2 }]],
      ['gemini-3-pro', { groundingChunks: [{ web: {} }] }, [{ unit: 'grounding', quantity: 1 }]],
      ['gemini-3-pro', { groundingChunks: [{ image: {} }] }, [{ unit: 'grounding', quantity: 1 }]],
      ['gemini-3-pro', { searchEntryPoint: { renderedContent: 'x' } }, [{ unit: 'grounding', quantity: 1 }]],
      ['gemini-3-pro', { groundingChunks: [{ maps: {} }] }, [{ unit: 'mapsGrounding', quantity: 1 }]],
      ['gemini-3-pro', { googleMapsWidgetContextToken: 't' }, [{ unit: 'mapsGrounding', quantity: 1 }]],
      ['gemini-3-pro', { groundingChunks: [{ retrievedContext: {} }] }, undefined],
      ['gemini-3-pro', {}, undefined],
    ] as const
  ).map(([modelVersion, groundingMetadata, fees]): [string, unknown, AnswerFacts] => [
    'gemini',
    {
      modelVersion,
      candidates: [{ groundingMetadata }],
      usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 3 },
    },
    { usage: { input: 4, output: 3, ...(fees && { fees }) } },
  ]),
  [
    'gemini',
    {
      usageMetadata: {
        promptTokenCount: 4,
        candidatesTokenCount: 3,
        candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 3 }],
      },
    },
    { usage: { input: 4, output: 3, outputImage: 0 } },
  ],
  ['gemini', { usageMetadata: { toolUsePromptTokenCount: 6 } }, { usage: { input: 6 } }],
  ['gemini', { usageMetadata: { promptTokenCount: 4, toolUsePromptTokenCount: 6 } }, { usage: { input: 10 } }],
  [
    'gemini',
    {
      usageMetadata: {
        promptTokenCount: 100,
        cachedContentTokenCount: 40,
        promptTokensDetails: [
          { modality: 'AUDIO', tokenCount: 30 },
          { modality: 'VIDEO', tokenCount: 20 },
          { modality: 'IMAGE', tokenCount: 10 },
        ],
        cacheTokensDetails: [
          { modality: 'AUDIO', tokenCount: 25 },
          { modality: 'VIDEO', tokenCount: 5 },
          { modality: 'IMAGE', tokenCount: 10 },
        ],
      },
    },
    // Of the 60 that came new, 5 are sound, 15 are video and none are pictures.
    { usage: { input: 40, cacheRead: 40, cachedAudio: 25, inputAudio: 5, inputImage: 0, inputVideo: 15 } },
  ],
  ['gemini', { promptFeedback: { blockReason: 'SAFETY' } }, { finishReason: 'content_filter' }],
  ['gemini', { usageMetadata: { promptTokenCount: 4, trafficType: 'ON_DEMAND' } }, { serviceTier: 'ON_DEMAND' }],
  // Google's Interactions.
  ['gemini-interactions', { id: 'i', status: 'completed' }, { finishReason: 'stop', responseId: 'i' }],
  ['gemini-interactions', { id: 'i', status: 'failed' }, { errorType: 'failed' }],
  ['gemini-interactions', { id: 'i', status: 'in_progress' }, { isDeferred: true, finishReason: undefined }],
  ['gemini-interactions', { status: 'in_progress', usage: { total_input_tokens: 1 } }, { isDeferred: undefined }],
  ['gemini-interactions', { agent: 'deep-research' }, { model: 'deep-research' }],
  ['gemini-interactions', { model: 'gemini-3', agent: 'a' }, { model: 'gemini-3' }],
  [
    'gemini-interactions',
    {
      usage: {
        total_input_tokens: 100,
        total_tool_use_tokens: 10,
        total_cached_tokens: 40,
        total_output_tokens: 9,
        total_thought_tokens: 5,
        input_tokens_by_modality: [
          { modality: 'audio', tokens: 30 },
          { modality: 'video', tokens: 20 },
          { modality: 'image', tokens: 10 },
        ],
        cached_tokens_by_modality: [
          { modality: 'audio', tokens: 25 },
          { modality: 'video', tokens: 5 },
          { modality: 'image', tokens: 10 },
        ],
        grounding_tool_count: [{ type: 'google_search', count: 2 }],
      },
    },
    {
      usage: {
        ...{ input: 50, cacheRead: 40, cachedAudio: 25, inputAudio: 5, inputImage: 0, inputVideo: 15 },
        ...{ output: 9, reasoning: 5, fees: [{ unit: 'grounding', quantity: 2 }] },
      },
    },
  ],
  // Mistral reads documents by the page, and charges the tools of its conversations.
  [
    'mistral-ocr',
    { model: 'm', usage_info: { pages_processed: 3 } },
    { model: 'm', usage: { fees: [{ unit: 'page', quantity: 3 }] } },
  ],
  ['mistral-ocr', { usage_info: { pages_processed: 0 } }, { usage: undefined }],
  ['mistral-ocr', { usage_info: { prompt_tokens: 5, completion_tokens: 2 } }, { usage: { input: 5, output: 2 } }],
  ['mistral-ocr', { object: 'error', type: 'invalid_file' }, { errorType: 'invalid_file' }],
  [
    'mistral-conversations',
    {
      conversation_id: 'c',
      usage: {
        prompt_tokens: 5,
        connector_tokens: 7,
        completion_tokens: 2,
        connectors: { web_search: 1, web_search_premium: 2, code_interpreter: 3, image_generation: 4 },
      },
    },
    {
      responseId: 'c',
      usage: {
        input: 12,
        output: 2,
        fees: [
          search(1),
          search(2, 'premium'),
          { unit: 'codeInterpreter', quantity: 3 },
          { unit: 'image', quantity: 4 },
        ],
      } as AnswerFacts['usage'],
    },
  ],
  [
    'mistral-conversations',
    { usage: { connector_tokens: 7, completion_tokens: 2 } },
    { usage: { input: 7, output: 2 } },
  ],
  ['mistral-conversations', { usage: { prompt_tokens: 5, completion_tokens: 2 } }, { usage: { input: 5, output: 2 } }],
  // Sound and pictures.
  [
    'openai-transcriptions',
    { text: 'x', duration: 7.5 },
    { usage: { fees: [{ unit: 'audioSecond', quantity: 7.5 }] } },
  ],
  ['openai-transcriptions', { text: 'x', duration: 0 }, { usage: undefined }],
  ['openai-transcriptions', { text: 'x', duration: '7' }, { usage: undefined }],
  [
    'openai-transcriptions',
    { duration: 7.5, usage: { input_tokens: 5, output_tokens: 2 } },
    { usage: { input: 5, output: 2 } },
  ],
  ['openai-images', { data: [] }, { usage: undefined }],
  ['openai-images', { data: [{}, {}] }, { usage: { fees: [{ unit: 'image', quantity: 2 }] } }],
  ['openai-images', { usage: { input_tokens: 5, output_tokens: 2 } }, { usage: { input: 5, outputImage: 2 } }],
  ['openai-images', { usage: { input_tokens: 5 } }, { usage: { input: 5 } }],
  [
    'openai-images',
    { usage: { input_tokens: 5, output_tokens: 9, output_tokens_details: { image_tokens: 7, text_tokens: 2 } } },
    { usage: { input: 5, output: 2, outputImage: 7 } },
  ],
  ['openai-moderations', { results: [{}] }, { usage: { input: 0 } }],
  ['openai-moderations', { error: { type: 'x' } }, { usage: undefined, errorType: 'x' }],
  ['openai-moderations', { results: [{}], usage: { prompt_tokens: 4, total_tokens: 4 } }, { usage: { input: 4 } }],
  [
    'openai-videos',
    { object: 'video', id: 'v', seconds: '4', model: 'sora-2' },
    { isDeferred: true, responseId: 'v', model: 'sora-2' },
  ],
  ['openai-videos', { object: 'film', id: 'v' }, { isDeferred: undefined, responseId: undefined }],
  // Google's predictions: tokens where they are told, characters where they alone are, and pictures.
  [
    'vertex-predict',
    {
      predictions: [
        { embeddings: { statistics: { token_count: 3 } } },
        { embeddings: { statistics: { token_count: 4 } } },
      ],
    },
    { usage: { input: 7 } },
  ],
  [
    'vertex-predict',
    { metadata: { billableCharacterCount: 9 } },
    { usage: { fees: [{ unit: 'character', quantity: 9 }] } },
  ],
  [
    'vertex-predict',
    { predictions: [{ embeddings: { statistics: { token_count: 3 } } }], metadata: { billableCharacterCount: 9 } },
    { usage: { input: 3 } },
  ],
  [
    'vertex-predict',
    { predictions: [{ mimeType: 'image/png' }, { mimeType: 'image/jpeg' }, { mimeType: 'text/image/x' }, {}] },
    { usage: { fees: [{ unit: 'image', quantity: 2 }] } },
  ],
  ['vertex-predict', { error: { status: 'INTERNAL' } }, { errorType: 'INTERNAL' }],
  [
    'workers-ai',
    { result: { usage: { prompt_tokens: 4, completion_tokens: 3 } }, success: true },
    { usage: { input: 4, output: 3 } },
  ],
  ['workers-ai', { result: null, success: false }, { errorType: 'failed' }],
  ['workers-ai', { success: false, error: { code: 7 } }, { errorType: '7' }],
  // A server of text generation.
  ['tgi', [{ details: { generated_tokens: 3, prefill: [{}, {}] } }], { usage: { input: 2, output: 3 } }],
  ['tgi', { details: { generated_tokens: 3, prefill: [] } }, { usage: { output: 3 } }],
  ['tgi', { details: { generated_tokens: 3, input_length: 9, prefill: [{}] } }, { usage: { input: 9, output: 3 } }],
  [
    'tgi',
    { details: { generated_tokens: 3, best_of_sequences: [{ generated_tokens: 4 }, {}] } },
    { usage: { output: 7 } },
  ],
  ['xai', { request_id: 'r' }, { responseId: 'r', isDeferred: true }],
  ['xai', { request_id: 'r', id: 'c', choices: [] }, { responseId: 'c', isDeferred: undefined }],
  // Vercel's gateway states its cost as a text.
  ...(
    [
      ['0.0045', 0.0045],
      ['4e-7', 4e-7],
      [0.25, 0.25],
      ['-1', undefined],
      [-1, undefined],
      ['1.5 USD', undefined],
      ['USD 1', undefined],
      [null, undefined],
    ] as const
  ).map(([cost, reportedCostUsd]): [string, unknown, AnswerFacts] => [
    'ai-gateway',
    { providerMetadata: { gateway: { cost } } },
    { reportedCostUsd },
  ]),
  [
    'ai-gateway',
    { response: { id: 'r', modelId: 'openai/gpt-4o' }, finishReason: { unified: 'length' } },
    { responseId: 'r', model: 'openai/gpt-4o', finishReason: 'length' },
  ],
  [
    'ai-gateway',
    { providerMetadata: { gateway: { generationId: 'g', routing: { canonicalSlug: 's' } } }, finishReason: 'stop' },
    { responseId: 'g', model: 's', finishReason: 'stop' },
  ],
  // Where Anthropic's models ran, and how fast.
  ['anthropic', { usage: { inference_geo: 'us' } }, { inferenceGeo: 'us' }],
  ['anthropic', { usage: { inference_geo: 'global' } }, { inferenceGeo: undefined }],
  ['anthropic', { usage: { inference_geo: 'not_available' } }, { inferenceGeo: undefined }],
  ['anthropic', { usage: { speed: 'fast', service_tier: 'priority' } }, { serviceTier: 'fast' }],
  ['anthropic', { usage: { speed: 'standard', service_tier: 'priority' } }, { serviceTier: 'priority' }],
  ...(
    [
      [{ cache_creation_input_tokens: 9 }, { cacheWrite5m: 9 }],
      [{ cache_creation_input_tokens: 9, cache_creation: { ephemeral_1h_input_tokens: 9 } }, { cacheWrite1h: 9 }],
      [{ cache_creation: { ephemeral_5m_input_tokens: 9 } }, { cacheWrite5m: 9 }],
      [
        { cache_creation_input_tokens: 9, cache_creation: { ephemeral_1h_input_tokens: 5 } },
        { cacheWrite5m: 4, cacheWrite1h: 5 },
      ],
      [
        {
          cache_creation_input_tokens: 9,
          cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 5 },
        },
        { cacheWrite5m: 4, cacheWrite1h: 5 },
      ],
    ] as const
  ).map(([written, usage]): [string, unknown, AnswerFacts] => [
    'anthropic',
    { usage: { input_tokens: 3, output_tokens: 2, ...written } },
    { usage: { input: 3, output: 2, ...usage } },
  ]),
  [
    'anthropic',
    {
      usage: {
        ...{ input_tokens: 3, output_tokens: 2 },
        server_tool_use: { web_search_requests: 4, code_execution_requests: 5, web_fetch_requests: 6 },
      },
    },
    {
      usage: {
        input: 3,
        output: 2,
        fees: [
          { unit: 'webSearch', quantity: 4 },
          { unit: 'codeInterpreter', quantity: 5 },
        ],
      },
    },
  ],
  [
    'anthropic',
    { usage: { input_tokens: 3, output_tokens: 2, iterations: [{ type: 'two words' }, { type: 'dream' }] } },
    {
      usage: {
        input: 3,
        output: 2,
        doubts: [
          'it is not known what one without a type among the iterations is charged at',
          'it is not known what dream among the iterations is charged at',
        ],
      },
    },
  ],
  // OpenAI's Responses: the tools that it runs itself.
  ['openai-responses', { id: 'r', status: 'failed' }, { errorType: 'failed' }],
  ['openai-responses', { id: 'r', status: 'queued' }, { isDeferred: true, finishReason: undefined }],
  ['openai-responses', { id: 'r', status: 'in_progress' }, { isDeferred: true }],
  ['openai-responses', { id: 'r', status: 'in_progress', usage: { input_tokens: 1 } }, { isDeferred: undefined }],
  ['openai-responses', { status: 'incomplete' }, { finishReason: 'incomplete' }],
  ['openai-responses', { status: 'completed' }, { finishReason: 'stop' }],
  ...(
    [
      [[{ type: 'web_search_call' }], [search(1)]],
      [
        [
          { type: 'web_search_call', action: { type: 'search' } },
          { type: 'web_search_call', action: { type: 'open_page' } },
        ],
        [search(1)],
      ],
      [[{ type: 'file_search_call' }, { type: 'file_search_call' }], [{ unit: 'fileSearch', quantity: 2 }]],
      [
        [
          { type: 'code_interpreter_call', container_id: 'a' },
          { type: 'code_interpreter_call', container_id: 'a' },
        ],
        [{ unit: 'codeInterpreter', quantity: 1 }],
      ],
      [[{ type: 'code_interpreter_call' }], [{ unit: 'codeInterpreter', quantity: 1 }]],
      [[{ type: 'shell_call', environment: { container_id: 'a' } }], [{ unit: 'codeInterpreter', quantity: 1 }]],
      [[{ type: 'shell_call', environment: { type: 'local' } }], undefined],
      [[{ type: 'image_generation_call' }], [{ unit: 'image', quantity: 1 }]],
      [[{ type: 'message' }, { type: 'function_call' }], undefined],
    ] as const
  ).map(([output, fees]): [string, unknown, AnswerFacts] => [
    'openai-responses',
    { output, usage: { input_tokens: 3, output_tokens: 2 } },
    { usage: { input: 3, output: 2, ...(fees && { fees: fees as never }) } },
  ]),
  ...(['server_side_tool_usage_details', 'server_tool_use'] as const).map((name): [string, unknown, AnswerFacts] => [
    'openai-responses',
    {
      output: [{ type: 'web_search_call' }, { type: 'file_search_call' }, { type: 'code_interpreter_call' }],
      usage: { input_tokens: 3, output_tokens: 2, [name]: {} },
    },
    { usage: { input: 3, output: 2 } },
  ]),
  [
    'openai-responses',
    {
      output: [{ type: 'web_search_call' }, { type: 'code_interpreter_call', container_id: 'a' }],
      tools: [{ type: 'web_search_preview_2025' }, { type: 'code_interpreter', container: { memory_limit: '4g' } }],
      usage: { input_tokens: 3, output_tokens: 2 },
    },
    {
      usage: {
        input: 3,
        output: 2,
        fees: [search(1, 'preview'), { unit: 'codeInterpreter', quantity: 1, variant: '4g' }],
      } as AnswerFacts['usage'],
    },
  ],
  [
    'openai-responses',
    {
      output: [{ type: 'code_interpreter_call', container_id: 'a' }],
      tools: [{ type: 'code_interpreter', container: { memory_limit: '1g' } }],
      usage: { input_tokens: 3, output_tokens: 2 },
    },
    { usage: { input: 3, output: 2, fees: [{ unit: 'codeInterpreter', quantity: 1 }] } },
  ],
  [
    'openai-responses',
    {
      output: [{ type: 'dream_call' }, { type: 'dream_call_output' }, { type: 'call' }],
      usage: { input_tokens: 3, output_tokens: 2 },
    },
    { usage: { input: 3, output: 2, doubts: ['it is not known what dream_call is charged at'] } },
  ],
  // OpenAI's chat and those who speak it.
  ['openai-chat', { choices: [{ finish_reason: null }, { finish_reason: 'length' }] }, { finishReason: 'length' }],
  ['openai-chat', { choices: [{ error: { code: 502 } }] }, { errorType: '502' }],
  ['openai-chat', { x_groq: { error: 'over_capacity' } }, { errorType: 'error' }],
  [
    'openai-chat',
    { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 2 } } },
    { usage: { input: 3, output: 2 } },
  ],
  ['openai-chat', { service_tier: 'flex' }, { serviceTier: 'flex' }],
  ['openai-chat', { usage: { prompt_tokens: 3, service_tier: 'flex' } }, { serviceTier: 'flex' }],
  [
    'openai-chat',
    { timings: { prompt_n: 30, cache_n: 5, predicted_n: 2, prompt_ms: 7 } },
    { usage: { input: 30, cacheRead: 5, output: 2 } },
  ],
  [
    'openai-chat',
    { model: 'gpt-4o-search-preview', usage: { prompt_tokens: 3, completion_tokens: 2 } },
    { usage: { input: 3, output: 2, fees: [search(1, 'preview')] } as AnswerFacts['usage'] },
  ],
  [
    'openai-chat',
    { model: 'gpt-5-search-api', usage: { prompt_tokens: 3, completion_tokens: 2 } },
    { usage: { input: 3, output: 2, fees: [search(1)] } as AnswerFacts['usage'] },
  ],
  ['openai-chat', { usage: { prompt_tokens: 3, cost: 0.5 } }, { reportedCostUsd: 0.5 }],
  ['openai-chat', { usage: { prompt_tokens: 3, cost: { total_cost: 0.5 } } }, { reportedCostUsd: 0.5 }],
  ['openai-chat', { usage: { prompt_tokens: 3, estimated_cost: 0.5 } }, { reportedCostUsd: 0.5 }],
  ['openai-chat', { usage: { prompt_tokens: 3, cost_in_usd_ticks: 5e9 } }, { reportedCostUsd: 0.5 }],
  ['openai-chat', { usage: { prompt_tokens: 3, cost: -1 } }, { reportedCostUsd: undefined }],
  ['openai-chat', { usage: { prompt_tokens: 3, cost: 0 } }, { reportedCostUsd: undefined }],
  [
    'openai-chat',
    { usage: { prompt_tokens: 3, cost: 0.25, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } } },
    { reportedCostUsd: 0.75 },
  ],
  [
    'openai-chat',
    { usage: { prompt_tokens: 3, cost: 0.25, is_byok: true } },
    {
      reportedCostUsd: undefined,
      usage: { input: 3, doubts: ['the provider whose key it is charges for it, and what is not told'] },
    },
  ],
  [
    'openai-chat',
    { usage: { prompt_tokens: 3, cost: 0.25, is_byok: false, cost_details: { upstream_inference_cost: 0.5 } } },
    { reportedCostUsd: 0.25 },
  ],
  ...(
    [
      [{ server_tool_use: { web_search_requests: 2 } }, search(2)],
      [{ num_search_queries: 2 }, search(2)],
      [{ num_sources_used: 2 }, { unit: 'searchUnit', quantity: 2 }],
      [{ server_side_tool_usage_details: { x_search_calls: 2 } }, { unit: 'xSearch', quantity: 2 }],
      [{ server_side_tool_usage_details: { file_search_calls: 2 } }, { unit: 'fileSearch', quantity: 2 }],
      [{ server_side_tool_usage_details: { code_interpreter_calls: 2 } }, { unit: 'codeInterpreter', quantity: 2 }],
      [{ prompt_audio_seconds: 2.5 }, { unit: 'audioSecond', quantity: 2.5 }],
      [{ search_context_size: 'low' }, { unit: 'request', quantity: 1, variant: 'low' }],
    ] as const
  ).map(([more, fee]): [string, unknown, AnswerFacts] => [
    'openai-chat',
    { usage: { prompt_tokens: 3, completion_tokens: 2, ...more } },
    { usage: { input: 3, output: 2, fees: [fee as never] } },
  ]),
  ...(
    [
      [{ cache_creation_input_tokens: 2 }, { input: 1, cacheWrite5m: 2 }],
      [{ cache_creation: { ephemeral_1h_input_tokens: 2 } }, { input: 1, cacheWrite5m: 0, cacheWrite1h: 2 }],
      [{ cache_creation: { ephemeral_5m_input_tokens: 2 } }, { input: 1, cacheWrite5m: 2 }],
      [
        { cache_creation_input_tokens: 3, cache_creation: { ephemeral_1h_input_tokens: 2 } },
        { input: 0, cacheWrite5m: 1, cacheWrite1h: 2 },
      ],
    ] as const
  ).map(([written, usage]): [string, unknown, AnswerFacts] => [
    'openai-chat',
    { usage: { prompt_tokens: 3, completion_tokens: 2, ...written } },
    { usage: { output: 2, ...usage } },
  ]),
  [
    'openai-chat',
    { model: 'google/gemini-2.5-pro', usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 9 } },
    { usage: { input: 3, output: 2, reasoning: 4 } },
  ],
  [
    'openai-chat',
    { model: 'mygemini-pro', usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 9 } },
    { usage: { input: 3, output: 2, statedTotal: 9, doubts: ['4 tokens of the stated total belong to no class'] } },
  ],
])('%s: %j', (format, answer, facts) => {
  const read = told(format, answer)
  expect(Object.fromEntries(Object.keys(facts).map((name) => [name, read[name as keyof AnswerFacts]]))).toEqual(facts)
})

test.each<[request: Partial<RequestFacts>, answer: object, variant: string | undefined]>([
  [{ model: 'dall-e-3' }, {}, 'standard 1024x1024'],
  [{ model: 'dall-e-3', parameters: { quality: 'hd', size: '1792x1024' } }, {}, 'hd 1792x1024'],
  [{ model: 'dall-e-2' }, {}, '1024x1024'],
  [{ model: 'dall-e-2', parameters: { quality: 'hd', size: '256x256' } }, {}, '256x256'],
  [{ model: 'gpt-image-1', parameters: { quality: 'low' } }, {}, 'low'],
  [{ model: 'gpt-image-1', parameters: { size: '1024x1536' } }, { quality: 'high', size: '1x1' }, 'high 1x1'],
  [{ model: 'flux' }, {}, undefined],
])('an image asked for as %j and answered with %j is %s', (request, answer, variant) => {
  const { usage } = told('openai-images', { ...answer, data: [{}] }, request)
  expect(usage?.fees).toEqual([{ unit: 'image', quantity: 1, ...(variant !== undefined && { variant }) }])
})

test('a document whose pages were annotated has a price of its own', () => {
  const answer = { usage_info: { pages_processed: 3 } }
  expect(told('mistral-ocr', answer, { parameters: { annotated: true } }).usage).toEqual({
    fees: [{ unit: 'page', quantity: 3, variant: 'annotated' }],
  })
})

test("a cost of 0 is one of OpenRouter's free models alone", () => {
  const answer = { usage: { prompt_tokens: 3, cost: 0 } }
  expect(told('openai-chat', answer, { provider: 'openrouter' }).reportedCostUsd).toBe(0)
  expect(told('openai-chat', answer, { provider: 'groq' }).reportedCostUsd).toBeUndefined()
})

test.each<[format: string, messages: readonly unknown[], facts: AnswerFacts]>([
  ['openai-chat', [{ id: 'a' }, '[DONE]'], { responseId: 'a', isComplete: true }],
  ['openai-chat', [{ id: 'a' }], { isComplete: false }],
  [
    'openai-responses',
    [{ type: 'response.failed', response: { status: 'failed' } }],
    { errorType: 'failed', isComplete: true },
  ],
  ['openai-responses', [{ type: 'response.incomplete', response: { status: 'incomplete' } }], { isComplete: true }],
  ['openai-responses', [{ type: 'response.created', response: { id: 'r' } }], { responseId: 'r', isComplete: false }],
  [
    'openai-responses',
    [{ type: 'response.completed', response: { billing_details: { n: 3 } } }],
    { usage: { doubts: ['it is not known what billing_details.n (3) is charged at'] } },
  ],
  ['openai-responses', [{ type: 'error', code: 'server_error' }], { errorType: 'server_error' }],
  ['openai-transcriptions', [{ type: 'transcript.text.done', text: 'x' }], { isComplete: true }],
  ['openai-transcriptions', [{ type: 'transcript.text.delta', delta: 'x' }], { isComplete: false }],
  [
    'openai-speech',
    [{ type: 'speech.audio.done', usage: { input_tokens: 3, output_tokens: 2 } }],
    { usage: { input: 3, output: 2 }, isComplete: true },
  ],
  ['openai-speech', [{ type: 'speech.audio.delta', audio: 'x' }], { isComplete: false }],
  [
    'openai-images',
    [{ type: 'image_edit.completed', usage: { input_tokens: 3, output_tokens: 2 } }],
    { usage: { input: 3, outputImage: 2 }, isComplete: true },
  ],
  ['openai-images', [{ type: 'image_generation.partial_image' }], { isComplete: false }],
  [
    'anthropic',
    [{ type: 'message_start', message: { id: 'a', model: 'm' } }],
    { responseId: 'a', model: 'm', isComplete: false },
  ],
  ['anthropic', [{ type: 'message_stop' }], { isComplete: true }],
  ['anthropic', [{ type: 'error', error: { type: 'overloaded_error' } }], { errorType: 'overloaded_error' }],
  [
    'anthropic',
    [
      { type: 'message_start', message: { usage: { input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 1 } } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 0, output_tokens: 7 } },
      { type: 'message_stop' },
    ],
    { usage: { input: 9, cacheRead: 4, output: 7 }, finishReason: 'stop', isComplete: true },
  ],
  ['cohere', [{ type: 'message-start', id: 'a' }], { responseId: 'a', isComplete: false }],
  [
    'cohere',
    [
      {
        type: 'message-end',
        delta: { finish_reason: 'COMPLETE', usage: { billed_units: { input_tokens: 3, output_tokens: 2 } } },
      },
    ],
    { usage: { input: 3, output: 2 }, finishReason: 'stop', isComplete: true },
  ],
  [
    'cohere',
    [
      {
        event_type: 'stream-end',
        finish_reason: 'MAX_TOKENS',
        response: { generation_id: 'g', meta: { billed_units: { input_tokens: 3, output_tokens: 2 } } },
      },
    ],
    { usage: { input: 3, output: 2 }, responseId: 'g', finishReason: 'length', isComplete: true },
  ],
  ['cohere', [{ event_type: 'stream-end', response: { finish_reason: 'COMPLETE' } }], { finishReason: 'stop' }],
  ['cohere', [{ event_type: 'x', error: { type: 'internal' } }], { errorType: 'internal', isComplete: false }],
  [
    'gemini-interactions',
    [{ event_type: 'interaction.complete', interaction: { id: 'i' } }],
    { responseId: 'i', isComplete: true },
  ],
  ['gemini-interactions', [{ event_type: 'interaction.completed', interaction: {} }], { isComplete: true }],
  [
    'gemini-interactions',
    [{ event_type: 'interaction.start', interaction: { id: 'i' } }],
    { responseId: 'i', isComplete: false },
  ],
  ['gemini-interactions', [{ event_type: 'error', error: { code: 503 } }], { errorType: '503' }],
  [
    'mistral-conversations',
    [
      { type: 'conversation.response.started', conversation_id: 'c' },
      { type: 'conversation.response.done', usage: { prompt_tokens: 3, completion_tokens: 2 } },
    ],
    { usage: { input: 3, output: 2 }, responseId: 'c', isComplete: true },
  ],
  ['mistral-conversations', [{ type: 'conversation.response.error', code: 7 }], { errorType: 'error' }],
  ['ollama', [{ done: true, done_reason: 'stop', eval_count: 2 }], { usage: { output: 2 }, isComplete: true }],
  ['ollama', [{ done: false }], { isComplete: false }],
  ['workers-ai', [{ response: 'x' }, '[DONE]'], { isComplete: true }],
  ['workers-ai', [{ response: 'x' }], { isComplete: false }],
  [
    'ai-gateway',
    [{ type: 'response-metadata', id: 'r', modelId: 'm' }],
    { responseId: 'r', model: 'm', isComplete: false },
  ],
  [
    'ai-gateway',
    [{ type: 'finish', finishReason: 'stop', usage: { inputTokens: 3, outputTokens: 2 } }],
    { usage: { input: 3, output: 2 }, finishReason: 'stop', isComplete: true },
  ],
  ['ai-gateway', [{ type: 'error', error: { type: 'rate_limit' } }], { errorType: 'rate_limit' }],
  ['ai-gateway', ['[DONE]'], { isComplete: true }],
  // Without its details a server of text generation is counted by its events, one for each token.
  [
    'tgi',
    [{ token: { id: 1 } }, { token: { id: 2 }, generated_text: 'x' }],
    { usage: { output: 2 }, isComplete: true },
  ],
  [
    'tgi',
    [
      { token: { id: 1 } },
      { token: { id: 2 }, generated_text: 'x', details: { generated_tokens: 5, finish_reason: 'length' } },
    ],
    { usage: { output: 5 }, finishReason: 'length' },
  ],
  ['tgi', [{ error: 'x', error_type: 'overloaded' }], { errorType: 'overloaded', usage: undefined }],
  // The chunk with the counts need not be that with the search.
  [
    'gemini',
    [
      { modelVersion: 'gemini-3-pro', candidates: [{ groundingMetadata: { webSearchQueries: ['a', 'b'] } }] },
      { candidates: [{ finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 3 } },
    ],
    { usage: { input: 4, output: 3, fees: [{ unit: 'grounding', quantity: 2 }] }, isComplete: true },
  ],
  [
    'gemini',
    [
      { modelVersion: 'gemini-3-pro', usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 3 } },
      { candidates: [{ finishReason: 'STOP', groundingMetadata: { webSearchQueries: ['a', 'b'] } }] },
    ],
    { usage: { input: 4, output: 3, fees: [{ unit: 'grounding', quantity: 2 }] }, isComplete: true },
  ],
  ['gemini', [{ usageMetadata: { promptTokenCount: 4 } }], { isComplete: false }],
])('a stream of %s of %j', (format, messages, facts) => {
  const read = streamed(format, ...messages)
  expect(Object.fromEntries(Object.keys(facts).map((name) => [name, read[name as keyof AnswerFacts]]))).toEqual(facts)
})

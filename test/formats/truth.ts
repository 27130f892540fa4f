import type { RequestCost } from '../../src/metadata/cost.ts'
import type { Usage } from '../../src/metadata/usage.ts'
import type { WireCall } from '../helpers/recorded-answer.ts'
import { chat, lines, sse } from '../helpers/wire-answers.ts'

/** An answer written by hand, and what is true of it, worked out by hand from the provider's documentation. */
export interface Truth {
  readonly format: string
  readonly what: string
  readonly call: WireCall
  readonly usage: Usage | undefined
  readonly status: RequestCost['status']
  /** Left out where no price is known; the sum stands beside it. */
  readonly usd?: number
  /** Who is paid, as the price table names providers. */
  readonly provider?: string
}

const openai = 'https://api.openai.com/v1'

const doubt = (path: string, value: number) => `it is not known what ${path} (${value}) is charged at`

/** Prices are USD for a million tokens, as the providers' pages had them on 2026-11-28. */
export const truths: readonly Truth[] = [
  // OpenAI chat and those who speak it. gpt-4o-mini: 0.15 in, 0.075 cached, 0.60 out.
  {
    format: 'openai-chat',
    what: 'cached tokens are in the prompt, reasoning in the completion',
    call: {
      url: `${openai}/chat/completions`,
      body: chat('o4-mini'),
      answer: {
        model: 'o4-mini-2025-04-16',
        usage: {
          prompt_tokens: 2000,
          completion_tokens: 500,
          total_tokens: 2500,
          prompt_tokens_details: { cached_tokens: 1500 },
          completion_tokens_details: { reasoning_tokens: 400 },
        },
      },
    },
    usage: { input: 500, cacheRead: 1500, output: 100, reasoning: 400 },
    status: 'priced',
    usd: 0.0031625, // 500 × 1.10 + 1,500 × 0.275 + 500 × 4.40
    provider: 'openai',
  },
  {
    format: 'openai-chat',
    what: 'Moonshot names cached tokens at the top',
    call: {
      url: 'https://api.moonshot.ai/v1/chat/completions',
      body: chat('kimi-k2-0905-preview'),
      answer: {
        model: 'kimi-k2-0905-preview',
        usage: { prompt_tokens: 1000, completion_tokens: 100, cached_tokens: 800 },
      },
    },
    usage: { input: 200, cacheRead: 800, output: 100 },
    status: 'priced',
    usd: 0.00049, // 200 × 0.60 + 800 × 0.15 + 100 × 2.50
    provider: 'moonshotai',
  },
  {
    format: 'openai-chat',
    what: 'Moonshot streams its usage in the last choice',
    call: {
      url: 'https://api.moonshot.ai/v1/chat/completions',
      body: { ...chat('kimi-k2-0905-preview'), stream: true },
      answer: sse(
        { model: 'kimi-k2-0905-preview', choices: [{ delta: { content: 'x' } }] },
        {
          choices: [
            {
              delta: {},
              finish_reason: 'stop',
              usage: { prompt_tokens: 1000, completion_tokens: 100, cached_tokens: 800 },
            },
          ],
        },
        '[DONE]',
      ),
    },
    usage: { input: 200, cacheRead: 800, output: 100 },
    status: 'priced',
    usd: 0.00049,
    provider: 'moonshotai',
  },
  {
    format: 'openai-chat',
    what: 'LiteLLM states cache writes of Claude in the details and at the top',
    call: {
      url: 'http://litellm:4000/v1/chat/completions',
      body: chat('claude-opus-4-5'),
      answer: {
        model: 'claude-opus-4-5',
        usage: {
          prompt_tokens: 98_805,
          completion_tokens: 5120,
          total_tokens: 103_925,
          prompt_tokens_details: { cached_tokens: 66_360, cache_creation_tokens: 32_435 },
          cache_creation_input_tokens: 32_435,
          cache_read_input_tokens: 66_360,
        },
      },
    },
    usage: { input: 10, cacheRead: 66_360, cacheWrite5m: 32_435, output: 5120 },
    status: 'priced',
    usd: 0.36394875, // 10 × 5 + 66,360 × 0.50 + 32,435 × 6.25 + 5,120 × 25
  },
  {
    format: 'openai-chat',
    what: 'LiteLLM states the lives of the writes',
    call: {
      url: 'http://litellm:4000/v1/chat/completions',
      body: chat('claude-opus-4-5'),
      answer: {
        model: 'claude-opus-4-5',
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 10,
          cache_creation_input_tokens: 900,
          cache_creation: { ephemeral_5m_input_tokens: 500, ephemeral_1h_input_tokens: 400 },
        },
      },
    },
    usage: { input: 100, cacheWrite5m: 500, cacheWrite1h: 400, output: 10 },
    status: 'priced',
    usd: 0.007875, // 100 × 5 + 500 × 6.25 + 400 × 10 + 10 × 25
  },
  {
    format: 'openai-chat',
    what: 'Alibaba states writes and their lives in the details',
    call: {
      url: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions',
      body: chat('qwen-plus'),
      answer: {
        usage: {
          prompt_tokens: 3000,
          completion_tokens: 10,
          total_tokens: 3010,
          prompt_tokens_details: {
            cached_tokens: 500,
            cache_creation_input_tokens: 2000,
            cache_creation: { ephemeral_5m_input_tokens: 2000 },
            cache_type: 'ephemeral',
          },
        },
      },
    },
    usage: { input: 500, cacheRead: 500, cacheWrite5m: 2000, output: 10 },
    status: 'unpriced',
    provider: 'dashscope',
  },
  {
    format: 'openai-chat',
    what: 'Together names cached tokens at the top',
    call: {
      url: 'https://api.together.xyz/v1/chat/completions',
      body: chat('nobody/knows-this'),
      answer: { usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, cached_tokens: 60 } },
    },
    usage: { input: 40, cacheRead: 60, output: 10 },
    status: 'unpriced',
    provider: 'together',
  },
  {
    format: 'openai-chat',
    what: 'a gateway that fills one spelling and leaves the other at 0',
    call: {
      url: 'http://gateway:8080/v1/chat/completions',
      body: chat('gpt-4o-mini'),
      answer: {
        model: 'gpt-4o-mini',
        usage: {
          prompt_tokens: 1000,
          input_tokens: 0,
          completion_tokens: 100,
          output_tokens: 0,
          prompt_tokens_details: { cached_tokens: 0 },
          cache_read_input_tokens: 400,
        },
      },
    },
    usage: { input: 600, cacheRead: 400, output: 100 },
    status: 'priced',
    usd: 0.00018, // 600 × 0.15 + 400 × 0.075 + 100 × 0.60
  },
  {
    format: 'openai-chat',
    what: "Gemini by OpenAI's path: thinking is in the total alone",
    call: {
      url: 'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions',
      body: chat('gemini-2.5-flash'),
      answer: { model: 'gemini-2.5-flash', usage: { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 } },
    },
    usage: { input: 20, output: 198, reasoning: 405 },
    status: 'priced',
    usd: 0.0015135, // 20 × 0.30 + 603 × 2.50
    provider: 'google',
  },
  {
    format: 'openai-chat',
    what: 'the same with reasoning stated as 0, behind a gateway',
    call: {
      url: 'http://one-hub:3000/v1/chat/completions',
      body: chat('gemini-2.5-flash'),
      answer: {
        model: 'google/gemini-2.5-flash',
        usage: {
          prompt_tokens: 20,
          completion_tokens: 198,
          total_tokens: 623,
          completion_tokens_details: { reasoning_tokens: 0 },
        },
      },
    },
    usage: { input: 20, output: 198, reasoning: 405 },
    status: 'priced',
    usd: 0.0015135,
  },
  {
    format: 'openai-chat',
    what: "Vertex's OpenAI path, as a stream",
    call: {
      url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi/chat/completions',
      body: { ...chat('google/gemini-2.5-flash'), stream: true },
      answer: sse(
        { model: 'google/gemini-2.5-flash', choices: [{ delta: { content: 'x' } }] },
        {
          choices: [{ delta: {}, finish_reason: 'stop' }],
          usage: { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 },
        },
        '[DONE]',
      ),
    },
    usage: { input: 20, output: 198, reasoning: 405 },
    status: 'priced',
    usd: 0.0015135,
    provider: 'google',
  },
  {
    format: 'openai-chat',
    what: 'a total above its parts of another model is a doubt',
    call: {
      url: `${openai}/chat/completions`,
      body: chat('gpt-4o-mini'),
      answer: { model: 'gpt-4o-mini', usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1500 } },
    },
    usage: {
      input: 1000,
      output: 100,
      statedTotal: 1500,
      doubts: ['400 tokens of the stated total belong to no class'],
    },
    status: 'partial',
    usd: 0.00021, // 1,000 × 0.15 + 100 × 0.60
    provider: 'openai',
  },
  {
    format: 'openai-chat',
    what: 'a count that is no whole number',
    call: {
      url: `${openai}/chat/completions`,
      body: chat('gpt-4o-mini'),
      answer: { model: 'gpt-4o-mini', usage: { prompt_tokens: 1000.5, completion_tokens: 100 } },
    },
    usage: { input: 1000, output: 100, doubts: ['prompt_tokens is 1000.5, which is no count'] },
    status: 'partial',
    usd: 0.00021,
    provider: 'openai',
  },
  {
    format: 'openai-chat',
    what: 'a number that nobody has heard of',
    call: {
      url: `${openai}/chat/completions`,
      body: chat('gpt-4o-mini'),
      answer: {
        model: 'gpt-4o-mini',
        usage: { prompt_tokens: 1000, completion_tokens: 100, telepathy: { thoughts_read: 3, refused: 0 } },
      },
    },
    usage: { input: 1000, output: 100, doubts: [doubt('telepathy.thoughts_read', 3)] },
    status: 'partial',
    usd: 0.00021,
    provider: 'openai',
  },
  {
    format: 'openai-chat',
    what: 'an object of billing that stands beside the usage',
    call: {
      url: 'https://api.groq.com/openai/v1/chat/completions',
      body: chat('llama-3.3-70b-versatile'),
      answer: {
        model: 'llama-3.3-70b-versatile',
        usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100, queue_time: 0.01, total_time: 0.2 },
        usage_breakdown: { models: [{ model: 'x', usage: { prompt_tokens: 7 } }] },
      },
    },
    usage: { input: 1000, output: 100, doubts: [doubt('usage_breakdown.models.*.usage.prompt_tokens', 7)] },
    status: 'partial',
    usd: 0.000669, // 1,000 × 0.59 + 100 × 0.79
    provider: 'groq',
  },
  {
    format: 'openai-chat',
    what: 'Groq states its tier in the answer; flex costs what on-demand does',
    call: {
      url: 'https://api.groq.com/openai/v1/chat/completions',
      body: { ...chat('llama-3.3-70b-versatile'), service_tier: 'auto' },
      answer: {
        model: 'llama-3.3-70b-versatile',
        usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
        service_tier: 'flex',
      },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.000669, // 1,000 × 0.59 + 100 × 0.79
    provider: 'groq',
  },
  {
    format: 'openai-chat',
    what: "Groq's performance tier is paid for in advance: a token has no price",
    call: {
      url: 'https://api.groq.com/openai/v1/chat/completions',
      body: { ...chat('llama-3.3-70b-versatile'), service_tier: 'auto' },
      answer: {
        model: 'llama-3.3-70b-versatile',
        usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
        service_tier: 'performance',
      },
    },
    usage: { input: 1000, output: 100 },
    status: 'unpriced',
    provider: 'groq',
  },
  {
    format: 'openai-chat',
    what: 'a search preview searches for every answer',
    call: {
      url: `${openai}/chat/completions`,
      body: chat('gpt-4o-search-preview'),
      answer: { model: 'gpt-4o-search-preview-2025-03-11', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'webSearch', quantity: 1, variant: 'preview' }] },
    status: 'priced',
    usd: 0.0285, // 1,000 × 2.50 + 100 × 10, and 0.025 for the search
    provider: 'openai',
  },
  {
    format: 'openai-chat',
    what: 'Perplexity states its cost',
    call: {
      url: 'https://api.perplexity.ai/chat/completions',
      body: chat('sonar'),
      answer: {
        model: 'sonar',
        usage: {
          prompt_tokens: 10,
          completion_tokens: 100,
          total_tokens: 110,
          search_context_size: 'low',
          cost: { input_tokens_cost: 0.00001, output_tokens_cost: 0.0001, request_cost: 0.005, total_cost: 0.00511 },
        },
      },
    },
    usage: { input: 10, output: 100, fees: [{ unit: 'request', quantity: 1, variant: 'low' }] },
    status: 'reported',
    usd: 0.00511,
    provider: 'perplexity',
  },
  {
    format: 'openai-chat',
    what: 'OpenRouter counts its searches and states its cost',
    call: {
      url: 'https://openrouter.ai/api/v1/chat/completions',
      body: chat('openai/gpt-4o-mini:online'),
      answer: {
        model: 'openai/gpt-4o-mini',
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 100,
          total_tokens: 1100,
          cost: 0.02021,
          cost_details: { upstream_inference_cost: 0 },
          server_tool_use: { web_search_requests: 5 },
        },
      },
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'webSearch', quantity: 5 }] },
    status: 'reported',
    usd: 0.02021,
    provider: 'openrouter',
  },
  {
    format: 'openai-chat',
    what: 'a proxy of LiteLLM states the cost in a header',
    call: {
      url: 'http://llm.corp.example/v1/chat/completions',
      body: chat('team-a-default'),
      headers: { 'x-litellm-response-cost': '0.00123', 'x-litellm-model-api-base': 'https://api.openai.com/v1' },
      answer: { model: 'team-a-default', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
    },
    usage: { input: 1000, output: 100 },
    status: 'reported',
    usd: 0.00123,
    provider: 'openai',
  },
  {
    format: 'openai-chat',
    what: 'a cost of 0 in the headers of a stream is not its cost',
    call: {
      url: 'http://llm.corp.example/v1/chat/completions',
      body: { ...chat('gpt-4o-mini'), stream: true },
      headers: { 'x-litellm-response-cost': '0.0' },
      answer: sse(
        { model: 'gpt-4o-mini', choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100 } },
        '[DONE]',
      ),
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.00021,
  },

  // xAI. grok-4-fast-non-reasoning states its cost in ticks: 10,000,000,000 for a dollar.
  {
    format: 'xai',
    what: 'reasoning is on top, and so are the calls of its tools',
    call: {
      url: 'https://api.x.ai/v1/chat/completions',
      body: chat('grok-4'),
      answer: {
        model: 'grok-4-0709',
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 100,
          total_tokens: 1300,
          completion_tokens_details: { reasoning_tokens: 200 },
          num_sources_used: 0,
          server_side_tool_usage_details: { web_search_calls: 2, x_search_calls: 1, mcp_calls: 3 },
        },
      },
    },
    usage: {
      input: 1000,
      output: 100,
      reasoning: 200,
      fees: [
        { unit: 'webSearch', quantity: 2 },
        { unit: 'xSearch', quantity: 1 },
      ],
    },
    status: 'priced',
    usd: 0.0225, // 1,000 × 3 + 300 × 15, and 3 × 0.005
    provider: 'x-ai',
  },
  {
    format: 'xai',
    what: 'calls of tools that are told beside the usage alone are a doubt',
    call: {
      url: 'https://api.x.ai/v1/chat/completions',
      body: chat('grok-4'),
      answer: {
        model: 'grok-4-0709',
        usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
        server_side_tool_usage: { SERVER_SIDE_TOOL_WEB_SEARCH: 2 },
      },
    },
    usage: {
      input: 1000,
      output: 100,
      doubts: [doubt('server_side_tool_usage.SERVER_SIDE_TOOL_WEB_SEARCH', 2)],
    },
    status: 'partial',
    usd: 0.0045, // 1,000 × 3 + 100 × 15
    provider: 'x-ai',
  },
  {
    format: 'xai',
    what: 'live search is charged by the source',
    call: {
      url: 'https://api.x.ai/v1/chat/completions',
      body: chat('grok-4'),
      answer: {
        model: 'grok-4-0709',
        usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100, num_sources_used: 4 },
      },
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'searchUnit', quantity: 4 }] },
    status: 'priced',
    usd: 0.1045, // 1,000 × 3 + 100 × 15, and 4 × 0.025
    provider: 'x-ai',
  },

  // OpenAI's Responses. gpt-4.1: 2 in, 8 out.
  {
    format: 'openai-responses',
    what: 'searches are charged; opening a page and a tool that was not called are not',
    call: {
      url: `${openai}/responses`,
      body: { model: 'gpt-4.1', input: 'x' },
      answer: {
        object: 'response',
        status: 'completed',
        model: 'gpt-4.1-2025-04-14',
        tools: [{ type: 'web_search' }, { type: 'file_search' }],
        output: [
          { type: 'web_search_call', action: { type: 'search' } },
          { type: 'web_search_call', action: { type: 'search' } },
          { type: 'web_search_call', action: { type: 'open_page' } },
          { type: 'web_search_call', action: { type: 'find_in_page' } },
          { type: 'message', content: [] },
        ],
        usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
      },
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'webSearch', quantity: 2 }] },
    status: 'priced',
    usd: 0.0228, // 1,000 × 2 + 100 × 8, and 2 × 0.01
    provider: 'openai',
  },
  {
    format: 'openai-responses',
    what: 'searches of files and a container, in the last event of a stream',
    call: {
      url: `${openai}/responses`,
      body: { model: 'gpt-4.1', input: 'x', stream: true },
      answer: sse(
        { type: 'response.created', response: { id: 'r', model: 'gpt-4.1-2025-04-14', usage: null } },
        { type: 'response.output_text.delta', delta: 'x' },
        {
          type: 'response.completed',
          response: {
            id: 'r',
            status: 'completed',
            model: 'gpt-4.1-2025-04-14',
            output: [
              { type: 'file_search_call' },
              { type: 'code_interpreter_call', container_id: 'c1' },
              { type: 'code_interpreter_call', container_id: 'c1' },
            ],
            usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
          },
        },
      ),
    },
    usage: {
      input: 1000,
      output: 100,
      fees: [
        { unit: 'fileSearch', quantity: 1 },
        { unit: 'codeInterpreter', quantity: 1 },
      ],
    },
    status: 'partial', // a container costs by the minute, and the answer does not tell how many
    usd: 0.0128, // 1,000 × 2 + 100 × 8, and 0.0025 + five minutes of 0.03 for twenty
    provider: 'openai',
  },
  {
    format: 'openai-responses',
    what: 'a picture that it painted has a price that is not known',
    call: {
      url: `${openai}/responses`,
      body: { model: 'gpt-4.1', input: 'x' },
      answer: {
        status: 'completed',
        model: 'gpt-4.1-2025-04-14',
        output: [{ type: 'image_generation_call', result: 'x' }],
        usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
      },
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'image', quantity: 1 }] },
    status: 'partial',
    usd: 0.0028,
    provider: 'openai',
  },

  // Images. gpt-image-1: 5 text in, 10 image in, 40 out. dall-e-3: 0.08 for a standard one of 1024x1792.
  {
    format: 'openai-images',
    what: 'tokens of text and pictures',
    call: {
      url: `${openai}/images/generations`,
      body: { model: 'gpt-image-1', prompt: 'x' },
      answer: {
        data: [{ b64_json: 'x' }],
        usage: {
          total_tokens: 1100,
          input_tokens: 50,
          output_tokens: 1050,
          input_tokens_details: { text_tokens: 10, image_tokens: 40 },
        },
      },
    },
    usage: { input: 10, inputImage: 40, outputImage: 1050 },
    status: 'priced',
    usd: 0.04245, // 10 × 5 + 40 × 10 + 1,050 × 40
    provider: 'openai',
  },
  {
    format: 'openai-images',
    what: 'pictures by number, quality and size',
    call: {
      url: `${openai}/images/generations`,
      body: { model: 'dall-e-3', prompt: 'x', size: '1024x1792' },
      answer: { data: [{ url: 'x' }] },
    },
    usage: { fees: [{ unit: 'image', quantity: 1, variant: 'standard 1024x1792' }] },
    status: 'priced',
    usd: 0.08,
    provider: 'openai',
  },

  // Sound. gpt-4o-transcribe: 2.50 text in, 6 audio in, 10 out. whisper-1: 0.006 a minute.
  {
    format: 'openai-transcriptions',
    what: 'tokens of sound; the model is a field of the form',
    call: {
      url: `${openai}/audio/transcriptions`,
      body: { model: 'gpt-4o-transcribe' },
      answer: {
        text: 'x',
        usage: {
          type: 'tokens',
          input_tokens: 14,
          input_token_details: { text_tokens: 0, audio_tokens: 14 },
          output_tokens: 45,
          total_tokens: 59,
        },
      },
    },
    usage: { input: 0, inputAudio: 14, output: 45 },
    status: 'priced',
    usd: 0.000534, // 14 × 6 + 45 × 10
    provider: 'openai',
  },
  {
    format: 'openai-transcriptions',
    what: 'seconds of sound',
    call: {
      url: `${openai}/audio/transcriptions`,
      body: { model: 'whisper-1' },
      answer: { text: 'x', usage: { type: 'duration', seconds: 90 } },
    },
    usage: { fees: [{ unit: 'audioSecond', quantity: 90 }] },
    status: 'priced',
    usd: 0.009, // a minute and a half
    provider: 'openai',
  },
  {
    format: 'openai-transcriptions',
    what: 'plain text counts nothing, and is no failure',
    call: {
      url: 'https://api.groq.com/openai/v1/audio/translations',
      body: { model: 'whisper-large-v3', response_format: 'text' },
      headers: { 'content-type': 'text/plain' },
      answer: 'x',
    },
    usage: undefined,
    status: 'unpriced',
    provider: 'groq',
  },
  {
    format: 'openai-speech',
    what: 'characters of the text that is spoken',
    call: {
      url: `${openai}/audio/speech`,
      body: { model: 'tts-1', voice: 'alloy', input: 'Grüße 👋' },
      headers: { 'content-type': 'audio/mpeg' },
      answer: 'ID3',
    },
    usage: { fees: [{ unit: 'character', quantity: 7 }] },
    status: 'priced',
    usd: 0.000105, // 7 × 15 for a million characters
    provider: 'openai',
  },
  {
    format: 'openai-speech',
    what: 'tokens in the last event',
    call: {
      url: `${openai}/audio/speech`,
      body: { model: 'gpt-4o-mini-tts', input: 'x', stream_format: 'sse' },
      answer: sse(
        { type: 'speech.audio.delta', audio: 'x' },
        { type: 'speech.audio.done', usage: { input_tokens: 10, output_tokens: 100, total_tokens: 110 } },
      ),
    },
    usage: { input: 10, output: 100 },
    status: 'priced',
    usd: 0.001206, // 10 × 0.60 + 100 × 12
    provider: 'openai',
  },
  {
    format: 'openai-moderations',
    what: 'one request, which counts nothing',
    call: {
      url: `${openai}/moderations`,
      body: { input: 'x' },
      answer: { model: 'omni-moderation-latest', results: [{}] },
    },
    usage: { input: 0 },
    status: 'priced',
    usd: 0,
    provider: 'openai',
  },

  // Embeddings have input alone. voyage-3.5: 0.06.
  {
    format: 'openai-embeddings',
    what: 'Voyage states a total alone',
    call: {
      url: 'https://api.voyageai.com/v1/embeddings',
      body: { model: 'voyage-3.5', input: ['x'] },
      answer: { model: 'voyage-3.5', usage: { total_tokens: 1000 } },
    },
    usage: { input: 1000 },
    status: 'priced',
    usd: 0.00006,
    provider: 'voyageai',
  },
  {
    format: 'openai-embeddings',
    what: 'so does Jina',
    call: {
      url: 'https://api.jina.ai/v1/embeddings',
      body: { model: 'jina-embeddings-v3', input: ['x'] },
      answer: { model: 'jina-embeddings-v3', usage: { total_tokens: 12 } },
    },
    usage: { input: 12 },
    status: 'unpriced',
    provider: 'jina',
  },
  {
    format: 'openai-embeddings',
    what: 'pictures of Voyage are charged by the pixel',
    call: {
      url: 'https://api.voyageai.com/v1/multimodalembeddings',
      body: { model: 'voyage-multimodal-3', inputs: [{}] },
      answer: { model: 'voyage-multimodal-3', usage: { text_tokens: 10, image_pixels: 5600, total_tokens: 20 } },
    },
    usage: { input: 20, doubts: [doubt('image_pixels', 5600)] },
    status: 'unpriced',
    provider: 'voyageai',
  },
  {
    format: 'rerank',
    what: 'Voyage counts tokens',
    call: {
      url: 'https://api.voyageai.com/v1/rerank',
      body: { model: 'rerank-2.5', query: 'x', documents: ['y'] },
      answer: { model: 'rerank-2.5', data: [], usage: { total_tokens: 26 } },
    },
    usage: { input: 26 },
    status: 'unpriced',
    provider: 'voyageai',
  },
  {
    format: 'rerank',
    what: "Cohere's on another host counts search units",
    call: {
      url: 'https://x.models.ai.azure.com/v1/rerank',
      body: { model: 'cohere-rerank', query: 'x', documents: ['y'] },
      answer: { results: [], meta: { api_version: { version: '1' }, billed_units: { search_units: 2 } } },
    },
    usage: { fees: [{ unit: 'searchUnit', quantity: 2 }] },
    status: 'unpriced',
    provider: 'azure',
  },

  // Cohere: what is billed, not what is read. command-a: 2.50 in, 10 out.
  {
    format: 'cohere',
    what: 'billed units',
    call: {
      url: 'https://api.cohere.com/v2/chat',
      body: chat('command-a-03-2025'),
      answer: {
        finish_reason: 'COMPLETE',
        usage: {
          billed_units: { input_tokens: 5, output_tokens: 418 },
          tokens: { input_tokens: 71, output_tokens: 418 },
        },
      },
    },
    usage: { input: 5, output: 418 },
    status: 'priced',
    usd: 0.0041925, // 5 × 2.50 + 418 × 10
    provider: 'cohere',
  },
  {
    format: 'cohere',
    what: 'a stream of the second version',
    call: {
      url: 'https://api.cohere.com/v2/chat',
      body: { ...chat('command-a-03-2025'), stream: true },
      answer: sse(
        { type: 'message-start', id: 'm1', delta: { message: { role: 'assistant' } } },
        { type: 'content-delta', index: 0, delta: { message: { content: { text: 'x' } } } },
        {
          type: 'message-end',
          delta: {
            finish_reason: 'MAX_TOKENS',
            usage: {
              billed_units: { input_tokens: 5, output_tokens: 418 },
              tokens: { input_tokens: 71, output_tokens: 418 },
            },
          },
        },
      ),
    },
    usage: { input: 5, output: 418 },
    status: 'priced',
    usd: 0.0041925,
    provider: 'cohere',
  },
  {
    format: 'cohere',
    what: 'a stream of the first version',
    call: {
      url: 'https://api.cohere.com/v1/chat',
      body: { model: 'command-a-03-2025', message: 'x', stream: true },
      headers: { 'content-type': 'application/stream+json' },
      answer: lines(
        { event_type: 'stream-start', generation_id: 'g' },
        { event_type: 'text-generation', text: 'x' },
        {
          event_type: 'stream-end',
          finish_reason: 'COMPLETE',
          response: { response_id: 'r', meta: { billed_units: { input_tokens: 5, output_tokens: 418 } } },
        },
      ),
    },
    usage: { input: 5, output: 418 },
    status: 'priced',
    usd: 0.0041925,
    provider: 'cohere',
  },
  {
    format: 'cohere',
    what: 'search units of its rerank',
    call: {
      url: 'https://api.cohere.com/v2/rerank',
      body: { model: 'rerank-v3.5', query: 'x', documents: ['y'] },
      answer: { results: [], meta: { billed_units: { search_units: 3 } } },
    },
    usage: { fees: [{ unit: 'searchUnit', quantity: 3 }] },
    status: 'priced',
    usd: 0.006, // 3 × 2 for a thousand
    provider: 'cohere',
  },
  {
    format: 'cohere',
    what: 'embeddings',
    call: {
      url: 'https://api.cohere.com/v2/embed',
      body: { model: 'embed-v4.0', texts: ['x'], input_type: 'search_document' },
      answer: { embeddings: {}, meta: { billed_units: { input_tokens: 1000 } } },
    },
    usage: { input: 1000 },
    status: 'priced',
    usd: 0.00012, // 1,000 × 0.12
    provider: 'cohere',
  },

  // Anthropic. claude-sonnet-4-5: 3 in, 0.30 read, 3.75 written, 15 out, 0.01 a search.
  {
    format: 'anthropic',
    what: 'searches are charged, pages that are fetched are not',
    call: {
      url: 'https://api.anthropic.com/v1/messages',
      body: { ...chat('claude-sonnet-4-5'), max_tokens: 9 },
      answer: {
        type: 'message',
        model: 'claude-sonnet-4-5-20250929',
        usage: {
          input_tokens: 105,
          output_tokens: 6039,
          cache_read_input_tokens: 7123,
          cache_creation_input_tokens: 7345,
          server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 },
          service_tier: 'standard',
        },
      },
    },
    usage: {
      input: 105,
      cacheRead: 7123,
      cacheWrite5m: 7345,
      output: 6039,
      fees: [{ unit: 'webSearch', quantity: 3 }],
    },
    status: 'priced',
    usd: 0.15058065, // 105 × 3 + 7,123 × 0.30 + 7,345 × 3.75 + 6,039 × 15, and 3 × 0.01
    provider: 'anthropic',
  },
  {
    format: 'anthropic',
    what: 'in the United States alone everything costs a tenth more',
    call: {
      url: 'https://api.anthropic.com/v1/messages',
      body: { ...chat('claude-opus-4-6'), max_tokens: 9 },
      answer: {
        type: 'message',
        model: 'claude-opus-4-6',
        usage: { input_tokens: 1000, output_tokens: 100, inference_geo: 'us' },
      },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.00825, // (1,000 × 5 + 100 × 25) × 1.1
    provider: 'anthropic',
  },
  {
    format: 'anthropic',
    what: 'and nothing more where the place is left open',
    call: {
      url: 'https://api.anthropic.com/v1/messages',
      body: { ...chat('claude-opus-4-6'), max_tokens: 9 },
      answer: {
        type: 'message',
        model: 'claude-opus-4-6',
        usage: { input_tokens: 1000, output_tokens: 100, inference_geo: 'global' },
      },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.0075, // 1,000 × 5 + 100 × 25
    provider: 'anthropic',
  },
  {
    format: 'anthropic',
    what: 'the time that code ran for is not told',
    call: {
      url: 'https://api.anthropic.com/v1/messages',
      body: { ...chat('claude-sonnet-4-5'), max_tokens: 9 },
      answer: {
        type: 'message',
        model: 'claude-sonnet-4-5-20250929',
        usage: { input_tokens: 1000, output_tokens: 100, server_tool_use: { code_execution_requests: 2 } },
      },
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'codeInterpreter', quantity: 2 }] },
    status: 'partial',
    usd: 0.0045,
    provider: 'anthropic',
  },

  // Bedrock.
  {
    format: 'bedrock-converse',
    what: 'writes by their lives',
    call: {
      url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse',
      answer: {
        stopReason: 'end_turn',
        usage: {
          inputTokens: 100,
          outputTokens: 10,
          totalTokens: 1610,
          cacheReadInputTokens: 1000,
          cacheWriteInputTokens: 500,
          cacheDetails: [
            { ttl: '5m', inputTokens: 300 },
            { ttl: '1h', inputTokens: 200 },
          ],
        },
      },
    },
    usage: { input: 100, cacheRead: 1000, cacheWrite5m: 300, cacheWrite1h: 200, output: 10 },
    status: 'priced',
    usd: 0.003075, // 100 × 3 + 1,000 × 0.30 + 300 × 3.75 + 200 × 6 + 10 × 15
    provider: 'aws',
  },

  // Gemini. gemini-2.5-flash: 0.30 in, 1 audio in, 2.50 out, 0.035 for a grounded prompt; gemini-3: 0.014 a query.
  {
    format: 'gemini',
    what: 'a grounded prompt is charged once before Gemini 3',
    call: {
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
      answer: {
        modelVersion: 'gemini-2.5-flash',
        candidates: [
          { finishReason: 'STOP', groundingMetadata: { webSearchQueries: ['a', 'b'], groundingChunks: [{ web: {} }] } },
        ],
        usageMetadata: {
          promptTokenCount: 1000,
          candidatesTokenCount: 100,
          totalTokenCount: 1100,
          promptTokensDetails: [{ modality: 'TEXT', tokenCount: 1000 }],
        },
      },
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'grounding', quantity: 1 }] },
    status: 'priced',
    usd: 0.03555, // 1,000 × 0.30 + 100 × 2.50, and 0.035
    provider: 'google',
  },
  {
    format: 'gemini',
    what: 'each query is charged since, also where a chunk of its own tells them',
    call: {
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-preview:streamGenerateContent?alt=sse',
      answer: sse(
        {
          modelVersion: 'gemini-3-pro-preview',
          candidates: [{ content: { parts: [{ text: 'x' }] }, groundingMetadata: { webSearchQueries: ['a', 'b'] } }],
          usageMetadata: { promptTokenCount: 1000, totalTokenCount: 1000 },
        },
        {
          modelVersion: 'gemini-3-pro-preview',
          candidates: [{ finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 100, totalTokenCount: 1100 },
        },
      ),
    },
    usage: { input: 1000, output: 100, fees: [{ unit: 'grounding', quantity: 2 }] },
    status: 'priced',
    usd: 0.0312, // 1,000 × 2 + 100 × 12, and 2 × 0.014
    provider: 'google',
  },
  {
    format: 'gemini',
    what: 'embeddings count their prompt, where they count at all',
    call: {
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:embedContent',
      answer: { embedding: { values: [0.1] } },
    },
    usage: undefined,
    status: 'unpriced',
    provider: 'google',
  },
  {
    format: 'gemini-interactions',
    what: 'thinking and tools are on top',
    call: {
      url: 'https://generativelanguage.googleapis.com/v1beta/interactions',
      body: { model: 'gemini-2.5-flash', input: 'x' },
      answer: {
        id: 'i1',
        model: 'gemini-2.5-flash',
        status: 'completed',
        usage: {
          total_input_tokens: 1000,
          input_tokens_by_modality: [{ modality: 'text', tokens: 1000 }],
          total_cached_tokens: 400,
          total_output_tokens: 100,
          total_tool_use_tokens: 50,
          total_thought_tokens: 30,
          total_tokens: 1180,
          grounding_tool_count: [{ type: 'google_search', count: 1 }],
        },
      },
    },
    usage: { input: 650, cacheRead: 400, output: 100, reasoning: 30, fees: [{ unit: 'grounding', quantity: 1 }] },
    status: 'priced',
    usd: 0.035532, // 650 × 0.30 + 400 × 0.03 + 130 × 2.50, and 0.035
    provider: 'google',
  },
  {
    format: 'vertex-predict',
    what: 'tokens of each text',
    call: {
      url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-embedding-001:predict',
      body: { instances: [{ content: 'x' }, { content: 'y' }] },
      answer: {
        predictions: [
          { embeddings: { values: [1], statistics: { truncated: false, token_count: 600 } } },
          { embeddings: { values: [1], statistics: { truncated: false, token_count: 400 } } },
        ],
        metadata: { billableCharacterCount: 3000 },
      },
    },
    usage: { input: 1000 },
    status: 'partial', // its price in that region is not known
    provider: 'google',
  },
  {
    format: 'vertex-predict',
    what: 'pictures',
    call: {
      url: 'https://generativelanguage.googleapis.com/v1beta/models/imagen-4.0-generate-001:predict',
      body: { instances: [{ prompt: 'x' }], parameters: { sampleCount: 2 } },
      answer: { predictions: [{ mimeType: 'image/png', bytesBase64Encoded: 'x' }, { mimeType: 'image/png' }] },
    },
    usage: { fees: [{ unit: 'image', quantity: 2 }] },
    status: 'priced',
    usd: 0.08, // 2 × 0.04
    provider: 'google',
  },
  {
    format: 'vertex-raw-predict',
    what: "Mistral's models on Vertex",
    call: {
      url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/mistralai/models/mistral-medium-3:rawPredict',
      body: chat('mistral-medium-3'),
      answer: { model: 'mistral-medium-3', usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.0006, // 1,000 × 0.40 + 100 × 2
    provider: 'google',
  },

  // Mistral. OCR: 0.004 a page since 2026-06-23.
  {
    format: 'mistral-ocr',
    what: 'pages',
    call: {
      url: 'https://api.mistral.ai/v1/ocr',
      body: { model: 'mistral-ocr-latest', document: {} },
      answer: { model: 'mistral-ocr-latest', pages: [], usage_info: { pages_processed: 5, doc_size_bytes: 1234 } },
    },
    usage: { fees: [{ unit: 'page', quantity: 5 }] },
    status: 'priced',
    usd: 0.02,
    provider: 'mistral',
  },
  {
    format: 'mistral-conversations',
    what: 'connectors',
    call: {
      url: 'https://api.mistral.ai/v1/conversations',
      body: { model: 'mistral-medium-2508', inputs: 'x' },
      answer: {
        conversation_id: 'c',
        usage: {
          prompt_tokens: 100,
          completion_tokens: 10,
          total_tokens: 150,
          connector_tokens: 40,
          connectors: { web_search: 2 },
        },
      },
    },
    usage: { input: 140, output: 10, fees: [{ unit: 'webSearch', quantity: 2 }] },
    status: 'partial', // no page or table tells what a search costs
    usd: 0.000076, // 140 × 0.40 + 10 × 2
    provider: 'mistral',
  },
  {
    format: 'ollama',
    what: 'embeddings of its older path count nothing',
    call: {
      url: 'http://localhost:11434/api/embeddings',
      body: { model: 'nomic-embed-text', prompt: 'x' },
      answer: { embedding: [0.1] },
    },
    usage: undefined,
    status: 'free',
    provider: 'ollama',
  },

  // Gateways and clouds.
  {
    format: 'ai-gateway',
    what: 'the model is in a header, the cost in the answer',
    call: {
      url: 'https://ai-gateway.vercel.sh/v3/ai/language-model',
      requestHeaders: { 'ai-language-model-id': 'openai/gpt-4o-mini', 'ai-language-model-streaming': 'false' },
      body: { prompt: [] },
      answer: {
        content: [],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: { inputTokens: { total: 1000, noCache: 1000 }, outputTokens: { total: 100, text: 100 } },
        providerMetadata: { gateway: { cost: '0.00021' } },
      },
    },
    usage: { input: 1000, output: 100 },
    status: 'reported',
    usd: 0.00021,
  },
  {
    format: 'ai-gateway',
    what: 'a stream',
    call: {
      url: 'https://ai-gateway.vercel.sh/v3/ai/language-model',
      requestHeaders: { 'ai-language-model-id': 'openai/gpt-4o-mini', 'ai-language-model-streaming': 'true' },
      body: { prompt: [] },
      answer: sse(
        { type: 'stream-start', warnings: [] },
        { type: 'text-delta', id: '0', delta: 'x' },
        {
          type: 'finish',
          finishReason: { unified: 'length', raw: 'length' },
          usage: {
            inputTokens: { total: 1000, noCache: 600, cacheRead: 400 },
            outputTokens: { total: 100, reasoning: 60 },
          },
          providerMetadata: { gateway: { cost: '0.00018' } },
        },
      ),
    },
    usage: { input: 600, cacheRead: 400, output: 40, reasoning: 60 },
    status: 'reported',
    usd: 0.00018,
  },
  {
    format: 'ai-gateway',
    what: 'embeddings',
    call: {
      url: 'https://ai-gateway.vercel.sh/v3/ai/embedding-model',
      requestHeaders: { 'ai-model-id': 'openai/text-embedding-3-small' },
      body: { values: ['x'] },
      answer: { embeddings: [[0.1]], usage: { tokens: 1000 } },
    },
    usage: { input: 1000 },
    status: 'priced',
    usd: 0.00002,
  },
  {
    format: 'databricks',
    what: 'a model of a workspace',
    call: {
      url: 'https://adb-1.azuredatabricks.net/serving-endpoints/databricks-claude-sonnet-4-5/invocations',
      body: { messages: [] },
      answer: { model: 'claude-sonnet-4-5', usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } },
    },
    usage: { input: 10, output: 5 },
    status: 'unpriced',
    provider: 'databricks',
  },
  {
    format: 'workers-ai',
    what: 'the usage is in the result',
    call: {
      url: 'https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama-3.1-8b-instruct',
      body: { messages: [] },
      answer: {
        result: { response: 'x', usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } },
        success: true,
      },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.0003647, // 1,000 × 0.282 + 100 × 0.827
    provider: 'cloudflare',
  },
  {
    format: 'openai-chat',
    what: "Cloudflare's gateway names the provider in its path",
    call: {
      url: 'https://gateway.ai.cloudflare.com/v1/acct/gw/groq/chat/completions',
      body: chat('llama-3.3-70b-versatile'),
      answer: { model: 'llama-3.3-70b-versatile', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.000669,
    provider: 'groq',
  },
  {
    format: 'xai',
    what: "Cloudflare's gateway in front of xAI: reasoning is on top",
    call: {
      url: 'https://gateway.ai.cloudflare.com/v1/acct/gw/grok/v1/chat/completions',
      body: chat('grok-4'),
      answer: {
        model: 'grok-4-0709',
        usage: { prompt_tokens: 1000, completion_tokens: 100, completion_tokens_details: { reasoning_tokens: 200 } },
      },
    },
    usage: { input: 1000, output: 100, reasoning: 200 },
    status: 'priced',
    usd: 0.0075, // 1,000 × 3 + 300 × 15
    provider: 'x-ai',
  },
  {
    format: 'openai-chat',
    what: 'Portkey is told the provider in a header',
    call: {
      url: 'https://api.portkey.ai/v1/chat/completions',
      requestHeaders: { 'x-portkey-provider': 'groq' },
      body: chat('llama-3.3-70b-versatile'),
      answer: { model: 'llama-3.3-70b-versatile', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.000669,
    provider: 'groq',
  },
  {
    format: 'openai-chat',
    what: 'Helicone is told the address',
    call: {
      url: 'https://gateway.helicone.ai/openai/v1/chat/completions',
      requestHeaders: { 'helicone-target-url': 'https://api.groq.com' },
      body: chat('llama-3.3-70b-versatile'),
      answer: { model: 'llama-3.3-70b-versatile', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.000669,
    provider: 'groq',
  },
  {
    format: 'anthropic',
    what: 'Helicone in front of Anthropic',
    call: {
      url: 'https://anthropic.helicone.ai/v1/messages',
      body: { ...chat('claude-sonnet-4-5'), max_tokens: 9 },
      answer: { type: 'message', model: 'claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 100 } },
    },
    usage: { input: 1000, output: 100 },
    status: 'priced',
    usd: 0.0045, // 1,000 × 3 + 100 × 15
    provider: 'anthropic',
  },
]

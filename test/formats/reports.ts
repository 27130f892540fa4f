import type { RequestCost } from '../../src/metadata/cost.ts'
import type { WireCall } from '../helpers/recorded-answer.ts'
import { chat, sse } from '../helpers/wire-answers.ts'

/** What users of other tools reported to be wrong, played again, with what is right. */
export interface Report {
  /** Where it was reported: repository and number. */
  readonly at: string
  readonly what: string
  readonly call: WireCall
  readonly status: RequestCost['status']
  /** Worked out by hand; left out where the status says that nobody can know. */
  readonly usd?: number
  /** A part of the reason, where the amount is not whole. */
  readonly because?: string
}

const openai = 'https://api.openai.com/v1'
const anthropic = 'https://api.anthropic.com/v1/messages'
const xai = 'https://api.x.ai/v1/chat/completions'
const groq = 'https://api.groq.com/openai/v1/chat/completions'
const openrouter = 'https://openrouter.ai/api/v1/chat/completions'
const perplexity = 'https://api.perplexity.ai/chat/completions'
const gateway = 'http://gateway.example:4000/v1/chat/completions'

const gemini = (model: string) => `https://generativelanguage.googleapis.com/v1beta/models/${model}:generateContent`
const bedrock = (model: string) =>
  `https://bedrock-runtime.us-east-1.amazonaws.com/model/${encodeURIComponent(model)}/converse`

const contents = { contents: [] }
const message = (model: string, rest: object = {}) => chat(model, { max_tokens: 9, ...rest })
const claude = (model: string, usage: object) => ({ type: 'message', model, usage })
const candidates = (usageMetadata: object, modelVersion: string) => ({
  modelVersion,
  candidates: [{ finishReason: 'STOP' }],
  usageMetadata,
})
const response = (rest: object) => ({ object: 'response', id: 'r', output: [], ...rest })

/** Events of Anthropic's streams: the message begins with one usage and ends with another. */
function messageEvents(model: string, start: object, delta: object): string {
  return sse(
    { type: 'message_start', message: { model, id: 'm', usage: start } },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: delta },
    { type: 'message_stop' },
  )
}

/** By the kind of fault, each of which has other members than the one that was reported first. Prices are USD for a million. */
export const reports: Readonly<Record<string, readonly Report[]>> = {
  'cached tokens, counted twice, at the wrong price or not at all': [
    {
      at: 'BerriAI/litellm#9812',
      what: "Claude's writes are charged once",
      call: {
        url: anthropic,
        body: message('claude-3-7-sonnet-20250219'),
        answer: claude('claude-3-7-sonnet-20250219', {
          input_tokens: 3,
          cache_creation_input_tokens: 12_304,
          cache_read_input_tokens: 0,
          output_tokens: 550,
        }),
      },
      status: 'priced',
      usd: 0.054399, // 3 × 3 + 12,304 × 3.75 + 550 × 15
    },
    {
      at: 'BerriAI/litellm#11789',
      what: 'a gateway that leaves the details at 0 and counts at the top',
      call: {
        url: gateway,
        body: chat('claude-sonnet-4-5'),
        answer: {
          model: 'claude-sonnet-4-5',
          usage: {
            total_tokens: 2482,
            prompt_tokens: 2459,
            completion_tokens: 23,
            prompt_tokens_details: { audio_tokens: null, cached_tokens: 0 },
            cache_read_input_tokens: 2455,
            cache_creation_input_tokens: 0,
          },
        },
      },
      status: 'priced',
      usd: 0.0010935, // 4 × 3 + 2,455 × 0.30 + 23 × 15
    },
    {
      at: 'BerriAI/litellm#14849',
      what: 'the text tokens of Gemini have the cached ones in them',
      call: {
        url: gateway,
        body: chat('gemini-2.5-flash'),
        answer: {
          model: 'gemini-2.5-flash',
          usage: {
            prompt_tokens: 262_960,
            completion_tokens: 1744,
            total_tokens: 264_704,
            prompt_tokens_details: { text_tokens: 262_960, cached_tokens: 257_955 },
          },
        },
      },
      status: 'priced',
      usd: 0.01360015, // 5,005 × 0.30 + 257,955 × 0.03 + 1,744 × 2.50
    },
    {
      at: 'Arize-ai/phoenix#10036',
      what: 'Bedrock, in one region of which Claude costs a tenth more',
      call: {
        url: bedrock('us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
        body: { messages: [] },
        answer: {
          usage: {
            inputTokens: 3,
            outputTokens: 12,
            totalTokens: 13_256,
            cacheReadInputTokens: 13_216,
            cacheWriteInputTokens: 25,
          },
          stopReason: 'end_turn',
        },
      },
      status: 'priced',
      usd: 0.004672305, // 3 × 3.30 + 13,216 × 0.33 + 25 × 4.125 + 12 × 16.50
    },
    {
      at: 'Arize-ai/phoenix#10783',
      what: 'what the total has beyond input and output is no output',
      call: {
        url: bedrock('global.anthropic.claude-sonnet-4-5-20250929-v1:0'),
        body: { messages: [] },
        answer: {
          usage: {
            inputTokens: 3,
            outputTokens: 442,
            totalTokens: 8712,
            cacheReadInputTokens: 7917,
            cacheWriteInputTokens: 350,
          },
        },
      },
      status: 'priced',
      usd: 0.0103266, // 3 × 3 + 7,917 × 0.30 + 350 × 3.75 + 442 × 15
    },
    {
      at: 'UKGovernmentBEIS/inspect_ai#5529',
      what: "Groq's cached tokens are in the prompt",
      call: {
        url: groq,
        body: chat('openai/gpt-oss-120b'),
        answer: {
          model: 'openai/gpt-oss-120b',
          usage: {
            prompt_tokens: 1000,
            completion_tokens: 100,
            total_tokens: 1100,
            prompt_tokens_details: { cached_tokens: 990 },
            completion_tokens_details: { reasoning_tokens: 60 },
          },
        },
      },
      status: 'priced',
      usd: 0.00013575, // 10 × 0.15 + 990 × 0.075 + 100 × 0.60
    },
    {
      at: 'BerriAI/litellm#19772',
      what: "so are xAI's, and its text tokens have them too",
      call: {
        url: xai,
        body: chat('grok-3-mini'),
        answer: {
          model: 'grok-3-mini',
          usage: {
            prompt_tokens: 616,
            completion_tokens: 10,
            total_tokens: 626,
            prompt_tokens_details: { text_tokens: 616, cached_tokens: 615, audio_tokens: 0, image_tokens: 0 },
          },
        },
      },
      status: 'priced',
      usd: 0.000051425, // 1 × 0.30 + 615 × 0.075 + 10 × 0.50
    },
    {
      at: 'vercel/ai#14482',
      what: 'reads without a write',
      call: {
        url: anthropic,
        body: message('claude-sonnet-4-5'),
        answer: claude('claude-sonnet-4-5-20250929', {
          input_tokens: 12,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 6209,
          output_tokens: 100,
        }),
      },
      status: 'priced',
      usd: 0.0033987, // 12 × 3 + 6,209 × 0.30 + 100 × 15
    },
    {
      at: 'latitude-dev/latitude-llm#4348',
      what: 'writes that live for an hour cost twice the input',
      call: {
        url: anthropic,
        body: message('claude-opus-4-5'),
        answer: claude('claude-opus-4-5', {
          input_tokens: 4,
          output_tokens: 100,
          cache_creation_input_tokens: 1000,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1000 },
        }),
      },
      status: 'priced',
      usd: 0.01252, // 4 × 5 + 1,000 × 10 + 100 × 25
    },
    {
      at: 'Arize-ai/phoenix#13379, the other way round',
      what: 'a total that has the cached tokens beside the prompt says that they are no part of it',
      call: {
        url: gateway,
        body: chat('claude-sonnet-4-5'),
        answer: {
          model: 'claude-sonnet-4-5',
          usage: {
            prompt_tokens: 5000,
            completion_tokens: 100,
            total_tokens: 9100,
            prompt_tokens_details: { cached_tokens: 4000 },
          },
        },
      },
      status: 'priced',
      usd: 0.0177, // 5,000 × 3 + 4,000 × 0.30 + 100 × 15
    },
  ],

  'thinking that is not in the output': [
    {
      at: 'vercel/ai#6082',
      what: "Gemini's thoughts are beside its candidates",
      call: {
        url: gemini('gemini-2.5-pro'),
        body: contents,
        answer: candidates(
          {
            promptTokenCount: 7477,
            candidatesTokenCount: 2060,
            totalTokenCount: 11_476,
            thoughtsTokenCount: 1939,
          },
          'gemini-2.5-pro',
        ),
      },
      status: 'priced',
      usd: 0.04933625, // 7,477 × 1.25 + 3,999 × 10
    },
    {
      at: 'BerriAI/litellm#24622',
      what: 'what a tool put into the prompt is input, and no more thinking for it',
      call: {
        url: gemini('gemini-2.5-flash'),
        body: contents,
        answer: candidates(
          {
            promptTokenCount: 27,
            toolUsePromptTokenCount: 10_309,
            candidatesTokenCount: 45,
            thoughtsTokenCount: 82,
            totalTokenCount: 10_463,
          },
          'gemini-2.5-flash',
        ),
      },
      status: 'priced',
      usd: 0.0034183, // 10,336 × 0.30 + 127 × 2.50
    },
    {
      at: 'confident-ai/deepeval#2943',
      what: 'all of the answer was thinking',
      call: {
        url: gemini('gemini-2.5-pro'),
        body: contents,
        answer: candidates(
          { promptTokenCount: 1000, thoughtsTokenCount: 500, totalTokenCount: 1500 },
          'gemini-2.5-pro',
        ),
      },
      status: 'priced',
      usd: 0.00625, // 1,000 × 1.25 + 500 × 10
    },
    {
      at: 'vercel/ai#12425',
      what: "xAI's reasoning is on top of the completion",
      call: {
        url: xai,
        body: chat('grok-3-mini'),
        answer: {
          model: 'grok-3-mini',
          usage: {
            prompt_tokens: 12,
            completion_tokens: 1,
            total_tokens: 399,
            completion_tokens_details: { reasoning_tokens: 386 },
          },
        },
      },
      status: 'priced',
      usd: 0.0001971, // 12 × 0.30 + 387 × 0.50
    },
    {
      at: 'vercel/ai#9774',
      what: 'so it is beside cached tokens',
      call: {
        url: xai,
        body: chat('grok-4-fast'),
        answer: {
          model: 'grok-4-fast',
          usage: {
            prompt_tokens: 2640,
            completion_tokens: 182,
            total_tokens: 3494,
            prompt_tokens_details: { text_tokens: 2640, audio_tokens: 0, image_tokens: 0, cached_tokens: 473 },
            completion_tokens_details: { reasoning_tokens: 672, audio_tokens: 0 },
            num_sources_used: 0,
          },
        },
      },
      status: 'priced',
      usd: 0.00088405, // 2,167 × 0.20 + 473 × 0.05 + 854 × 0.50
    },
    {
      at: 'UKGovernmentBEIS/inspect_ai#5528',
      what: 'and in a stream',
      call: {
        url: xai,
        body: chat('grok-3-mini', { stream: true }),
        answer: sse(
          { model: 'grok-3-mini', choices: [{ delta: { content: 'x' } }] },
          {
            model: 'grok-3-mini',
            choices: [{ delta: {}, finish_reason: 'stop' }],
            usage: {
              prompt_tokens: 100,
              completion_tokens: 10,
              total_tokens: 510,
              completion_tokens_details: { reasoning_tokens: 400 },
            },
          },
          '[DONE]',
        ),
      },
      status: 'priced',
      usd: 0.000235, // 100 × 0.30 + 410 × 0.50
    },
  ],

  'a stream that counts more than once': [
    {
      at: 'envoyproxy/ai-gateway#1631',
      what: 'a 0 at the end takes nothing back',
      call: {
        url: anthropic,
        body: message('claude-sonnet-4-5', { stream: true }),
        answer: messageEvents(
          'claude-sonnet-4-5-20250929',
          { input_tokens: 1000, output_tokens: 1 },
          { input_tokens: 0, output_tokens: 100 },
        ),
      },
      status: 'priced',
      usd: 0.0045, // 1,000 × 3 + 100 × 15
    },
    {
      at: 'earendil-works/pi#1045',
      what: 'the end counts the output alone',
      call: {
        url: 'https://api.portkey.ai/v1/messages',
        requestHeaders: { 'x-portkey-provider': 'anthropic' },
        body: message('claude-sonnet-4-5', { stream: true }),
        answer: messageEvents(
          'claude-sonnet-4-5-20250929',
          { input_tokens: 1000, output_tokens: 1 },
          { output_tokens: 100 },
        ),
      },
      status: 'priced',
      usd: 0.0045,
    },
    {
      at: 'zai-org/GLM-5#139',
      what: 'the beginning counts nothing and the end all',
      call: {
        url: 'https://api.anthropic.com/v1/messages',
        body: message('claude-sonnet-4-5', { stream: true }),
        answer: messageEvents(
          'claude-sonnet-4-5-20250929',
          { input_tokens: 0, output_tokens: 0 },
          { input_tokens: 1000, cache_read_input_tokens: 500, output_tokens: 100 },
        ),
      },
      status: 'priced',
      usd: 0.00465, // 1,000 × 3 + 500 × 0.30 + 100 × 15
    },
    {
      at: 'sgl-project/sglang#20678',
      what: 'the beginning counts nothing and the end the output alone: the input is not known',
      call: {
        url: anthropic,
        body: message('claude-sonnet-4-5', { stream: true }),
        answer: messageEvents(
          'claude-sonnet-4-5-20250929',
          { input_tokens: 0, output_tokens: 0 },
          { output_tokens: 100 },
        ),
      },
      status: 'partial',
      usd: 0.0015,
      because: 'counts no input tokens',
    },
    {
      at: 'langfuse/langfuse#8808',
      what: 'every chunk counts what there is so far',
      call: {
        url: gateway,
        body: chat('gpt-4o-mini', { stream: true }),
        answer: sse(
          ...[1, 2, 3].map((completion_tokens) => ({
            model: 'gpt-4o-mini',
            choices: [{ delta: { content: 'x' } }],
            usage: { prompt_tokens: 1000, completion_tokens, total_tokens: 1000 + completion_tokens },
          })),
          {
            choices: [{ delta: {}, finish_reason: 'stop' }],
            usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
          },
          '[DONE]',
        ),
      },
      status: 'priced',
      usd: 0.00021, // 1,000 × 0.15 + 100 × 0.60
    },
    {
      at: 'BerriAI/litellm#8913',
      what: 'the usage comes after the reason',
      call: {
        url: openrouter,
        body: chat('openai/gpt-4o-mini', { stream: true }),
        answer: sse(
          { model: 'openai/gpt-4o-mini', choices: [{ delta: { content: 'x' } }] },
          { model: 'openai/gpt-4o-mini', choices: [{ delta: {}, finish_reason: 'stop' }] },
          {
            model: 'openai/gpt-4o-mini',
            choices: [{ delta: { content: '' } }],
            usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100, cost: 0.00021 },
          },
          '[DONE]',
        ),
      },
      status: 'reported',
      usd: 0.00021,
    },
    {
      at: 'Agent-Field/CodeAF#370',
      what: 'a frame with the cost alone takes no count back',
      call: {
        url: gateway,
        body: chat('gpt-4o-mini', { stream: true }),
        answer: sse(
          {
            model: 'gpt-4o-mini',
            choices: [{ delta: {}, finish_reason: 'stop' }],
            usage: { prompt_tokens: 1000, completion_tokens: 100 },
          },
          { choices: [], usage: { cost: 0.0005 } },
          '[DONE]',
        ),
      },
      status: 'reported',
      usd: 0.0005,
    },
    {
      at: 'Agent-Field/CodeAF#370',
      what: 'a frame counts the input, another the output',
      call: {
        url: gateway,
        body: chat('gpt-4o-mini', { stream: true }),
        answer: sse(
          { model: 'gpt-4o-mini', choices: [{ delta: { content: 'x' } }], usage: { prompt_tokens: 1000 } },
          { choices: [{ delta: {}, finish_reason: 'stop' }], usage: { completion_tokens: 100 } },
          '[DONE]',
        ),
      },
      status: 'priced',
      usd: 0.00021,
    },
    {
      at: 'cline/cline#11423',
      what: 'the same usage twice, and then one of zeros',
      call: {
        url: gateway,
        body: chat('gpt-4o-mini', { stream: true }),
        answer: sse(
          {
            model: 'gpt-4o-mini',
            choices: [{ delta: {}, finish_reason: 'stop' }],
            usage: { prompt_tokens: 1000, completion_tokens: 100 },
          },
          { choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } },
          { choices: [], usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
          '[DONE]',
        ),
      },
      status: 'priced',
      usd: 0.00021,
    },
  ],

  'an answer that did not end as usual': [
    {
      at: 'BerriAI/litellm#34351',
      what: 'a response that was cut off has its usage in another event',
      call: {
        url: `${openai}/responses`,
        body: { model: 'gpt-4.1', input: 'x', stream: true },
        answer: sse(
          { type: 'response.created', response: response({ status: 'in_progress', model: 'gpt-4.1', usage: null }) },
          {
            type: 'response.incomplete',
            response: response({
              status: 'incomplete',
              incomplete_details: { reason: 'max_output_tokens' },
              model: 'gpt-4.1',
              usage: {
                input_tokens: 1000,
                output_tokens: 1024,
                output_tokens_details: { reasoning_tokens: 800 },
                total_tokens: 2024,
              },
            }),
          },
        ),
      },
      status: 'priced',
      usd: 0.010192, // 1,000 × 2 + 1,024 × 8
    },
    {
      at: 'envoyproxy/ai-gateway#2184',
      what: 'one that failed after it had begun is charged as well',
      call: {
        url: `${openai}/responses`,
        body: { model: 'gpt-4.1', input: 'x', stream: true },
        answer: sse({
          type: 'response.failed',
          response: response({
            status: 'failed',
            error: { code: 'server_error', message: 'x' },
            model: 'gpt-4.1',
            usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
          }),
        }),
      },
      status: 'priced',
      usd: 0.0028, // 1,000 × 2 + 100 × 8
    },
    {
      at: 'router-for-me/CLIProxyAPI#2179',
      what: 'a gateway that leaves the usage out',
      call: {
        url: gateway.replace('chat/completions', 'responses'),
        body: { model: 'gpt-4.1', input: 'x', stream: true },
        answer: sse(
          { type: 'response.output_text.delta', delta: 'x' },
          { type: 'response.completed', response: response({ status: 'completed', model: 'gpt-4.1' }) },
        ),
      },
      status: 'unpriced',
      because: 'reported no usage',
    },
    {
      at: 'PostHog/posthog-js#4664',
      what: 'a stream that broke off is no whole amount, and its tokens are estimates',
      call: {
        url: anthropic,
        body: message('claude-sonnet-4-5', { stream: true }),
        answer: sse(
          {
            type: 'message_start',
            message: {
              model: 'claude-sonnet-4-5-20250929',
              id: 'm',
              usage: { input_tokens: 1000, output_tokens: 1 },
            },
          },
          { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x' } },
        ),
      },
      status: 'unpriced',
      because: 'reported no usage',
    },
    {
      at: 'BerriAI/litellm#36281 and its kin',
      what: 'a server that counts nothing has not answered for nothing',
      call: {
        url: gateway,
        body: chat('gpt-4o-mini'),
        answer: {
          model: 'gpt-4o-mini',
          choices: [{ message: { content: 'hello' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
        },
      },
      status: 'unpriced',
      because: 'counts no input tokens',
    },
  ],

  'a cost that is stated': [
    {
      at: 'tailcallhq/forgecode#1641',
      what: 'with an own key, OpenRouter charges nothing and the provider all',
      call: {
        url: openrouter,
        body: chat('anthropic/claude-sonnet-4'),
        answer: {
          model: 'anthropic/claude-sonnet-4',
          usage: {
            prompt_tokens: 9171,
            completion_tokens: 113,
            total_tokens: 9284,
            cost: 0,
            is_byok: true,
            prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
            cost_details: {
              upstream_inference_cost: 0.0360795,
              upstream_inference_prompt_cost: 0.0343845,
              upstream_inference_completions_cost: 0.001695,
            },
            completion_tokens_details: { reasoning_tokens: 55, image_tokens: 0 },
          },
        },
      },
      status: 'reported',
      usd: 0.0360795,
    },
    {
      at: 'preloop/preloop#224',
      what: 'without one, the cost upstream is a part of it',
      call: {
        url: openrouter,
        body: chat('deepseek/deepseek-v4-flash'),
        answer: {
          model: 'deepseek/deepseek-v4-flash',
          usage: {
            prompt_tokens: 10,
            completion_tokens: 5,
            total_tokens: 15,
            cost: 0.000001979964,
            is_byok: false,
            cost_details: { upstream_inference_cost: 0.000001979964 },
          },
        },
      },
      status: 'reported',
      usd: 0.000001979964,
    },
    {
      at: 'langchain-ai/langsmith-sdk#1658',
      what: 'Perplexity charges for the request as well, by how much it searched',
      call: {
        url: perplexity,
        body: chat('sonar-reasoning-pro'),
        answer: {
          model: 'sonar-reasoning-pro',
          usage: { prompt_tokens: 100, completion_tokens: 500, total_tokens: 600, search_context_size: 'low' },
        },
      },
      status: 'priced',
      usd: 0.0102, // 100 × 2 + 500 × 8, and 0.006
    },
    {
      at: 'langchain-ai/langsmith-sdk#1658',
      what: 'and where it does not say how much, the amount is not whole',
      call: {
        url: perplexity,
        body: chat('sonar-pro'),
        answer: { model: 'sonar-pro', usage: { prompt_tokens: 100, completion_tokens: 500, total_tokens: 600 } },
      },
      status: 'partial',
      usd: 0.0078,
      because: 'the fee of a request',
    },
    {
      at: 'langchain-ai/langsmith-sdk#1658',
      what: 'deep research reads pages whose tokens have no known price',
      call: {
        url: perplexity,
        body: chat('sonar-deep-research'),
        answer: {
          model: 'sonar-deep-research',
          usage: {
            prompt_tokens: 33,
            completion_tokens: 7163,
            total_tokens: 7196,
            citation_tokens: 20_698,
            num_search_queries: 18,
            reasoning_tokens: 73_997,
          },
        },
      },
      status: 'partial',
      because: 'citation_tokens',
    },
  ],

  'images, sound and video at the price of text': [
    {
      at: 'BerriAI/litellm#13847',
      what: 'gpt-image-1: the prompt is charged, and the image by its tokens',
      call: {
        url: `${openai}/images/generations`,
        body: { model: 'gpt-image-1', prompt: 'x' },
        answer: {
          data: [{ b64_json: 'x' }],
          usage: {
            input_tokens: 150,
            output_tokens: 8000,
            total_tokens: 8150,
            input_tokens_details: { text_tokens: 150, image_tokens: 0 },
          },
        },
      },
      status: 'priced',
      usd: 0.32075, // 150 × 5 + 8,000 × 40
    },
    {
      at: 'BerriAI/litellm#18541',
      what: 'gpt-image-1.5: output that is not told by kind is the image',
      call: {
        url: `${openai}/images/generations`,
        body: { model: 'gpt-image-1.5', prompt: 'x' },
        answer: {
          data: [{ b64_json: 'x' }],
          usage: {
            input_tokens: 23,
            output_tokens: 1056,
            total_tokens: 1079,
            input_tokens_details: { text_tokens: 23, image_tokens: 0 },
          },
        },
      },
      status: 'priced',
      usd: 0.033907, // 23 × 5 + 1,056 × 32
    },
    {
      at: 'BerriAI/litellm#19515',
      what: 'where it is told, its text has a price of its own',
      call: {
        url: `${openai}/images/edits`,
        body: { model: 'gpt-image-1.5', prompt: 'x' },
        answer: {
          data: [{ b64_json: 'x' }],
          usage: {
            input_tokens: 169,
            output_tokens: 4599,
            total_tokens: 4768,
            input_tokens_details: { text_tokens: 169, image_tokens: 0 },
            output_tokens_details: { text_tokens: 439, image_tokens: 4160 },
          },
        },
      },
      status: 'priced',
      usd: 0.138355, // 169 × 5 + 439 × 10 + 4,160 × 32
    },
    {
      at: 'BerriAI/litellm#31142',
      what: 'gpt-image-2',
      call: {
        url: `${openai}/images/generations`,
        body: { model: 'gpt-image-2', prompt: 'x' },
        answer: {
          data: [{ b64_json: 'x' }],
          usage: {
            input_tokens: 943,
            output_tokens: 1000,
            total_tokens: 1943,
            input_tokens_details: { text_tokens: 943, image_tokens: 0 },
          },
        },
      },
      status: 'priced',
      usd: 0.034715, // 943 × 5 + 1,000 × 30
    },
    {
      at: 'BerriAI/litellm#39311',
      what: 'an image of Gemini costs twelve times its text',
      call: {
        url: gemini('gemini-2.5-flash-image'),
        body: contents,
        answer: candidates(
          {
            promptTokenCount: 10,
            candidatesTokenCount: 1390,
            totalTokenCount: 1400,
            candidatesTokensDetails: [
              { modality: 'IMAGE', tokenCount: 1290 },
              { modality: 'TEXT', tokenCount: 100 },
            ],
          },
          'gemini-2.5-flash-image',
        ),
      },
      status: 'priced',
      usd: 0.038953, // 10 × 0.30 + 1,290 × 30 + 100 × 2.50
    },
    {
      at: 'BerriAI/litellm#39311',
      what: 'behind a gateway that does not tell images from text it is no whole amount',
      call: {
        url: gateway,
        body: chat('google/gemini-2.5-flash-image'),
        answer: {
          model: 'google/gemini-2.5-flash-image',
          usage: { prompt_tokens: 10, completion_tokens: 1390, total_tokens: 1400 },
        },
      },
      status: 'partial',
      usd: 0.003478, // 10 × 0.30 + 1,390 × 2.50, at least
      because: 'how many of the output tokens are images',
    },
    {
      at: 'Portkey-AI/models#674',
      what: 'Imagen is charged by the image',
      call: {
        url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/imagen-4.0-fast-generate-001:predict',
        body: { instances: [{ prompt: 'x' }], parameters: { sampleCount: 2 } },
        answer: { predictions: [{ mimeType: 'image/png' }, { mimeType: 'image/png' }] },
      },
      status: 'priced',
      usd: 0.04, // 2 × 0.02
    },
    {
      at: 'BerriAI/litellm#16412 and its kin',
      what: 'sound that Gemini speaks',
      call: {
        url: gemini('gemini-2.5-flash-preview-tts'),
        body: contents,
        answer: candidates(
          {
            promptTokenCount: 10,
            candidatesTokenCount: 100,
            totalTokenCount: 110,
            candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 100 }],
          },
          'gemini-2.5-flash-preview-tts',
        ),
      },
      status: 'priced',
      usd: 0.001005, // 10 × 0.50 + 100 × 10
    },
    {
      at: 'BerriAI/litellm#16412 and its kin',
      what: 'video that is embedded costs sixty times the text',
      call: {
        url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-2:embedContent',
        body: { content: { parts: [] } },
        answer: {
          embedding: { values: [] },
          usageMetadata: {
            promptTokenCount: 1000,
            promptTokensDetails: [{ modality: 'VIDEO', tokenCount: 1000 }],
          },
        },
      },
      status: 'priced',
      usd: 0.012, // 1,000 × 12
    },
    {
      at: 'openai/openai-node#531 and its kin',
      what: 'a picture that a tool drew is charged beside the tokens, and nothing tells how much',
      call: {
        url: `${openai}/responses`,
        body: { model: 'gpt-4.1', input: 'x' },
        answer: response({
          status: 'completed',
          model: 'gpt-4.1-2025-04-14',
          output: [{ type: 'image_generation_call' }],
          usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
        }),
      },
      status: 'partial',
      usd: 0.0028,
      because: 'images',
    },
  ],

  'places, tiers and speeds with prices of their own': [
    {
      at: 'anthropics/claude-code#60641',
      what: 'in the United States Claude costs a tenth more, its cache too',
      call: {
        url: anthropic,
        body: message('claude-opus-4-6'),
        answer: claude('claude-opus-4-6', {
          input_tokens: 1000,
          output_tokens: 100,
          cache_read_input_tokens: 1000,
          inference_geo: 'us',
        }),
      },
      status: 'priced',
      usd: 0.0088, // (1,000 × 5 + 1,000 × 0.50 + 100 × 25) × 1.1
    },
    {
      at: 'BerriAI/litellm#38378',
      what: 'what was served counts, not what was asked for',
      call: {
        url: anthropic,
        body: message('claude-opus-4-6', { speed: 'fast' }),
        answer: claude('claude-opus-4-6', { input_tokens: 1000, output_tokens: 100, speed: 'standard' }),
      },
      status: 'priced',
      usd: 0.0075, // 1,000 × 5 + 100 × 25
    },
    {
      at: 'BerriAI/litellm#34526',
      what: 'the fast mode doubles the price of the cache as well',
      call: {
        url: anthropic,
        body: message('claude-opus-5', { speed: 'fast' }),
        answer: claude('claude-opus-5', {
          input_tokens: 1000,
          output_tokens: 100,
          cache_read_input_tokens: 1000,
          speed: 'fast',
        }),
      },
      status: 'priced',
      usd: 0.016, // (1,000 × 5 + 1,000 × 0.50 + 100 × 25) × 2
    },
    {
      at: 'BerriAI/litellm#30768',
      what: 'Bedrock in one region of the world',
      call: {
        url: bedrock('us.anthropic.claude-sonnet-4-6'),
        body: { messages: [] },
        answer: { usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 } },
      },
      status: 'priced',
      usd: 0.00495, // (1,000 × 3 + 100 × 15) × 1.1
    },
    {
      at: 'BerriAI/litellm#30768 and its kin',
      what: 'latency that is paid for',
      call: {
        url: bedrock('us.anthropic.claude-3-5-haiku-20241022-v1:0'),
        body: { messages: [], performanceConfig: { latency: 'optimized' } },
        answer: {
          usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 },
          performanceConfig: { latency: 'optimized' },
        },
      },
      status: 'partial',
      because: 'latency-optimized',
    },
    {
      at: 'BerriAI/litellm#30768 and its kin',
      what: 'a guardrail reads the text for a fee',
      call: {
        url: bedrock('amazon.nova-lite-v1:0'),
        body: { messages: [], guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' } },
        answer: { usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 }, stopReason: 'end_turn' },
      },
      status: 'partial',
      usd: 0.000084, // 1,000 × 0.06 + 100 × 0.24
      because: 'a guardrail',
    },
    {
      at: 'BerriAI/litellm#30768 and its kin',
      what: 'a router names the model that it chose in its trace',
      call: {
        url: bedrock('arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1'),
        body: { messages: [] },
        answer: {
          usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 },
          trace: {
            promptRouter: {
              invokedModelId:
                'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-sonnet-20240620-v1:0',
            },
          },
        },
      },
      status: 'partial',
      usd: 0.0045, // 1,000 × 3 + 100 × 15
      because: 'prompt routing',
    },
    {
      at: 'theopenco/llmgateway#3505 and its kin',
      what: 'capacity of Vertex that is paid for in advance',
      call: {
        url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent',
        body: contents,
        answer: candidates(
          {
            promptTokenCount: 1000,
            candidatesTokenCount: 100,
            totalTokenCount: 1100,
            trafficType: 'PROVISIONED_THROUGHPUT',
          },
          'gemini-2.5-flash',
        ),
      },
      status: 'unpriced',
      because: 'paid for in advance',
    },
  ],

  'a plan that pays, not the token': [
    {
      at: 'Hmbown/Codewhale#4006',
      what: 'a ChatGPT plan',
      call: {
        url: 'https://chatgpt.com/backend-api/codex/responses',
        body: { model: 'gpt-5.5', input: 'x' },
        answer: response({
          status: 'completed',
          model: 'gpt-5.5',
          usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
        }),
      },
      status: 'unpriced',
      because: 'a subscription pays',
    },
    {
      at: 'lidge-jun/opencodex#198',
      what: 'a plan of Claude, by the token of who signed in',
      call: {
        url: anthropic,
        requestHeaders: { authorization: 'Bearer sk-ant-oat01-0000' },
        body: message('claude-sonnet-4-6'),
        answer: claude('claude-sonnet-4-6', { input_tokens: 1000, output_tokens: 100 }),
      },
      status: 'unpriced',
      because: 'a subscription pays',
    },
    {
      at: 'EverMind-AI/Raven#277',
      what: 'a plan for programming of Z.ai',
      call: {
        url: 'https://api.z.ai/api/coding/paas/v4/chat/completions',
        body: chat('glm-4.6'),
        answer: { model: 'glm-4.6', usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } },
      },
      status: 'unpriced',
      because: 'a subscription pays',
    },
    {
      at: 'lidge-jun/opencodex#198, the other way round',
      what: 'a key of the API is charged by the token',
      call: {
        url: anthropic,
        requestHeaders: { authorization: 'Bearer sk-ant-api03-0000' },
        body: message('claude-sonnet-4-6'),
        answer: claude('claude-sonnet-4-6', { input_tokens: 1000, output_tokens: 100 }),
      },
      status: 'priced',
      usd: 0.0045, // 1,000 × 3 + 100 × 15
    },
  ],

  'a model by another name': [
    {
      at: 'langchain-ai/langsmith-sdk#402',
      what: 'a dated name whose price is not that of the family',
      call: {
        url: `${openai}/chat/completions`,
        body: chat('gpt-3.5-turbo-0125'),
        answer: { model: 'gpt-3.5-turbo-0125', usage: { prompt_tokens: 2489, completion_tokens: 319 } },
      },
      status: 'priced',
      usd: 0.001723, // 2,489 × 0.50 + 319 × 1.50
    },
    {
      at: 'BerriAI/litellm#6133',
      what: 'Gemini with a number at its end',
      call: {
        url: gemini('gemini-1.5-pro-002'),
        body: contents,
        answer: candidates(
          { promptTokenCount: 1000, candidatesTokenCount: 1000, totalTokenCount: 2000 },
          'gemini-1.5-pro-002',
        ),
      },
      status: 'priced',
      usd: 0.00625, // 1,000 × 1.25 + 1,000 × 5
    },
    {
      at: 'tugcantopaloglu/openclaw-dashboard#31',
      what: 'Claude behind a gateway that is not known',
      call: {
        url: gateway,
        body: chat('claude-sonnet-4-6'),
        answer: { model: 'claude-sonnet-4-6', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
      },
      status: 'priced',
      usd: 0.0045,
    },
    {
      at: 'LasseRafn in dnakov/anon-kode#88',
      what: 'a model of nobody has no price, and not that of another',
      call: {
        url: gateway,
        body: chat('my-own-model'),
        answer: { model: 'my-own-model', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
      },
      status: 'unpriced',
      because: 'no known provider',
    },
    {
      at: 'BerriAI/litellm#34625 and its kin',
      what: 'Azure names a deployment, and the answer the model',
      call: {
        url: 'https://x.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=1',
        body: { messages: [], stream: true },
        answer: sse(
          { choices: [], model: '', id: '', prompt_filter_results: [] },
          { choices: [{ delta: { content: 'x' } }], model: 'gpt-4o-2024-11-20' },
          { choices: [{ delta: {}, finish_reason: 'stop' }], model: 'gpt-4o-2024-11-20' },
          { choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } },
          '[DONE]',
        ),
      },
      status: 'priced',
      usd: 0.0035, // 1,000 × 2.50 + 100 × 10
    },
  ],
}

import { chat, sse } from '../helpers/wire-answers.ts'
import type { Report } from './reports.ts'

const gateway = 'http://gateway.example:4000/v1/chat/completions'
const responses = 'https://api.openai.com/v1/responses'
const flash = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent'

/** A stream of gpt-4o-mini: 1,000 tokens in, 100 out. */
const events = sse(
  { model: 'gpt-4o-mini', choices: [{ delta: { content: 'é' } }] },
  { model: 'gpt-4o-mini', choices: [{ delta: {}, finish_reason: 'stop' }] },
  { model: 'gpt-4o-mini', choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } },
  '[DONE]',
)
const ofEvents = 0.00021 // 1,000 × 0.15 + 100 × 0.60

const streamed = (answer: string, headers?: Readonly<Record<string, string>>) => ({
  url: gateway,
  body: chat('gpt-4o-mini', { stream: true }),
  headers,
  answer,
})
const counted = (usage: object) => ({ url: gateway, body: chat('o3'), answer: { model: 'o3', usage } })

const cachedAudio = (cacheTokensDetails?: readonly object[]) => ({
  url: flash,
  body: { contents: [] },
  answer: {
    modelVersion: 'gemini-2.5-flash',
    candidates: [{ finishReason: 'STOP' }],
    usageMetadata: {
      promptTokenCount: 1000,
      cachedContentTokenCount: 800,
      candidatesTokenCount: 100,
      totalTokenCount: 1100,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 100 },
        { modality: 'AUDIO', tokenCount: 900 },
      ],
      cacheTokensDetails,
    },
  },
})

const withItem = (item: object) => ({
  url: responses,
  body: { model: 'gpt-4o', input: 'x' },
  answer: {
    object: 'response',
    id: 'r',
    status: 'completed',
    model: 'gpt-4o',
    output: [item],
    usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
  },
})

/** Reports of answers that come in an unusual shape, in the manner of `reports.ts`. */
export const reportsOfShapes: Readonly<Record<string, readonly Report[]>> = {
  'a stream in another wrapping': [
    {
      at: 'openclaw/openclaw#97454',
      what: 'events under the type of JSON',
      call: streamed(events, { 'content-type': 'application/json; charset=utf-8' }),
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'symfony/ai#2170',
      what: 'events under no type',
      call: streamed(events, { 'content-type': '' }),
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'xiaoliu10/claude-code-router-next#45',
      what: 'events as plain text, though no stream was asked for',
      call: { ...streamed(events, { 'content-type': 'text/plain' }), body: chat('gpt-4o-mini') },
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'mistralai/mistral-vibe#619',
      what: 'one document, though a stream was asked for',
      call: streamed(
        JSON.stringify({
          model: 'gpt-4o-mini',
          choices: [{ message: { content: 'x' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1000, completion_tokens: 100 },
        }),
        { 'content-type': 'application/json' },
      ),
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'the same, the other way round',
      what: 'one document under the type of events',
      call: streamed(
        JSON.stringify({
          model: 'gpt-4o-mini',
          choices: [{ message: { content: 'x' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1000, completion_tokens: 100 },
        }),
      ),
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'of the kind',
      what: 'no blank line between the events',
      call: streamed(events.replaceAll('\n\n', '\n')),
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'of the kind',
      what: 'lines that end with a carriage return and a line feed, a mark of the byte order, comments',
      call: streamed(`\uFEFF: PROCESSING\r\n\r\n${events.replaceAll('\n', '\r\n')}`),
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'of the kind',
      what: 'the last event has no line end',
      call: streamed(events.replace('data: [DONE]\n\n', '').trimEnd()),
      status: 'priced',
      usd: ofEvents,
    },
  ],

  'a number that is no count': [
    {
      at: '64bit/async-openai#404',
      what: 'fewer than no tokens',
      call: counted({ prompt_tokens: 1151, completion_tokens: -35, total_tokens: 1116 }),
      status: 'partial',
      usd: 0.002302, // 1,151 × 2
      because: 'completion_tokens is -35',
    },
    {
      at: 'BaseIntelligence/bounty-challenge#16349',
      what: 'fewer than none, in 32 bits without a sign',
      call: counted({ prompt_tokens: 1000, completion_tokens: 4_294_967_261 }),
      status: 'partial',
      usd: 0.002,
      because: 'completion_tokens is 4294967261',
    },
    {
      at: 'HELPMEEADICE/BANDORI-PET-REV#295',
      what: 'a text that is no number',
      call: counted({ prompt_tokens: 1000, completion_tokens: 'Infinity' }),
      status: 'partial',
      usd: 0.002,
      because: 'completion_tokens is Infinity',
    },
    {
      at: 'of the kind',
      what: 'a text that is one',
      call: counted({ prompt_tokens: '1000.0', completion_tokens: '100' }),
      status: 'priced',
      usd: 0.0028, // 1,000 × 2 + 100 × 8
    },
  ],

  'audio from a cache': [
    {
      at: 'lobehub/lobehub#18647',
      what: "Gemini's costs three times the text",
      call: cachedAudio([{ modality: 'AUDIO', tokenCount: 800 }]),
      status: 'priced',
      usd: 0.00046, // 100 × 0.30 + 100 audio × 1 + 800 cached audio × 0.10 + 100 × 2.50
    },
    {
      at: 'of the kind',
      what: 'both text and audio are in the cache',
      call: cachedAudio([
        { modality: 'TEXT', tokenCount: 50 },
        { modality: 'AUDIO', tokenCount: 750 },
      ]),
      status: 'priced',
      usd: 0.0004915, // not cached 50 × 0.30 + 150 audio × 1; cached 50 × 0.03 + 750 audio × 0.10; 100 × 2.50
    },
    {
      at: 'of the kind',
      what: 'how much of it is audio is not told',
      call: cachedAudio(),
      status: 'partial',
      because: 'how many of the cached tokens are audio',
    },
    {
      at: 'langwatch/langwatch#7048',
      what: "OpenAI's costs a thirtieth of what is heard anew",
      call: {
        url: responses,
        body: { model: 'gpt-realtime-mini', input: 'x' },
        answer: {
          object: 'response',
          id: 'r',
          status: 'completed',
          model: 'gpt-realtime-mini',
          output: [],
          usage: {
            input_tokens: 1000,
            output_tokens: 0,
            total_tokens: 1000,
            input_tokens_details: {
              text_tokens: 100,
              audio_tokens: 900,
              cached_tokens: 600,
              cached_tokens_details: { text_tokens: 0, audio_tokens: 600 },
            },
          },
        },
      },
      status: 'priced',
      usd: 0.00324, // 100 × 0.60 + 300 audio × 10 + 600 cached audio × 0.30
    },
  ],

  'a model that searches for every answer': [
    {
      at: 'BerriAI/litellm#10384 and its kin',
      what: 'the search models of the fifth generation charge a search for each request',
      call: {
        url: 'https://api.openai.com/v1/chat/completions',
        body: chat('gpt-5-search-api'),
        answer: {
          model: 'gpt-5-search-api-2025-10-14',
          usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
        },
      },
      status: 'priced',
      usd: 0.01225, // 1,000 × 1.25 + 100 × 10, and a search at 0.01
    },
    {
      at: 'of the kind',
      what: 'deep research whose answer counts no search is no whole amount',
      call: {
        url: responses,
        body: { model: 'o4-mini-deep-research', input: 'x' },
        answer: {
          object: 'response',
          id: 'r',
          status: 'completed',
          model: 'o4-mini-deep-research-2025-06-26',
          output: [],
          usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
        },
      },
      status: 'partial',
      usd: 0.0028, // 1,000 × 2 + 100 × 8
      because: 'web searches',
    },
    {
      at: 'of the kind',
      what: 'and one whose answer counts them is',
      call: {
        url: responses,
        body: { model: 'o4-mini-deep-research', input: 'x' },
        answer: {
          object: 'response',
          id: 'r',
          status: 'completed',
          model: 'o4-mini-deep-research-2025-06-26',
          output: [
            { type: 'web_search_call', action: { type: 'search' } },
            { type: 'web_search_call', action: { type: 'open_page' } },
          ],
          usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
        },
      },
      status: 'priced',
      usd: 0.0128,
    },
  ],

  'counts that overlap': [
    {
      at: 'BerriAI/litellm#17410',
      what: 'a picture of Gemini behind a gateway, beside its thinking',
      call: {
        url: gateway,
        body: chat('gemini-3-pro-image-preview'),
        answer: {
          model: 'gemini-3-pro-image-preview',
          usage: {
            prompt_tokens: 10,
            completion_tokens: 1345,
            total_tokens: 1355,
            completion_tokens_details: { reasoning_tokens: 225, text_tokens: 0, image_tokens: 1120 },
            prompt_tokens_details: { text_tokens: 10 },
          },
        },
      },
      status: 'priced',
      usd: 0.13712, // 10 × 2 + 225 × 12 + 1,120 × 120
    },
    {
      at: 'BerriAI/litellm#18153',
      what: 'a picture in the prompt',
      call: {
        url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:generateContent',
        body: { contents: [] },
        answer: {
          modelVersion: 'gemini-2.0-flash',
          candidates: [{ finishReason: 'STOP' }],
          usageMetadata: {
            promptTokenCount: 262,
            candidatesTokenCount: 10,
            totalTokenCount: 272,
            promptTokensDetails: [
              { modality: 'TEXT', tokenCount: 4 },
              { modality: 'IMAGE', tokenCount: 258 },
            ],
          },
        },
      },
      status: 'priced',
      usd: 0.0000302, // 262 × 0.10 + 10 × 0.40
    },
    {
      at: 'BerriAI/litellm#19066',
      what: 'a gateway that counts the picture it drew in the prompt as well',
      call: {
        url: gateway,
        body: chat('gemini-2.5-flash-image'),
        answer: {
          model: 'gemini-2.5-flash-image',
          usage: {
            prompt_tokens: 101,
            completion_tokens: 1290,
            total_tokens: 1391,
            prompt_tokens_details: { text_tokens: 101, image_tokens: 1290 },
            completion_tokens_details: { image_tokens: 1290 },
          },
        },
      },
      status: 'priced',
      usd: 0.0387303, // 101 × 0.30 + 1,290 × 30
    },
    {
      at: 'latitude-dev/latitude-llm#4051',
      what: 'cached and reasoning tokens are parts',
      call: {
        url: responses,
        body: { model: 'gpt-5.1', input: 'x' },
        answer: {
          object: 'response',
          id: 'r',
          status: 'completed',
          model: 'gpt-5.1',
          output: [],
          usage: {
            input_tokens: 34_000,
            output_tokens: 603,
            total_tokens: 34_603,
            input_tokens_details: { cached_tokens: 8000 },
            output_tokens_details: { reasoning_tokens: 440 },
          },
        },
      },
      status: 'priced',
      usd: 0.03953, // 26,000 × 1.25 + 8,000 × 0.125 + 603 × 10
    },
    {
      at: 'vercel/ai#13902',
      what: 'the input of Bedrock has no cached tokens',
      call: {
        url: `https://bedrock-runtime.us-east-1.amazonaws.com/model/${encodeURIComponent('global.anthropic.claude-sonnet-4-5-20250929-v1:0')}/converse`,
        body: { messages: [] },
        answer: {
          stopReason: 'end_turn',
          usage: {
            inputTokens: 1,
            outputTokens: 10,
            totalTokens: 7314,
            cacheReadInputTokens: 6512,
            cacheWriteInputTokens: 791,
          },
        },
      },
      status: 'priced',
      usd: 0.00507285, // 1 × 3 + 6,512 × 0.30 + 791 × 3.75 + 10 × 15
    },
    {
      at: 'langfuse/langfuse#10592',
      what: 'nearly all of the prompt came from the cache',
      call: {
        url: 'https://openrouter.ai/api/v1/chat/completions',
        body: chat('openai/gpt-4o-mini'),
        answer: {
          model: 'openai/gpt-4o-mini',
          usage: {
            prompt_tokens: 17_903,
            completion_tokens: 100,
            total_tokens: 18_003,
            prompt_tokens_details: { cached_tokens: 17_817 },
          },
        },
      },
      status: 'priced',
      usd: 0.001409175, // 86 × 0.15 + 17,817 × 0.075 + 100 × 0.60
    },
    {
      at: 'vercel/ai#14382',
      what: "Mistral's cached tokens",
      call: {
        url: 'https://api.mistral.ai/v1/chat/completions',
        body: chat('mistral-large-2512'),
        answer: {
          model: 'mistral-large-2512',
          usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100, num_cached_tokens: 600 },
        },
      },
      status: 'priced',
      usd: 0.00038, // 400 × 0.50 + 600 × 0.05 + 100 × 1.50
    },
  ],

  'what is counted again, or not at all': [
    {
      at: 'BerriAI/litellm#36678',
      what: 'usage that comes again without its details',
      call: streamed(
        events
          .replace(
            'data: [DONE]',
            `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100 } })}\n\ndata: [DONE]`,
          )
          .replace('"total_tokens":1100', '"total_tokens":1100,"prompt_tokens_details":{"cached_tokens":400}'),
      ),
      status: 'priced',
      usd: 0.00018, // 600 × 0.15 + 400 × 0.075 + 100 × 0.60
    },
    {
      at: 'InsForge/InsForge#2015',
      what: 'usage that grows from chunk to chunk',
      call: streamed(
        sse(
          ...[10, 50, 100].map((completion_tokens) => ({
            model: 'gpt-4o-mini',
            choices: [{ delta: { content: 'x' } }],
            usage: { prompt_tokens: 1000, completion_tokens, total_tokens: 1000 + completion_tokens },
          })),
          { choices: [{ delta: {}, finish_reason: 'stop' }] },
          '[DONE]',
        ),
      ),
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'NousResearch/hermes-agent#12023',
      what: 'an answer that has a text and counts no output',
      call: {
        url: gateway,
        body: chat('gpt-4o-mini'),
        answer: {
          model: 'gpt-4o-mini',
          choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 },
        },
      },
      status: 'partial',
      usd: 0.00015,
      because: 'has output and counts none',
    },
    {
      at: 'of the kind',
      what: 'the same in a stream',
      call: streamed(
        events.replace('"completion_tokens":100,"total_tokens":1100', '"completion_tokens":0,"total_tokens":1000'),
      ),
      status: 'partial',
      usd: 0.00015,
      because: 'has output and counts none',
    },
    {
      at: 'of the kind',
      what: "OpenRouter states its cost in Anthropic's format as well",
      call: {
        url: 'https://openrouter.ai/api/v1/messages',
        body: chat('anthropic/claude-sonnet-4.5', { max_tokens: 9 }),
        answer: {
          type: 'message',
          model: 'anthropic/claude-sonnet-4.5',
          usage: { input_tokens: 1000, output_tokens: 100, cost: 0.0046 },
        },
      },
      status: 'reported',
      usd: 0.0046,
    },
  ],

  'a cost of 0, and an error in a stream': [
    {
      at: 'Kilo-Org/kilocode#13840',
      what: 'with an own key and without the cost at its provider nothing is told',
      call: {
        url: 'https://openrouter.ai/api/v1/chat/completions',
        body: chat('openai/gpt-4o-mini'),
        answer: {
          model: 'openai/gpt-4o-mini',
          usage: {
            prompt_tokens: 1000,
            completion_tokens: 100,
            cost: 0,
            is_byok: true,
            cost_details: { upstream_inference_cost: null },
          },
        },
      },
      status: 'partial',
      usd: ofEvents,
      because: 'whose key it is',
    },
    {
      at: 'of the kind',
      what: 'a free model of OpenRouter is free',
      call: {
        url: 'https://openrouter.ai/api/v1/chat/completions',
        body: chat('deepseek/deepseek-r1:free'),
        answer: { model: 'deepseek/deepseek-r1:free', usage: { prompt_tokens: 1000, completion_tokens: 100, cost: 0 } },
      },
      status: 'reported',
      usd: 0,
    },
    {
      at: 'of the kind',
      what: "and in Anthropic's format, too",
      call: {
        url: 'https://openrouter.ai/api/v1/messages',
        body: chat('deepseek/deepseek-r1:free', { max_tokens: 9 }),
        answer: {
          type: 'message',
          model: 'deepseek/deepseek-r1:free',
          usage: { input_tokens: 1000, output_tokens: 100, cost: 0 },
        },
      },
      status: 'reported',
      usd: 0,
    },
    {
      at: 'of the kind',
      what: 'a gateway that states 0 for what it has no price of',
      call: {
        url: gateway,
        body: chat('gpt-4o-mini'),
        answer: { model: 'gpt-4o-mini', usage: { prompt_tokens: 1000, completion_tokens: 100, cost: 0 } },
      },
      status: 'priced',
      usd: ofEvents,
    },
    {
      at: 'of the kind',
      what: "an error after the beginning of Claude's stream leaves what was used untold",
      call: {
        url: 'https://api.anthropic.com/v1/messages',
        body: chat('claude-sonnet-4-5', { max_tokens: 9, stream: true }),
        answer: `${sse({
          type: 'message_start',
          message: { model: 'claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 1 } },
        })}event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n`,
      },
      status: 'unpriced',
      because: 'reported no usage',
    },
  ],

  'a tool that the provider runs': [
    {
      at: 'of the kind',
      what: 'one that nobody knows',
      call: withItem({ type: 'moon_search_call', status: 'completed' }),
      status: 'partial',
      usd: 0.0035, // 1,000 × 2.50 + 100 × 10
      because: 'moon_search_call',
    },
    {
      at: 'of the kind',
      what: "a shell in OpenAI's own container",
      call: withItem({ type: 'shell_call', environment: { type: 'container_reference', container_id: 'c1' } }),
      status: 'partial',
      usd: 0.011, // and five minutes of a container at 0.0075
      because: 'charged by the minute',
    },
    {
      at: 'of the kind',
      what: 'a shell of the program, and a function',
      call: withItem({ type: 'shell_call', environment: { type: 'local' } }),
      status: 'priced',
      usd: 0.0035,
    },
  ],
}

import { chat, sse } from '../helpers/wire-answers.ts'
import type { Report } from './reports.ts'

const openai = 'https://api.openai.com/v1/chat/completions'
const counts = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
const ofCounts = 0.00021 // 1,000 × 0.15 + 100 × 0.60

const gemini = (model: string, more: object, usage: object = { candidatesTokenCount: 100, totalTokenCount: 1100 }) => ({
  url: `https://generativelanguage.googleapis.com/v1beta/models/${model}:generateContent`,
  body: { contents: [] },
  answer: {
    modelVersion: model,
    candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP', ...more }],
    usageMetadata: { promptTokenCount: 1000, ...usage },
  },
})

const claude = (usage: object) => ({
  url: 'https://api.anthropic.com/v1/messages',
  body: chat('claude-sonnet-4-5', { max_tokens: 9 }),
  answer: { type: 'message', model: 'claude-sonnet-4-5', content: [{ type: 'text', text: 'x' }], usage },
})

const piece = (content: string, more: object = {}) => ({
  model: 'gpt-4o-mini',
  choices: [{ delta: { content } }],
  ...more,
})
const streamed = (...messages: readonly (object | string)[]) => ({
  url: openai,
  body: chat('gpt-4o-mini', { stream: true }),
  answer: sse(...messages, '[DONE]'),
})

/** Reports of what an answer charges and does not say aloud, in the manner of `reports.ts`. */
export const reportsOfSilence: Readonly<Record<string, readonly Report[]>> = {
  'grounding that is told by another sign than its queries': [
    {
      at: 'BerriAI/litellm#35906',
      what: 'maps by the token of their widget',
      call: gemini('gemini-2.5-flash', { groundingMetadata: { googleMapsWidgetContextToken: 'widgetcontent/a' } }),
      status: 'priced',
      usd: 0.02555, // 1,000 × 0.30 + 100 × 2.50, and 0.025
    },
    {
      at: 'of the kind',
      what: 'pictures that were searched for',
      call: gemini('gemini-3-flash-preview', { groundingMetadata: { imageSearchQueries: ['a', 'b', 'a'] } }),
      status: 'priced',
      usd: 0.0288, // 1,000 × 0.50 + 100 × 3, and 2 × 0.014
    },
    {
      at: 'of the kind',
      what: 'what is to be shown of a search',
      call: gemini('gemini-2.5-flash', { groundingMetadata: { searchEntryPoint: { renderedContent: 'x' } } }),
      status: 'priced',
      usd: 0.03555, // 0.00055, and 0.035
    },
    {
      at: 'BerriAI/litellm#26253',
      what: 'pages that were read and files that were searched cost their tokens',
      call: gemini('gemini-3-flash-preview', { groundingMetadata: { groundingChunks: [{ retrievedContext: {} }] } }),
      status: 'priced',
      usd: 0.0008,
    },
  ],

  'models that worked at an answer beside the one that was asked': [
    {
      at: 'anthropics/claude-code#84738',
      what: 'an advisor',
      call: claude({
        input_tokens: 100,
        output_tokens: 50,
        iterations: [{ type: 'advisor_message', input_tokens: 9 }],
      }),
      status: 'partial',
      usd: 0.00105, // 100 × 3 + 50 × 15
      because: 'advisor',
    },
    {
      at: 'of the kind',
      what: 'one that nobody knows',
      call: claude({
        input_tokens: 100,
        output_tokens: 50,
        iterations: [{ type: 'verifier_message', input_tokens: 9 }],
      }),
      status: 'partial',
      usd: 0.00105,
      because: 'verifier_message',
    },
    {
      at: 'maximhq/bifrost#6500',
      what: 'a compaction is the work of the same one, and stands beside the counts',
      call: claude({
        input_tokens: 100,
        output_tokens: 50,
        iterations: [
          { type: 'compaction', input_tokens: 1000, output_tokens: 200, cache_read_input_tokens: 5000 },
          { type: 'message', input_tokens: 100, output_tokens: 50 },
        ],
      }),
      status: 'priced',
      usd: 0.00855, // 1,100 × 3 + 5,000 × 0.30 + 250 × 15
    },
  ],

  'a usage that says of itself that it is an estimate': [
    {
      at: 'decolua/9router#2880',
      what: 'a router that counted by itself',
      call: {
        url: openai,
        body: chat('gpt-4o-mini'),
        answer: { model: 'gpt-4o-mini', usage: { ...counts, estimated: true } },
      },
      status: 'partial',
      usd: ofCounts,
      because: 'an estimate',
    },
    {
      at: 'of the kind',
      what: 'in a stream, under another name',
      call: streamed(piece('x'), { choices: [], usage: { ...counts, is_estimated: true } }),
      status: 'partial',
      usd: ofCounts,
      because: 'an estimate',
    },
    {
      at: 'of the kind',
      what: 'one that says that it is none',
      call: {
        url: openai,
        body: chat('gpt-4o-mini'),
        answer: { model: 'gpt-4o-mini', usage: { ...counts, estimated: false } },
      },
      status: 'priced',
      usd: ofCounts,
    },
  ],

  'an answer that says more than it counts': [
    {
      at: 'of the kind',
      what: 'Gemini leaves the candidates out',
      call: gemini('gemini-2.5-flash', {}, { totalTokenCount: 1000 }),
      status: 'partial',
      usd: 0.0003,
      because: 'counts none',
    },
    {
      at: 'of the kind',
      what: 'Claude behind a gateway counts the input alone',
      call: claude({ input_tokens: 1000 }),
      status: 'partial',
      usd: 0.003,
      because: 'counts none',
    },
    {
      at: 'of the kind',
      what: 'the usage came before the first word, and never again',
      call: streamed({ model: 'gpt-4o-mini', choices: [], usage: { prompt_tokens: 1000 } }, piece('x'), piece('y')),
      status: 'partial',
      usd: 0.00015,
      because: 'counts none',
    },
    {
      at: 'langfuse/langfuse#8808',
      what: 'each message counts its own piece',
      call: streamed(
        ...Array.from({ length: 60 }, () => piece('x', { usage: { prompt_tokens: 1000, completion_tokens: 1 } })),
      ),
      status: 'partial',
      usd: 0.0001506,
      because: '60 pieces and counts 1 tokens',
    },
    {
      at: 'of the kind',
      what: 'the last message counts less than the one before it',
      call: streamed(
        piece('x', { usage: counts }),
        piece('y', { usage: { prompt_tokens: 1000, completion_tokens: 1 } }),
      ),
      status: 'partial',
      usd: 0.0001506,
      because: 'fell from 100 tokens to 1',
    },
  ],
}

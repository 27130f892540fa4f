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

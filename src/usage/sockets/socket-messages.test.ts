import { describe, expect, test } from 'vitest'
import { modelOfSocket, socketReaderFor } from './socket-messages.ts'

const openai = socketReaderFor(new URL('wss://api.openai.com/v1/realtime'))

describe("one message of OpenAI's sockets", () => {
  test.each<[message: unknown, told: readonly unknown[]]>([
    ...['session.created', 'session.updated', 'transcription_session.created', 'transcription_session.updated'].map(
      (type): [unknown, readonly unknown[]] => [
        { type, session: { model: 'gpt-realtime', audio: { input: { transcription: { model: 'whisper-1' } } } } },
        [{ type: 'session', model: 'gpt-realtime', transcriptionModel: 'whisper-1' }],
      ],
    ),
    [
      { type: 'session.created', session: { input_audio_transcription: { model: 'whisper-1' } } },
      [{ type: 'session', model: undefined, transcriptionModel: 'whisper-1' }],
    ],
    [{ type: 'response.created', response: { id: 'r' } }, [{ type: 'start', id: 'r' }]],
    [{ type: 'response.output_text.delta', response_id: 'r', delta: 'x' }, [{ type: 'token', id: 'r' }]],
    [{ type: 'response.output_text.delta', response_id: 'r', delta: '' }, []],
    [{ type: 'response.output_text.done', response_id: 'r', delta: 'x' }, []],
    [
      {
        type: 'response.done',
        response: { id: 'r', status: 'completed', model: 'm', usage: { input_tokens: 3, output_tokens: 2 } },
      },
      [
        {
          type: 'answer',
          id: 'r',
          facts: {
            usage: { input: 3, output: 2 },
            rawUsage: { input_tokens: 3, output_tokens: 2 },
            model: 'm',
            responseId: 'r',
            finishReason: 'stop',
            isComplete: true,
          },
        },
      ],
    ],
    [
      {
        type: 'response.done',
        response: { id: 'r', status: 'cancelled', status_details: { reason: 'turn_detected' } },
      },
      [{ type: 'answer', id: 'r', facts: { responseId: 'r', finishReason: 'turn_detected', isComplete: true } }],
    ],
    ...(
      [
        [{ status_details: { error: { type: 'server_error' } } }, 'server_error'],
        [{ error: { code: 'x' } }, 'x'],
        [{}, 'failed'],
      ] as const
    ).map(([more, errorType]): [unknown, readonly unknown[]] => [
      { type: 'response.done', response: { id: 'r', status: 'failed', ...more } },
      [{ type: 'answer', id: 'r', facts: { responseId: 'r', errorType, isComplete: true } }],
    ]),
    [
      { type: 'response.done', response: { id: 'r', billing_details: { n: 3 } } },
      [
        {
          type: 'answer',
          id: 'r',
          facts: {
            responseId: 'r',
            isComplete: true,
            usage: { doubts: ['it is not known what billing_details.n (3) is charged at'] },
          },
        },
      ],
    ],
    [{ type: 'response.done' }, [{ type: 'answer', id: undefined, facts: {} }]],
    ...['response.completed', 'response.incomplete', 'response.failed'].map((type): [unknown, readonly unknown[]] => [
      { type, response: { id: 'r' } },
      [{ type: 'answer', id: 'r', facts: { responseId: 'r', isComplete: true } }],
    ]),
    [
      { type: 'response.completed', response: { id: 'r', billing_details: { n: 3 } } },
      [
        {
          type: 'answer',
          id: 'r',
          facts: {
            responseId: 'r',
            isComplete: true,
            usage: { doubts: ['it is not known what billing_details.n (3) is charged at'] },
          },
        },
      ],
    ],
    [
      {
        type: 'conversation.item.input_audio_transcription.completed',
        usage: { type: 'tokens', input_tokens: 3, output_tokens: 2 },
      },
      [
        {
          type: 'transcript',
          facts: {
            usage: { input: 3, output: 2 },
            rawUsage: { type: 'tokens', input_tokens: 3, output_tokens: 2 },
            isComplete: true,
          },
        },
      ],
    ],
    [{ type: 'rate_limits.updated' }, []],
    [{ delta: 'x' }, []],
    ['text', []],
  ])('%j', (message, told) => {
    expect(openai?.read(message)).toEqual(told)
  })
})

/** What several messages of Gemini's Live tell, one after the other, and the end of the socket. */
function live(...messages: readonly unknown[]): readonly unknown[] {
  const reader = socketReaderFor(new URL('wss://x.example/ws/a.v1beta.GenerativeService.BidiGenerateContent?key=k'))
  return [...messages.flatMap((message) => reader?.read(message) ?? []), ...(reader?.end?.() ?? [])]
}

const words = { serverContent: { modelTurn: { parts: [{ text: 'x' }] } } }
const over = { serverContent: { turnComplete: true } }
const counts = (promptTokenCount: number) => ({ usageMetadata: { promptTokenCount, responseTokenCount: 2 } })
const answer = (input: number, more: object = {}) => ({
  type: 'answer',
  facts: expect.objectContaining({ usage: { input, output: 2, ...more }, isComplete: true }),
})
const start = { type: 'start' }
const token = { type: 'token' }

describe("a conversation with Gemini's Live", () => {
  test.each<[what: string, messages: readonly unknown[], told: readonly unknown[]]>([
    ['usage beside the end of a turn', [words, { ...over, ...counts(3) }], [start, token, answer(3)]],
    ['usage after the end of a turn', [words, over, counts(3)], [start, token, answer(3)]],
    ['usage before the end of a turn', [words, counts(3), over], [start, token, answer(3)]],
    [
      'usage that was told twice',
      [words, counts(3), counts(4), over],
      [start, token, answer(4, { doubts: ['the turn told its usage 2 times, and the last alone is counted'] })],
    ],
    [
      'two turns',
      [words, words, { ...over, ...counts(3) }, words, { ...over, ...counts(5) }],
      [start, token, token, answer(3), start, token, answer(5)],
    ],
    ['a call of a tool begins one as well', [{ toolCall: {} }, { ...over, ...counts(3) }], [start, answer(3)]],
    [
      'a turn whose usage never comes',
      [words, over, words, { ...over, ...counts(5) }],
      [start, token, { type: 'answer', facts: { isComplete: true } }, start, token, answer(5)],
    ],
    [
      'the socket is closed before it comes',
      [words, over],
      [start, token, { type: 'answer', facts: { isComplete: true } }],
    ],
    ['the socket is closed within a turn that told it', [words, counts(3)], [start, token, answer(3)]],
    ['the socket is closed within a turn', [words], [start, token]],
    [
      'an error',
      [words, { error: { code: 503 } }],
      [start, token, { type: 'answer', facts: { errorType: '503', isComplete: true } }],
    ],
    ['what says nothing', [{ setupComplete: {} }, 'text', { serverContent: { modelTurn: { parts: [] } } }, over], []],
  ])('%s', (_, messages, told) => {
    expect(live(...messages)).toEqual(told)
  })

  test('the tier that served it is told', () => {
    expect(live(words, { ...over, usageMetadata: { promptTokenCount: 3, trafficType: 'ON_DEMAND' } })).toMatchObject([
      start,
      token,
      { facts: { serviceTier: 'ON_DEMAND', rawUsage: { promptTokenCount: 3, trafficType: 'ON_DEMAND' } } },
    ])
  })

  test('the program names its model at the beginning', () => {
    const reader = socketReaderFor(new URL('wss://x.example/ws/a.BidiGenerateContentConstrained'))
    expect(reader?.readOwn?.({ setup: { model: 'models/gemini-live' } })).toEqual({
      type: 'session',
      model: 'gemini-live',
    })
    expect(reader?.readOwn?.({ setup: {} })).toEqual({ type: 'session', model: undefined })
    expect(reader?.readOwn?.({ clientContent: {} })).toBeUndefined()
  })
})

test('a socket is known by the end of its path', () => {
  expect(socketReaderFor(new URL('wss://a.example/v1/responses/'))).toBe(openai)
  for (const path of ['v1/realtime/x', 'notrealtime', 'BidiGenerateContentX', 'XBidiGenerateContent', '']) {
    expect(socketReaderFor(new URL(`wss://a.example/${path}`))).toBeUndefined()
  }
  expect(modelOfSocket(new URL('wss://a.example/v1/realtime?model=m&deployment=d'))).toBe('m')
  expect(modelOfSocket(new URL('wss://a.example/v1/realtime?deployment=d'))).toBe('d')
  expect(modelOfSocket(new URL('wss://a.example/v1/realtime?model='))).toBeUndefined()
})

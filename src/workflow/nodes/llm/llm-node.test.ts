import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { runNodes, saidIn } from '../../../../test/helpers/run-nodes.ts'
import type { ApplyClass } from '../../config/function-reference.ts'
import { tool } from '../chat/tool.ts'
import type { LlmNodeConfig } from './llm-config.ts'

const node = (rest: Partial<LlmNodeConfig> = {}): LlmNodeConfig => ({
  node_type: 'llm',
  model: { name: 'gpt-4o-mini' },
  prompt: [{ system: 'Be {mood}.' }, { user: 'About {text}?' }, { assistant: 'Yes.' }, { user: 'Go on.' }],
  output_keys: 'out',
  ...rest,
})
const rows = [{ id: 'r1', text: 'rain', mood: 'kind' }]

test('all messages of a prompt are filled and sent in order', async () => {
  const { requests, records } = await runNodes({ it: node() }, { rows })
  expect(requests[0] && saidIn(requests[0])).toEqual([
    'system: Be kind.',
    'user: About rain?',
    'assistant: Yes.',
    'user: Go on.',
  ])
  expect(records).toEqual([{ ...rows[0], out: 'ok' }])
})

test('images and sounds go as data URLs', async () => {
  const image = 'data:image/png;base64,iVBORw0KGgo='
  const sound = 'data:audio/wav;codecs=1;base64,UklGRg=='
  const prompt: LlmNodeConfig['prompt'] = [
    {
      user: [
        { type: 'text', text: 'What is on {name}?' },
        { type: 'image_url', image_url: { url: '{image}' } },
        { type: 'audio_url', audio_url: '{sound}' },
      ],
    },
  ]
  const { requests } = await runNodes({ it: node({ prompt }) }, { rows: [{ id: 'r1', name: 'it', image, sound }] })
  expect(requests[0]?.messages[0]?.content).toEqual([
    { type: 'text', text: 'What is on it?' },
    { type: 'image_url', image_url: { url: image } },
    { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
  ])
})

test('what is no address of an image fails its record', async () => {
  const prompt: LlmNodeConfig['prompt'] = [{ user: [{ type: 'image_url', image_url: '{text}' }] }]
  const { failures } = await runNodes({ it: node({ prompt }) }, { rows })
  expect(failures).toMatchObject([{ error: { code: 'bad_data', message: expect.stringContaining('data URL') } }])
})

describe('processors', () => {
  test('before: what it gives, or has changed in its copy, holds for this node alone', async () => {
    const preProcess = (state: { mood: string; text: string }) => {
      state.mood = 'stern'
    }
    const { requests, records } = await runNodes({ it: node({ pre_process: preProcess }) }, { rows })
    expect(requests[0] && saidIn(requests[0])[0]).toBe('system: Be stern.')
    expect(records[0]).toMatchObject({ mood: 'kind' })
  })

  test.each([
    ['without the state', ({ content }: { content: string }) => ({ out: content.length }), { out: 2 }],
    [
      'with the state',
      ({ content }: { content: string }, { text }: { text: string }) => ({ out: content + text }),
      { out: 'okrain' },
    ],
    ['a bare value for the one key', () => 7, { out: 7 }],
    ['nothing', () => undefined, {}],
  ])('after: %s', async (_what, postProcess, expected) => {
    const { records } = await runNodes({ it: node({ post_process: postProcess }) }, { rows })
    expect(records).toEqual([{ ...rows[0], ...expected }])
  })
})

describe('tools that the model asks for', () => {
  const tools = [tool({ name: 'add', parameters: z.object({ a: z.number() }), execute: ({ a }) => a })]
  const called = { id: expect.any(String), type: 'function', function: { name: 'add', arguments: '{"a":1}' } }
  const answers = () => ({ toolCalls: [{ name: 'add', arguments: { a: 1 } }] })

  test('are in the state, as OpenAI writes them, also for the post-processor; without any, an empty list', async () => {
    const seen: unknown[] = []
    const post_process = ({ content }: { content: string }, { tool_calls }: { tool_calls?: unknown }) => {
      seen.push(tool_calls)
      return { out: content }
    }
    const { records } = await runNodes(
      { it: node({ tools }), next: node({ tools, post_process }) },
      { rows, answer: (_request, index) => (index === 0 ? answers() : 'none') },
    )
    expect(seen).toEqual([[]])
    expect(records).toEqual([{ ...rows[0], out: 'none', tool_calls: [] }])
    const first = await runNodes({ it: node({ tools, post_process: () => ({}) }) }, { rows, answer: answers })
    expect(first.records).toEqual([{ ...rows[0], tool_calls: [called] }])
  })

  test('are not written by a node without tools', async () => {
    const { records } = await runNodes({ it: node({ tools: [] }) }, { rows })
    expect(Object.keys(records[0] ?? {})).not.toContain('tool_calls')
  })
})

test('functions may be static methods of a class that cannot be constructed', async () => {
  class Swap {
    constructor() {
      throw new Error('abstract')
    }
    static apply({ content }: { content: string }) {
      return { out: content.toUpperCase() }
    }
  }
  const { records } = await runNodes({ it: node({ post_process: Swap as unknown as ApplyClass }) }, { rows })
  expect(records).toEqual([{ ...rows[0], out: 'OK' }])
})

test('an idle node is passed over', async () => {
  const { records, requests } = await runNodes(
    { it: node({ node_state: 'idle' }), other: node({ output_keys: 'b' }) },
    { rows },
  )
  expect(requests).toHaveLength(1)
  expect(records).toEqual([{ ...rows[0], b: 'ok' }])
})

test('the chat that is sent may stand under another key, and the answer may have another role', async () => {
  const chat = [{ role: 'user', content: 'Before.' }]
  const settings = { input_key: 'chat', output_keys: undefined, output_role: 'user' } as const
  const { requests, records } = await runNodes({ it: node(settings) }, { rows: [{ ...rows[0], chat }] })
  expect(requests[0] && saidIn(requests[0]).at(-1)).toBe('user: Before.')
  expect(records[0]?.messages).toEqual([{ role: 'user', content: 'ok' }])
})

test.each([
  ['content_filter', /the content filter of the service held it back/],
  ['length', /the token limit was reached before the model said anything; raise max_tokens/],
] as const)('an empty answer that ended with %s fails its record', async (finishReason, message) => {
  const { failures, records } = await runNodes({ it: node() }, { rows, answer: () => ({ content: '', finishReason }) })
  expect(records).toEqual([])
  expect(failures).toMatchObject([{ error: { code: 'model_answer', message: expect.stringMatching(message) } }])
})

test('an answer may be empty where the model had nothing to say', async () => {
  const { records } = await runNodes({ it: node() }, { rows, answer: () => ({ content: '' }) })
  expect(records).toEqual([{ ...rows[0], out: '' }])
})

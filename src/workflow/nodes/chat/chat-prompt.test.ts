import { describe, expect, test } from 'vitest'
import { runNodes, saidIn } from '../../../../test/helpers/run-nodes.ts'
import type { State } from '../../graph/state.ts'
import type { LlmNodeConfig } from '../llm/llm-config.ts'
import { createChatPrompt } from './chat-prompt.ts'

const node = (name: string, rest: Partial<LlmNodeConfig> = {}): LlmNodeConfig => ({
  node_type: 'llm',
  model: { name: 'gpt-4o-mini' },
  prompt: [{ system: `You are ${name}.` }, { user: `Question of ${name}` }],
  ...rest,
})

const answer = (_request: unknown, index: number) => `answer ${index}`

describe('the history of the chat', () => {
  test('a node with a history is shown what was asked and answered before, whatever key the answers went to', async () => {
    const { requests, records } = await runNodes(
      {
        a: node('a', { chat_history: true, output_keys: 'one' }),
        b: node('b', { chat_history: true }),
        c: node('c', { chat_history: true, output_keys: 'three' }),
      },
      { answer },
    )
    expect(requests[2] && saidIn(requests[2])).toEqual([
      'system: You are c.',
      'user: Question of a',
      'assistant: answer 0',
      'user: Question of b',
      'assistant: answer 1',
      'user: Question of c',
    ])
    expect(Object.keys(records[0] ?? {})).toEqual(['id', 'one', 'messages', 'three'])
  })

  test('a node without one is shown the messages alone', async () => {
    const { requests } = await runNodes({ a: node('a', { chat_history: true }), b: node('b') }, { answer })
    expect(requests[1] && saidIn(requests[1])).toEqual([
      'system: You are b.',
      'user: Question of b',
      'assistant: answer 0',
    ])
  })

  test.each([
    [undefined, 5],
    [2, 2],
    [0, 0],
  ])('a window of %s shows %i turns', (size, turns) => {
    const chat = createChatPrompt(node('a', { chat_history: true }), {
      name: 'a',
      where: 'node',
      graphProperties: { chat_history_window_size: size },
    })
    const history = Array.from({ length: 8 }, (_, index) => [
      { role: 'user', content: `q${index}` },
      { role: 'assistant', content: `a${index}` },
    ])
    const { messages } = chat.questionFor({ __chat_history__: history.flat() } satisfies State)
    expect(messages.map(({ content }) => content)).toEqual([
      'You are a.',
      ...history.slice(history.length - turns).flatMap((turn) => turn.map(({ content }) => content)),
      'Question of a',
    ])
  })

  test('a conversation of several turns gives every node a history that does not refuse it', () => {
    const surroundings = { name: 'a', where: 'node', graphProperties: { chat_conversation: 'multiturn' as const } }
    const turn = { question: { messages: [], asked: [{ role: 'user' as const, content: 'q' }] }, answer: 'x' }
    expect(createChatPrompt(node('a'), surroundings).withHistory({ one: 1 }, turn)).toEqual({
      one: 1,
      __chat_history__: [{ name: 'a', request: [{ role: 'user', content: 'q' }], response: 'x' }],
    })
    const without = createChatPrompt(node('a', { chat_history: false }), surroundings)
    expect(without.withHistory({ one: 1 }, turn)).toEqual({ one: 1 })
  })

  test('a post-processor that gives the whole state back loses no turn, and conditions and the output find the turns', async () => {
    const seen: unknown[] = []
    const { records } = await runNodes(
      {
        a: node('a', { chat_history: true, post_process: (_answer: unknown, state: State) => state }),
        b: node('b', { chat_history: true, post_process: (_answer: unknown, state: State) => state }),
      },
      {
        answer,
        edges: [
          { from: 'START', to: 'a' },
          {
            from: 'a',
            condition: ({ __chat_history__: turns }: State) => {
              seen.push(Array.isArray(turns) ? turns.at(-1) : undefined)
              return 'on'
            },
            path_map: { on: 'b' },
          },
          { from: 'b', to: 'END' },
        ],
        outputMap: { said: '__chat_history__' },
      },
    )
    const turnOf = (name: string, response: string) => ({
      name,
      request: [
        { role: 'system', content: `You are ${name}.` },
        { role: 'user', content: `Question of ${name}` },
      ],
      response,
    })
    expect(seen).toEqual([turnOf('a', 'answer 0')])
    expect(records).toEqual([{ said: [turnOf('a', 'answer 0'), turnOf('b', 'answer 1')] }])
  })

  test('a conversation of one turn is told as one text that names who said what', () => {
    const chat = createChatPrompt(node('b', { chat_history: true }), {
      name: 'b',
      where: 'node',
      graphProperties: { chat_conversation: 'singleturn' },
    })
    const history = [
      { name: 'a', request: [{ role: 'user', content: 'Greet them.' }], response: 'Hello.' },
      { name: 'b', request: [], response: 'Hello to you.' },
    ]
    expect(chat.questionFor({ __chat_history__: history }).messages).toEqual([
      { role: 'system', content: 'You are b.' },
      {
        role: 'user',
        content:
          'The conversation so far:\nopening: Greet them.\na: Hello.\nb: Hello to you.\n\nYou are b. Give its next answer only.',
      },
      { role: 'user', content: 'Question of b' },
    ])
  })
})

describe('functions before and after', () => {
  test.each([
    ['gives the state', (state: State) => ({ ...state, id: 'changed' })],
    ['changes its copy in place', (state: State) => void Object.assign(state, { id: 'changed' })],
  ])('a pre-processor that %s holds for its own node alone', async (_what, preProcess) => {
    const { requests, records } = await runNodes(
      { a: node('a', { prompt: [{ user: '{id}' }], pre_process: preProcess, output_keys: 'text' }) },
      { answer },
    )
    expect(requests[0] && saidIn(requests[0])).toEqual(['user: changed'])
    expect(records).toEqual([{ id: 'r1', text: 'answer 0' }])
  })

  test('a post-processor may give a map, or the value of the only key; the state is its second parameter', async () => {
    const { records } = await runNodes(
      {
        a: node('a', {
          post_process: ({ content }: { content: string }, { id }: State) => ({ said: `${id} ${content}` }),
        }),
        b: node('b', { output_keys: 'size', post_process: ({ content }: { content: string }) => content.length }),
      },
      { answer },
    )
    expect(records).toEqual([{ id: 'r1', said: 'r1 answer 0', size: 8 }])
  })

  test.each([
    ['post_process', { post_process: () => 'text' }, 'post_process gave "text"; expected a map of state keys'],
    ['pre_process', { pre_process: () => 4 }, 'pre_process gave 4; expected the state, or nothing'],
  ])('a %s that gives something else fails the record', async (_what, rest, message) => {
    const { failures } = await runNodes({ a: node('a', rest) }, { answer })
    expect(failures).toMatchObject([{ error: { code: 'bad_function', message } }])
  })

  test.each([
    ['several keys for one text', { output_keys: ['a', 'b'] }, /output_keys names a, b; expected one key/],
    ['a message of a tool', { prompt: [{ tool: 'x' }] }, /role "tool"/],
  ])('refused before the first request: %s', async (_what, rest, message) => {
    await expect(runNodes({ a: node('a', rest) })).rejects.toThrow(message)
  })

  test('tools of an llm node are offered, and what it asks for is its answer', async () => {
    const { z } = await import('zod')
    const search = { name: 'search', parameters: z.object({ q: z.string() }), execute: () => 'never called' }
    const { records, requests } = await runNodes(
      { a: node('a', { tools: [search], tool_choice: 'required', output_keys: 'calls' }) },
      { answer: () => ({ toolCalls: [{ name: 'search', arguments: { q: 'rain' } }] }) },
    )
    expect(requests).toHaveLength(1)
    expect(requests[0]?.tool_choice).toBe('required')
    expect(records[0]?.calls).toMatchObject([{ name: 'search', arguments: { q: 'rain' } }])
  })
})

import { expect, test } from 'vitest'
import { z } from 'zod'
import { runNodes } from '../../../../test/helpers/run-nodes.ts'
import type { ChatRequest } from '../../../simulator/chat-request.ts'
import type { MultiLlmNodeConfig } from './multi-llm-config.ts'

function compare(rest: Partial<MultiLlmNodeConfig> = {}): MultiLlmNodeConfig {
  return {
    node_type: 'multi_llm',
    models: { small: { name: 'gpt-4o-mini' }, large: { name: 'gpt-4o' } },
    prompt: [{ user: 'Say who you are.' }],
    ...rest,
  }
}

const answer = ({ model }: ChatRequest) => `I am ${model}`

test('several models are one execution of the node', async () => {
  const { metadata, records } = await runNodes({ compare: compare() }, { answer })
  expect(records).toEqual([{ id: 'r1', small: 'I am gpt-4o-mini', large: 'I am gpt-4o' }])
  expect(metadata?.nodes.compare).toMatchObject({
    node_type: 'multi_llm',
    model_name: null,
    total_executions: 1,
    requests: { total_requests: 2 },
  })
  expect(Object.keys(metadata?.models ?? {})).toEqual(expect.arrayContaining(['gpt-4o-mini', 'gpt-4o']))
})

test('one output key takes all answers by label', async () => {
  const { records } = await runNodes({ compare: compare({ output_keys: 'answers' }) }, { answer })
  expect(records).toEqual([{ id: 'r1', answers: { small: 'I am gpt-4o-mini', large: 'I am gpt-4o' } }])
})

test('a function combines the answers, each after its own post-processor', async () => {
  const { records } = await runNodes(
    {
      compare: compare({
        post_process: ({ content }: { content: string }) => content.length,
        multi_llm_post_process: (lengths: Record<string, number>, state: { id: string }) => ({
          longest: Math.max(...Object.values(lengths)),
          of: state.id,
        }),
      }),
    },
    { answer },
  )
  expect(records).toEqual([{ id: 'r1', longest: 'I am gpt-4o-mini'.length, of: 'r1' }])
})

test('the function gets whole answers when nothing changed them', async () => {
  const choose = (answers: Record<string, { content: string; finishReason: string }>) => ({
    best: answers.large?.content,
    why: answers.large?.finishReason,
  })
  const { records } = await runNodes({ compare: compare({ multi_llm_post_process: choose }) }, { answer })
  expect(records).toEqual([{ id: 'r1', best: 'I am gpt-4o', why: 'stop' }])
})

test('each model may have a schema of its own', async () => {
  const schema = z.object({ name: z.string() })
  const models = { small: { name: 'gpt-4o-mini', structured_output: { schema } }, large: { name: 'gpt-4o' } }
  const { records } = await runNodes(
    { compare: compare({ models }) },
    { answer: ({ response_format }) => (response_format ? '{"name": "small"}' : 'free') },
  )
  expect(records).toEqual([{ id: 'r1', small: { name: 'small' }, large: 'free' }])
})

test('when one model fails the others are waited for and counted', async () => {
  const models = {
    small: { name: 'gpt-4o-mini', structured_output: { schema: z.object({}).strict(), max_parse_retries: 0 } },
    large: { name: 'gpt-4o' },
  }
  const { failures, metadata } = await runNodes({ compare: compare({ models }) }, { answer })
  expect(failures).toMatchObject([{ error: { code: 'model_answer' } }])
  expect(metadata?.aggregate_statistics.requests.total_requests).toBe(2)
  expect(metadata?.nodes.compare).toMatchObject({ total_executions: 1, total_failures: 1 })
})

test('several output keys without a function are refused before the first request', async () => {
  await expect(runNodes({ compare: compare({ output_keys: ['a', 'b'] }) })).rejects.toThrow(/multi_llm_post_process/)
})

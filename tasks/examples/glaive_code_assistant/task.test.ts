import { expect, onTestFinished, test, vi } from 'vitest'
import { startFakeHub } from '../../../test/helpers/fake-hub.ts'
import { runExample } from '../../../test/helpers/run-example.ts'

const name = 'glaive_code_assistant'

test('a rehearsal over the sample answers, reviews and improves', async () => {
  const { records, failures, metadata } = await runExample(name, { sample: 'sample.jsonl' })
  expect(failures).toEqual([])
  expect(records).toHaveLength(12)
  expect(Object.keys(records[0] ?? {})).toEqual([
    'id',
    'conversation',
    'taxonomy',
    'annotation_type',
    'language',
    'tags',
  ])
  const turns = records.map(({ conversation }) => (Array.isArray(conversation) ? conversation.length : 0))
  expect(new Set(turns)).toEqual(new Set([2, 4, 6, 8]))
  const { generate_answer: generate, critique_answer: critique } = metadata?.nodes ?? {}
  expect(generate?.total_executions).toBe(critique?.total_executions)
  expect(generate?.total_executions).toBeGreaterThan(12)
  expect(metadata?.models['gpt-4o']?.performance.total_requests).toBe(2 * (generate?.total_executions ?? 0))
})

test('without the sample its records come from the Hub', async () => {
  const train = '{"question":"How do I reverse a list?","answer":"list[::-1]"}\n'
  const hub = await startFakeHub({
    'glaiveai/glaive-code-assistant-v2': {
      revisions: { main: { commit: 'c0ffee', files: { 'data/train.jsonl': train } } },
    },
  })
  vi.stubEnv('HF_ENDPOINT', hub.endpoint)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const { records, metadata } = await runExample(name)
  expect(records).toHaveLength(1)
  expect(metadata?.dataset).toMatchObject({ source_type: 'hf', source_path: 'glaiveai/glaive-code-assistant-v2' })
})

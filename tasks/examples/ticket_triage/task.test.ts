import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'
import { compare } from './task.ts'

test('two models sort every ticket; one pass is one execution of the node, and an answer in prose is asked for again', async () => {
  const { records, failures, metadata } = await runExample('ticket_triage')
  expect(failures).toEqual([])
  expect(records.map(({ id, category, needs_review: review }) => [id, category, review])).toEqual([
    ['t01', 'billing', false],
    ['t02', 'bug', false],
    ['t03', 'feature', false],
    ['t04', 'billing', true],
    ['t05', 'question', false],
    ['t06', 'bug', false],
    ['t07', 'other', false],
    ['t08', 'other', false],
  ])
  expect(metadata?.nodes.classify).toMatchObject({ node_type: 'multi_llm', total_executions: 8 })
  expect(metadata?.models['gpt-4o-mini']?.performance.total_requests).toBe(9)
  expect(metadata?.models['gpt-4o']?.performance.total_requests).toBe(8)
})

test('an opinion that breaks the schema is no opinion', () => {
  const fine = { parsed: { category: 'bug', urgency: 3, reason: 'It crashes.' } }
  expect(() => compare({ small: fine, large: { parsed: { category: 'bug', urgency: 9, reason: '' } } })).toThrow(
    'urgency',
  )
})

import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'

test('each picture is read from its file and has questions by the schema', async () => {
  const { records, failures, metadata } = await runExample('image_to_questions')
  expect(failures).toEqual([])
  expect(records.map(({ image, questions }) => [image, Array.isArray(questions) && questions.length])).toEqual([
    ['bars.png', 2],
    ['traffic-light.png', 2],
  ])
  expect(metadata?.nodes.look?.total_executions).toBe(2)
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeGreaterThan(0)
})

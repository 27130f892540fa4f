import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'

test('the task within runs with the settings of the one around it, and is accounted for as a part of it', async () => {
  const { records, failures, metadata } = await runExample('instruction_pairs')
  expect(failures).toEqual([])
  expect(records).toHaveLength(12)
  for (const { score, remark, prompt, response } of records) {
    expect(score).toBeGreaterThanOrEqual(4)
    expect(remark).toEqual(expect.any(String))
    expect(response).toContain(String(prompt).trim())
  }
  const nodes = metadata?.nodes ?? {}
  expect(nodes.evolve).toMatchObject({ node_type: 'subgraph', total_executions: 12 })
  // The override gives the answers to the larger model, and leaves the rest as it is.
  expect(nodes['evolve.answer']).toMatchObject({ model_name: 'gpt-4o', total_executions: 12 })
  expect(nodes['evolve.evolve']).toMatchObject({ model_name: 'gpt-4o-mini' })
  expect(nodes.judge?.total_executions).toBe(12)
})

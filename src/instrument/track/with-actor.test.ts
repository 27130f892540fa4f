import { expect, test } from 'vitest'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { trackModelRequest } from './track-model-request.ts'
import { withAgent, withTool } from './with-actor.ts'

const ask = trackModelRequest(async () => ({ usage: { prompt_tokens: 10, completion_tokens: 1 } }), { model: 'm' })

test('each token is in its innermost agent and tool, and once in all around them, however many run at once', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `agent-${index}`)
  const { collector } = await observeRequests(() =>
    withAgent('team', () =>
      Promise.all(
        names.map((name) =>
          withAgent(name, async () => {
            await ask()
            await withTool('delegate', () => withAgent('helper', ask))
          }),
        ),
      ),
    ),
  )
  const { agents = {}, tools = {} } = collector.getMetadataSummary()
  for (const name of names) {
    expect(agents[name]?.token_statistics?.total_tokens, name).toBe(11)
    expect(agents[name]?.inclusive?.total_tokens, name).toBe(22)
  }
  expect(agents.helper?.token_statistics?.total_tokens).toBe(50 * 11)
  expect(agents.team).toMatchObject({ total_executions: 1, inclusive: { total_tokens: 100 * 11 } })
  expect(agents.team).not.toHaveProperty('requests')
  expect(tools.delegate).toMatchObject({ total_executions: 50, token_statistics: { total_tokens: 50 * 11 } })
})

test('what it gives or throws goes on unchanged, and a failure is counted', async () => {
  const error = new RangeError('no')
  const { collector, error: thrown } = await observeRequests(async () => {
    expect(withTool('add', () => 3)).toBe(3)
    await ask()
    await withAgent('planner', async () => {
      throw error
    })
  })
  expect(thrown).toBe(error)
  const { agents, tools } = collector.getMetadataSummary()
  expect(agents?.planner).toMatchObject({ total_failures: 1, error_types: { RangeError: 1 } })
  expect(tools?.add).toMatchObject({ total_executions: 1, total_failures: 0 })
})

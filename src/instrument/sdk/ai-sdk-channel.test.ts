import { tracingChannel } from 'node:diagnostics_channel'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { chatCompletion, sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { trackFetch } from '../fetch/fetch.ts'
import { followAiSdk } from './ai-sdk-channel.ts'
import { observeAiSdk } from './ai-sdk-operations.ts'

followAiSdk(() => observeAiSdk)

// What `ai` 7 publishes, as it publishes it; the package itself runs in the matrix, since it needs a newer Node.
function published<Result>(type: string, event: object, act: () => Promise<Result>): Promise<Result> {
  return tracingChannel('ai:telemetry').tracePromise(act, { type, event })
}

function generateText(functionId: string | undefined, ask: () => Promise<unknown>, afterwards = async () => {}) {
  return published('generateText', { functionId }, () =>
    published('step', { functionId }, async () => {
      await published('languageModelCall', { functionId, modelId: 'gpt-4o-mini', provider: 'openai.chat' }, ask)
      await afterwards()
    }),
  )
}

async function modelServer(): Promise<() => Promise<unknown>> {
  const server = await startFaultServer(async (response) => {
    await wait(Math.random() * 20)
    sendJson(response, 200, chatCompletion())
  })
  onTestFinished(() => server.close())
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
  const fetch = trackFetch(globalThis.fetch)
  return async () => (await fetch(`${server.url}/chat/completions`, { method: 'POST', body })).json()
}

test('a request belongs to the agent and to the tool that it was sent in', async () => {
  const ask = await modelServer()
  const { attempts } = await observeRequests(() =>
    generateText('planner', ask, () =>
      published('executeTool', { functionId: 'planner', toolCall: { toolName: 'lookup' } }, async () => {
        await generateText(undefined, ask)
        await generateText('inner', ask)
      }),
    ),
  )
  expect(attempts.map(({ agent, tool }) => [agent, tool])).toEqual([
    ['planner', undefined],
    ['planner', 'lookup'],
    ['inner', 'lookup'],
  ])
  expect(attempts.map(({ outerAgents }) => outerAgents)).toEqual([undefined, undefined, ['planner']])
})

test('an agent and a tool are executed once each time, whatever steps and calls they have, and a failure is one', async () => {
  const ask = await modelServer()
  const tool = (toolName: string, output: object | undefined) =>
    published('executeTool', { functionId: 'planner', toolCall: { toolName } }, async () => ({ output }))
  const { collector, error } = await observeRequests(async () => {
    await generateText('planner', ask, async () => {
      await tool('lookup', { type: 'tool-result' })
      await tool('lookup', { type: 'tool-error', error: new TypeError('down') })
      // The program keeps its results from telemetry.
      await tool('secret', undefined)
    })
    await generateText(undefined, ask)
    await generateText('planner', async () => {
      throw new RangeError('no')
    })
  })
  expect(error).toBeInstanceOf(RangeError)
  const { agents = {}, tools = {} } = collector.getMetadataSummary()
  expect(Object.keys(agents)).toEqual(['planner'])
  expect(agents.planner).toMatchObject({
    total_executions: 2,
    total_failures: 1,
    error_types: { RangeError: 1 },
    requests: { total_requests: 2 },
  })
  expect(tools.lookup).toMatchObject({
    total_executions: 2,
    total_failures: 1,
    unknown_outcomes: 0,
    error_types: { TypeError: 1 },
  })
  expect(tools.secret).toMatchObject({ total_executions: 1, total_failures: 0, unknown_outcomes: 1 })
})

test('200 agents at once keep every token in their own agent', async () => {
  const ask = await modelServer()
  const names = Array.from({ length: 200 }, (_, index) => `agent-${index}`)
  const { attempts } = await observeRequests(() =>
    Promise.all(names.map((name) => generateText(name, ask, async () => void (await ask())))),
  )
  expect(attempts).toHaveLength(400)
  for (const name of names) {
    const own = attempts.filter(({ agent }) => agent === name)
    expect(own.map(({ usage }) => [usage?.input, usage?.output])).toEqual([
      [44, 92],
      [44, 92],
    ])
  }
})

test('a model in the process is recorded by what the SDK tells of its answer, and one on the wire is not told twice', async () => {
  const answer = {
    usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 },
    response: { id: 'r1', modelId: 'local-7b' },
    finishReason: 'stop',
  }
  const { attempts } = await observeRequests(() =>
    published('generateText', { functionId: 'planner' }, () =>
      published('languageModelCall', { modelId: 'local-7b', provider: 'local.chat' }, async () => answer),
    ),
  )
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({
    agent: 'planner',
    model: 'local-7b',
    status: 200,
    usage: { input: 7, output: 3 },
    finishReason: 'stop',
    responseId: 'r1',
  })
})

import { tool as langchainTool } from '@langchain/core/tools'
import { createReactAgent } from '@langchain/langgraph/prebuilt'
import { ChatOpenAI } from '@langchain/openai'
import { Agent, tool as agentTool, OpenAIProvider, Runner } from '@openai/agents'
import { createAgent } from 'langchain'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type MockModels, startMockModels } from '../helpers/mock-models.ts'
import { startModelServer } from '../helpers/model-server.ts'
import { observeRequests } from '../helpers/observe-requests.ts'
import { watchWire } from '../helpers/watch-wire.ts'

let models: MockModels
let endWatch = () => {}
beforeAll(async () => {
  endWatch = watchWire()
  models = await startMockModels({ tool: 'weather' })
})
afterAll(async () => {
  endWatch()
  await models.stop()
})

const question = 'How is the weather?'
const description = 'The weather'
const schema = z.object({})
const tools = [langchainTool(() => 'sunny', { name: 'weather', description, schema })]
const llm = (url: string) =>
  new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'k', maxRetries: 1, configuration: { baseURL: `${url}/v1` } })

/** What asks a model, which asks for a tool, and asks the model again with what the tool has said. */
const agents: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  'langchain createAgent': (url) =>
    createAgent({ model: llm(url), tools }).invoke({ messages: [{ role: 'user', content: question }] }),
  'langgraph createReactAgent': (url) =>
    createReactAgent({ llm: llm(url), tools }).invoke({ messages: [{ role: 'user', content: question }] }),
  // Nobody has written an adapter for this one.
  '@openai/agents': async (url) => {
    const weather = agentTool({ name: 'weather', description, parameters: schema, execute: () => 'sunny' })
    const agent = new Agent({ name: 'weatherman', instructions: 'Help', model: 'gpt-4o-mini', tools: [weather] })
    const modelProvider = new OpenAIProvider({ apiKey: 'k', baseURL: `${url}/v1` })
    return (await new Runner({ modelProvider, tracingDisabled: true }).run(agent, question)).finalOutput
  },
}

test.each(Object.entries(agents))('%s: each turn is a call, and a 429 in between a retry', async (_name, ask) => {
  const server = await startModelServer({ respond: models.respond, faults: [undefined, { status: 429 }] })
  onTestFinished(() => server.close())
  const { attempts, error, collector } = await observeRequests(() => ask(server.url))
  expect(error).toBeUndefined()
  expect(attempts.map(({ status, resendCount }) => [status, resendCount])).toEqual([
    [200, 0],
    [429, 0],
    [200, 1],
  ])
  const { calls, requests, tokens } = collector.getMetadataSummary().aggregate_statistics
  expect(calls).toMatchObject({ total: 2, succeeded: 2 })
  expect(requests).toMatchObject({ total_requests: 3, total_retries: 1, total_failures: 0 })
  expect(tokens.total_tokens).toBe(2 * 136)
})

import { tool as langchainTool, type StructuredToolInterface } from '@langchain/core/tools'
import { createReactAgent } from '@langchain/langgraph/prebuilt'
import { ChatOpenAI } from '@langchain/openai'
import {
  Agent,
  addTraceProcessor,
  tool as agentTool,
  OpenAIProvider,
  Runner,
  setTracingDisabled,
  setTracingExportApiKey,
  type TracingProcessor,
} from '@openai/agents'
import { createAgent } from 'langchain'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { observeAiSdk } from '../../src/instrument/sdk/ai-sdk-operations.ts'
import { metadataTelemetry } from '../../src/instrument/sdk/ai-sdk-telemetry.ts'
import { followFrameworks } from '../../src/instrument/sdk/follow-frameworks.ts'
import { MetadataTrackingCallback } from '../../src/instrument/sdk/langchain.ts'
import { observeLangchain } from '../../src/instrument/sdk/langchain-handler.ts'
import { observeOpenAiAgents } from '../../src/instrument/sdk/openai-agents-executions.ts'
import { MetadataCollector } from '../../src/runtime/collector/metadata-collector.ts'
import { followCollector } from '../../src/telemetry/follow-collector.ts'
import { answerAsAgent } from '../helpers/agent-server.ts'
import { startFaultServer } from '../helpers/fault-server.ts'
import { observeRequests } from '../helpers/observe-requests.ts'
import { registerOwnTelemetry } from '../helpers/own-telemetry.ts'
import { watchWire } from '../helpers/watch-wire.ts'

// The frameworks as they are, without a line of code for us: what they tell of their agents and tools. Each answer of the
// server has 44 tokens in and 92 out, and each agent that is offered a tool asks twice.
const perAnswer = 44 + 92
const description = 'does it'
const schema = z.object({ query: z.string() })
let endWatch = () => {}
beforeAll(() => {
  endWatch = watchWire()
  followFrameworks(() => ({ observeAiSdk, metadataTelemetry, observeLangchain, observeOpenAiAgents }))
})
afterAll(() => endWatch())

async function modelServer() {
  const server = await startFaultServer(answerAsAgent())
  onTestFinished(() => server.close())
  return server
}

interface Framework {
  /** Asks an agent that has a tool, which asks another agent, which has a tool. */
  readonly ask: (url: string, names: { readonly outer: string; readonly inner: string }) => Promise<unknown>
  /** Asks an agent whose tool fails. */
  readonly fail: (url: string) => Promise<unknown>
}

const llm = (url: string) => new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'k', configuration: { baseURL: url } })
const input = { messages: [{ role: 'user', content: 'Hi' }] }
const broken = () => {
  throw new TypeError('no')
}

function langchainLike(
  make: (given: { name: string; url: string; tools: StructuredToolInterface[] }) => {
    invoke: (given: typeof input) => Promise<{ messages: { content: unknown }[] }>
  },
): Framework {
  return {
    async ask(url, { outer, inner }) {
      const fetchUrl = langchainTool(async () => 'x', { name: 'fetch_url', description, schema })
      const within = make({ name: inner, url, tools: [fetchUrl] })
      const research = langchainTool(async () => String((await within.invoke(input)).messages.at(-1)?.content), {
        name: 'research',
        description,
        schema,
      })
      await make({ name: outer, url, tools: [research] }).invoke(input)
    },
    async fail(url) {
      const tools = [langchainTool(async () => broken(), { name: 'broken', description, schema })]
      await make({ name: 'clumsy', url, tools })
        .invoke(input)
        .catch(() => {})
    },
  }
}

function runnerFor(url: string, tracingDisabled = false): Runner {
  return new Runner({
    modelProvider: new OpenAIProvider({ apiKey: 'k', baseURL: url, useResponses: false }),
    tracingDisabled,
  })
}

const openAiAgents: Framework = {
  async ask(url, { outer, inner }) {
    const runner = runnerFor(url)
    const common = { instructions: 'Help', model: 'gpt-4o-mini' }
    const fetchUrl = agentTool({ name: 'fetch_url', description, parameters: schema, execute: async () => 'x' })
    const within = new Agent({ ...common, name: inner, tools: [fetchUrl] })
    const research = agentTool({
      name: 'research',
      description,
      parameters: schema,
      execute: async () => String((await runner.run(within, 'q')).finalOutput),
    })
    await runner.run(new Agent({ ...common, name: outer, tools: [research] }), 'Hi')
  },
  async fail(url) {
    const tools = [agentTool({ name: 'broken', description, parameters: schema, execute: async () => broken() })]
    await runnerFor(url).run(new Agent({ name: 'clumsy', instructions: 'Help', model: 'gpt-4o-mini', tools }), 'Hi')
  },
}

const frameworks: Readonly<Record<string, Framework>> = {
  'langchain createAgent': langchainLike(({ name, url, tools }) => createAgent({ name, model: llm(url), tools })),
  'langgraph createReactAgent': langchainLike(({ name, url, tools }) =>
    createReactAgent({ name, llm: llm(url), tools }),
  ),
  '@openai/agents': openAiAgents,
}

describe.each(Object.entries(frameworks))('%s', (_name, { ask, fail }) => {
  test('an agent within a tool within an agent: each token in its innermost agent, once in all around it', async () => {
    const server = await modelServer()
    const { collector, attempts, error } = await observeRequests(
      () => ask(server.url, { outer: 'planner', inner: 'searcher' }),
      {},
    )
    expect(error).toBeUndefined()
    expect(server.requests).toHaveLength(4)
    expect(attempts).toHaveLength(4)
    const { agents, tools, aggregate_statistics: whole } = collector.getMetadataSummary()
    expect(agents).toMatchObject({
      planner: {
        total_executions: 1,
        total_failures: 0,
        unknown_outcomes: 0,
        token_statistics: { total_tokens: 2 * perAnswer },
        inclusive: { total_requests: 4, total_tokens: 4 * perAnswer },
      },
      searcher: {
        total_executions: 1,
        token_statistics: { total_tokens: 2 * perAnswer },
        inclusive: { total_tokens: 2 * perAnswer },
      },
    })
    expect(tools).toMatchObject({
      research: { total_executions: 1, total_failures: 0, requests: { total_requests: 2 } },
      fetch_url: { total_executions: 1 },
    })
    expect(Object.keys({ ...agents, ...tools }).sort()).toEqual(['fetch_url', 'planner', 'research', 'searcher'])
    expect(whole.outside_agents?.total_requests).toBe(0)
  })

  test('in an application with OpenTelemetry they are spans within each other, and their calls within them', async () => {
    const own = registerOwnTelemetry()
    onTestFinished(() => own.end())
    const server = await modelServer()
    const collector = new MetadataCollector()
    const telemetry = followCollector(collector, { taskName: 'told' })
    await observeRequests(() => ask(server.url, { outer: 'planner', inner: 'searcher' }), { collector })
    await telemetry.finish(0)
    // LangGraph's nodes stand between them, where there are any.
    const isShown = ({ name }: { readonly name: string }) => /^(invoke_agent|execute_tool|chat) /.test(name)
    const planner = 'invoke_agent planner'
    const searcher = `${planner} > execute_tool research > invoke_agent searcher`
    expect(own.paths(isShown)).toEqual(
      [
        planner,
        `${planner} > chat gpt-4o-mini`,
        `${planner} > chat gpt-4o-mini`,
        `${planner} > execute_tool research`,
        searcher,
        `${searcher} > chat gpt-4o-mini`,
        `${searcher} > chat gpt-4o-mini`,
        `${searcher} > execute_tool fetch_url`,
      ].sort(),
    )
  })

  test('many at once keep every token in their own agent', async () => {
    const server = await modelServer()
    const names = Array.from({ length: 30 }, (_, index) => ({ outer: `planner-${index}`, inner: `searcher-${index}` }))
    const { collector } = await observeRequests(() => Promise.all(names.map((each) => ask(server.url, each))), {})
    const { agents = {}, tools } = collector.getMetadataSummary()
    for (const { outer, inner } of names) {
      expect(agents[outer], outer).toMatchObject({
        total_executions: 1,
        token_statistics: { total_tokens: 2 * perAnswer },
        inclusive: { total_tokens: 4 * perAnswer },
      })
      expect(agents[inner], inner).toMatchObject({
        total_executions: 1,
        token_statistics: { total_tokens: 2 * perAnswer },
      })
    }
    expect(Object.keys(agents)).toHaveLength(60)
    expect(tools?.research).toMatchObject({ total_executions: 30, requests: { total_requests: 60 } })
  })

  test('a tool that fails is a failed execution of the tool', async () => {
    const server = await modelServer()
    const { collector } = await observeRequests(() => fail(server.url), {})
    const { tools, agents } = collector.getMetadataSummary()
    expect(tools?.broken).toMatchObject({ total_executions: 1, total_failures: 1, failure_rate: 1 })
    expect(agents?.clumsy).toMatchObject({ total_executions: 1, unknown_outcomes: 0 })
  })
})

test('with a callback of its own a program gets the same, once, by the name it gives the model', async () => {
  const server = await modelServer()
  const tools = [langchainTool(async () => 'x', { name: 'fetch_url', description, schema })]
  const agent = createAgent({ name: 'planner', model: llm(server.url), tools })
  const callbacks = [new MetadataTrackingCallback({ modelName: 'mine' })]
  const { collector } = await observeRequests(() => agent.invoke(input, { callbacks }), {})
  const { agents, tools: used, models, nodes } = collector.getMetadataSummary()
  expect(Object.keys(models)).toEqual(['mine'])
  expect(agents?.planner).toMatchObject({ total_executions: 1, requests: { total_requests: 2 } })
  expect(used?.fetch_url).toMatchObject({ total_executions: 1 })
  expect(nodes['planner.model_request']).toMatchObject({ total_executions: 2 })
})

describe('OpenAI Agents', () => {
  test('whose tracing is switched off for a runner: its agents and what is within them are known', async () => {
    const server = await modelServer()
    const runner = runnerFor(server.url, true)
    const common = { instructions: 'Help', model: 'gpt-4o-mini' }
    const within = new Agent({ ...common, name: 'searcher' })
    const research = agentTool({
      name: 'research',
      description,
      parameters: schema,
      execute: async () => String((await runner.run(within, 'q')).finalOutput),
    })
    const outer = new Agent({ ...common, name: 'planner', tools: [research] })
    const { collector } = await observeRequests(() => runner.run(outer, 'Hi'), {})
    expect(collector.getMetadataSummary().agents).toMatchObject({
      planner: { total_executions: 1, requests: { total_requests: 2 }, inclusive: { total_requests: 3 } },
      searcher: { total_executions: 1, requests: { total_requests: 1 } },
    })
  })

  test('whose tracing is switched off for the process: tools are known too', async () => {
    const server = await modelServer()
    setTracingDisabled(true)
    onTestFinished(() => setTracingDisabled(false))
    const { collector } = await observeRequests(
      () => openAiAgents.ask(server.url, { outer: 'planner', inner: 'searcher' }),
      {},
    )
    const { agents, tools } = collector.getMetadataSummary()
    expect(agents?.planner).toMatchObject({ total_executions: 1, inclusive: { total_requests: 4 } })
    expect(tools?.research).toMatchObject({ total_executions: 1, requests: { total_requests: 2 } })
  })

  test("the program's own processors hear what they would have heard, and nobody else is sent anything", async () => {
    const server = await modelServer()
    const heard: string[] = []
    const processor: TracingProcessor = {
      async onTraceStart() {},
      async onTraceEnd() {},
      async onSpanStart({ spanData }) {
        heard.push(`start ${spanData.type}`)
      },
      async onSpanEnd({ spanData, toJSON: _ }) {
        heard.push(`end ${spanData.type}`)
      },
      async shutdown() {},
      async forceFlush() {},
    }
    addTraceProcessor(processor)
    setTracingExportApiKey('')
    const { attempts } = await observeRequests(() => openAiAgents.fail(server.url), {})
    expect(heard.filter((each) => /agent|function/.test(each))).toEqual([
      'start agent',
      'start function',
      'end function',
      'end agent',
    ])
    expect(attempts).toHaveLength(server.requests.length)
  })
})

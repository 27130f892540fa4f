import { createOpenAI } from '@ai-sdk/openai'
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
import { tool as aiTool, generateText, stepCountIs, streamText, type ToolSet } from 'ai'
import { createAgent } from 'langchain'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { conventionsFor } from '../../src/exporters/otel/conventions.ts'
import { RunSpans } from '../../src/exporters/otel/run-spans.ts'
import type { SpanData } from '../../src/exporters/otel/span.ts'
import { observeAiSdk } from '../../src/instrument/sdk/ai-sdk-operations.ts'
import { metadataTelemetry } from '../../src/instrument/sdk/ai-sdk-telemetry.ts'
import { followFrameworks } from '../../src/instrument/sdk/follow-frameworks.ts'
import { MetadataTrackingCallback } from '../../src/instrument/sdk/langchain.ts'
import { observeLangchain } from '../../src/instrument/sdk/langchain-handler.ts'
import { observeOpenAiAgents } from '../../src/instrument/sdk/openai-agents-executions.ts'
import { MetadataCollector } from '../../src/runtime/collector/metadata-collector.ts'
import { followCollector } from '../../src/telemetry/follow-collector.ts'
import { answerAsAgent } from '../helpers/agent-server.ts'
import { sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { isLong } from '../helpers/is-long.ts'
import { observeRequests } from '../helpers/observe-requests.ts'
import { registerOwnTelemetry } from '../helpers/own-telemetry.ts'
import { watchWire } from '../helpers/watch-wire.ts'

// The frameworks as they are, without a line of code for us: what they tell of their agents and tools. Each answer of the
// server has 44 tokens in and 92 out, and each agent that is offered a tool asks twice.
const perAnswer = 44 + 92
const atOnce = isLong ? 30 : 10
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
  /** Asks an agent whose one tool is this function, or that has none. */
  readonly run: (url: string, name: string, tool?: NamedTool) => Promise<unknown>
  /** It makes spans of its own in an application with OpenTelemetry. */
  readonly hasOwnSpans?: boolean
}

interface NamedTool {
  readonly name: string
  readonly execute: () => Promise<unknown>
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
    async run(url, name, own) {
      const execute = async () => String(await own?.execute())
      const tools = own === undefined ? [] : [langchainTool(execute, { name: own.name, description, schema })]
      await make({ name, url, tools }).invoke(input)
    },
  }
}

const aiSdk: Framework = {
  hasOwnSpans: true,
  async ask(url, { outer, inner }) {
    const within = { name: 'fetch_url', execute: async () => 'x' }
    await askAiSdk(url, outer, { name: 'research', execute: () => streamAiSdk(url, inner, within) })
  },
  fail: (url) => askAiSdk(url, 'clumsy', { name: 'broken', execute: async () => broken() }),
  run: (url, name, tool) => askAiSdk(url, name, tool),
}

function aiSdkCall(url: string, functionId: string, own: NamedTool | undefined) {
  const { name, execute } = own ?? {}
  const tools: ToolSet =
    name === undefined || execute === undefined
      ? {}
      : { [name]: aiTool({ description, inputSchema: schema, execute: async () => String(await execute()) }) }
  return {
    model: createOpenAI({ baseURL: url, apiKey: 'k' }).chat('gpt-4o-mini'),
    prompt: 'Hi',
    tools,
    stopWhen: stepCountIs(3),
    experimental_telemetry: { functionId },
  }
}

async function askAiSdk(url: string, functionId: string, own?: NamedTool): Promise<string> {
  return (await generateText(aiSdkCall(url, functionId, own))).text
}

async function streamAiSdk(url: string, functionId: string, own?: NamedTool): Promise<string> {
  let text = ''
  for await (const piece of streamText(aiSdkCall(url, functionId, own)).textStream) text += piece
  return text
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
  async run(url, name, own) {
    const execute = async () => String(await own?.execute())
    const tools = own === undefined ? [] : [agentTool({ name: own.name, description, parameters: schema, execute })]
    await runnerFor(url).run(new Agent({ name, instructions: 'Help', model: 'gpt-4o-mini', tools }), 'Hi')
  },
}

const frameworks: Readonly<Record<string, Framework>> = {
  'langchain createAgent': langchainLike(({ name, url, tools }) => createAgent({ name, model: llm(url), tools })),
  'langgraph createReactAgent': langchainLike(({ name, url, tools }) =>
    createReactAgent({ name, llm: llm(url), tools }),
  ),
  '@openai/agents': openAiAgents,
  'ai 6': aiSdk,
}

// How the spans of `ask` are within each other.
const planner = 'invoke_agent planner'
const searcher = `${planner} > execute_tool research > invoke_agent searcher`
const paths = [
  planner,
  `${planner} > chat gpt-4o-mini`,
  `${planner} > chat gpt-4o-mini`,
  `${planner} > execute_tool research`,
  searcher,
  `${searcher} > chat gpt-4o-mini`,
  `${searcher} > chat gpt-4o-mini`,
  `${searcher} > execute_tool fetch_url`,
].sort()

describe.each(Object.entries(frameworks))('%s', (_name, { ask, fail, hasOwnSpans = false }) => {
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

  test.skipIf(hasOwnSpans)(
    'in an application with OpenTelemetry they are spans within each other, and their calls within them',
    async () => {
      const own = registerOwnTelemetry()
      onTestFinished(() => own.end())
      const server = await modelServer()
      const collector = new MetadataCollector()
      const telemetry = followCollector(collector, { taskName: 'told' })
      await observeRequests(() => ask(server.url, { outer: 'planner', inner: 'searcher' }), { collector })
      await telemetry.finish(0)
      // LangGraph's nodes stand between them, where there are any.
      const isShown = ({ name }: { readonly name: string }) => /^(invoke_agent|execute_tool|chat) /.test(name)
      expect(own.paths(isShown)).toEqual(paths)
    },
  )

  test('the spans of its events are within each other, and their calls within them', async () => {
    const server = await modelServer()
    const { events } = await observeRequests(() => ask(server.url, { outer: 'planner', inner: 'searcher' }), {})
    const spans = new RunSpans({ names: conventionsFor(undefined) })
    const made = [...events.flatMap((event) => spans.take(event, 0)), ...spans.end()]
    const pathOf = ({ name, parentSpanId }: SpanData): string => {
      const parent = made.find(({ spanId }) => spanId === parentSpanId)
      return parent === undefined ? name : `${pathOf(parent)} > ${name}`
    }
    const shown = made.filter(({ name }) => /^(invoke_agent|execute_tool|chat) /.test(name))
    expect(shown.map(pathOf).sort()).toEqual(paths)
  })

  test('many at once keep every token in their own agent', async () => {
    const server = await modelServer()
    const names = Array.from({ length: atOnce }, (_, index) => ({
      outer: `planner-${index}`,
      inner: `searcher-${index}`,
    }))
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
    expect(Object.keys(agents)).toHaveLength(2 * atOnce)
    // In tokens, because a busy machine may have dropped a connection, which is asked again.
    const used = { total_tokens: 2 * atOnce * perAnswer }
    expect(tools?.research).toMatchObject({ total_executions: atOnce, token_statistics: used })
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

const [langchain, , openAi, ai] = Object.keys(frameworks) as [string, string, string, string]

// Each of them first once, because whichever is used first is asked first where the caller is.
test.each([
  [langchain, ai, langchain, openAi],
  [openAi, langchain, ai, openAi],
  [ai, openAi, ai, langchain, ai],
])('agents of several frameworks within each other are one nesting: %s, %s, %s, %s', async (...order) => {
  const server = await modelServer()
  const nest = async (depth: number): Promise<unknown> => {
    const framework = frameworks[order[depth] ?? '']
    if (framework === undefined) return 'x'
    const execute = depth + 1 < order.length ? () => nest(depth + 1) : async () => 'x'
    return framework.run(server.url, `agent-${depth}`, { name: `tool_${depth}`, execute })
  }
  const { collector, error } = await observeRequests(() => nest(0), {})
  expect(error).toBeUndefined()
  const { agents = {}, tools = {} } = collector.getMetadataSummary()
  for (const depth of order.keys()) {
    const deeper = order.length - depth
    expect(agents[`agent-${depth}`], `agent-${depth}`).toMatchObject({
      total_executions: 1,
      requests: { total_requests: 2 },
      inclusive: { total_requests: 2 * deeper },
    })
    const within = depth + 1 < order.length ? 2 : undefined
    expect(tools[`tool_${depth}`]?.requests?.total_requests, `tool_${depth}`).toBe(within)
  }
})

test('what a run of a LangChain agent is called does not rename the agent', async () => {
  const server = await modelServer()
  const { collector } = await observeRequests(
    () =>
      createAgent({ name: 'planner', model: llm(server.url), tools: [] }).invoke(input, { runName: 'request 4711' }),
    {},
  )
  expect(collector.getMetadataSummary().agents).toEqual({
    planner: expect.objectContaining({ total_executions: 1, requests: expect.objectContaining({ total_requests: 1 }) }),
  })
})

describe('the AI SDK 6', () => {
  test('an agent that failed takes no names from those after it', async () => {
    const server = await startFaultServer((response, request, index) =>
      index === 0 ? sendJson(response, 400, { error: { message: 'no' } }) : answerAsAgent()(response, request, index),
    )
    onTestFinished(() => server.close())
    const { collector } = await observeRequests(async () => {
      await askAiSdk(server.url, 'failing').catch(() => {})
      await askAiSdk(server.url, 'planner')
      await streamAiSdk(server.url, 'writer')
    }, {})
    const { agents } = collector.getMetadataSummary()
    expect(agents).toMatchObject({
      failing: { requests: { total_requests: 1 } },
      planner: { requests: { total_requests: 1 }, total_executions: 1, unknown_outcomes: 0 },
      writer: { requests: { total_requests: 1 }, total_executions: 1, unknown_outcomes: 0 },
    })
  })

  test('what the program does beside and after an agent is not within it', async () => {
    const server = await modelServer()
    const ask = async () => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
      await (await fetch(`${server.url}/chat/completions`, { method: 'POST', headers, body })).json()
    }
    const { attempts } = await observeRequests(async () => {
      const first = askAiSdk(server.url, 'first')
      const second = streamAiSdk(server.url, 'second', {
        name: 'research',
        execute: () => askAiSdk(server.url, 'third'),
      })
      await Promise.all([first, second, ask()])
      await ask()
    }, {})
    const places = attempts.map(({ agent, outerAgents = [], tool = '' }) =>
      [agent ?? '', ...outerAgents, tool].join(' '),
    )
    expect(places.sort()).toEqual([' ', ' ', 'first ', 'second ', 'second ', 'third second research'])
  })

  test('an agent is named where the program has callbacks of its own', async () => {
    const server = await modelServer()
    const own = { experimental_onStart: async () => {}, experimental_onStepStart: async () => {} }
    const { collector } = await observeRequests(
      () => generateText({ ...aiSdkCall(server.url, 'planner', undefined), ...own }),
      {},
    )
    expect(collector.getMetadataSummary().agents).toMatchObject({
      planner: { total_executions: 1, unknown_outcomes: 0, requests: { total_requests: 1 } },
    })
  })
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

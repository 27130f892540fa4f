import { DiagLogLevel, diag, trace } from '@opentelemetry/api'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { chatCompletion, sendJson, startFaultServer } from '../../test/helpers/fault-server.ts'
import { observeRequests } from '../../test/helpers/observe-requests.ts'
import { type OwnTelemetry, registerOwnTelemetry } from '../../test/helpers/own-telemetry.ts'
import { watchWire } from '../../test/helpers/watch-wire.ts'
import { langchainRuns } from '../instrument/sdk/langchain-runs.ts'
import { withAgent, withTool } from '../instrument/track/with-actor.ts'
import { withNode } from '../instrument/track/with-node.ts'
import { withRecord } from '../instrument/track/with-record.ts'
import { MetadataCollector } from '../runtime/collector/metadata-collector.ts'
import { Workflow } from '../workflow/workflow.ts'
import { followCollector } from './follow-collector.ts'

let own: OwnTelemetry
let endWatching: () => void
beforeAll(() => {
  own = registerOwnTelemetry()
  endWatching = watchWire()
})
afterAll(async () => {
  endWatching()
  await own.end()
})
afterEach(() => {
  vi.unstubAllEnvs()
  own.clear()
})

async function modelUrl(): Promise<string> {
  const server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  onTestFinished(() => server.close())
  return server.url
}

async function ask(url: string): Promise<void> {
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'A secret.' }] })
  await (await fetch(`${url}/chat/completions`, { method: 'POST', body })).text()
}

/** Runs a function in a run of its own that the application's OpenTelemetry is told of. */
async function tell(act: () => Promise<unknown>) {
  const collector = new MetadataCollector()
  const telemetry = followCollector(collector, { taskName: 'told' })
  const observed = await observeRequests(act, { collector })
  await telemetry.finish(0)
  return observed
}

test('records, nodes, agents and tools are spans within each other and within those of the program, and calls within them', async () => {
  const url = await modelUrl()
  const { events } = await tell(() =>
    trace.getTracer('program').startActiveSpan('mine', async (mine) => {
      await withRecord('r1', () =>
        withNode({ name: 'answer', type: 'llm' }, () =>
          withAgent('planner', async () => {
            await ask(url)
            await withTool('search', () =>
              trace.getTracer('program').startActiveSpan('inside', async (span) => {
                await ask(url)
                span.end()
              }),
            )
          }),
        ),
      )
      mine.end()
    }),
  )
  const agent = 'mine > record > answer > invoke_agent planner'
  expect(own.paths()).toEqual(
    [
      'mine',
      'mine > record',
      'mine > record > answer',
      agent,
      `${agent} > chat gpt-4o-mini`,
      `${agent} > execute_tool search`,
      `${agent} > execute_tool search > inside`,
      `${agent} > execute_tool search > inside > chat gpt-4o-mini`,
    ].sort(),
  )
  const attributes = new Map(own.spans().map((span) => [span.name, span.attributes]))
  expect(attributes.get('record')).toEqual({ 'sygra.record.id': 'r1' })
  expect(attributes.get('answer')).toEqual({
    'sygra.node.name': 'answer',
    'sygra.node.type': 'llm',
    'sygra.record.id': 'r1',
  })
  expect(attributes.get('execute_tool search')).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
  })
  // What the application was told of is not sent a second time.
  const ends = events.filter(({ type }) => type.endsWith('-end'))
  expect(ends.length).toBe(6)
  for (const end of ends) expect(end).toMatchObject({ isTraced: true })
})

test('what throws is a span with an error, and throws on', async () => {
  const { error } = await tell(async () => withAgent('clumsy', () => Promise.reject(new TypeError('a secret'))))
  expect(error).toEqual(new TypeError('a secret'))
  const [span] = own.spans()
  expect(span?.status).toEqual({ code: 2, message: 'TypeError' })
  expect(span?.attributes['error.type']).toBe('TypeError')
})

test('a workflow is a span within that of the program, with its records and nodes', async () => {
  const graph = new Workflow('told').source([{ id: 'a' }, { id: 'b' }])
  graph.addNode('upper', { node_type: 'lambda', lambda: (state: { id: string }) => ({ ...state, said: 'A' }) })
  await trace.getTracer('program').startActiveSpan('mine', async (mine) => {
    await graph.run({ output: false })
    mine.end()
  })
  const run = 'mine > invoke_workflow told'
  const record = [`${run} > record`, `${run} > record > upper`]
  expect(own.paths()).toEqual(['mine', run, ...record, ...record].sort())
})

test('50 agents at once: each call is a child of its own agent', async () => {
  const url = await modelUrl()
  const names = Array.from({ length: 50 }, (_, index) => `agent-${index}`)
  await tell(() => Promise.all(names.map((name) => withAgent(name, () => ask(url)))))
  expect(own.paths()).toEqual(
    names.flatMap((name) => [`invoke_agent ${name}`, `invoke_agent ${name} > chat gpt-4o-mini`]).sort(),
  )
})

test('a node of LangGraph is one span, which is ended once', async () => {
  const faults: unknown[] = []
  const note = (...told: unknown[]) => void faults.push(told)
  diag.setLogger({ error: note, warn: note, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN)
  onTestFinished(() => diag.disable())
  await tell(async () => {
    const runs = langchainRuns()
    runs.startChain({}, {}, '1', undefined, [], { langgraph_node: 'answer' }, undefined, 'answer')
    runs.endChain('1')
  })
  expect(own.paths()).toEqual(['answer'])
  expect(faults).toEqual([])
})

test('SYGRA_OTEL=off makes no spans', async () => {
  vi.stubEnv('SYGRA_OTEL', 'off')
  const url = await modelUrl()
  const { events } = await tell(() => withAgent('planner', () => ask(url)))
  expect(own.spans()).toEqual([])
  expect(events.filter((event) => 'isTraced' in event && event.isTraced)).toEqual([])
})

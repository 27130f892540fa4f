import { AIMessage } from '@langchain/core/messages'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { FakeListChatModel } from '@langchain/core/utils/testing'
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph'
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, tool } from 'langchain'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { answerAsAgent, toolCallOf } from '../../../test/helpers/agent-server.ts'
import {
  chatChunk,
  chatCompletion,
  type FaultServer,
  sendJson,
  startFaultServer,
} from '../../../test/helpers/fault-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { trackFetch } from '../fetch/fetch.ts'
import { withNode } from '../track/with-node.ts'
import { MetadataTrackingCallback } from './langchain.ts'

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function openai(answer: Parameters<typeof startFaultServer>[0], fields = {}): Promise<ChatOpenAI> {
  server = await startFaultServer(answer)
  const configuration = { baseURL: server.url, fetch: trackFetch(globalThis.fetch) }
  return new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'k', maxRetries: 1, configuration, ...fields })
}

test('the specification’s example: a model with the callback is one request, under the name given', async () => {
  const model = await openai((response) => sendJson(response, 200, chatCompletion()))
  const callback = new MetadataTrackingCallback({ modelName: 'my-gpt' })
  const { attempts, value } = await observeRequests(() => model.invoke('Hi', { callbacks: [callback] }))
  expect(value?.content).toBe('Hello')
  expect(attempts).toEqual([
    expect.objectContaining({ model: 'my-gpt', node: 'n', usage: expect.objectContaining({ input: 44, output: 92 }) }),
  ])
})

test('without a name the model is called what it is called at the wire', async () => {
  const model = await openai((response) => sendJson(response, 200, chatCompletion()))
  const chain = ChatPromptTemplate.fromTemplate('Hi {name}').pipe(model)
  const { attempts } = await observeRequests(() =>
    chain.invoke({ name: 'you' }, { callbacks: [new MetadataTrackingCallback()] }),
  )
  expect(attempts.map((attempt) => attempt.model)).toEqual(['gpt-4o-mini'])
})

test('a retried request shows both attempts, and its tokens once', async () => {
  const model = await openai((response, _, index) =>
    index === 0
      ? sendJson(response, 429, { error: { message: 'slow' } }, { 'retry-after': '0' })
      : sendJson(response, 200, chatCompletion()),
  )
  const { attempts, collector } = await observeRequests(() =>
    model.invoke('Hi', { callbacks: [new MetadataTrackingCallback()] }),
  )
  expect(attempts.map(({ status, resendCount }) => [status, resendCount])).toEqual([
    [429, 0],
    [200, 1],
  ])
  expect(collector.getMetadataSummary().aggregate_statistics.tokens.total_tokens).toBe(136)
})

test('a model that fails is one failed request, and its error is the caller’s', async () => {
  const model = await openai((response) => sendJson(response, 400, { error: { message: 'no' } }), { maxRetries: 0 })
  const { attempts, error } = await observeRequests(() =>
    model.invoke('Hi', { callbacks: [new MetadataTrackingCallback()] }),
  )
  expect(error).toMatchObject({ status: 400 })
  expect(attempts.map(({ status }) => status)).toEqual([400])
})

test('a stream is one request with its tokens', async () => {
  const model = await openai((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chatChunk('Hel'))
    response.write(chatChunk('lo', { usage: null }))
    response.end(
      `${chatChunk('', { choices: [], usage: { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 } })}data: [DONE]\n\n`,
    )
  })
  const { attempts } = await observeRequests(async () => {
    for await (const _ of await model.stream('Hi', { callbacks: [new MetadataTrackingCallback()] }));
  })
  expect(attempts).toEqual([expect.objectContaining({ isStream: true, usage: { input: 44, output: 92 } })])
})

test('a model in the process, which no wire sees, is recorded by the callback', async () => {
  class LocalModel extends FakeListChatModel {
    override async _generate(...args: Parameters<FakeListChatModel['_generate']>) {
      const result = await super._generate(...args)
      const usage_metadata = { input_tokens: 7, output_tokens: 3, total_tokens: 10 }
      const message = new AIMessage({ content: 'ok', usage_metadata, response_metadata: { model_name: 'local-7b' } })
      return { ...result, generations: [{ text: 'ok', message }] }
    }
  }
  const { attempts } = await observeRequests(async () => {
    const callbacks = [new MetadataTrackingCallback({ modelName: 'local' })]
    await new LocalModel({ responses: ['ok'] }).invoke('Hi', { callbacks })
  })
  expect(attempts).toEqual([
    expect.objectContaining({ model: 'local', upstreamModel: 'local-7b', node: 'n', usage: { input: 7, output: 3 } }),
  ])
})

test('an agent’s requests belong to its nodes, its agent and its tools; LangGraph’s nodes are nodes', async () => {
  const model = await openai(answerAsAgent('look'))
  const trackedFetch = trackFetch(globalThis.fetch)
  const look = tool(
    async () => {
      const body = JSON.stringify({ model: 'gpt-4o', messages: [] })
      await (await trackedFetch(`${server?.url}/chat/completions`, { method: 'POST', body })).json()
      return 'found'
    },
    { name: 'look', description: 'Looks it up', schema: z.object({ query: z.string() }) },
  )
  const agent = createAgent({ model, tools: [look], name: 'researcher' })
  const { attempts, collector } = await observeRequests(
    () =>
      agent.invoke({ messages: [{ role: 'user', content: 'Hi' }] }, { callbacks: [new MetadataTrackingCallback()] }),
    {},
  )
  expect(attempts.map((attempt) => [attempt.model, attempt.node, attempt.agent, attempt.tool])).toEqual([
    ['gpt-4o-mini', 'researcher.model_request', 'researcher', undefined],
    ['gpt-4o', 'researcher.tools', 'researcher', 'look'],
    ['gpt-4o-mini', 'researcher.model_request', 'researcher', undefined],
  ])
  const { nodes } = collector.getMetadataSummary()
  expect(nodes['researcher.model_request']).toMatchObject({
    node_type: 'langgraph',
    total_executions: 2,
    total_failures: 0,
  })
  expect(nodes['researcher.tools']).toMatchObject({ total_executions: 1 })
  expect(toolCallOf(server?.requests ?? [])).toBe('look')
})

test('parallel agents keep their requests apart', async () => {
  const model = await openai(answerAsAgent('look'))
  const look = tool(async () => 'found', {
    name: 'look',
    description: 'Looks',
    schema: z.object({ query: z.string() }),
  })
  const names = Array.from({ length: 8 }, (_, index) => `agent${index}`)
  const { attempts } = await observeRequests(
    () =>
      Promise.all(
        names.map((name) =>
          createAgent({ model, tools: [look], name }).invoke(
            { messages: [{ role: 'user', content: name }] },
            { callbacks: [new MetadataTrackingCallback()] },
          ),
        ),
      ),
    {},
  )
  const requests = (server?.requests ?? []).map(({ body }) => /agent\d/.exec(body)?.[0])
  expect(requests).toHaveLength(16)
  for (const name of names) {
    expect(attempts.filter(({ agent }) => agent === name)).toHaveLength(2)
  }
})

test('a node that the program names stands over LangGraph’s', async () => {
  const model = await openai((response) => sendJson(response, 200, chatCompletion()))
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('ask', async ({ messages }, config) => ({ messages: [await model.invoke(messages, config)] }))
    .addEdge(START, 'ask')
    .addEdge('ask', END)
    .compile()
  const ask = () => graph.invoke({ messages: ['Hi'] }, { callbacks: [new MetadataTrackingCallback()] })
  const { attempts, collector } = await observeRequests(async () => {
    await withNode('mine', ask)
    await ask()
  }, {})
  expect(attempts.map(({ node }) => node)).toEqual(['mine', 'ask'])
  const { nodes } = collector.getMetadataSummary()
  expect(nodes.mine).toMatchObject({ total_executions: 1, node_type: 'function' })
  expect(nodes.ask).toMatchObject({ total_executions: 1, node_type: 'langgraph' })
})

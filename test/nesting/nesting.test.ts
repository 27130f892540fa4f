import { createOpenAI } from '@ai-sdk/openai'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, wrapLanguageModel } from 'ai'
import { createAgent, tool } from 'langchain'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { metadataMiddleware, metadataTelemetry } from '../../src/instrument/sdk/ai-sdk.ts'
import { MetadataTrackingCallback } from '../../src/instrument/sdk/langchain.ts'
import { trackModelRequest } from '../../src/instrument/track/track-model-request.ts'
import { withNode } from '../../src/instrument/track/with-node.ts'
import type { RequestEnd } from '../../src/metadata/event.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { Workflow } from '../../src/workflow/workflow.ts'
import { answerAsAgent } from '../helpers/agent-server.ts'
import { type FaultServer, startFaultServer } from '../helpers/fault-server.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A LangChain agent whose tool asks a model through the AI SDK; everything that can watch it does. */
function everythingWatched(url: string, around: <Result>(ask: () => Result) => Result) {
  const provider = createOpenAI({ baseURL: url, apiKey: 'k' })
  const ask = trackModelRequest(
    (prompt: string) =>
      generateText({
        model: wrapLanguageModel({ model: provider.chat('gpt-4o'), middleware: metadataMiddleware() }),
        prompt,
        experimental_telemetry: { isEnabled: true, functionId: 'helper', integrations: [metadataTelemetry()] },
      }),
    { model: 'inner-model' },
  )
  const look = tool(async ({ query }) => (await around(() => ask(query))).text, {
    name: 'look',
    description: 'Looks it up',
    schema: z.object({ query: z.string() }),
  })
  return async ({ text }: { text?: unknown }) => {
    const model = new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'k', configuration: { baseURL: url } })
    const agent = createAgent({ model, tools: [look], name: 'researcher' })
    const invoke = trackModelRequest(() =>
      agent.invoke(
        { messages: [{ role: 'user', content: String(text) }] },
        { callbacks: [new MetadataTrackingCallback({ modelName: 'outer-model' })] },
      ),
    )
    await invoke()
    return { answer: 'done' }
  }
}

async function run(around: <Result>(ask: () => Result) => Result, records = 1) {
  server = await startFaultServer(answerAsAgent('look'))
  const requests: RequestEnd[] = []
  const graph = new Workflow('nesting').source(Array.from({ length: records }, (_, id) => ({ id, text: `Hi ${id}` })))
  graph.addLambdaNode('everything', everythingWatched(server.url, around))
  graph.sequence('everything')
  const { metadata, failures } = await graph.run({
    outputDir: await scratchFolder(),
    onEvent: (event) => {
      if (event.type === 'request-end') requests.push(event)
    },
  })
  expect(failures).toEqual([])
  return { requests, metadata: metadata as Metadata }
}

test('a call watched at four layers is one request with its tokens once, in the innermost node', async () => {
  const { requests, metadata } = await run((ask) => withNode('deep', ask))
  expect(requests.map(({ model, node, agent, tool: name }) => [model, node, agent, name])).toEqual([
    ['outer-model', 'everything', 'researcher', undefined],
    ['inner-model', 'deep', 'helper', 'look'],
    ['outer-model', 'everything', 'researcher', undefined],
  ])
  expect(server?.requests).toHaveLength(3)
  const { requests: counts, tokens } = metadata.aggregate_statistics
  expect([counts.total_requests, tokens.total_tokens]).toEqual([3, 3 * 136])
  expect(metadata.nodes.everything?.token_statistics?.total_tokens).toBe(2 * 136)
  expect(metadata.nodes.deep?.token_statistics?.total_tokens).toBe(136)
  expect(Object.keys(metadata.models).sort()).toEqual(['inner-model', 'outer-model'])
})

test('many records at once keep every token in their own record', async () => {
  const { requests, metadata } = await run((ask) => ask(), 20)
  expect(requests).toHaveLength(60)
  for (const id of new Set(requests.map(({ recordId }) => recordId))) {
    const own = requests.filter(({ recordId }) => recordId === id)
    expect(own.map(({ model }) => model).sort()).toEqual(['inner-model', 'outer-model', 'outer-model'])
  }
  expect(metadata.aggregate_statistics.tokens.total_tokens).toBe(60 * 136)
  expect(server?.requests).toHaveLength(60)
})

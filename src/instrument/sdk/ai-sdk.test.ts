import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { generateText, simulateReadableStream, stepCountIs, streamText, tool, wrapLanguageModel } from 'ai'
import { MockLanguageModelV3 } from 'ai/test'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answerAsAgent } from '../../../test/helpers/agent-server.ts'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { wireState } from '../attempt/wire-state.ts'
import { trackFetch } from '../fetch/fetch.ts'
import { metadataMiddleware, metadataTelemetry } from './ai-sdk.ts'
import { observeAiSdk } from './ai-sdk-operations.ts'
import { followFrameworks } from './follow-frameworks.ts'
import { observeLangchain } from './langchain-handler.ts'
import { observeOpenAiAgents } from './openai-agents-executions.ts'

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function openai(answer: Parameters<typeof startFaultServer>[0]): Promise<LanguageModelV3> {
  server = await startFaultServer(answer)
  return createOpenAI({ baseURL: server.url, apiKey: 'k', fetch: trackFetch(globalThis.fetch) }).chat('gpt-4o-mini')
}

const usage = {
  inputTokens: { total: 44, noCache: 40, cacheRead: 4, cacheWrite: undefined },
  outputTokens: { total: 92, text: 90, reasoning: 2 },
}
const counted = { input: 40, cacheRead: 4, output: 90, reasoning: 2 }
const finishReason = { unified: 'stop' as const, raw: 'stop' }

/** A model in the process, whose requests no wire sees. */
function localModel(): MockLanguageModelV3 {
  const chunks: LanguageModelV3StreamPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: 'r1', modelId: 'local-7b' },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'Hel' },
    { type: 'text-delta', id: '1', delta: 'lo' },
    { type: 'text-end', id: '1' },
    { type: 'finish', usage, finishReason },
  ]
  return new MockLanguageModelV3({
    provider: 'local.chat',
    modelId: 'local-7b',
    doGenerate: async () => ({ content: [{ type: 'text', text: 'Hello' }], usage, finishReason, warnings: [] }),
    doStream: async () => ({ stream: simulateReadableStream({ chunks }) }),
  })
}

describe('the middleware', () => {
  const wrapped = (model: LanguageModelV3, options?: Parameters<typeof metadataMiddleware>[0]) =>
    wrapLanguageModel({ model, middleware: metadataMiddleware(options) })

  test('names the model and the agent of a request that the wire has seen, once', async () => {
    const model = wrapped(await openai((response) => sendJson(response, 200, chatCompletion())), {
      modelName: 'assistant',
      agent: 'planner',
    })
    const { attempts, value } = await observeRequests(() => generateText({ model, prompt: 'Hi' }))
    expect(value?.text).toBe('Hello')
    expect(attempts).toEqual([
      expect.objectContaining({ model: 'assistant', agent: 'planner', node: 'n', status: 200 }),
    ])
  })

  test('shows the attempts that the SDK makes for one call', async () => {
    const model = wrapped(
      await openai((response, _, index) =>
        index === 0
          ? sendJson(response, 429, { error: { message: 'slow' } }, { 'retry-after-ms': '1' })
          : sendJson(response, 200, chatCompletion()),
      ),
    )
    const { attempts, collector } = await observeRequests(() => generateText({ model, prompt: 'Hi' }))
    expect(attempts.map(({ status, resendCount }) => [status, resendCount])).toEqual([
      [429, 0],
      [200, 1],
    ])
    expect(collector.getMetadataSummary().aggregate_statistics.tokens.total_tokens).toBe(136)
  })

  test('records a call to a model in the process', async () => {
    const { attempts } = await observeRequests(() => generateText({ model: wrapped(localModel()), prompt: 'Hi' }))
    expect(attempts).toEqual([
      expect.objectContaining({ model: 'local-7b', usage: counted, finishReason: 'stop', status: 200 }),
    ])
    expect(attempts[0]?.cost?.status).toBe('unpriced')
  })

  test('records a stream of a model in the process, with the time to its first token', async () => {
    const { attempts, value } = await observeRequests(async () => {
      const { textStream } = streamText({ model: wrapped(localModel()), prompt: 'Hi' })
      let text = ''
      for await (const piece of textStream) text += piece
      return text
    })
    expect(value).toBe('Hello')
    expect(attempts).toEqual([
      expect.objectContaining({
        model: 'local-7b',
        usage: counted,
        isStream: true,
        responseId: 'r1',
        timeToFirstTokenSeconds: expect.any(Number),
      }),
    ])
  })

  test('a model that fails is a failed request, and its error is the caller’s', async () => {
    const refusal = new Error('no')
    const model = wrapped(
      new MockLanguageModelV3({
        doGenerate: async () => {
          throw refusal
        },
      }),
    )
    const { attempts, error } = await observeRequests(() => generateText({ model, prompt: 'Hi', maxRetries: 0 }))
    expect(error).toBe(refusal)
    expect(attempts.map(({ status, errorType }) => [status, errorType])).toEqual([[0, 'Error']])
  })
})

describe('the telemetry integration', () => {
  const telemetry = (functionId: string) => ({ isEnabled: true, functionId, integrations: [metadataTelemetry()] })

  test('names the agent of each step, and counts no step twice', async () => {
    const model = await openai(answerAsAgent('look'))
    const look = tool({ inputSchema: z.object({ query: z.string() }), execute: async () => 'found' })
    const { attempts } = await observeRequests(() =>
      generateText({
        model,
        prompt: 'Hi',
        tools: { look },
        stopWhen: stepCountIs(3),
        experimental_telemetry: telemetry('planner'),
      }),
    )
    expect(attempts.map(({ agent, usage: tokens }) => [agent, tokens?.output])).toEqual([
      ['planner', 92],
      ['planner', 92],
    ])
  })

  test('records a step of a model in the process', async () => {
    const { attempts } = await observeRequests(() =>
      generateText({ model: localModel(), prompt: 'Hi', experimental_telemetry: telemetry('planner') }),
    )
    expect(attempts).toEqual([expect.objectContaining({ model: 'local-7b', agent: 'planner', usage: counted })])
  })

  test('tells of executions of agents and tools, also by itself where frameworks are followed, and once', async () => {
    followFrameworks(() => ({ observeAiSdk, metadataTelemetry, observeLangchain, observeOpenAiAgents }))
    const model = await openai(answerAsAgent('look'))
    const look = (execute: () => Promise<string>) => tool({ inputSchema: z.object({ query: z.string() }), execute })
    const ask = (agent: string, execute: () => Promise<string>, options: object = {}, callbacks: object = {}) =>
      generateText({
        ...callbacks,
        model,
        prompt: 'Hi',
        tools: { look: look(execute) },
        stopWhen: stepCountIs(3),
        experimental_telemetry: { isEnabled: true, functionId: agent, ...options },
      })
    const { collector, events } = await observeRequests(async () => {
      const failing = new MockLanguageModelV3({ doGenerate: async () => Promise.reject(new Error('no')) })
      const asked = { model: failing, prompt: 'Hi', maxRetries: 0, experimental_telemetry: { functionId: 'lost' } }
      await generateText(asked).catch(() => {})
      await ask('planner', async () => 'found')
      await ask('planner', async () => Promise.reject(new TypeError('no')), telemetry('planner'))
      // At once and of one name, behind callbacks that are waited for before ours: which of them has ended is not told.
      const own = { experimental_onStart: async () => {}, experimental_onStepStart: async () => {} }
      await Promise.all([1, 2].map(() => ask('twin', async () => 'found', {}, own)))
    })
    wireState().frameworks.settle(collector.runId)
    const { agents, tools } = collector.getMetadataSummary()
    expect(agents).toMatchObject({
      planner: { total_executions: 2, total_failures: 0, unknown_outcomes: 0, requests: { total_requests: 4 } },
      twin: { total_executions: 2, unknown_outcomes: 0 },
      lost: { total_executions: 1, unknown_outcomes: 1 },
    })
    expect(tools).toMatchObject({ look: { total_executions: 4, total_failures: 1, error_types: { TypeError: 1 } } })
    const timed = events.filter((event) => event.type === 'actor-end' && event.kind === 'agent')
    expect(timed.map((event) => 'durationSeconds' in event && event.durationSeconds !== undefined)).toEqual([
      true,
      true,
      // Of two that go on at once it is not told which one ended; of one that failed, nothing.
      false,
      true,
      false,
    ])
  })

  test('together with the middleware a step is recorded once', async () => {
    const model = wrapLanguageModel({ model: localModel(), middleware: metadataMiddleware() })
    const { attempts } = await observeRequests(() =>
      generateText({ model, prompt: 'Hi', experimental_telemetry: telemetry('planner') }),
    )
    expect(attempts).toHaveLength(1)
  })
})

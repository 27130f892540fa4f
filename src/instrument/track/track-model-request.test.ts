import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import OpenAI from 'openai'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { chatCompletion, sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { trackFetch } from '../fetch/fetch.ts'
import { trackModelRequest } from './track-model-request.ts'
import { withNode } from './with-node.ts'
import { withRecord } from './with-record.ts'

const openaiUsage = { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 }

describe('tokens are taken from the value returned', () => {
  test.each([
    ["OpenAI's shape", { id: 'chatcmpl-1', model: 'gpt-4o-mini', usage: openaiUsage }],
    ['a pair with the status, as in the specification', [{ model: 'gpt-4o-mini', usage: openaiUsage }, 200]],
    ['an object that holds the answer', { status: 200, data: { usage: openaiUsage } }],
    ["TGI's shape", { generated_text: 'x', details: { generated_tokens: 92, prefill: new Array(44).fill({ id: 1 }) } }],
    ["TGI's shape in a list", [{ details: { generated_tokens: 92, prefill: new Array(44).fill({ id: 1 }) } }]],
    [
      "Anthropic's shape",
      { type: 'message', usage: { input_tokens: 40, cache_read_input_tokens: 4, output_tokens: 92 } },
    ],
    ["Bedrock's shape", { stopReason: 'end_turn', usage: { inputTokens: 44, outputTokens: 92, totalTokens: 136 } }],
    ["Gemini's shape", { usageMetadata: { promptTokenCount: 44, candidatesTokenCount: 92, totalTokenCount: 136 } }],
    ["Ollama's shape", { done: true, prompt_eval_count: 44, eval_count: 92 }],
    ["LangChain's message", { usage_metadata: { input_tokens: 44, output_tokens: 92, total_tokens: 136 } }],
    ["the AI SDK's result", { usage: { inputTokens: 44, outputTokens: 92, totalTokens: 136 } }],
  ])('%s', async (_, answer) => {
    const ask = trackModelRequest(async () => answer, { model: 'my-model' })
    const { attempts, value } = await observeRequests(ask)
    expect(value).toBe(answer)
    expect(attempts).toHaveLength(1)
    expect(attempts[0]).toMatchObject({ model: 'my-model', node: 'n', status: 200 })
    const { input = 0, cacheRead = 0, output } = attempts[0]?.usage ?? {}
    expect([input + cacheRead, output]).toEqual([44, 92])
  })

  test('an extractor of the caller reads a shape of its own', async () => {
    const ask = trackModelRequest(async () => ({ in: 7, out: 3 }), {
      model: 'gpt-4o-mini',
      provider: 'openai',
      usage: (value) => {
        const counts = value as { in: number; out: number }
        return { promptTokens: counts.in, completionTokens: counts.out }
      },
    })
    const { attempts } = await observeRequests(ask)
    expect(attempts[0]).toMatchObject({ usage: { input: 7, output: 3 }, cost: { status: 'priced' } })
  })

  test('an extractor that throws loses the tokens, not the answer nor the request', async () => {
    const ask = trackModelRequest(async () => 'answer', {
      usage: () => {
        throw new Error('broken')
      },
    })
    const { attempts, value } = await observeRequests(ask)
    expect(value).toBe('answer')
    expect(attempts).toEqual([expect.objectContaining({ status: 200, usage: undefined })])
  })
})

test('what the function throws goes on as the same object, with its status recorded', async () => {
  const refusal = Object.assign(new Error('slow down'), { status: 429 })
  const ask = trackModelRequest(async () => {
    throw refusal
  })
  const { attempts, error } = await observeRequests(() => ask())
  expect(error).toBe(refusal)
  expect(attempts[0]).toMatchObject({ status: 429, errorType: 'Error' })
})

test('a call that repeats a failed one with the same arguments is its retry', async () => {
  let calls = 0
  const ask = trackModelRequest(
    async (prompt: string) => {
      calls += 1
      if (calls === 1) throw Object.assign(new Error(prompt), { status: 503 })
      return { usage: openaiUsage }
    },
    { model: 'm' },
  )
  const { attempts, collector } = await observeRequests(async () => {
    await ask('Hi').catch(() => undefined)
    return ask('Hi')
  })
  expect(attempts.map(({ status, resendCount, attemptLink }) => [status, resendCount, attemptLink])).toEqual([
    [503, 0, undefined],
    [200, 1, 'hash'],
  ])
  expect(collector.getMetadataSummary().aggregate_statistics.requests).toMatchObject({
    total_requests: 2,
    total_retries: 1,
    total_failures: 0,
  })
})

test('requests seen at the wire count, and the function adds only its name', async () => {
  const server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  const client = new OpenAI({ baseURL: server.url, apiKey: 'k', fetch: trackFetch(fetch) })
  const ask = trackModelRequest(
    () => client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
    { model: 'assistant' },
  )
  const { attempts, value } = await observeRequests(async () => ask())
  await server.close()
  expect(value?.choices[0]?.message.content).toBe('Hello')
  expect(attempts).toHaveLength(1)
  expect(attempts[0]?.model).toBe('assistant')
})

test('the promise of an SDK keeps its own methods', async () => {
  const server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  const client = new OpenAI({ baseURL: server.url, apiKey: 'k', fetch: trackFetch(fetch) })
  const ask = trackModelRequest(() =>
    client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
  )
  const { value } = await observeRequests(() => ask().withResponse())
  await server.close()
  expect(value?.response.status).toBe(200)
})

test('tracked functions within one another are one request', async () => {
  const inner = trackModelRequest(async () => ({ usage: openaiUsage }), { model: 'inner' })
  const outer = trackModelRequest(() => inner(), { model: 'outer' })
  const { attempts } = await observeRequests(outer)
  expect(attempts.map(({ model }) => model)).toEqual(['inner'])
})

test('a generator is one request from its first step to its last', async () => {
  const ask = trackModelRequest(
    async function* () {
      yield 'a'
      yield { usage: openaiUsage }
    },
    { model: 'local' },
  )
  const { attempts, value } = await observeRequests(async () => {
    const pieces: unknown[] = []
    for await (const piece of ask()) pieces.push(piece)
    return pieces
  })
  expect(value).toHaveLength(2)
  expect(attempts).toEqual([expect.objectContaining({ usage: { input: 44, output: 92 } })])
})

test('a synchronous function and its value stay synchronous', async () => {
  const ask = trackModelRequest(() => ({ usage: openaiUsage }), { model: 'm' })
  const { attempts } = await observeRequests(async () => {
    expect(ask()).toEqual({ usage: openaiUsage })
  })
  expect(attempts).toHaveLength(1)
})

test('as a decorator it names the model of its object, with type, url and parameters but no secrets', async () => {
  const folder = mkdtempSync(join(import.meta.dirname, '.decorated-'))
  const source = `export const make = (trackModelRequest) => {
    class Custom {
      modelName = 'my-model'
      modelConfig = { type: 'VLLM', url: 'http://u:p@127.0.0.1/v1?key=1', parameters: { temperature: 0.7, api_key: 'k' } }
      @trackModelRequest
      async generate(prompt) { return [{ usage: ${JSON.stringify(openaiUsage)}, for: this.modelName + prompt }, 200] }
    }
    return new Custom()
  }`
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  const file = join(folder, 'custom.mjs')
  writeFileSync(file, outputText)
  const { make } = await import(/* @vite-ignore */ pathToFileURL(file).href)
  rmSync(folder, { recursive: true })
  const { collector, value } = await observeRequests(() => make(trackModelRequest).generate('!'))
  expect(value).toEqual([{ usage: openaiUsage, for: 'my-model!' }, 200])
  expect(collector.getMetadataSummary().models['my-model']).toMatchObject({
    model_type: 'VLLM',
    model_url: 'http://127.0.0.1/v1',
    parameters: { temperature: 0.7, api_key: '[redacted]' },
    token_statistics: { total_prompt_tokens: 44, total_completion_tokens: 92 },
  })
})

test('nothing is recorded or changed while metadata is off', async () => {
  const collector = new MetadataCollector({ isDisabled: true })
  const ask = trackModelRequest(async () => 'answer')
  const { attempts, value } = await observeRequests(async () => ask(), { collector })
  expect([attempts.length, value]).toEqual([0, 'answer'])
})

test('withNode and withRecord say where own code belongs, with duration, outcome and cost', async () => {
  const ask = trackModelRequest(async () => ({ usage: openaiUsage }), { model: 'gpt-4o-mini', provider: 'openai' })
  const { collector } = await observeRequests(async () => {
    await withRecord('r1', () => withNode('outer', () => withNode({ name: 'inner', type: 'llm' }, () => ask())))
    await withRecord(2, () => withNode('outer', () => Promise.reject(new TypeError('no')))).catch(() => undefined)
  }, {})
  const { nodes, aggregate_statistics: aggregate } = collector.getMetadataSummary()
  expect(nodes.inner).toMatchObject({ node_type: 'llm', total_executions: 1, token_statistics: { total_tokens: 136 } })
  expect(nodes.outer).toMatchObject({ node_type: 'function', total_executions: 2, total_failures: 1 })
  expect(nodes.outer).not.toHaveProperty('token_statistics')
  expect(aggregate.records).toMatchObject({ total_processed: 2, total_failed: 1 })
  expect(aggregate.cost.total_cost_usd).toBeGreaterThan(0)
})

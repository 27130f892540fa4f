import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import {
  type Answer,
  chatChunk,
  chatCompletion,
  type FaultServer,
  sendJson,
  startFaultServer,
} from '../../../test/helpers/fault-server.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { runInScope } from '../../runtime/scope.ts'
import { settleOpenAttempts } from '../attempt/open-attempts.ts'
import { installFetch, trackFetch } from './fetch.ts'

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** Answers requests as told while a function makes them; gives the attempts that were seen and what the function gave. */
async function observe<Result>(answer: Answer, call: (url: string, fetch: typeof globalThis.fetch) => Promise<Result>) {
  server = await startFaultServer(answer)
  const { url } = server
  const attempts: RequestEnd[] = []
  const collector = new MetadataCollector()
  collector.onEvent((event) => {
    if (event.type === 'request-end') attempts.push(event)
  })
  const outcome = await runInScope({ collector, node: 'n' }, () => call(url, trackFetch(globalThis.fetch))).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  return { attempts, collector, requests: server.requests, ...outcome }
}

const chatBody = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] }
const post = (body: object = chatBody) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

function client(baseURL: string, fetch: typeof globalThis.fetch) {
  return new OpenAI({ baseURL, apiKey: 'k', fetch })
}

test('an answer is one attempt with its tokens, its node and its price', async () => {
  const { attempts, value } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    (url, fetch) => client(url, fetch).chat.completions.create(chatBody),
  )
  expect(value?.choices[0]?.message.content).toBe('Hello')
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({
    status: 200,
    model: 'gpt-4o-mini',
    upstreamModel: 'gpt-4o-mini-2024-07-18',
    node: 'n',
    resendCount: 0,
    finishReason: 'stop',
    usage: { input: 44, output: 92 },
    responseId: 'chatcmpl-1',
  })
})

test('prompts that begin alike share the digests of their beginnings and no text of them', async () => {
  const system = { role: 'system' as const, content: 'Answer as a careful reviewer would. '.repeat(500) }
  const ask = (content: string) => ({ ...chatBody, messages: [system, { role: 'user' as const, content }] })
  const { attempts } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url, fetch) => {
      for (const body of [ask('one'), ask('two'), chatBody]) await client(url, fetch).chat.completions.create(body)
    },
  )
  expect(attempts[0]?.prefixHashes).toHaveLength(2)
  expect(attempts[1]?.prefixHashes).toEqual(attempts[0]?.prefixHashes)
  expect(attempts[1]?.bodyHash).not.toBe(attempts[0]?.bodyHash)
  expect(attempts[2]?.prefixHashes).toBeUndefined()
  expect(JSON.stringify(attempts)).not.toContain('reviewer')
})

test('a 429 and its retry are two attempts of one call, linked by the header the client sends', async () => {
  const { attempts } = await observe(
    (response, _request, index) =>
      index === 0
        ? sendJson(response, 429, { error: { message: 'slow down' } }, { 'retry-after-ms': '20' })
        : sendJson(response, 200, chatCompletion()),
    (url, fetch) => client(url, fetch).chat.completions.create(chatBody),
  )
  expect(attempts.map(({ status, resendCount, attemptLink }) => ({ status, resendCount, attemptLink }))).toEqual([
    { status: 429, resendCount: 0, attemptLink: undefined },
    { status: 200, resendCount: 1, attemptLink: 'header' },
  ])
  expect(attempts[1]?.callId).toBe(attempts[0]?.callId)
  expect(attempts[1]?.waitSeconds).toBeGreaterThan(0.01)
  expect(attempts[1]?.callDurationSeconds).toBeGreaterThan(attempts[1]?.durationSeconds ?? 0)
})

test('a client that says nothing of its retries is linked by the same body in the same place', async () => {
  const { attempts } = await observe(
    (response, _request, index) => sendJson(response, index === 0 ? 503 : 200, chatCompletion()),
    async (url, fetch) => {
      for (let index = 0; index < 3; index += 1) await (await fetch(`${url}/chat/completions`, post())).json()
    },
  )
  expect(attempts.map(({ resendCount, attemptLink }) => [resendCount, attemptLink])).toEqual([
    [0, undefined],
    [1, 'hash'],
    [0, undefined],
  ])
})

test('a stream passes unchanged and gives time to first token and usage', async () => {
  const parts = [
    chatChunk('Hel'),
    chatChunk('lo'),
    chatChunk('', { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }),
    'data: [DONE]\n\n',
  ]
  const { attempts, value } = await observe(
    async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const part of parts) response.write(part)
      response.end()
    },
    async (url, fetch) => {
      const answer = await fetch(`${url}/chat/completions`, post({ ...chatBody, stream: true }))
      return { url: answer.url, text: await new Response(answer.body).text() }
    },
  )
  expect(value?.text).toBe(parts.join(''))
  expect(value?.url).toMatch(/\/v1\/chat\/completions$/)
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ isStream: true, usage: { input: 5, output: 2 } })
  expect(attempts[0]?.timeToFirstTokenSeconds).toBeLessThanOrEqual(attempts[0]?.durationSeconds ?? 0)
})

test('leaving a stream reaches the server at once and keeps what was seen as an estimate', async () => {
  const { attempts, requests } = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chatChunk('a'))
      response.write(chatChunk('b'))
    },
    async (url, fetch) => {
      const stream = await client(url, fetch).chat.completions.create({ ...chatBody, stream: true })
      let seen = 0
      for await (const _ of stream) if (++seen === 2) break
    },
  )
  expect(await requests[0]?.wasCut).toBe(true)
  expect(attempts[0]).toMatchObject({ status: 200, isAborted: true, estimatedUsage: { output: 2 } })
  expect(attempts[0]?.usage).toBeUndefined()
  expect(attempts[0]?.errorType).toBeUndefined()
})

test('a stream that the server cuts is a failed attempt', async () => {
  const { attempts, error } = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chatChunk('a'), () => response.destroy())
    },
    async (url, fetch) => (await fetch(`${url}/chat/completions`, post({ ...chatBody, stream: true }))).text(),
  )
  expect(error).toBeInstanceOf(TypeError)
  expect(attempts[0]).toMatchObject({ status: 200, errorType: 'stream_cut' })
})

test('a refused connection is an attempt with status 0 and the code of the system, and the error is the same', async () => {
  const { attempts, error } = await observe(
    () => {},
    async (url, fetch) => {
      await server?.close()
      return fetch(`${url}/chat/completions`, post())
    },
  )
  expect(error).toBeInstanceOf(TypeError)
  expect(attempts[0]).toMatchObject({ status: 0, errorType: 'ECONNREFUSED' })
})

test('an answer that is no JSON is a failed attempt, and the caller gets the error it would have got', async () => {
  const { attempts, error } = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"choices": [')
    },
    async (url, fetch) => (await fetch(`${url}/chat/completions`, post())).json(),
  )
  expect(error).toBeInstanceOf(SyntaxError)
  expect(attempts[0]).toMatchObject({ status: 200, errorType: 'invalid_json' })
})

test.each(['text', 'json', 'arrayBuffer', 'blob'] as const)(
  '%s() gives what it would give, and is counted once',
  async (method) => {
    const { attempts, value } = await observe(
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end(gzipSync(JSON.stringify(chatCompletion())))
      },
      async (url, fetch) => {
        const answer = await fetch(`${url}/chat/completions`, post())
        const read: unknown = await answer[method]()
        return { read, isUsed: answer.bodyUsed, type: answer.headers.get('content-type') }
      },
    )
    expect(value?.isUsed).toBe(true)
    if (method === 'json') expect(value?.read).toEqual(chatCompletion())
    expect(attempts).toHaveLength(1)
    expect(attempts[0]?.usage).toMatchObject({ input: 44, output: 92 })
  },
)

test('a clone can be read beside its original, and the attempt is counted once', async () => {
  const { attempts, value } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url, fetch) => {
      const answer = await fetch(`${url}/chat/completions`, post())
      const copy = answer.clone()
      return [await answer.json(), await copy.json()]
    },
  )
  expect(value?.[0]).toEqual(value?.[1])
  expect(attempts).toHaveLength(1)
})

test('a body that is looked at and then read as JSON is not locked by the look', async () => {
  const { attempts, value } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url, fetch) => {
      const answer = await fetch(`${url}/chat/completions`, post())
      return answer.body === null ? undefined : answer.json()
    },
  )
  expect(value).toEqual(chatCompletion())
  expect(attempts).toHaveLength(1)
})

test('a body that nobody reads is settled when the run ends', async () => {
  const { attempts, collector } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    (url, fetch) => fetch(`${url}/chat/completions`, post()),
  )
  expect(attempts).toHaveLength(0)
  settleOpenAttempts(collector.runId)
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ status: 200, isAborted: true })
})

test('other URLs, other methods and other answers of the service are left alone', async () => {
  const { attempts } = await observe(
    (response) => sendJson(response, 200, {}),
    async (url, fetch) => {
      await fetch(`${url}/models`)
      await fetch(`${url}/chat/completions`, { method: 'HEAD' })
      await fetch(`${url}/files`, post())
    },
  )
  expect(attempts).toHaveLength(0)
})

test('a tracked fetch inside a tracked fetch counts once', async () => {
  const { attempts } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url, fetch) => {
      const outer = trackFetch((input, init) => fetch(input, init))
      await (await outer(`${url}/chat/completions`, post())).json()
    },
  )
  expect(attempts).toHaveLength(1)
})

test('installing is counted, and the last to leave restores the process', async () => {
  const original = globalThis.fetch
  const first = installFetch()
  const second = installFetch()
  first()
  first()
  expect(globalThis.fetch).not.toBe(original)
  second()
  expect(globalThis.fetch).toBe(original)
})

test('an abort while waiting is an attempt that failed, and the abort reaches the caller', async () => {
  const { attempts, error } = await observe(
    () => {},
    async (url, fetch) => {
      const controller = new AbortController()
      const waiting = fetch(`${url}/chat/completions`, { ...post(), signal: controller.signal })
      while (server?.requests.length === 0)
        await once(process, 'sygra-never', { signal: AbortSignal.timeout(5) }).catch(() => {})
      controller.abort()
      return waiting
    },
  )
  expect(error).toHaveProperty('name', 'AbortError')
  expect(attempts[0]).toMatchObject({ status: 0, errorType: 'aborted' })
})

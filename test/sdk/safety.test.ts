import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { settleOpenAttempts } from '../../src/instrument/attempt/open-attempts.ts'
import { trackFetch } from '../../src/instrument/fetch/fetch.ts'
import type { RequestEnd } from '../../src/metadata/event.ts'
import { type Answer, chatChunk, chatCompletion, type FaultServer, startFaultServer } from '../helpers/fault-server.ts'
import { isLong } from '../helpers/is-long.ts'
import { observeRequests } from '../helpers/observe-requests.ts'
import { runProgram } from '../helpers/run-program.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }
const post = (url: string, body: object = chat): [string, RequestInit] => [
  `${url}/chat/completions`,
  { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
]

const text = JSON.stringify(chatCompletion())
const send =
  (body: string | Uint8Array, headers = {}, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }

interface SafetyCase {
  readonly answer: Answer
  /** What the one attempt must have been. */
  readonly seen: Partial<RequestEnd>
  readonly request?: object
}

const whole = { status: 200, usage: { input: 44, output: 92 } }

/** Answers that an observer might stumble over. */
const cases: Readonly<Record<string, SafetyCase>> = {
  gzip: { answer: send(gzipSync(text), { 'content-encoding': 'gzip' }), seen: whole },
  brotli: { answer: send(brotliCompressSync(text), { 'content-encoding': 'br' }), seen: whole },
  'a redirect': {
    answer: (response, request, index) => {
      if (request.url.includes('moved')) return send(text)(response, request, index)
      response.writeHead(307, { location: '/v1/moved/chat/completions' }).end()
    },
    seen: whole,
  },
  'an empty 200': { answer: send(''), seen: { status: 200, errorType: expect.any(String) } },
  'a 204': { answer: send('', {}, 204), seen: { status: 204 } },
  'invalid UTF-8': {
    answer: send(Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"\xff\xfe"}', 'latin1')])),
    seen: whole,
  },
  'what is no JSON': { answer: send('<html>no</html>', { 'content-type': 'text/html' }), seen: { status: 200 } },
  'an error with a page': { answer: send('<html>no</html>', {}, 502), seen: { status: 502 } },
  'an error inside a 200 stream': {
    answer: send(`data: ${JSON.stringify({ error: { message: 'no', type: 'server_error' } })}\n\n`, {
      'content-type': 'text/event-stream',
    }),
    seen: { status: 200, errorType: expect.any(String) },
    request: { ...chat, stream: true },
  },
  'a stream that answers with JSON': { answer: send(text), seen: whole, request: { ...chat, stream: true } },
  'a length that is a lie': {
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length + 10 })
      response.write(text, () => response.destroy())
    },
    seen: { status: 200 },
  },
}

/** Ways in which a program may read an answer. */
const readers: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  'text()': (response) => response.text(),
  'json()': (response) => response.json(),
  'arrayBuffer()': (response) => response.arrayBuffer(),
  'its body': async (response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    return Buffer.concat(chunks).toString('latin1')
  },
  'a pipe': async (response) => new Response(response.body?.pipeThrough(new TransformStream({})) ?? null).arrayBuffer(),
}

const table = Object.keys(cases).flatMap((name) => Object.keys(readers).map((reader) => ({ name, reader })))

test.each(table)(
  '$name, read by $reader, is what it would be without us, and one attempt',
  async ({ name, reader }) => {
    const { answer, seen, request } = cases[name] ?? expect.unreachable()
    const read = readers[reader] ?? expect.unreachable()
    server = await startFaultServer(answer)
    const { url } = server
    const look = async (fetch: typeof globalThis.fetch) => {
      const response = await fetch(...post(url, request))
      const outcome = await read(response).catch((error: Error) => [error.name, error.message])
      const { status, redirected, bodyUsed, type } = response
      return { outcome, status, redirected, bodyUsed, type, url: response.url, headers: namesOf(response.headers) }
    }
    const bare = await look(globalThis.fetch)
    const { value, attempts, collector } = await observeRequests(() => look(trackFetch(globalThis.fetch)))
    settleOpenAttempts(collector.runId)
    expect(value).toEqual(bare)
    expect(attempts).toHaveLength(1)
    expect(attempts[0]).toMatchObject(seen)
  },
)

test('a stream that never ends is settled when the run ends, and goes on', async () => {
  let sendMore = () => {}
  server = await startFaultServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    sendMore = () => response.write(chatChunk('more'))
    sendMore()
  })
  const { url } = server
  const { value, attempts, collector } = await observeRequests(async () => {
    const response = await trackFetch(globalThis.fetch)(...post(url, { ...chat, stream: true }))
    const reader = response.body?.getReader()
    await reader?.read()
    return reader
  })
  expect(attempts).toHaveLength(0)
  settleOpenAttempts(collector.runId)
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ status: 200, isAborted: true, estimatedUsage: { output: 1 } })
  sendMore()
  const more = await value?.read()
  expect(new TextDecoder().decode(more?.value)).toContain('more')
  await value?.cancel()
  expect(attempts).toHaveLength(1)
})

test('a body that nobody reads does not keep a process from its end', async () => {
  server = await startFaultServer(send(text))
  const directory = await scratchFolder()
  const { code, files } = await runProgram({
    name: 'ask-and-go.mjs',
    directory,
    environment: { MODEL_URL: server.url },
  })
  expect(code).toBe(0)
  expect(files[0]?.aggregate_statistics.requests.total_requests).toBe(1)
})

const mebibytes = isLong ? 250 : 100

test.each(['json', 'stream'])(
  `${mebibytes} MB of %s pass in bounded memory, and their usage is found`,
  async (kind) => {
    const mebibyte = 'x'.repeat(1024 * 1024)
    server = await startFaultServer(async (response) => {
      const isStream = kind === 'stream'
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
      const write = (part: string) => new Promise((resolve) => response.write(part, resolve))
      const [head = '', tail = ''] = text.split('Hello')
      if (!isStream) await write(head)
      for (let count = 0; count < mebibytes; count += 1) await write(isStream ? chatChunk(mebibyte) : mebibyte)
      const usage = { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 }
      response.end(isStream ? `${chatChunk('', { choices: [], usage })}data: [DONE]\n\n` : tail)
    })
    const { stdout, files } = await runProgram({
      name: 'read-large.mjs',
      directory: await scratchFolder(),
      environment: { MODEL_URL: server.url, MODEL_STREAM: kind },
    })
    const { readMebibytes, grownMebibytes } = JSON.parse(stdout)
    expect(readMebibytes).toBeGreaterThanOrEqual(mebibytes)
    // Were it kept, nearly all of it.
    expect(grownMebibytes).toBeLessThan(20)
    expect(files[0]?.aggregate_statistics.tokens.total_tokens).toBe(136)
  },
)

function namesOf(headers: Headers): readonly string[] {
  return [...headers.keys()].filter((name) => name !== 'date')
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterEach, describe, expect, test } from 'vitest'
import { converseAnswer, converseStream, invokeAnswer, invokeStream } from '../../../test/helpers/bedrock-answers.ts'
import { type Http2Answer, respondJson, startHttp2Server } from '../../../test/helpers/http2-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { interceptHttp } from '../http/intercept-http.ts'
import { interceptHttp2 } from '../http/intercept-http2.ts'
import { observeHttp } from '../http/observe-http.ts'
import { observeHttp2 } from '../http/observe-http2.ts'
import { trackBedrockClient } from './aws-sdk.ts'

const modelId = 'anthropic.claude-3-5-sonnet-20240620-v1:0'
const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }]
const body = JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 10, messages: [] })
const eventStream = 'application/vnd.amazon.eventstream'
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Answer {
  readonly status?: number
  readonly json?: unknown
  readonly stream?: Uint8Array
}

/** A server over HTTP/2, the SDK's default. */
async function http2Client(answer: (index: number) => Answer): Promise<BedrockRuntimeClient> {
  const respond: Http2Answer = (stream, _request, index) => {
    const { status = 200, json, stream: bytes } = answer(index)
    if (bytes === undefined) return respondJson(stream, status, json)
    stream.respond({ ':status': status, 'content-type': eventStream })
    stream.end(bytes)
  }
  const server = await startHttp2Server(respond)
  const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint: server.url, credentials })
  closers.push(() => client.destroy(), server.close)
  return client
}

async function http1Client(answer: (index: number) => Answer): Promise<BedrockRuntimeClient> {
  let index = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status = 200, json, stream } = answer(index)
      index += 1
      response.writeHead(status, { 'content-type': stream === undefined ? 'application/json' : eventStream })
      response.end(stream ?? JSON.stringify(json))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint,
    credentials,
    requestHandler: new NodeHttpHandler(),
  })
  closers.push(
    () => client.destroy(),
    () => new Promise((resolve) => server.close(resolve)),
  )
  return client
}

describe.each([
  ['HTTP/2', http2Client],
  ['HTTP/1', http1Client],
])('over %s', (_, clientFor) => {
  test('Converse gives its answer and is one attempt with tokens and price', async () => {
    const client = trackBedrockClient(await clientFor(() => ({ json: converseAnswer })))
    const { attempts, value } = await observeRequests(() => client.send(new ConverseCommand({ modelId, messages })))
    expect(value?.output?.message?.content?.[0]?.text).toBe('Hello')
    expect(attempts).toEqual([
      expect.objectContaining({ status: 200, model: modelId, node: 'n', usage: { input: 44, output: 92 } }),
    ])
    expect(attempts[0]?.cost?.status).toBe('priced')
  })

  test('ConverseStream gives all its events and is one attempt with tokens', async () => {
    const client = trackBedrockClient(await clientFor(() => ({ stream: converseStream() })))
    const { attempts, value } = await observeRequests(async () => {
      const { stream = [] } = await client.send(new ConverseStreamCommand({ modelId, messages }))
      let text = ''
      for await (const event of stream) text += event.contentBlockDelta?.delta?.text ?? ''
      return text
    })
    expect(value).toBe('Hello')
    expect(attempts).toEqual([expect.objectContaining({ status: 200, usage: { input: 44, output: 92 } })])
  })

  test('InvokeModel and its stream are seen with their tokens', async () => {
    const client = trackBedrockClient(
      await clientFor((index) => (index === 0 ? { json: invokeAnswer } : { stream: invokeStream() })),
    )
    const { attempts } = await observeRequests(async () => {
      await client.send(new InvokeModelCommand({ modelId, body }))
      const { body: pieces = [] } = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, body }))
      for await (const _piece of pieces);
    })
    expect(attempts.map(({ usage }) => [usage?.input, usage?.output])).toEqual([
      [44, 92],
      [44, 92],
    ])
  })

  test('each attempt of a retried call is seen, and the two are one call', async () => {
    const client = trackBedrockClient(
      await clientFor((index) => (index === 0 ? { status: 429, json: { message: 'slow' } } : { json: converseAnswer })),
    )
    const { attempts } = await observeRequests(() => client.send(new ConverseCommand({ modelId, messages })))
    expect(attempts.map(({ status, attemptLink }) => [status, attemptLink])).toEqual([
      [429, undefined],
      [200, 'invocation'],
    ])
    expect(attempts[0]?.callId).toBe(attempts[1]?.callId)
  })

  test('with the transport watched as well an attempt is counted once', async () => {
    closers.push(interceptHttp2(observeHttp2), interceptHttp(observeHttp))
    const client = trackBedrockClient(await clientFor(() => ({ json: converseAnswer })))
    const { attempts } = await observeRequests(() => client.send(new ConverseCommand({ modelId, messages })))
    expect(attempts).toHaveLength(1)
  })
})

test('a refused connection is an attempt without a response, and its error is the caller’s', async () => {
  const client = trackBedrockClient(
    new BedrockRuntimeClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9', credentials, maxAttempts: 1 }),
  )
  closers.push(() => client.destroy())
  const { attempts, error } = await observeRequests(() => client.send(new ConverseCommand({ modelId, messages })))
  expect(error).toBeInstanceOf(Error)
  expect(attempts).toEqual([expect.objectContaining({ status: 0, errorType: 'ECONNREFUSED' })])
})

test('an attempt that nobody accounts for passes untouched', async () => {
  const client = trackBedrockClient(await http2Client(() => ({ json: converseAnswer })))
  const { value } = await observeRequests(() => client.send(new ConverseCommand({ modelId, messages })), {
    isObserved: true,
  })
  expect(value?.usage?.totalTokens).toBe(136)
})

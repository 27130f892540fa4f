import { constants, type ServerHttp2Stream } from 'node:http2'
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { converseAnswer, converseStream, invokeAnswer, invokeStream } from '../../../test/helpers/bedrock-answers.ts'
import {
  type Http2Answer,
  type Http2Server,
  respondJson,
  startHttp2Server,
} from '../../../test/helpers/http2-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { interceptHttp2 } from './intercept-http2.ts'
import { observeHttp2 } from './observe-http2.ts'

let uninstall = () => {}
beforeAll(() => {
  uninstall = interceptHttp2(observeHttp2)
})
afterAll(() => uninstall())

let server: Http2Server | undefined
let client: BedrockRuntimeClient | undefined
afterEach(async () => {
  client?.destroy()
  await server?.close()
})

async function clientFor(answer: Http2Answer): Promise<BedrockRuntimeClient> {
  server = await startHttp2Server(answer)
  client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 3,
  })
  return client
}

const modelId = 'anthropic.claude-3-5-sonnet-20240620-v1:0'
const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }]
const eventStream = { ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' }

test('Converse over HTTP/2 is seen with its tokens and its price', async () => {
  const bedrock = await clientFor((stream) => respondJson(stream, 200, converseAnswer))
  const { attempts, value } = await observeRequests(() => bedrock.send(new ConverseCommand({ modelId, messages })))
  expect(value?.usage?.totalTokens).toBe(136)
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ status: 200, model: modelId, node: 'n', usage: { input: 44, output: 92 } })
  expect(attempts[0]?.cost?.status).toBe('priced')
})

test('attempts over HTTP/2 are linked by the id of the invocation', async () => {
  const bedrock = await clientFor((stream, _request, index) =>
    index === 0 ? respondJson(stream, 429, { message: 'slow down' }) : respondJson(stream, 200, converseAnswer),
  )
  const { attempts } = await observeRequests(() => bedrock.send(new ConverseCommand({ modelId, messages })))
  expect(attempts.map(({ status, resendCount, attemptLink }) => [status, resendCount, attemptLink])).toEqual([
    [429, 0, undefined],
    [200, 1, 'invocation'],
  ])
})

test('ConverseStream over HTTP/2 passes whole and gives time to first token and usage', async () => {
  const bedrock = await clientFor((stream) => {
    stream.respond(eventStream)
    stream.end(converseStream())
  })
  const { attempts, value } = await observeRequests(async () => {
    const { stream } = await bedrock.send(new ConverseStreamCommand({ modelId, messages }))
    let text = ''
    for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? ''
    return text
  })
  expect(value).toBe('Hello')
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ isStream: true, usage: { input: 44, output: 92 }, finishReason: 'stop' })
  expect(attempts[0]?.timeToFirstTokenSeconds).toBeGreaterThan(0)
})

test('InvokeModel and its stream over HTTP/2 give their tokens', async () => {
  const bedrock = await clientFor((stream, { path }) => {
    if (!path.endsWith('stream')) return respondJson(stream, 200, invokeAnswer)
    stream.respond(eventStream)
    stream.end(invokeStream())
  })
  const body = JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 9, messages: [] })
  const { attempts } = await observeRequests(async () => {
    await bedrock.send(new InvokeModelCommand({ modelId, body }))
    const { body: stream } = await bedrock.send(new InvokeModelWithResponseStreamCommand({ modelId, body }))
    for await (const _ of stream ?? []);
  })
  expect(attempts.map(({ usage }) => [usage?.input, usage?.output])).toEqual([
    [44, 92],
    [44, 92],
  ])
})

test.each([
  ['reset', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
  ['dropped with its connection', (stream: ServerHttp2Stream) => stream.session?.destroy()],
] as const)('a stream that is %s in the middle is a failed attempt with what was seen', async (_how, cut) => {
  const bedrock = await clientFor((stream) => {
    stream.respond(eventStream)
    stream.write(converseStream(3), () => cut(stream))
  })
  const { attempts } = await observeRequests(async () => {
    const { stream } = await bedrock.send(new ConverseStreamCommand({ modelId, messages }))
    for await (const _ of stream ?? []);
  })
  await expect.poll(() => attempts.length).toBe(1)
  expect(attempts[0]).toMatchObject({ status: 200, errorType: 'stream_cut', estimatedUsage: { output: 2 } })
})

test('a request taken back before its answer is an attempt without one', async () => {
  const controller = new AbortController()
  const bedrock = await clientFor(() => controller.abort())
  const { attempts, error } = await observeRequests(() =>
    bedrock.send(new ConverseCommand({ modelId, messages }), { abortSignal: controller.signal }),
  )
  expect(error).toHaveProperty('name', 'AbortError')
  await expect.poll(() => attempts.length).toBe(1)
  expect(attempts[0]).toMatchObject({ status: 0, errorType: 'aborted' })
})

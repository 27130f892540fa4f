import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { invokeStream } from '../helpers/bedrock-answers.ts'
import type { ModelAnswer } from '../helpers/model-server.ts'
import { readAll, readAndAbort, type SdkCall, testSdkCalls } from './contract.ts'

const model = 'anthropic.claude-3-haiku-20240307-v1:0'
const retries = { attempts: 3, link: 'invocation' as const, model }

const converse = { modelId: model, messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] }
const invoke = {
  modelId: model,
  body: JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
  }),
}

function callsOver(isHttp2: boolean): readonly SdkCall[] {
  const client = (url: string) =>
    new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: url,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      ...(isHttp2 ? {} : { requestHandler: new NodeHttpHandler() }),
    })
  const converseStream = async (url: string, abortSignal?: AbortSignal) => {
    const { stream } = await client(url).send(new ConverseStreamCommand(converse), { abortSignal })
    return stream ?? []
  }
  const invokeModelStream = async (url: string, abortSignal?: AbortSignal) => {
    const { body } = await client(url).send(new InvokeModelWithResponseStreamCommand(invoke), { abortSignal })
    return body ?? []
  }
  const calls: readonly SdkCall[] = [
    { ...retries, name: 'Converse', ask: (url) => client(url).send(new ConverseCommand(converse)) },
    {
      ...retries,
      name: 'ConverseStream',
      ask: async (url) => readAll(await converseStream(url)),
      leave: (url) => readAndAbort((signal) => converseStream(url, signal), 4),
    },
    { ...retries, name: 'InvokeModel', ask: (url) => client(url).send(new InvokeModelCommand(invoke)) },
    {
      ...retries,
      name: 'InvokeModelWithResponseStream',
      // The mock's frames lack the envelope that AWS puts around a model's own messages.
      respond: () => invokeStreamAnswer,
      ask: async (url) => readAll(await invokeModelStream(url)),
      leave: (url) => readAndAbort((signal) => invokeModelStream(url, signal), 2),
    },
  ]
  return calls.map((call) => ({ ...call, isHttp2, name: `${call.name}, ${isHttp2 ? 'HTTP/2' : 'HTTP/1'}` }))
}

const invokeStreamAnswer: ModelAnswer = {
  status: 200,
  contentType: 'application/vnd.amazon.eventstream',
  body: invokeStream(),
}

testSdkCalls('@aws-sdk/client-bedrock-runtime', [...callsOver(true), ...callsOver(false)])

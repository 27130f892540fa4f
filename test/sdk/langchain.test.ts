import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { ChatBedrockConverse } from '@langchain/aws'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { ChatOpenAI } from '@langchain/openai'
import { converseStream } from '../helpers/bedrock-answers.ts'
import type { ModelAnswer, Respond } from '../helpers/model-server.ts'
import { readAll, readAndAbort, type SdkCall, testSdkCalls } from './contract.ts'

const openai = (url: string) =>
  new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'k', maxRetries: 1, configuration: { baseURL: `${url}/v1` } })
const claude = 'anthropic.claude-3-haiku-20240307-v1:0'
const aws = (url: string) => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint: url, credentials, maxAttempts: 2 })
  return new ChatBedrockConverse({ client, region: 'us-east-1', credentials, model: claude, maxRetries: 0 })
}

function callsOf(
  name: string,
  open: (url: string) => BaseChatModel,
  common: Pick<SdkCall, 'model' | 'attempts' | 'link' | 'isHttp2'>,
  respond?: Respond,
) {
  return [
    { ...common, name, ask: (url: string) => open(url).invoke('Hi') },
    {
      ...common,
      name: `${name}, streamed`,
      respond,
      ask: async (url: string) => readAll(await open(url).stream('Hi')),
      leave: (url: string) => readAndAbort((signal) => open(url).stream('Hi', { signal })),
    },
  ]
}

// The mock begins a block of text with an event that Bedrock sends for tools only.
const converseStreamAnswer: ModelAnswer = {
  status: 200,
  contentType: 'application/vnd.amazon.eventstream',
  body: converseStream(),
}

testSdkCalls('LangChain', [
  ...callsOf('@langchain/openai', openai, { model: 'gpt-4o-mini', attempts: 2, link: 'hash' }),
  ...callsOf(
    '@langchain/aws',
    aws,
    { model: claude, attempts: 2, link: 'invocation', isHttp2: true },
    () => converseStreamAnswer,
  ),
])

import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createVertex } from '@ai-sdk/google-vertex'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, type LanguageModel, streamText } from 'ai'
import { readAll, readAndAbort, type SdkCall, testSdkCalls } from './contract.ts'

const claude = 'claude-3-haiku-20240307'
const claudeOnBedrock = 'anthropic.claude-3-haiku-20240307-v1:0'
const aws = { region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' }

const providers: Readonly<Record<string, { model: string; create: (url: string) => LanguageModel }>> = {
  'openai, chat': {
    model: 'gpt-4o-mini',
    create: (url) => createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).chat('gpt-4o-mini'),
  },
  'openai, responses': {
    model: 'gpt-4o-mini',
    create: (url) => createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).responses('gpt-4o-mini'),
  },
  'openai-compatible': {
    model: 'local-model',
    create: (url) => createOpenAICompatible({ name: 'local', baseURL: `${url}/v1`, includeUsage: true })('local-model'),
  },
  anthropic: { model: claude, create: (url) => createAnthropic({ apiKey: 'k', baseURL: `${url}/v1` })(claude) },
  'google-vertex': {
    model: 'gemini-2.0-flash',
    create: (url) => createVertex({ apiKey: 'k', baseURL: `${url}/v1beta` })('gemini-2.0-flash'),
  },
  'amazon-bedrock': {
    model: claudeOnBedrock,
    create: (url) => createAmazonBedrock({ ...aws, baseURL: url })(claudeOnBedrock),
  },
}

const prompt = 'Hi'
const stream = (model: LanguageModel, abortSignal?: AbortSignal) =>
  streamText({ model, prompt, abortSignal, onError: () => {} }).textStream

testSdkCalls(
  'ai',
  Object.entries(providers).flatMap(([name, { model, create }]): SdkCall[] => [
    {
      name,
      model,
      attempts: 3,
      link: 'hash',
      ask: (url) => generateText({ model: create(url), prompt }),
    },
    {
      name: `${name}, streamed`,
      model,
      attempts: 3,
      link: 'hash',
      ask: (url) => readAll(stream(create(url))),
      leave: (url) => readAndAbort((signal) => stream(create(url), signal), 2),
    },
  ]),
)

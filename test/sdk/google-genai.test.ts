import { GoogleGenAI } from '@google/genai'
import { readAll, readAndAbort, testSdkCalls } from './contract.ts'

const client = (url: string) =>
  new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url, retryOptions: { attempts: 2 } } })

const model = 'gemini-2.0-flash'
const question = { model, contents: 'Hi' }
const retries = { attempts: 2, givesUpDropped: true, link: 'hash' as const, model }

testSdkCalls('@google/genai', [
  { ...retries, name: 'generateContent', ask: (url) => client(url).models.generateContent(question) },
  {
    ...retries,
    name: 'generateContentStream',
    ask: async (url) => readAll(await client(url).models.generateContentStream(question)),
    leave: (url) =>
      readAndAbort((abortSignal) => client(url).models.generateContentStream({ ...question, config: { abortSignal } })),
  },
])

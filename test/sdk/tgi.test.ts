import type { ModelAnswer } from '../helpers/model-server.ts'
import { readAll, readAndAbort, type SdkCall, testSdkCalls } from './contract.ts'

// Text Generation Inference has no SDK of its own: programs post to it.
const post = (url: string, path: string, signal?: AbortSignal) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: 'Hi', parameters: { details: true } }),
    signal,
  })

async function ask(url: string): Promise<unknown> {
  const response = await post(url, '/generate')
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.json()
}

async function stream(url: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const response = await post(url, '/generate_stream', signal)
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`)
  return response.body
}

// The token counts of an answer stand in its headers, whether or not details were asked for.
const whole: ModelAnswer = {
  status: 200,
  contentType: 'application/json',
  headers: { 'x-prompt-tokens': '44', 'x-generated-tokens': '92', 'x-compute-type': 'gpu' },
  body: Buffer.from(JSON.stringify({ generated_text: 'Hello from the model' })),
}

const pieces = ['Hello', ' from', ' the', ' model']
const details = { finish_reason: 'eos_token', generated_tokens: 92, seed: null, input_length: 44 }
const events: ModelAnswer = {
  status: 200,
  contentType: 'text/event-stream',
  body: Buffer.from(
    pieces
      .map((text, index) => {
        const isLast = index === pieces.length - 1
        const event = {
          index: index + 1,
          token: { id: index, text, logprob: -0.1, special: false },
          generated_text: isLast ? pieces.join('') : null,
          details: isLast ? details : null,
        }
        return `data:${JSON.stringify(event)}\n\n`
      })
      .join(''),
  ),
}

// Neither the request nor the answer names a model.
const noRetries: Pick<SdkCall, 'attempts' | 'link' | 'model'> = { attempts: 1, link: 'hash', model: 'tgi' }

testSdkCalls('TGI', [
  { ...noRetries, name: '/generate', respond: () => whole, ask },
  {
    ...noRetries,
    name: '/generate_stream',
    respond: () => events,
    ask: async (url) => readAll(await stream(url)),
    leave: (url) => readAndAbort((signal) => stream(url, signal), 1),
  },
])

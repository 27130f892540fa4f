import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createOpenAI } from '@ai-sdk/openai'
import type { SpeechModelV3 } from '@ai-sdk/provider'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { shortSound, smallImage } from '../../../simulator/answers/sample-media.ts'
import type { LlmNodeConfig } from '../../nodes/llm/llm-config.ts'
import type { RunOptions } from '../../run/run-options.ts'
import { Workflow } from '../../workflow.ts'

const png = smallImage([1, 0, 0])
const wav = shortSound(0.5)

interface Received {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly json: Record<string, unknown>
  /** The fields of a form; of a file its name, its type and its length. */
  readonly fields: readonly (readonly [string, string])[]
}

type Answer = (received: Received, response: ServerResponse) => void
let answer: Answer = () => {}
const received: Received[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  const isForm = type.startsWith('multipart/')
  const entries = isForm
    ? [...(await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData())]
    : []
  const fields = entries.map(
    ([name, value]) => [name, typeof value === 'string' ? value : `${value.name} ${value.type} ${value.size}`] as const,
  )
  const json: Record<string, unknown> = type.includes('json') ? JSON.parse(body.toString()) : {}
  const call = { url: request.url ?? '', headers: request.headers, json, fields }
  received.push(call)
  answer(call, response)
})
let base = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  received.length = 0
})

function sendJson(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** Runs one node with the models that a models.yaml names, each at the server. */
async function runNode(
  { post_process: postProcess, ...node }: Partial<LlmNodeConfig>,
  {
    models,
    row = {},
    cache = false,
  }: { readonly models: string; readonly row?: object; readonly cache?: RunOptions['cache'] },
) {
  const directory = await scratchFolder()
  writeFileSync(join(directory, 'models.yaml'), models.replaceAll('BASE', base))
  const usual = { node_type: 'llm', output_keys: 'made', prompt: [{ user: '{text}' }], model: { name: 'm' } }
  const config = { graph_config: { nodes: { make: { ...usual, ...node } } } }
  writeFileSync(join(directory, 'graph_config.yaml'), JSON.stringify(config))
  const graph = await Workflow.load(directory)
  if (postProcess !== undefined) graph.override('graph_config.nodes.make.post_process', postProcess)
  process.env.SYGRA_M_TOKEN = 'key-of-m'
  try {
    const rows: Record<string, unknown>[] = [{ id: 'r1', text: 'a red square', ...row }]
    return await graph.source(rows).run({ output: false, checkModels: false, cache })
  } finally {
    delete process.env.SYGRA_M_TOKEN
  }
}

describe('images', () => {
  const models =
    'm: { model_type: openai, model: gpt-image-1, url: BASE/v1, output_type: image, max_retries: 1, retry_first_wait_seconds: 0, parameters: { quality: low } }\n'

  test('are asked for by their prompt and their parameters, and come as data URLs', async () => {
    answer = (_, response) =>
      sendJson(response, {
        created: 1,
        data: [{ b64_json: png.toString('base64') }],
        usage: {
          input_tokens: 4,
          output_tokens: 272,
          total_tokens: 276,
          input_tokens_details: { text_tokens: 4, image_tokens: 0 },
        },
      })
    const { records, metadata } = await runNode({ prompt: [{ system: 'Paint.' }, { user: '{text}' }] }, { models })
    expect(received).toMatchObject([
      { url: '/v1/images/generations', json: { model: 'gpt-image-1', prompt: 'Paint.\na red square', quality: 'low' } },
    ])
    expect(Object.keys(received[0]?.json ?? {}).sort()).toEqual(['model', 'prompt', 'quality'])
    expect(records[0]?.made).toBe(`data:image/png;base64,${png.toString('base64')}`)
    // 4 tokens at $5 and 272 at $40 for a million.
    expect(metadata?.models.m?.cost?.total_cost_usd).toBeCloseTo(0.0109, 6)
  })

  test('in a prompt are changed: a form with a file for each', async () => {
    answer = (_, response) =>
      sendJson(response, { data: [{ b64_json: png.toString('base64') }, { b64_json: png.toString('base64') }] })
    const row = { pictures: [png, { bytes: png, path: null }] }
    const prompt: LlmNodeConfig['prompt'] = [
      {
        user: [
          { type: 'image_url', image_url: '{pictures}' },
          { type: 'text', text: 'bluer' },
        ],
      },
    ]
    const { records } = await runNode({ prompt, model: { name: 'm', parameters: { n: 2 } } }, { models, row })
    expect(received[0]?.url).toBe('/v1/images/edits')
    expect(received[0]?.fields).toEqual([
      ['model', 'gpt-image-1'],
      ['prompt', 'bluer'],
      ['quality', 'low'],
      ['n', '2'],
      ['image[]', `image_0.png image/png ${png.length}`],
      ['image[]', `image_1.png image/png ${png.length}`],
    ])
    expect(records[0]?.made).toHaveLength(2)
  })

  test('that a service only names by an address are fetched', async () => {
    answer = ({ url }, response) =>
      url.startsWith('/file')
        ? response.writeHead(200, { 'content-type': 'image/png' }).end(png)
        : sendJson(response, { data: [{ url: `${base}/file.png` }] })
    const { records, metadata } = await runNode(
      {},
      { models: models.replace('gpt-image-1', 'dall-e-3').replace('low', 'standard') },
    )
    expect(received[0]?.json.response_format).toBe('b64_json')
    expect(records[0]?.made).toBe(`data:image/png;base64,${png.toString('base64')}`)
    expect(metadata?.models.m?.cost?.receipt?.[0]?.fees).toMatchObject([
      { unit: 'image', variant: 'standard 1024x1024', usd: 0.04 },
    ])
    expect(metadata?.aggregate_statistics.requests.total_requests).toBe(1)
  })

  test('are asked for again after a refusal that passes; one that stays fails the record with its words', async () => {
    let times = 0
    answer = (_, response) => {
      times += 1
      sendJson(
        response,
        times === 1
          ? { error: { message: 'slow down' } }
          : { error: { message: 'Your prompt was rejected.', type: 'image_generation_user_error' } },
        times === 1 ? 429 : 400,
      )
    }
    const { failures, metadata } = await runNode({}, { models })
    expect(String(failures[0]?.error)).toContain('Your prompt was rejected.')
    expect(metadata?.models.m?.performance).toMatchObject({ total_requests: 2, total_retries: 1, total_failures: 1 })
  })

  test.each([
    ['an empty prompt', { text: ' ' }, '', /makes images of a text; found none/],
    ['a prompt that is too long', {}, 'image_capabilities: { prompt_char_limit: 5 },', /takes at most 5 characters/],
  ])('of %s are not asked for', async (_what, row, capabilities, message) => {
    const limited = models.replace('output_type', `${capabilities} output_type`)
    const { failures } = await runNode({}, { models: limited, row })
    expect(String(failures[0]?.error)).toMatch(message)
    expect(received).toEqual([])
  })

  test('of Azure are asked for at the deployment, with its version and its key in its header', async () => {
    answer = (_, response) => sendJson(response, { data: [{ b64_json: png.toString('base64') }] })
    await runNode(
      {},
      {
        models:
          'm: { model_type: azure_openai, model: painter, url: BASE, api_version: 2025-04-01-preview, output_type: image }\n',
      },
    )
    expect(received[0]?.url).toBe('/openai/deployments/painter/images/generations?api-version=2025-04-01-preview')
    expect(received[0]?.headers['api-key']).toBe('key-of-m')
    expect(received[0]?.headers.authorization).toBeUndefined()
  })
})

describe('speech', () => {
  test('has a voice and a format, and is charged by its characters', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'audio/wav' }).end(wav)
    const models =
      'm: { model_type: openai, model: tts-1, url: BASE/v1, output_type: audio, parameters: { audio: { voice: nova, format: wav } } }\n'
    const { records, metadata } = await runNode({}, { models })
    expect(received[0]).toMatchObject({
      url: '/v1/audio/speech',
      json: { model: 'tts-1', input: 'a red square', voice: 'nova', response_format: 'wav' },
    })
    expect(records[0]?.made).toBe(`data:audio/wav;base64,${wav.toString('base64')}`)
    expect(metadata?.models.m?.cost?.receipt?.[0]?.fees).toMatchObject([{ unit: 'character', quantity: 12 }])
  })

  test('of a newer model comes as events, whose last one tells its tokens; system messages say how to speak', async () => {
    answer = (_, response) => {
      const [a, b] = [wav.subarray(0, 100), wav.subarray(100)]
      const events = [
        { type: 'speech.audio.delta', audio: a.toString('base64') },
        { type: 'speech.audio.delta', audio: b.toString('base64') },
        { type: 'speech.audio.done', usage: { input_tokens: 3, output_tokens: 40, total_tokens: 43 } },
      ]
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
    }
    const models = 'm: { model_type: openai, model: gpt-4o-mini-tts, url: BASE/v1, output_type: audio }\n'
    const { records, metadata } = await runNode({ prompt: [{ system: 'Whisper.' }, { user: '{text}' }] }, { models })
    expect(received[0]?.json).toMatchObject({ instructions: 'Whisper.', input: 'a red square', stream_format: 'sse' })
    expect(records[0]?.made).toBe(`data:audio/wav;base64,${wav.toString('base64')}`)
    expect(metadata?.models.m?.token_statistics).toMatchObject({ total_prompt_tokens: 3, total_completion_tokens: 40 })
  })
})

describe('speech that comes as events', () => {
  const models =
    'm: { model_type: openai, model: gpt-4o-mini-tts, url: BASE/v1, output_type: audio, max_retries: 1, retry_first_wait_seconds: 0 }\n'
  const piece = { type: 'speech.audio.delta', audio: wav.toString('base64') }

  test.each<[string, readonly object[], RegExp]>([
    ['is cut', [piece], /the speech was cut/],
    ['ends with an error', [piece, { type: 'error', error: { message: 'overloaded' } }], /error.*overloaded/],
  ])('and %s is no answer: it is asked for again', async (_what, events, message) => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
    }
    const { failures } = await runNode({}, { models })
    expect(String(failures[0]?.error)).toMatch(message)
    expect(received).toHaveLength(2)
  })
})

describe('a transcript', () => {
  const prompt: LlmNodeConfig['prompt'] = [
    {
      user: [
        { type: 'audio_url', audio_url: '{sound}' },
        { type: 'text', text: 'Names: Ada.' },
      ],
    },
  ]
  const models =
    'm: { model_type: openai, model: whisper-1, url: BASE/v1, input_type: audio, parameters: { response_format: verbose_json, timestamp_granularities: [word, segment] } }\n'

  test('is asked for with the sound and a hint; what it says beside the text is there for functions', async () => {
    answer = (_, response) =>
      sendJson(response, {
        text: ' Hello Ada. ',
        language: 'english',
        duration: 2.2,
        segments: [],
        usage: { type: 'duration', seconds: 3 },
      })
    const seen: unknown[] = []
    const post_process = (given: { content: string; details?: unknown }) => {
      seen.push(given.details)
      return { made: given.content }
    }
    const { records, metadata } = await runNode({ prompt, post_process }, { models, row: { sound: wav } })
    expect(received[0]).toMatchObject({ url: '/v1/audio/transcriptions' })
    expect(received[0]?.fields).toEqual([
      ['model', 'whisper-1'],
      ['prompt', 'Names: Ada.'],
      ['response_format', 'verbose_json'],
      ['timestamp_granularities[]', 'word'],
      ['timestamp_granularities[]', 'segment'],
      ['file', `sound.wav audio/wav ${wav.length}`],
    ])
    expect(records[0]?.made).toBe('Hello Ada.')
    expect(seen).toEqual([{ language: 'english', duration: 2.2, segments: [] }])
    expect(metadata?.models.m?.cost?.receipt?.[0]?.fees).toMatchObject([{ unit: 'audioSecond', quantity: 3 }])
  })

  test('may be plain text, or subtitles', async () => {
    answer = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('1\n00:00 --> 00:01\nHello\n')
    const { records } = await runNode({ prompt }, { models, row: { sound: wav } })
    expect(records[0]?.made).toBe('1\n00:00 --> 00:01\nHello')
  })

  test.each([
    ['no sound', null, /transcribes one sound; found none/],
    ['two sounds', [wav, wav], /transcribes one sound; found 2/],
  ])('of %s is not asked for', async (_what, sound, message) => {
    const { failures } = await runNode({ prompt }, { models, row: { sound } })
    expect(String(failures[0]?.error)).toMatch(message)
    expect(received).toEqual([])
  })
})

describe("Google's models", () => {
  test('make images in a chat, whose tokens are those of images', async () => {
    answer = (_, response) =>
      sendJson(response, {
        candidates: [
          {
            content: {
              role: 'model',
              parts: [{ inlineData: { mimeType: 'image/png', data: png.toString('base64') } }],
            },
            finishReason: 'STOP',
          },
        ],
        usageMetadata: {
          promptTokenCount: 5,
          candidatesTokenCount: 1290,
          totalTokenCount: 1295,
          candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
        },
      })
    const models = 'm: { model_type: gemini, model: gemini-2.5-flash-image, url: BASE/v1beta, output_type: image }\n'
    const { records, metadata } = await runNode({}, { models })
    expect(received[0]?.url).toBe('/v1beta/models/gemini-2.5-flash-image:generateContent')
    expect(received[0]?.json.generationConfig).toMatchObject({ responseModalities: ['TEXT', 'IMAGE'] })
    expect(records[0]?.made).toBe(`data:image/png;base64,${png.toString('base64')}`)
    expect(metadata?.models.m?.cost?.receipt?.[0]?.classes).toContainEqual(
      expect.objectContaining({ token_class: 'outputImage', tokens: 1290 }),
    )
  })

  test('that answer with words in place of an image fail the record', async () => {
    answer = (_, response) =>
      sendJson(response, {
        candidates: [{ content: { parts: [{ text: 'I cannot draw that.' }] }, finishReason: 'STOP' }],
      })
    const models = 'm: { model_type: gemini, model: gemini-2.5-flash-image, url: BASE/v1beta, output_type: image }\n'
    const cache = await scratchFolder()
    const { failures } = await runNode({}, { models, cache })
    expect(String(failures[0]?.error)).toMatch(/model "m" makes images, and its answer has no image/)
    // Such an answer is not kept.
    await runNode({}, { models, cache })
    expect(received).toHaveLength(2)
  })

  test('of the kind of Imagen have an interface of their own and are charged by the image', async () => {
    answer = (_, response) =>
      sendJson(response, { predictions: [{ mimeType: 'image/png', bytesBase64Encoded: png.toString('base64') }] })
    const models =
      'm: { model_type: gemini, model: imagen-4.0-generate-001, url: BASE/v1beta, output_type: image, parameters: { aspect_ratio: "1:1" } }\n'
    const { records, failures, metadata } = await runNode({}, { models })
    expect(failures).toEqual([])
    expect(received[0]?.url).toBe('/v1beta/models/imagen-4.0-generate-001:predict')
    expect(received[0]?.json).toMatchObject({ parameters: { sampleCount: 1, aspectRatio: '1:1' } })
    expect(records[0]?.made).toBe(`data:image/png;base64,${png.toString('base64')}`)
    expect(metadata?.models.m?.cost?.receipt?.[0]?.fees).toMatchObject([{ unit: 'image', quantity: 1, usd: 0.04 }])
  })
})

test.each(['gemini', 'openai'])('image_capabilities of a model hold for %s', async (type) => {
  const models = `m: { model_type: ${type}, model: imagen-4.0-generate-001, url: BASE/v1beta, output_type: image, image_capabilities: { prompt_char_limit: 5 } }\n`
  const { failures } = await runNode({}, { models })
  expect(String(failures[0]?.error)).toMatch(/model "m" takes at most 5 characters/)
  expect(received).toEqual([])
})

test('an image that is neither there nor anywhere is no answer', async () => {
  answer = (_, response) => sendJson(response, { data: [{ revised_prompt: 'a square' }] })
  const models =
    'm: { model_type: openai, model: dall-e-3, url: BASE/v1, output_type: image, max_retries: 1, retry_first_wait_seconds: 0 }\n'
  const { failures } = await runNode({}, { models })
  expect(String(failures[0]?.error)).toMatch(/neither an image nor the address of one/)
  expect(received).toHaveLength(2)
})

describe('objects of the AI SDK', () => {
  test('whose provider does not say what they do are what their node says', async () => {
    const asked: unknown[] = []
    const voice: SpeechModelV3 = {
      specificationVersion: 'v3',
      provider: 'own.voices',
      modelId: 'nightingale',
      async doGenerate(options) {
        asked.push(options.text)
        return { audio: Buffer.from(wav), warnings: [], response: { timestamp: new Date(0), modelId: 'nightingale' } }
      },
    }
    const cache = await scratchFolder()
    const sing = () =>
      new Workflow('voices')
        .source([{ id: 'r1', text: 'la la' }])
        .llm(voice, '{text}', { outputType: 'audio', output: 'song' })
        .run({ output: false, cache })
    const { records } = await sing()
    expect(records[0]?.song).toBe(`data:audio/wav;base64,${wav.toString('base64')}`)
    // What it gives as a Buffer is kept as bytes.
    expect((await sing()).records).toEqual(records)
    expect(asked).toEqual(['la la'])
  })

  const provider = () => createOpenAI({ apiKey: 'k', baseURL: `${base}/v1` })

  test('that make no image fail the record', async () => {
    answer = (_, response) => sendJson(response, { data: [] })
    const graph = new Workflow('none').source([{ id: 'r1' }])
    const { failures } = await graph
      .llm(provider().image('gpt-image-1'), 'a square', { output: 'picture' })
      .run({ output: false })
    expect(String(failures[0]?.error)).toMatch(/model "gpt-image-1" makes images, and its answer has no image/)
  })

  test('make images, read aloud and transcribe, each a request of its model', async () => {
    answer = ({ url }, response) => {
      if (url.endsWith('speech')) response.writeHead(200, { 'content-type': 'audio/wav' }).end(wav)
      else if (url.endsWith('transcriptions')) sendJson(response, { text: 'Hello.', duration: 1 })
      else sendJson(response, { data: [{ b64_json: png.toString('base64') }] })
    }
    const graph = new Workflow('objects').source([{ id: 'r1', text: 'hello' }])
    const { records, failures, metadata } = await graph
      .llm(provider().image('dall-e-3'), '{text}', { output: 'picture' })
      .llm(provider().speech('tts-1'), '{text}', { output: 'sound' })
      .llm(provider().transcription('whisper-1'), [{ user: [{ type: 'audio_url', audio_url: '{sound}' }] }], {
        output: 'heard',
      })
      .run({ output: false })
    expect(failures).toEqual([])
    expect(records[0]).toMatchObject({
      picture: `data:image/png;base64,${png.toString('base64')}`,
      sound: `data:audio/wav;base64,${wav.toString('base64')}`,
      heard: 'Hello.',
    })
    // Whose models they are tells the address, which is OpenAI's in earnest; what they used is told by its own unit.
    const fees = Object.values(metadata?.models ?? {}).map((model) => model.cost?.unpriced_requests)
    expect(fees).toEqual([1, 1, 1])
  })
})

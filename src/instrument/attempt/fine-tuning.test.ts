import { expect, test } from 'vitest'
import { deferredProvider } from '../../../test/helpers/deferred-provider.ts'
import { parsePrices } from '../../pricing/book/parse-prices.ts'

const openai = 'https://api.openai.com/v1/fine_tuning/jobs'

const job = (id: string, more: object = {}) => ({
  id,
  object: 'fine_tuning.job',
  model: 'gpt-4.1-2025-04-14',
  status: 'running',
  trained_tokens: null,
  method: { type: 'supervised' },
  ...more,
})
const done = (id: string, more: object = {}) =>
  job(id, { status: 'succeeded', trained_tokens: 40_000, fine_tuned_model: 'ft:gpt-4.1:x', ...more })

test('a fine-tuning counts once, when it has ended, where it was begun', async () => {
  const { read, ends, usd, notUnderstood, settle } = deferredProvider({
    'POST /v1/fine_tuning/jobs': [job('ftjob-a', { status: 'validating_files' })],
    'GET /v1/fine_tuning/jobs/ftjob-a': [job('ftjob-a'), done('ftjob-a')],
    'GET /v1/fine_tuning/jobs/ftjob-a/events': [{ object: 'list', data: [{ id: 'ftevent-1', type: 'metrics' }] }],
    'GET /v1/fine_tuning/jobs': [{ object: 'list', data: [done('ftjob-a')] }],
  })
  await read(openai, { model: 'gpt-4.1-2025-04-14', training_file: 'file-1' })
  await read(`${openai}/ftjob-a`)
  await read(`${openai}/ftjob-a/events`)
  expect(ends).toEqual([])
  for (let time = 0; time < 3; time++) await read(`${openai}/ftjob-a`)
  await read(`${openai}?limit=10`)
  settle()
  expect(ends).toMatchObject([
    {
      node: 'n',
      model: 'gpt-4.1-2025-04-14',
      operation: 'fine_tuning',
      responseId: 'ftjob-a',
      isDeferred: true,
      usage: { fees: [{ unit: 'trainedToken', quantity: 40_000 }] },
      cost: { status: 'priced' },
    },
  ])
  // 40,000 × $25 a million.
  expect(usd()).toEqual([1])
  expect(notUnderstood).toEqual([])
})

test('a list tells of the jobs that were begun here, and of no older ones', async () => {
  const { read, ends, notUnderstood, settle } = deferredProvider({
    'POST /v1/fine_tuning/jobs': [job('ftjob-b'), job('ftjob-c')],
    'GET /v1/fine_tuning/jobs': [{ object: 'list', data: [done('ftjob-old'), done('ftjob-b'), job('ftjob-c')] }],
    'GET /v1/fine_tuning/jobs/ftjob-b': [done('ftjob-b')],
  })
  for (let time = 0; time < 2; time++) await read(openai, { model: 'gpt-4.1', training_file: 'file-1' })
  for (let time = 0; time < 2; time++) await read(openai)
  await read(`${openai}/ftjob-b`)
  settle()
  expect(ends.map(({ responseId }) => responseId)).toEqual(['ftjob-b'])
  // The other one is still under way, and what it will cost is not in the account.
  expect(notUnderstood).toMatchObject([{ kind: 'request', path: '/v1/fine_tuning/jobs', provider: 'openai' }])
})

test('a job that another process began counts where it is read', async () => {
  const { read, usd } = deferredProvider({ 'GET /v1/fine_tuning/jobs/ftjob-d': [done('ftjob-d')] })
  for (let time = 0; time < 2; time++) await read(`${openai}/ftjob-d`)
  expect(usd()).toEqual([1])
})

test('what is charged by the hour, or is not told, has no amount and says why', async () => {
  const states = [
    done('ftjob-1', { model: 'o4-mini-2025-04-16', method: { type: 'reinforcement' }, trained_tokens: null }),
    done('ftjob-2', { trained_tokens: null }),
    job('ftjob-3', { status: 'cancelled' }),
    job('ftjob-4', { status: 'failed', trained_tokens: null, error: { code: 'invalid_training_file' } }),
  ]
  const { read, ends } = deferredProvider(
    Object.fromEntries(states.map((state) => [`GET /v1/fine_tuning/jobs/${state.id}`, [state]])),
  )
  for (const { id } of states) await read(`${openai}/${id}`)
  expect(ends.map(({ errorType, cost }) => [errorType, cost?.status, cost?.picodollars, cost?.reason])).toEqual([
    [undefined, 'unpriced', 0, expect.stringContaining('charged by the hour')],
    [undefined, 'unpriced', 0, expect.stringContaining('does not tell how many tokens')],
    ['cancelled', 'unpriced', 0, expect.stringContaining('does not tell how many tokens')],
    // It trained on nothing.
    ['failed', 'unpriced', 0, expect.stringContaining('reported no usage')],
  ])
})

test("Azure's rates depend on the place of the training, which no answer tells: they are the user's to state", async () => {
  const url = 'https://acme.openai.azure.com/openai/fine_tuning/jobs'
  const run = async (id: string, prices?: string) => {
    const { read, ends } = deferredProvider(
      {
        'POST /openai/fine_tuning/jobs': [job(id, { model: 'gpt-4o-mini' })],
        [`GET /openai/fine_tuning/jobs/${id}`]: [done(id, { model: 'gpt-4o-mini' })],
      },
      { prices: prices === undefined ? undefined : parsePrices(prices, 'p.yaml') },
    )
    await read(`${url}?api-version=2025-04-01-preview`, { model: 'gpt-4o-mini' })
    await read(`${url}/${id}?api-version=2025-04-01-preview`)
    return ends.map(({ cost }) => [cost?.status, (cost?.picodollars ?? 0) / 1e12, cost?.reason])
  }
  expect(await run('ftjob-x')).toEqual([['unpriced', 0, expect.stringContaining('trained tokens')]])
  // 40,000 × $2.75 a million, with or without prices for its answers.
  expect(await run('ftjob-y', 'prices: { gpt-4o-mini: { training: 2.75 } }')).toEqual([['priced', 0.11, undefined]])
  expect(await run('ftjob-z', 'prices: { gpt-4o-mini: { input: 1, training: 2.75 } }')).toEqual([
    ['priced', 0.11, undefined],
  ])
})

test('Together states what a job cost, in billionths of a dollar', async () => {
  const together = 'https://api.together.xyz/v1/fine-tunes'
  const of = (more: object) => ({ id: 'ft-1', model: 'meta-llama/Llama-3.3-70B-Instruct', status: 'running', ...more })
  const { read, ends, usd, notUnderstood, settle } = deferredProvider({
    'POST /v1/fine-tunes': [of({ status: 'pending', token_count: 0, total_price: 0 })],
    'GET /v1/fine-tunes/ft-1': [
      of({ token_count: 850_000, total_price: 2_465_000_000 }),
      of({ status: 'completed', token_count: 850_000, total_price: 2_465_000_000 }),
    ],
    'GET /v1/fine-tunes/ft-2': [
      of({ id: 'ft-2', status: 'cancelled', token_count: 850_000, total_price: 2_465_000_000 }),
    ],
  })
  await read(together, { model: 'meta-llama/Llama-3.3-70B-Instruct', training_file: 'file-1' })
  for (let time = 0; time < 3; time++) await read(`${together}/ft-1`)
  await read(`${together}/ft-2`)
  settle()
  expect(ends.map(({ cost, errorType }) => [cost?.status, errorType])).toEqual([
    ['reported', undefined],
    // Only a part of the price is charged, and which is not told.
    ['unpriced', 'cancelled'],
  ])
  expect(usd()).toEqual([2.465, 0])
  expect(notUnderstood).toEqual([])
})

test("Mistral's states are in capitals, and a path that means a tuning is never silent", async () => {
  const mistral = 'https://api.mistral.ai/v1/fine_tuning/jobs'
  const { read, ends, notUnderstood, settle } = deferredProvider({
    'POST /v1/fine_tuning/jobs': [{ id: 'm-1', model: 'open-mistral-7b', status: 'QUEUED' }],
    'GET /v1/fine_tuning/jobs/m-1': [{ id: 'm-1', model: 'open-mistral-7b', status: 'SUCCESS', trained_tokens: 5000 }],
  })
  await read(mistral, { model: 'open-mistral-7b' })
  await read(`${mistral}/m-1`)
  // A gateway of nobody's, whose answer is no job as OpenAI has it.
  await read('https://llm.example/v1/fine_tuning/jobs', { model: 'x' })
  settle()
  expect(ends).toMatchObject([{ responseId: 'm-1', cost: { status: 'unpriced' } }])
  expect(notUnderstood).toMatchObject([{ host: 'llm.example', path: '/v1/fine_tuning/jobs' }])
})

test('batches and videos are told of by their lists, too', async () => {
  const usage = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
  const batch = (id: string, more: object) => ({ id, object: 'batch', model: 'gpt-4o-mini-2024-07-18', ...more })
  const video = { id: 'video_7', object: 'video', model: 'sora-2', seconds: '4', size: '1280x720' }
  const line = {
    custom_id: 'a',
    response: {
      status_code: 200,
      body: { id: 'c9', model: 'gpt-4o-mini', usage: { prompt_tokens: 9, completion_tokens: 9 } },
    },
  }
  const { read, ends, notUnderstood, settle } = deferredProvider({
    'POST /v1/batches': [batch('batch_1', { status: 'validating' }), batch('batch_2', { status: 'validating' })],
    'POST /v1/videos': [{ ...video, status: 'queued' }],
    'GET /v1/batches': [
      {
        object: 'list',
        data: [
          batch('batch_0', { status: 'completed', usage }),
          batch('batch_1', { status: 'completed', usage }),
          batch('batch_2', { status: 'completed', output_file_id: 'file-2' }),
        ],
      },
    ],
    'GET /v1/files/file-2/content': [JSON.stringify(line)],
    'GET /v1/videos': [{ object: 'list', data: [{ ...video, status: 'completed' }] }],
  })
  for (let time = 0; time < 2; time++) await read('https://api.openai.com/v1/batches', { input_file_id: 'file-1' })
  await read('https://api.openai.com/v1/videos', { model: 'sora-2', prompt: 'x' })
  for (let time = 0; time < 2; time++) {
    await read('https://api.openai.com/v1/batches?limit=20')
    await read('https://api.openai.com/v1/videos')
    await read('https://api.openai.com/v1/files/file-2/content')
  }
  settle()
  expect(ends.map(({ responseId }) => responseId)).toEqual(['batch_1', 'video_7', 'c9'])
  expect(notUnderstood).toEqual([])
})

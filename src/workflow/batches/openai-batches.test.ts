import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { createModelClient } from '../models/model-client.ts'
import { resolveModel } from '../models/resolve-model.ts'
import { createBatchHttp } from './batch-http.ts'
import { batchServiceOf } from './batch-services.ts'
import { createOpenAIBatches } from './openai-batches.ts'

const asked: string[] = []
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    asked.push(`${request.method} ${request.url}`)
    response.end(JSON.stringify(answers.shift() ?? {}))
  })
})
let answers: object[] = []

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

async function azure({ pauseMs = 1 } = {}) {
  asked.splice(0)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/openai/v1`
  const http = createBatchHttp({ fetch, baseUrl, headers: { 'api-key': 'none' } })
  return createOpenAIBatches({ http, endpoint: '/chat/completions', callUrl: '/v1/chat/completions', pauseMs })
}

// As the documentation of Azure shows them, with its capital letters and nulls.
const made = {
  id: 'batch_1',
  object: 'batch',
  status: 'Validating',
  endpoint: null,
  input_file_id: 'file_1',
  output_file_id: null,
  error_file_id: null,
  errors: null,
  metadata: null,
  created_at: '2024-07-19T17:13:57.2491382+00:00',
  request_counts: { total: null, completed: null, failed: null },
}

test("Azure's file is processed before a batch is made of it, and what its batch does not know yet is null", async () => {
  const service = await azure()
  const path = join(await scratchFolder(), 'requests.jsonl')
  writeFileSync(path, `${service.line('a', '{}')}\n`)
  answers = [
    { id: 'file_1', status: 'pending' },
    { id: 'file_1', status: 'running' },
    { id: 'file_1', status: 'processed' },
    made,
  ]
  expect(await service.submit({ mark: 'm', path, lines: 1 }, new AbortController().signal)).toBe('batch_1')
  expect(asked).toEqual([
    'POST /openai/v1/files',
    'GET /openai/v1/files/file_1',
    'GET /openai/v1/files/file_1',
    'POST /openai/v1/batches',
  ])
  answers = [made, { ...made, status: 'Completed', request_counts: { total: 2, completed: 1, failed: 1 } }]
  expect(await service.look('batch_1')).toEqual({ state: 'running', answered: undefined })
  expect(await service.look('batch_1')).toEqual({ state: 'ended', answered: 2 })
})

test('whoever leaves does not wait for a file that is being processed', async () => {
  const service = await azure({ pauseMs: 3_600_000 })
  const path = join(await scratchFolder(), 'requests.jsonl')
  writeFileSync(path, `${service.line('a', '{}')}\n`)
  answers = [{ id: 'file_1', status: 'pending' }]
  await expect(service.submit({ mark: 'm', path, lines: 1 }, AbortSignal.abort())).rejects.toThrow('aborted')
  expect(asked).toEqual(['POST /openai/v1/files'])
})

test('a batch of which no mark was kept is found by the name of its file', async () => {
  const service = await azure()
  const files = {
    data: [
      { id: 'file_0', filename: 'other.jsonl' },
      { id: 'file_1', filename: 'm.jsonl' },
    ],
  }
  const other = { ...made, id: 'batch_0', input_file_id: 'file_0' }
  answers = [files, { data: [other, made], has_more: false }, { data: [] }, { data: [other], has_more: false }]
  const file = { mark: 'm', path: '', lines: 1 }
  expect(await service.find(file, 0)).toEqual({ providerIds: ['batch_1'], isCertain: true })
  expect(await service.find(file, 0)).toEqual({ providerIds: [], isCertain: true })
})

test('a line is an answer, an error that is tried again, or what was not done in time', async () => {
  const service = await azure()
  const of = (line: object) => service.read({ custom_id: 'a', response: null, error: null, ...line })
  expect(of({ response: { status_code: 200, body: { id: 'x' } } })).toMatchObject({ type: 'answer', status: 200 })
  expect(of({ response: { status_code: 0, body: {} } })).toMatchObject({ type: 'answer', status: 500 })
  expect(of({ error: { code: 'request_timeout', message: 'late' } })).toMatchObject({ type: 'answer', status: 500 })
  expect(of({ error: { code: 'batch_expired', message: 'over' } })).toEqual({
    type: 'late',
    customId: 'a',
    reason: 'over',
  })
  expect(of({ error: { code: 'batch_cancelled', message: 'no' } })).toMatchObject({ type: 'late' })
})

test.each([
  ['openai' as const, {}, '/v1/chat/completions'],
  ['azure_openai' as const, { url: 'https://x.openai.azure.com', api_version: '2024-10-21' }, '/chat/completions'],
  ['azure_openai' as const, { url: 'https://x.openai.azure.com/openai/v1' }, '/v1/chat/completions'],
])('the calls of a batch of %s %o go to %s', async (model_type, settings, url) => {
  const models = { it: { model_type, model: 'gpt-4o-mini', ...settings } }
  const resolved = resolveModel({ name: 'it' }, { models, environment: { SYGRA_IT_TOKEN: 'none' } })
  const service = await batchServiceOf(createModelClient(resolved))
  expect(JSON.parse(service?.line('a', '{}') ?? '')).toMatchObject({ custom_id: 'a', method: 'POST', url })
})

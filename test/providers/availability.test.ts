import { readdirSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { type Answer, chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { runModel } from '../helpers/model-run.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

// Before the first record it is asked whether the models can be called, and only what is surely wrong refuses the run.

const servers: FaultServer[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(servers.splice(0).map(({ close }) => close()))
})

/** A server that says this about its models, and answers questions. */
async function startServer(models: { readonly status: number; readonly body?: unknown }): Promise<FaultServer> {
  const answer: Answer = (response, { url }) =>
    url.includes('/models')
      ? sendJson(response, models.status, models.body ?? {})
      : sendJson(response, 200, chatCompletion())
  const server = await startFaultServer(answer)
  servers.push(server)
  return server
}

const questions = ({ requests }: FaultServer) => requests.filter(({ body }) => body !== '').length

test('a server that is not there refuses the run before anything is written', async () => {
  const server = await startServer({ status: 200 })
  await server.close()
  const outputDir = await scratchFolder()
  await expect(runModel({ model_type: 'vllm', url: server.url }, { options: { outputDir } })).rejects.toThrow(
    `model "served" (vllm): ${server.url} does not answer (ECONNREFUSED); its address is set by SYGRA_SERVED_URL`,
  )
  expect(readdirSync(outputDir)).toEqual([])
})

test.each([
  { status: 401, problem: 'refuses the key (401); it was read from SYGRA_SERVED_TOKEN' },
  { status: 503, problem: 'is not ready (503)' },
])('an answer $status refuses it, and says why', async ({ status, problem }) => {
  const server = await startServer({ status })
  const environment = { SYGRA_SERVED_TOKEN: 'wrong' }
  await expect(runModel({ model_type: 'vllm', url: server.url }, { environment })).rejects.toThrow(problem)
  expect(questions(server)).toBe(0)
})

test('a model that a server of one does not list refuses it, with what it lists', async () => {
  const server = await startServer({ status: 200, body: { data: [{ id: 'llama-3-8b' }] } })
  await expect(runModel({ model_type: 'vllm', model: 'llama-3-70b', url: server.url })).rejects.toThrow(
    'does not serve "llama-3-70b", but llama-3-8b',
  )
})

test.each([{ status: 404 }, { status: 403 }, { status: 429 }, { status: 500 }, { status: 200, body: 'hello' }])(
  'an answer $status proves nothing, and the run goes on',
  async (models) => {
    const server = await startServer(models)
    const { records, metadata } = await runModel({ model_type: 'vllm', url: server.url })
    expect(records).toHaveLength(1)
    expect(metadata?.aggregate_statistics.requests.total_requests).toBe(1)
  },
)

test('a gateway need not list what it serves', async () => {
  const server = await startServer({ status: 200, body: { data: [{ id: 'other' }] } })
  const { records } = await runModel({ model_type: 'openai_compatible', url: server.url })
  expect(records).toHaveLength(1)
})

test('when it is turned off nothing is asked, and the records fail by themselves', async () => {
  const server = await startServer({ status: 503 })
  const { records } = await runModel({ model_type: 'vllm', url: server.url }, { options: { checkModels: false } })
  expect(records).toHaveLength(1)
  expect(server.requests).toHaveLength(1)
})

test('every address of a model is asked, once for all its nodes', async () => {
  const [first, second] = [await startServer({ status: 404 }), await startServer({ status: 404 })]
  await runModel({ model_type: 'vllm', url: [first.url, second.url] })
  const asked = [first, second].map(({ requests }) => requests.filter(({ url }) => url.includes('/models')).length)
  expect(asked).toEqual([1, 1])
})

test('a request that checks and fails ends the run as failed, and stays counted', async () => {
  const server = await startFaultServer((response) => sendJson(response, 403, { message: 'no access to the model' }))
  servers.push(server)
  const outputDir = await scratchFolder()
  const entry = { model_type: 'bedrock', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' }
  const environment = { SYGRA_SERVED_URL: server.url.replace(/\/v1$/, ''), AWS_BEARER_TOKEN_BEDROCK: 'key' }
  await expect(runModel(entry, { environment, options: { outputDir } })).rejects.toThrow(
    'model "served" (bedrock) cannot be called',
  )
  expect(server.requests).toHaveLength(1)
  expect(readdirSync(outputDir)).toContain('metadata')
})

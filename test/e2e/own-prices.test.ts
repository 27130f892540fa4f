import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Workflow } from '../../src/index.ts'
import type { RunOptions } from '../../src/workflow/run/run-options.ts'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'

// What users say of prices holds for every request of a run, and is checked before the first one.
let server: FaultServer
let directory: string
beforeEach(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  directory = mkdtempSync(join(tmpdir(), 'sygra-prices-'))
  vi.stubEnv('OPENAI_BASE_URL', server.url)
  vi.stubEnv('OPENAI_API_KEY', 'key')
  vi.stubEnv('SYGRA_PRICES', join(directory, 'prices.yaml'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

const statePrices = (text: string) => writeFileSync(join(directory, 'prices.yaml'), text)
const ask = (model: string, options: RunOptions = {}) => {
  const workflow = new Workflow('asks').source([{ id: 'a', text: 'Hi' }])
  workflow.addLLMNode('answer', model).userMessage('{text}')
  return workflow.run({ outputDir: directory, ...options })
}

test('a price of the file is charged, and the receipt names the file', async () => {
  statePrices('prices:\n  our-model: { input: 1000, output: 2000 }\n')
  const { metadata } = await ask('our-model')
  const { total_prompt_tokens, total_completion_tokens } = metadata?.aggregate_statistics.tokens ?? {}
  const cost = metadata?.models['our-model']?.cost
  expect(cost?.total_cost_usd).toBe(((total_prompt_tokens ?? 0) * 1000 + (total_completion_tokens ?? 0) * 2000) / 1e6)
  expect(cost?.receipt).toMatchObject([{ status: 'priced', source: join(directory, 'prices.yaml') }])
})

test('the alias of models.yaml finds a price as well as the name on the wire does', async () => {
  statePrices('prices:\n  our-alias: { input: 5, output: 5 }\n')
  writeFileSync(join(directory, 'models.yaml'), 'our-alias: { model_type: openai, model: gpt-served-here }\n')
  vi.stubEnv('SYGRA_CUSTOM_MODELS_PATH', join(directory, 'models.yaml'))
  const { metadata } = await ask('our-alias')
  expect(metadata?.models['our-alias']?.cost.status).toBe('priced')
})

test('pricing: of models.yaml goes before the file, and the discount of the file does not touch it', async () => {
  statePrices('discount: 0.5\nprices:\n  our-alias: { input: 5, output: 5 }\n')
  writeFileSync(
    join(directory, 'models.yaml'),
    'our-alias: { model_type: openai, model: m, pricing: { input: 7, output: 9 } }\n',
  )
  vi.stubEnv('SYGRA_CUSTOM_MODELS_PATH', join(directory, 'models.yaml'))
  const { metadata } = await ask('our-alias')
  const [receipt] = metadata?.models['our-alias']?.cost.receipt ?? []
  expect(receipt?.source).toBe('models.yaml')
  expect(receipt?.classes.map(({ usd_per_million }) => usd_per_million)).toEqual([7, 9])
})

test('calls that a function of the run makes itself are priced by the file too', async () => {
  statePrices('prices:\n  our-model: { input: 1, output: 2 }\n')
  const workflow = new Workflow('calls').source([{ id: 'a' }])
  workflow.addLambdaNode('call', async () => {
    const body = JSON.stringify({ model: 'our-model', messages: [] })
    await (await fetch(`${server.url}/chat/completions`, { method: 'POST', body })).json()
    return {}
  })
  const { metadata } = await workflow.run({ outputDir: directory })
  expect(metadata?.models['our-model']?.cost.status).toBe('priced')
})

test('a machine with an hourly price is charged for the time it was busy', async () => {
  statePrices('prices:\n  our-model: { usd_per_hour: 3600 }\n')
  const { metadata } = await ask('our-model')
  const { cost, performance } = metadata?.models['our-model'] ?? {}
  const [receipt] = cost?.receipt ?? []
  expect(cost?.status).toBe('priced')
  expect(cost?.total_cost_usd).toBeCloseTo(receipt?.total_usd ?? 0, 6)
  expect(receipt?.busy_seconds).toBeCloseTo(performance?.total_latency_seconds ?? 0, 2)
  expect(metadata?.aggregate_statistics.unattributed?.total_cost_usd).toBe(cost?.total_cost_usd)
})

test('a bad file is refused with its line and column before any request', async () => {
  statePrices('prices:\n  our-model:\n    input: cheap\n')
  await expect(ask('our-model')).rejects.toMatchObject({
    code: 'bad_prices',
    message: expect.stringContaining('prices.yaml:3:12: '),
  })
  expect(server.requests).toHaveLength(0)
})

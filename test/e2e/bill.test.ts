import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Workflow } from '../../src/index.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import type { SimulatedRequest } from '../../src/simulator/request-log.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { chatCompletion, sendJson, startFaultServer } from '../helpers/fault-server.ts'

// Faults, retries, cached input, reasoning, tiers and streams: what a run says it cost is what the simulator charged.
let simulator: Simulator
let directory: string
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-bill-'))
  simulator = await startSimulator({
    seed: 11,
    timeScale: 0,
    rateLimitRate: 0.1,
    serverErrorRate: 0.1,
    dropRate: 0.1,
    brokenJsonRate: 0.1,
    cacheHitRate: 0.7,
  })
})
afterEach(() => simulator.close())

/** USD per million tokens, from https://developers.openai.com/api/docs/pricing, read 2026-11-23. */
const listed: Readonly<Record<string, { readonly input: bigint; readonly cached: bigint; readonly output: bigint }>> = {
  'gpt-4o-mini default': { input: 150_000n, cached: 75_000n, output: 600_000n },
  'gpt-4o default': { input: 2_500_000n, cached: 1_250_000n, output: 10_000_000n },
  'o4-mini default': { input: 1_100_000n, cached: 275_000n, output: 4_400_000n },
  'o4-mini flex': { input: 550_000n, cached: 137_500n, output: 2_200_000n },
  'gpt-4.1 priority': { input: 3_500_000n, cached: 875_000n, output: 14_000_000n },
}

/** Picodollars by whole numbers alone: the prices above are picodollars for a token. */
function byHand(request: SimulatedRequest): bigint {
  const prices = listed[`${request.model} ${request.serviceTier}`]
  if (prices === undefined) throw new Error(`no price by hand of ${request.model} in ${request.serviceTier}`)
  const cached = request.cachedTokens ?? 0
  return (
    BigInt(request.promptTokens - cached) * prices.input +
    BigInt(cached) * prices.cached +
    BigInt(request.completionTokens) * prices.output
  )
}

const context = 'Answer like a careful engineer. '.repeat(300)
const asked = [
  { model: 'gpt-4o' },
  { model: 'gpt-4o-mini', stream: true, stream_options: { include_usage: true } },
  { model: 'o4-mini', reasoning_effort: 'high' },
  { model: 'o4-mini', service_tier: 'flex' },
  { model: 'gpt-4.1', service_tier: 'priority' },
]

async function ask(url: string, body: object): Promise<void> {
  try {
    const response = await fetch(`${url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) })
    await response.text()
  } catch {
    // Dropped on purpose: the simulator and the run both know of it.
  }
}

async function runOf(models: readonly object[]): Promise<Metadata> {
  const workflow = new Workflow('bill').source(Array.from({ length: 25 }, (_, id) => ({ id, text: `Question ${id}?` })))
  workflow.addLambdaNode('ask', async ({ text }) => {
    const messages = [
      { role: 'system', content: context },
      { role: 'user', content: text },
    ]
    for (const model of models) await ask(simulator.url, { ...model, messages })
    return {}
  })
  workflow.addLLMNode('answer', 'gpt-4o-mini').systemMessage(context).userMessage('{text}')
  const { metadata } = await workflow.run({ outputDir: directory, simulate: simulator.url })
  if (!metadata) throw new Error('the run has metadata')
  return metadata
}

const picodollars = (usd: number) => BigInt(Math.round(usd * 1e12))
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n)

test('a run costs to the last digit what the simulator charged for every request', async () => {
  const { models, aggregate_statistics } = await runOf(asked)
  const told = simulator.log.filter(({ isUsageSent }) => isUsageSent)
  expect(told.length).toBeGreaterThan(75)
  expect(told.some(({ cachedTokens }) => cachedTokens !== undefined)).toBe(true)
  expect(simulator.log.some(({ fault }) => fault !== undefined)).toBe(true)
  for (const request of told) expect(BigInt(request.costPicodollars)).toBe(byHand(request))
  for (const [name, { cost }] of Object.entries(models)) {
    const charged = sum(told.filter(({ model }) => model === name).map(byHand))
    expect(sum((cost.receipt ?? []).map(({ total_usd }) => picodollars(total_usd)))).toBe(charged)
  }
  const { total_cost_usd, status } = aggregate_statistics.cost
  expect(status).toBe('simulated')
  expect(total_cost_usd).toBe(Number((Number(sum(told.map(byHand))) / 1e12).toFixed(6)))
})

test('a rehearsal of a model without a price is a lower bound, and says of which model', async () => {
  const { models, aggregate_statistics } = await runOf([{ model: 'nobody-knows' }])
  const unpriced = simulator.log.filter(({ isUsageSent, model }) => isUsageSent && model === 'nobody-knows')
  expect(unpriced.every(({ costStatus, costPicodollars }) => costStatus === 'unpriced' && costPicodollars === 0)).toBe(
    true,
  )
  expect(aggregate_statistics.cost).toMatchObject({ status: 'simulated', is_lower_bound: true })
  expect(models['nobody-knows']?.cost.unpriced_requests).toBeGreaterThanOrEqual(unpriced.length)
  expect(models['nobody-knows']?.cost.unpriced_reasons?.[0]?.reason).toMatch(/nobody-knows/)
})

test('what was rehearsed beside real requests is never in the sum of money spent', async () => {
  const real = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  const workflow = new Workflow('both').source([{ id: 1 }])
  const messages = [{ role: 'user', content: 'Hi' }]
  workflow.addLambdaNode('ask', async () => {
    // A body that meets faults until it is answered: the simulator gives at most two in a row.
    for (const url of [real.url, simulator.url, simulator.url, simulator.url])
      await ask(url, { model: 'gpt-4o-mini', messages })
    return {}
  })
  const { metadata } = await workflow.run({ outputDir: directory })
  await real.close()
  // What the real server reports: 44 × 0.15 + 92 × 0.6
  const spent = 0.0000618
  const { cost } = metadata?.models['gpt-4o-mini'] ?? {}
  expect(cost?.status).toBe('priced')
  expect(cost?.receipt?.find(({ status }) => status === 'priced')?.total_usd).toBeCloseTo(spent, 12)
  expect(cost?.total_cost_usd).toBe(Number(spent.toFixed(6)))
  expect(cost?.simulated_cost_usd).toBeGreaterThan(0)
})

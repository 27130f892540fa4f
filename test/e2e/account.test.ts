import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RequestEnd } from '../../src/metadata/event.ts'
import { parseMetadata } from '../../src/metadata/parse.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { calculateCost } from '../../src/pricing/index.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { loadTask } from '../../src/workflow/load-task.ts'
import type { RunResult } from '../../src/workflow/run/run-options.ts'
import { runWorkflow } from '../../src/workflow/run/run-workflow.ts'
import type { Row } from '../../src/workflow/sources/source.ts'

// The example task over all its data on a provider that fails often; what the run says must be what the provider served.
let simulator: Simulator
let result: RunResult<Row, false, true>
let metadata: Metadata
const attempts: RequestEnd[] = []

beforeAll(async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'sygra-account-')), 'code_assistant')
  cpSync('tasks/examples/code_assistant', directory, { recursive: true })
  const { answer } = await import('../../tasks/examples/code_assistant/simulator.ts')
  const faults = { rateLimitRate: 0.06, serverErrorRate: 0.04, dropRate: 0.03, brokenJsonRate: 0.03 }
  simulator = await startSimulator({ ...faults, seed: 7, timeScale: 0.02, answers: answer })
  result = await runWorkflow(await loadTask(directory), {
    simulate: simulator.url,
    batchSize: 25,
    onEvent: (event) => {
      if (event.type === 'request-end') attempts.push(event)
    },
  })
  metadata = result.metadata
})
afterAll(() => simulator?.close())

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

test('every question has its row, and no record failed', () => {
  expect(result.failures).toEqual([])
  expect(result.records).toHaveLength(76)
  const written: unknown = JSON.parse(readFileSync(result.outputPath, 'utf8'))
  expect(written).toHaveLength(76)
  expect(metadata.aggregate_statistics.records).toMatchObject({ total_processed: 76, total_failed: 0, success_rate: 1 })
})

test('the file on disk is what the run gave, and shares its timestamp with the output', () => {
  const onDisk = parseMetadata(readFileSync(result.metadataPath ?? '', 'utf8'), 'metadata')
  expect(onDisk.aggregate_statistics).toEqual(metadata.aggregate_statistics)
  const timestamp = /output_(.+)\.json$/.exec(result.outputPath)?.[1]
  expect(result.metadataPath).toContain(`_${timestamp}.json`)
})

test('the run saw each attempt that the provider served, with its status', () => {
  // A drop inside the body was a 200 for both; one before the headers was no answer for either.
  const served = new Map<string, number>()
  for (const { status } of simulator.log) served.set(String(status), (served.get(String(status)) ?? 0) + 1)
  const seen = new Map<string, number>()
  for (const { response_code_distribution: codes } of Object.values(metadata.models)) {
    for (const [code, count] of Object.entries(codes)) seen.set(code, (seen.get(code) ?? 0) + count)
  }
  expect(sumOf([...seen.values()])).toBe(simulator.log.length)
  expect(seen.get('429')).toBe(served.get('429'))
  expect(sumOf(['500', '502', '503'].map((code) => seen.get(code) ?? 0))).toBe(
    sumOf(['500', '502', '503'].map((code) => served.get(code) ?? 0)),
  )
  expect(metadata.aggregate_statistics.requests.total_requests).toBe(simulator.log.length)
})

test('the tokens of each model are those that the provider sent', () => {
  for (const model of ['gpt-4o-mini', 'gpt-4o']) {
    const sent = simulator.log.filter((request) => request.model === model && request.isUsageSent)
    expect(metadata.models[model]?.token_statistics).toMatchObject({
      total_prompt_tokens: sumOf(sent.map(({ promptTokens }) => promptTokens)),
      total_completion_tokens: sumOf(sent.map(({ completionTokens }) => completionTokens)),
    })
  }
})

test('the cost is that of the tokens, to the last digit, and is marked as a rehearsal', () => {
  const exact = sumOf(attempts.map(({ cost }) => cost?.picodollars ?? 0))
  const expected = simulator.log
    .filter(({ isUsageSent }) => isUsageSent)
    .map(({ model, promptTokens, completionTokens }) =>
      calculateCost({ model, provider: 'openai', usage: { promptTokens, completionTokens } }),
    )
  expect(exact).toBe(sumOf(expected.map(({ receipt }) => receipt.picodollars)))
  expect(metadata.aggregate_statistics.cost.status).toBe('simulated')
  const receipts = Object.values(metadata.models).flatMap(({ cost }) => cost.receipt ?? [])
  expect(sumOf(receipts.map(({ total_usd }) => total_usd))).toBeCloseTo(exact / 1e12, 12)
})

test('retries are linked: first tries are the calls, and all of them ended well', () => {
  const { requests, calls } = metadata.aggregate_statistics
  const firstTries = attempts.filter(({ resendCount }) => resendCount === 0)
  expect(calls).toMatchObject({ total: firstTries.length, succeeded: firstTries.length, failed: 0 })
  expect(requests).toMatchObject({
    total_retries: attempts.length - firstTries.length,
    failed_attempts: attempts.length - firstTries.length,
    total_failures: 0,
  })
  expect(requests.total_retries).toBeGreaterThan(5)
})

test('nodes add up to models, models to the whole, and nothing is unattributed', () => {
  const { tokens, requests, unattributed } = metadata.aggregate_statistics
  const nodes = Object.values(metadata.nodes)
  const models = Object.values(metadata.models)
  expect(sumOf(nodes.map((node) => node.token_statistics?.total_tokens ?? 0))).toBe(tokens.total_tokens)
  expect(sumOf(models.map((model) => model.token_statistics.total_tokens))).toBe(tokens.total_tokens)
  expect(sumOf(nodes.map((node) => node.requests?.total_requests ?? 0))).toBe(requests.total_requests)
  expect(sumOf(models.map((model) => model.performance.total_requests))).toBe(requests.total_requests)
  expect(unattributed).toMatchObject({ total_tokens: 0, total_cost_usd: 0 })
})

test('a node execution is one pass of one record', () => {
  const rounds = sumOf(result.records.map(({ rounds: count }) => Number(count)))
  expect(metadata.nodes.generate_answer?.total_executions).toBe(rounds)
  expect(metadata.nodes.critique_answer?.total_executions).toBe(rounds)
})

test('no prompt and no answer is in the metadata', () => {
  const text = readFileSync(result.metadataPath ?? '', 'utf8')
  expect(text).not.toMatch(/NO MORE FEEDBACK|```|You answer questions/)
})

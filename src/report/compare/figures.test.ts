import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { Metadata } from '../../metadata/schema.ts'
import type { Figure } from './figure.ts'
import { actorFigures, modelFigures, nodeFigures, runFigures } from './figures.ts'

// Two records of two nodes, of which the second fails. The first has 120 and 121 tokens in and 40 of the cache each, 60 and 61 out and
// 5 of thinking each, at 60 and 60.75 millionths of a dollar, and one 429. Its calls took 1.22 and 1.06 s, its requests 0.04, 0.68 and
// 1.06; the two requests of the second took 0.05 and were its calls.
const run = sampleMetadata({ records: 2, failEvery: 2 })

/** The values of figures; of one that is not known, why. */
function valuesOf<Subject>(figures: readonly Figure<Subject>[], subject: Subject | undefined) {
  if (subject === undefined) throw new Error('the sample has it')
  return Object.fromEntries(
    figures.map(({ name, read }) => {
      const found = read(subject)
      return [name, 'value' in found ? found.value : found.unknown]
    }),
  )
}

test('the figures of a run, of a model and of a node are those that it came to', () => {
  expect(valuesOf(runFigures, run)).toEqual({
    total_cost: 0.00012075,
    cost_per_record: 0.000060375,
    records: 2,
    failed_records: 1,
    success_rate: 0.5,
    requests: 5,
    retries: 1,
    failures: 2,
    retry_rate: 0.2,
    failure_rate: 0.4,
    prompt_tokens: 321,
    completion_tokens: 131,
    total_tokens: 452,
    avoided_requests: 0,
    avoided_cost: 0,
    // 2 in 125 seconds.
    records_per_second: 0.016,
    tokens_per_record: 226,
    p50: 1.14,
    p95: 1.212,
    p99: 1.218,
    // 0.04 + 0.68 + 1.06 = 1.78 and 0.05 + 0.05 s; waits are in none.
    seconds_per_record: 0.94,
    duration: 125,
  })
  expect(valuesOf(modelFigures, run.models['gpt-4o-mini'])).toMatchObject({
    total_cost: 0.000121,
    cost_per_request: 0.000121 / 5,
    requests: 5,
    failures: 2,
    total_tokens: 452,
    p50: 0.05,
  })
  expect(valuesOf(nodeFigures, run.nodes.generate)).toMatchObject({
    executions: 2,
    failures: 1,
    failure_rate: 0.5,
    total_cost: 0.00006,
    cost_per_execution: 0.00003,
    requests: 3,
    total_tokens: 225,
  })
})

test('what was not done has no figure, or 0 where that is true', () => {
  const none = valuesOf(runFigures, sampleMetadata({ records: 0 }))
  const noRecords = 'the run has no records'
  expect(none).toMatchObject({ cost_per_record: noRecords, success_rate: noRecords, tokens_per_record: noRecords })
  expect(none).toMatchObject({ total_cost: 0, p95: expect.any(String), seconds_per_record: expect.any(String) })
  const idle = {
    ...run.nodes.generate,
    total_executions: 0,
    cost: undefined,
    requests: undefined,
  } as Metadata['nodes'][string]
  expect(valuesOf(nodeFigures, { ...idle, token_statistics: undefined })).toMatchObject({
    total_cost: 0,
    cost_per_execution: 0,
    requests: 0,
    total_tokens: 0,
    p50: expect.any(String),
  })
  const { timing } = run.execution
  const open = { ...run, execution: { ...run.execution, timing: { ...timing, duration_seconds: null } } }
  expect(valuesOf(runFigures, open).duration).toBe('the run has no duration')
})

test('a node whose requests nobody can price has no cost, and is not free', () => {
  const { generate } = sampleMetadata({ unpricedModels: ['gpt-4o-mini'] }).nodes
  expect(valuesOf(nodeFigures, generate)).toMatchObject({
    total_cost: 'its price is not known',
    cost_per_execution: 'its price is not known',
  })
})

test('an agent has what it sent itself, and all that was sent within it', () => {
  const { generate } = run.nodes
  if (generate?.requests === undefined) throw new Error('the sample has it')
  const actor = {
    total_executions: 4,
    total_failures: 1,
    failure_rate: 0.25,
    average_latency_seconds: 2,
    unknown_outcomes: 0,
    total_latency_seconds: 8,
    latency_statistics: generate.latency_statistics,
    requests: generate.requests,
    cost: { total_cost_usd: 2, average_cost_per_execution: 0.5 },
    inclusive: {
      ...generate.requests,
      total_tokens: 0,
      total_prompt_tokens: 0,
      total_completion_tokens: 0,
      total_cost_usd: 3,
      average_cost_per_execution: 0.75,
    },
  }
  const figures = { executions: 4, failures: 1, failure_rate: 0.25, requests: 3, total_tokens: 0 }
  expect(valuesOf(actorFigures, actor)).toMatchObject({
    ...figures,
    total_cost: 2,
    cost_per_execution: 0.5,
    inclusive_cost: 3,
    p50: generate.latency_statistics.p50,
  })
  const told = { ...actor, total_executions: 0, requests: undefined }
  expect(valuesOf(actorFigures, told)).toMatchObject({
    total_cost: 2,
    cost_per_execution: 'its executions are not known',
    requests: 0,
    p50: expect.any(String),
  })
  expect(valuesOf(actorFigures, { ...actor, cost: undefined, inclusive: undefined })).toMatchObject({
    total_cost: 0,
    inclusive_cost: 0,
  })
})

test('a saving of which nothing is priced is not known, and says of how many', () => {
  const withAvoided = (avoided: Metadata['aggregate_statistics']['avoided']) =>
    runFigures
      .find(({ name }) => name === 'avoided_cost')
      ?.read({ ...run, aggregate_statistics: { ...run.aggregate_statistics, avoided } })
  const classes = { cached_prompt_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0, audio_tokens: 0 }
  const avoided = { ...classes, requests: 3, total_prompt_tokens: 0, total_completion_tokens: 0, total_tokens: 9 }
  expect(withAvoided({ ...avoided, cost_usd: 0, unpriced_requests: 1 })).toEqual({
    unknown: 'the price of 1 request is not known',
  })
  expect(withAvoided({ ...avoided, cost_usd: 2, unpriced_requests: 2 })).toEqual({
    unknown: 'the price of 2 requests is not known',
    atLeast: 2,
  })
  expect(withAvoided({ ...avoided, cost_usd: 2, unpriced_requests: 0 })).toEqual({ value: 2 })
})

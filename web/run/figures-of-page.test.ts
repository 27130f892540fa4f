import { expect, test } from 'vitest'
import { sampleMetadata } from '../../test/helpers/sample-run.ts'
import { latencyBinsOf, latencyCurves } from '../compare/latency-curves.ts'
import { costTableOfFile } from './cost-rows.ts'
import { limitsAt } from './limit-steps.ts'
import { nodeSums } from './node-sums.ts'
import { packLanes } from './request-lanes.tsx'
import { tokenPartsOf } from './token-classes.ts'

const metadata = sampleMetadata({ models: ['gpt-4o-mini', 'gpt-4o'] })

test('the classes of tokens add up to all tokens', () => {
  for (const { token_statistics } of Object.values(metadata.models)) {
    const parts = tokenPartsOf(token_statistics)
    expect(parts.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(token_statistics.total_tokens)
  }
})

test('the costs by node and model add up to those of the nodes, the most expensive first', () => {
  const table = costTableOfFile(metadata)
  expect(table.models.map(({ model }) => model)).toEqual(['gpt-4o-mini', 'gpt-4o'])
  for (const { cells, cost } of table.rows) {
    const sum = [...cells.values()].reduce((usd, { total_cost_usd }) => usd + total_cost_usd, 0)
    expect(sum).toBeCloseTo(cost?.total_cost_usd ?? 0, 5)
  }
  const costs = table.rows.map(({ cost }) => cost?.total_cost_usd ?? 0)
  expect(costs).toEqual([...costs].sort((a, b) => b - a))
})

test('a subgraph costs what the nodes within it cost', () => {
  const { nodes } = sampleMetadata({ nodes: ['evolve.write', 'evolve.check', 'judge'] })
  const within = (nodes['evolve.write']?.cost?.total_cost_usd ?? 0) + (nodes['evolve.check']?.cost?.total_cost_usd ?? 0)
  const sums = nodeSums({ ...metadata, nodes }, 'evolve')
  expect(sums.cost?.total_cost_usd).toBeCloseTo(within, 9)
  expect(sums.share + nodeSums({ ...metadata, nodes }, 'judge').share).toBeCloseTo(1, 9)
})

test('a limit holds from its change to the next', () => {
  const steps = [
    { atMs: 100, limit: 25 },
    { atMs: 300, limit: 1 },
  ]
  expect(limitsAt({ provider: 'openai', steps }, [50, 100, 299, 300, 900])).toEqual([null, 25, 25, 1, 1])
})

test('a curve of latencies holds all requests', () => {
  const curves = latencyCurves([latencyBinsOf(metadata), undefined])
  const [own, none] = curves?.curves ?? []
  expect(own?.shares.reduce<number>((sum, share) => sum + (share ?? 0), 0)).toBeCloseTo(1)
  expect(none?.shares.every((share) => share === null)).toBe(true)
})

test('requests in one lane do not overlap', () => {
  const requests = Array.from({ length: 60 }, (_, index) => ({
    startedAtMs: (index * 7919) % 500,
    durationSeconds: ((index * 104729) % 300) / 1000,
  }))
  const lanes = packLanes(requests)
  requests.forEach((one, a) => {
    requests.forEach((other, b) => {
      if (a === b || lanes[a] !== lanes[b] || one.startedAtMs > other.startedAtMs) return
      if (one.startedAtMs === other.startedAtMs && a > b) return
      expect(one.startedAtMs + one.durationSeconds * 1000).toBeLessThanOrEqual(other.startedAtMs + 1e-9)
    })
  })
})

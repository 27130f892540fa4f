import { expect, test } from 'vitest'
import { sampleMetadata } from '../../test/helpers/sample-run.ts'
import { latencyBinsOf, latencyCurves } from '../compare/latency-curves.ts'
import { costMatrixOf } from './cost-matrix.ts'
import { packLanes } from './request-lanes.tsx'
import { tokenPartsOf } from './token-classes.ts'

const metadata = sampleMetadata({ models: ['gpt-4o-mini', 'gpt-4o'] })

test('the classes of tokens add up to all tokens', () => {
  for (const { token_statistics } of Object.values(metadata.models)) {
    const parts = tokenPartsOf(token_statistics)
    expect(parts.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(token_statistics.total_tokens)
  }
})

test('the costs by node and model add up to those of the nodes', () => {
  const matrix = costMatrixOf(metadata)
  expect(matrix?.models).toEqual(['gpt-4o-mini', 'gpt-4o'])
  for (const { costs, totalUsd } of matrix?.rows ?? []) {
    expect(costs.reduce<number>((sum, usd) => sum + (usd ?? 0), 0)).toBeCloseTo(totalUsd, 5)
  }
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

import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { projectCost } from './live-figures.ts'
import { createLiveState, type LiveState, updateLiveState } from './live-state.ts'

const mUsd = 1e9

function spend(state: LiveState, recordId: string | undefined, picodollars: number): void {
  const cost = { status: 'priced', picodollars, lines: [] } as const
  updateLiveState(state, requestEnd({ cost, recordId }), 0)
}

function end(state: LiveState, recordId: string, costPicodollars?: number): void {
  updateLiveState(state, { type: 'record-end', recordId, succeeded: true, costPicodollars }, 0)
}

function stateWith(costs: readonly number[]): LiveState {
  const state = createLiveState()
  costs.forEach((cost, index) => {
    spend(state, `record-${index}`, cost)
    end(state, `record-${index}`, cost)
  })
  return state
}

test('with nothing in flight the projection is the mean of a record times all', () => {
  const projected = projectCost(stateWith([1, 2, 3, 2, 2].map((cost) => cost * mUsd)), 10)
  expect(projected?.usd).toBeCloseTo(0.02, 3)
  // The deviation is sqrt(0.4) mUSD; five records are left: 1.2816 * s * sqrt(5 + 25 / 5).
  expect(projected?.interval?.toUsd).toBeCloseTo(0.02 + 1.2816 * 0.001 * Math.sqrt(0.4) * Math.sqrt(10), 3)
})

test('before five records there is no interval, and after the last no projection', () => {
  const state = stateWith([mUsd, mUsd, mUsd, mUsd])
  expect(projectCost(state, 10)?.interval).toBeUndefined()
  expect(projectCost(state, 10)?.usd).toBeCloseTo(0.01, 4)
  expect(projectCost(state, 4)).toBeUndefined()
  expect(projectCost(state, undefined)).toBeUndefined()
  expect(projectCost(createLiveState(), 10)).toBeUndefined()
})

test('the projection is not fooled by cheap records that end first', () => {
  // Records cost 1 to 20 mUSD, so 20 of them 210 mUSD; all spend at one speed, so the cheap ones are done.
  const state = createLiveState()
  for (let cost = 1; cost <= 20; cost += 1) {
    const spent = Math.min(cost, 10) * mUsd
    spend(state, `record-${cost}`, spent)
    if (cost <= 10) end(state, `record-${cost}`, spent)
  }
  const projected = projectCost(state, 20)
  expect(projected?.usd).toBeGreaterThan(0.19)
  expect(projected?.usd).toBeLessThan(0.24)
  // The mean of those that ended would say 110.
  expect(projected?.interval?.toUsd).toBeGreaterThan(0.21)
})

test('the projection is never below what was spent', () => {
  const state = stateWith([mUsd, mUsd, mUsd, mUsd, mUsd])
  spend(state, 'dear', 100 * mUsd)
  const projected = projectCost(state, 7)
  expect(projected?.usd).toBeGreaterThan(0.105)
  expect(projected?.interval?.fromUsd).toBeGreaterThanOrEqual(0.105)
})

test('records without a cost of their own share what was spent', () => {
  const state = createLiveState()
  spend(state, undefined, 4 * mUsd)
  end(state, 'a')
  end(state, 'b')
  expect(projectCost(state, 10)?.usd).toBeCloseTo(0.02, 9)
})

test('free records have a projection of nothing', () => {
  expect(projectCost(stateWith([0, 0, 0, 0, 0, 0]), 10)).toBeUndefined()
})

test('free records among dear ones count as nothing', () => {
  const projected = projectCost(stateWith([0, 2, 0, 2, 0, 2].map((cost) => cost * mUsd)), 12)
  expect(projected?.usd).toBeCloseTo(0.012, 3)
  expect(Number.isFinite(projected?.interval?.toUsd)).toBe(true)
})

test('an answer of no use that was asked for again hides no request that failed', () => {
  const state = createLiveState()
  for (const fields of [{}, { resendCount: 1, repeatsAnswer: true }, { status: 500 }]) {
    updateLiveState(state, requestEnd(fields), 0)
  }
  expect(state).toMatchObject({ requests: 3, answered: 1, retries: 1, failures: 1 })
})

import { describe, expect, test } from 'vitest'
import { recordAnswer } from '../helpers/recorded-answer.ts'
import { reports as reportsOfCounts } from './reports.ts'
import { reportsOfShapes } from './reports-of-shapes.ts'
import { reportsOfSilence } from './reports-of-silence.ts'

const reports = { ...reportsOfCounts, ...reportsOfShapes, ...reportsOfSilence }

describe.each(Object.entries(reports))('%s', (_, members) => {
  test.each(members)('$at: $what', async ({ call, status, usd, because }) => {
    const { attempts } = await recordAnswer(call)
    const cost = attempts[0]?.cost
    expect({ status: cost?.status, reason: cost?.reason }).toEqual({
      status,
      reason: because === undefined ? cost?.reason : expect.stringContaining(because),
    })
    if (usd !== undefined) expect((cost?.picodollars ?? 0) / 1e12).toBeCloseTo(usd, 12)
    expect(attempts).toHaveLength(1)
  })
})

test('each kind has members beside the one that was reported first', () => {
  expect(Object.values(reports).filter((members) => members.length < 3)).toEqual([])
})

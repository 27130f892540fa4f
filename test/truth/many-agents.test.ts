// By itself, because three thousand names take seconds, which a run of the other histories for each of many changes cannot.
import { expect, test } from 'vitest'
import type { MetadataEvent } from '../../src/metadata/event.ts'
import { RunTotals } from '../../src/metadata/run-totals.ts'
import { summarize } from '../../src/metadata/summary.ts'
import { requestEnd } from '../helpers/request-end.ts'

test('of more names than are kept the shortest stay, the others share a place, and no token is lost', () => {
  const names = Array.from({ length: 1500 }, (_, index) => `chat of user ${1000 + index}`)
  const events = [...names, 'planner', ...names].map((agent) =>
    requestEnd({ agent, usage: { input: 1, output: 0 }, durationSeconds: 1 }),
  )
  const foldOf = (part: readonly MetadataEvent[]) => {
    const totals = new RunTotals()
    for (const event of part) totals.add(event)
    return totals
  }
  const fileOf = (totals: RunTotals) => summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })
  const { agents = {}, aggregate_statistics } = fileOf(foldOf(events))
  const tokensOf = (name: string) => agents[name]?.token_statistics?.total_tokens
  expect(Object.keys(agents)).toHaveLength(1001)
  expect(tokensOf('planner')).toBe(1)
  // 1,000 names stay: the planner and the first 999 of equal length; 501 names are left, each with two tokens.
  expect(tokensOf('chat of user 1998')).toBe(2)
  expect(tokensOf('chat of user 1999')).toBeUndefined()
  expect(tokensOf('(others)')).toBe(1002)
  expect(agents['(others)']?.inclusive).toBeUndefined()
  expect(aggregate_statistics.outside_agents?.total_tokens).toBe(0)
  for (const cut of [1, 700, 1001, 1500, 1501, 2600]) {
    const totals = foldOf(events.slice(0, cut))
    totals.merge(foldOf(events.slice(cut)))
    expect(fileOf(totals).agents, `cut in front of event ${cut}`).toEqual(agents)
  }
})

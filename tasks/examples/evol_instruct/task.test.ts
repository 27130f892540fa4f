import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'
import { describeWay, hasEvolved } from './task.ts'

test('every instruction is evolved and answered; one that came back unchanged is evolved again', async () => {
  const { records, failures, metadata } = await runExample('evol_instruct')
  expect(failures).toEqual([])
  expect(records).toHaveLength(12)
  for (const record of records) {
    expect(hasEvolved(record)).toBe('yes')
    expect(record.response).toContain(String(record.evolved_instruction).trim())
  }
  expect(new Set(records.map(({ way }) => way)).size).toBeGreaterThan(2)
  expect(metadata?.nodes.evolve?.total_executions).toBe(13)
  expect(metadata?.nodes.answer?.total_executions).toBe(12)
})

test('the same seed chooses the same ways', async () => {
  const [first, second] = [await runExample('evol_instruct'), await runExample('evol_instruct', { batchSize: 1 })]
  expect(first.records.map(({ way }) => way)).toEqual(second.records.map(({ way }) => way))
})

test('a way that nobody described is an error, not an empty guidance', () => {
  expect(() => describeWay({ way: 'sideways' })).toThrow('there is no way "sideways"')
})

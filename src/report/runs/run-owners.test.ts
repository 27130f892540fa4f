import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { runOwners } from './run-owners.ts'
import { canBeBefore, type RunRow, readRunModels, readRunRow } from './run-row.ts'

const process = { host: 'box', pid: 7, transport: 'none', start_time: '2026-01-01T00:00:02Z', end_time: null }
const at = (seconds: number) => Date.UTC(2026, 0, 1, 0, 0, seconds)

test('a run is kept going by its own process, since the start of its last session', () => {
  const timing = { start_time: '2026-01-01T00:00:00Z' }
  expect(runOwners({ host: 'box', pid: 1, timing })).toEqual([{ host: 'box', pid: 1, startedAtMs: at(0) }])
  const sessions = [timing, { start_time: '2026-01-01T00:00:09Z' }]
  expect(runOwners({ host: 'box', pid: 1, timing, sessions })[0]?.startedAtMs).toBe(at(9))
  expect(runOwners({ host: null, pid: null, timing: { start_time: null } })).toEqual([
    { host: undefined, pid: undefined, startedAtMs: undefined },
  ])
})

test('so it is by whoever watches it, and by each process of a program that has not ended', () => {
  const owners = runOwners({
    host: 'box',
    pid: 1,
    watched_by: 5,
    workers: {
      w1: process,
      w2: { ...process, pid: 8, end_time: '2026-01-01T00:00:03Z' },
      // A worker of a run is kept by its coordinator.
      w3: { ...process, pid: 9, transport: 'redis' },
      w4: { ...process, host: null, pid: null, start_time: null },
    },
  })
  expect(owners).toEqual([
    { host: 'box', pid: 1, startedAtMs: undefined },
    { host: 'box', pid: 5, startedAtMs: undefined },
    { host: 'box', pid: 7, startedAtMs: at(2) },
    { host: undefined, pid: undefined, startedAtMs: undefined },
  ])
  expect(runOwners({ watched_by: null })).toHaveLength(1)
})

const rowOf = (metadata: unknown): RunRow => {
  const row = readRunRow(metadata, { path: 'run.json', isAlive: () => false })
  if (row === undefined) throw new Error('a sample has a row')
  return row
}

test('a run is held against one of the same task that went to its end and asked models, a rehearsal against a rehearsal', () => {
  const row = rowOf(sampleMetadata())
  const rehearsal = rowOf(sampleMetadata({ costStatus: 'simulated' }))
  expect(canBeBefore(row, row)).toBe(true)
  expect(canBeBefore(rehearsal, rehearsal)).toBe(true)
  expect([canBeBefore(row, rehearsal), canBeBefore(rehearsal, row)]).toEqual([false, false])
  expect(canBeBefore({ ...row, task: 'other' }, row)).toBe(false)
  expect(canBeBefore({ ...row, status: 'interrupted' }, row)).toBe(false)
  expect(canBeBefore({ ...row, requests: 0 }, row)).toBe(false)
})

test('a row is read from a file of any format, as far as it says', () => {
  const metadata = sampleMetadata({ records: 2 })
  const { calls, ...totals } = metadata.aggregate_statistics
  const { timing } = metadata.execution
  const old = {
    ...metadata,
    metadata_version: '1.0.0',
    run_id: undefined,
    status: undefined,
    aggregate_statistics: totals,
  }
  const row = rowOf(old)
  expect(row).toMatchObject({
    status: 'complete',
    requests: 5,
    p95Seconds: metadata.models['gpt-4o-mini']?.performance.latency_statistics.p95,
  })
  expect([row.runId, row.calls, row.failedCalls]).toEqual([undefined, undefined, undefined])
  const open = {
    ...old,
    execution: {
      ...metadata.execution,
      timing: { ...timing, start_time: null, end_time: null, duration_seconds: null },
    },
  }
  expect(rowOf(open)).toMatchObject({ status: 'unfinished', startedAtMs: 0 })
  expect(rowOf(open).startedAt).toBeUndefined()
  const two = { ...old.models, other: metadata.models['gpt-4o-mini'] }
  expect(rowOf({ ...old, models: two }).p95Seconds).toBeUndefined()
  expect(rowOf(metadata)).toMatchObject({
    calls: calls?.total,
    failedCalls: 0,
    commit: expect.stringMatching(/^b81c39a/),
  })
  expect(rowOf({ ...metadata, execution: { ...metadata.execution, run_name: 'mine' } }).runName).toBe('mine')
  expect(rowOf(metadata)).not.toHaveProperty('runName')
  expect(rowOf(sampleMetadata({ records: 1, failEvery: 1 })).p95Seconds).toBeUndefined()
})

test('what a run spent at each model is read from its file', () => {
  expect(readRunModels(sampleMetadata({ records: 2 }))).toEqual([
    {
      model: 'gpt-4o-mini',
      provider: 'openai',
      requests: 5,
      tokens: 912,
      cost: expect.objectContaining({ status: 'priced' }),
    },
  ])
  expect(readRunModels({ models: 7 })).toEqual([])
})

import { expect, test } from 'vitest'
import { studioFiles } from '../../src/cli/files/studio-files.ts'
import type { RecordKind } from '../../src/report/run/record-order.ts'
import { sliceName } from '../../src/report/run/run-filter.ts'
import { collectReport } from '../../src/studio/report/collect-report.ts'
import { RunStore } from '../../src/studio/run-store.ts'
import { createEmbeddedSource } from '../../web/source/embedded-source.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'
import { writeSampleRun } from '../helpers/studio-runs.ts'

test('a report says of a part what the server says, and of a part that it does not hold nothing', async () => {
  const directory = await scratchFolder()
  const key = 'metadata/metadata_demo_2026-11-20_10-00-00.json'
  await writeSampleRun(directory, key, { nodes: ['outer.write', 'check'], failEvery: 4, retryEvery: 3 })
  const store = new RunStore({ directory, files: studioFiles(directory), nowMs: Date.now })
  const source = createEmbeddedSource(await collectReport(store, key))
  const list = { sort: 'cost', isReversed: false, search: '', limit: 100 } as const
  for (const filter of [{}, { node: 'check' }, { node: 'outer' }, { model: 'gpt-4o-mini' }, { error: 'http_429' }]) {
    expect(await source.slice(key, filter)).toEqual(await store.slice(key, filter))
    for (const kind of ['all', 'failed', 'retried'] satisfies RecordKind[]) {
      const query = { ...list, kind, filter }
      const own = await source.records(key, query)
      const served = await store.records(key, query)
      expect([own?.rows.map(({ recordId }) => recordId).sort(), own?.total]).toEqual([
        served?.rows.map(({ recordId }) => recordId).sort(),
        served?.total,
      ])
    }
  }
  for (const filter of [{ node: 'check', error: 'http_429' }, { fromMs: 0 }, { node: 'not there' }]) {
    expect(await source.slice(key, filter)).toBeNull()
    expect(await source.records(key, { ...list, kind: 'all', filter })).toBeNull()
  }
  expect(await source.timeline(key, { node: 'check' }, 100)).toBeNull()
})

test('of a run with much to tell a report has as much as there is room for, and says how much that is', async () => {
  const directory = await scratchFolder()
  const key = 'metadata/metadata_demo_2026-11-20_10-00-00.json'
  const nodes = Array.from({ length: 12 }, (_, index) => `node_${index}`)
  await writeSampleRun(directory, key, { nodes, records: 200, failEvery: 4, retryEvery: 3 })
  const store = new RunStore({ directory, files: studioFiles(directory), nowMs: Date.now })
  const whole = await collectReport(store, key)
  expect(whole.extent).toMatchObject({ listed: 100, detailed: 20 })
  const roomBytes = JSON.stringify(whole).length / 3
  const report = await collectReport(store, key, (each) => JSON.stringify(each).length <= roomBytes)
  expect(JSON.stringify(report).length).toBeLessThanOrEqual(roomBytes)
  const { listed, detailed, named } = report.extent
  expect(listed).toBeLessThan(100)
  expect(detailed).toBeGreaterThan(0)
  const source = createEmbeddedSource(report)
  expect(source.extent).toEqual(report.extent)
  // What is there says the same as in the whole, and the counts are those of the run.
  const [row] = report.records ?? []
  expect(await source.record(key, row?.recordId ?? '')).toEqual(await store.record(key, row?.recordId ?? ''))
  expect(report.parts[sliceName({})]?.totals).toMatchObject({ all: 200, failed: 50 })
  expect(Object.keys(report.parts).filter((name) => name.includes('node_')).length).toBe(Math.min(named, nodes.length))
})

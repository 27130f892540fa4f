import { expect, test } from 'vitest'
import { compareRuns } from '../../src/report/compare/compare.ts'
import { sampleMetadata } from '../../test/helpers/sample-run.ts'
import { compareGroups } from './compare-rows.ts'

const base = sampleMetadata()

function rowsOf(head: ReturnType<typeof sampleMetadata>) {
  const [run, time] = compareGroups(base, [{ metadata: head, comparison: compareRuns(base, head) }])
  return { run: run?.rows ?? [], time: time?.rows ?? [] }
}

test('no total is judged where the runs have other numbers of records, every rate is', () => {
  const { run } = rowsOf(sampleMetadata({ records: 40, slowness: 3, failEvery: 4 }))
  const unjudged = run.flatMap(({ title, cells }) => (cells[0]?.reason === 'another number of records' ? [title] : []))
  expect(unjudged).toEqual(expect.arrayContaining(['cost', 'tokens', 'tokens in', 'tokens out', 'failed records']))
  expect(run.find(({ title }) => title === 'success')?.cells[0]?.verdict).toBe('worse')
  expect(rowsOf(sampleMetadata()).run.every(({ cells }) => cells[0]?.reason === undefined)).toBe(true)
})

test('the time in which models answered is that of the answers, not of everything that was asked', () => {
  const models = Object.values(base.models)
  const seconds = models.reduce((sum, { performance }) => sum + performance.total_latency_seconds, 0)
  const { time } = rowsOf({
    ...base,
    // Hits of a gateway's cache are requests, and no model took time over them.
    models: Object.fromEntries(
      Object.entries(base.models).map(([name, model]) => [
        name,
        { ...model, performance: { ...model.performance, total_requests: 1_000 } },
      ]),
    ),
  })
  const row = time.find(({ title }) => title === 'models answering')
  expect(row?.cells[0]?.differs).toBe(false)
  expect(seconds).toBeGreaterThan(0)
})

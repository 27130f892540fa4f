import { appendFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleEvents } from '../../../test/helpers/sample-run.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { studioFiles } from '../../cli/files/studio-files.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { formatLedgerLine } from '../../runtime/ledger/ledger-line.ts'
import { LedgerView } from './ledger-view.ts'
import { detailRecord } from './record-detail.ts'
import { listRecords } from './record-list.ts'

const events = sampleEvents({ records: 400, failEvery: 40 })

async function ledgerOf(written: readonly MetadataEvent[]) {
  const path = join(await scratchFolder(), 'ledger_x.jsonl')
  let seq = 0
  const append = (more: readonly MetadataEvent[]) =>
    appendFileSync(path, more.map((entry) => formatLedgerLine({ seq: seq++, atMs: 0, entry })).join(''))
  append(written)
  const view = (wholeBytes?: number) =>
    new LedgerView({
      source: studioFiles(undefined).openLedger(path),
      sizeOf: async () => (await stat(path)).size,
      withTotals: true,
      wholeBytes,
    })
  return { append, view }
}

const requestCount = events.filter(({ type }) => type === 'request-end').length

test('a ledger is read as it grows, and nothing is read twice', async () => {
  const { append, view } = await ledgerOf(events.slice(0, 500))
  const ledger = view()
  await ledger.picture()
  append(events.slice(500))
  const { fold, weight } = await ledger.picture()
  expect(weight).toBe(1)
  expect(fold.requests.count).toBe(requestCount)
  expect(fold.totals?.records.processed).toBe(400)
  expect(ledger.progress.isWhole).toBe(true)
})

test('of a large ledger a sample is there first, which stands for all of it', async () => {
  const { view } = await ledgerOf(events)
  const ledger = view(0)
  const { fold, weight } = await ledger.picture()
  // So small a file is in its sample as a whole, more or less.
  expect(fold.requests.count).toBeGreaterThan(requestCount / 2)
  expect(weight).toBeGreaterThanOrEqual(1)
  await ledger.readWhole()
  expect((await ledger.picture()).fold.requests.count).toBe(requestCount)
})

test('records are listed by what one looks for, and found by their ids', async () => {
  const { view } = await ledgerOf(events)
  const { fold } = await view().picture()
  const failed = listRecords(fold, { kind: 'failed', sort: 'time', limit: 5 })
  expect(failed.total).toBe(10)
  expect(failed.rows).toHaveLength(5)
  expect(failed.rows.every(({ succeeded, errorType }) => succeeded === false && errorType === 'http_500')).toBe(true)
  const mostExpensive = listRecords(fold, { kind: 'all', sort: 'cost', limit: 400 }).rows.map(
    ({ cost }) => cost.total_cost_usd,
  )
  expect(mostExpensive).toEqual([...mostExpensive].sort((a, b) => b - a))
  expect(listRecords(fold, { kind: 'all', sort: 'time', search: 'RECORD-39', limit: 50 }).total).toBe(11)
})

test('a record has its calls in order, each with its attempts', async () => {
  const { view } = await ledgerOf(events)
  const { fold } = await view().picture()
  const retried = listRecords(fold, { kind: 'retried', sort: 'retries', limit: 1 }).rows[0]?.recordId ?? ''
  const detail = detailRecord(fold, retried)
  const own = events.filter((event) => event.type === 'request-end' && event.recordId === retried)
  expect(detail?.calls.flatMap(({ attempts }) => attempts)).toHaveLength(own.length)
  expect(detail?.calls.map(({ node }) => node)).toEqual(['generate', 'critique'])
  const attempts = detail?.calls.find((call) => call.attempts.length > 1)?.attempts
  expect(attempts?.map(({ status }) => status)).toContain(429)
  expect(detailRecord(fold, 'nobody')).toBeUndefined()
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sampleEvents, sampleMetadata } from '../../test/helpers/sample-run.ts'
import { LedgerWriter } from '../runtime/ledger/ledger-writer.ts'
import { watchRun } from './watch.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-watch-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const quiet = { isQuiet: true, isJson: false }
// No process has this id: it is above what the system gives out.
const noPid = 2 ** 22 + 1

function putRun(options: Parameters<typeof sampleMetadata>[0]): { path: string; ledger: LedgerWriter } {
  const path = join(directory, 'metadata_demo_2026-11-23_17-19-07.json')
  writeFileSync(path, JSON.stringify(sampleMetadata(options)))
  return { path, ledger: new LedgerWriter({ path: join(directory, 'ledger_demo_2026-11-23_17-19-07.jsonl') }) }
}

const running = { status: undefined, host: hostname(), pid: process.pid, startedAtMs: Date.now() }

test('a run is watched until its ledger tells its end', async () => {
  const { path, ledger } = putRun(running)
  const events = sampleEvents({ records: 3 })
  for (const event of events.slice(0, -1)) ledger.append(event)
  const end = watchRun(path, quiet)
  for (const event of events.slice(-1)) ledger.append(event)
  await ledger.close()
  expect(await end).toMatchObject({
    isGood: true,
    message: expect.stringMatching(/^The run is complete\. Its account:\n {2}npx sygra show /),
  })
})

test('a run that was interrupted ends badly, with its reason', async () => {
  const { path, ledger } = putRun(running)
  for (const event of sampleEvents({ records: 3, status: 'interrupted' })) {
    ledger.append(event.type === 'run-end' ? { ...event, reason: 'it was stopped by SIGINT' } : event)
  }
  await ledger.close()
  expect(await watchRun(path, quiet)).toMatchObject({
    isGood: false,
    message: expect.stringContaining('The run is interrupted: it was stopped by SIGINT.'),
  })
})

test('a run that was taken up again is watched on', async () => {
  const { path, ledger } = putRun(running)
  const first = sampleEvents({ records: 2, status: 'interrupted' })
  const second = sampleEvents({ records: 2 }).map((event) =>
    event.type === 'run-start' || event.type === 'run-end' ? { ...event, session: 1 } : event,
  )
  for (const event of [...first, ...second]) ledger.append(event)
  await ledger.close()
  expect(await watchRun(path, quiet)).toMatchObject({ isGood: true })
})

test('a run whose process is gone is said to be recoverable', async () => {
  const { path, ledger } = putRun({ ...running, pid: noPid })
  for (const event of sampleEvents({ records: 3, status: undefined })) ledger.append(event)
  await ledger.close()
  const end = await watchRun(path, quiet)
  expect(end.isGood).toBe(false)
  expect(end.message).toMatch(/process is gone[\s\S]*sygra recover/)
})

test('a run without a ledger cannot be watched, and it is said why', async () => {
  const path = join(directory, 'metadata_demo_2026-11-23_17-19-07.json')
  writeFileSync(path, JSON.stringify(sampleMetadata(running)))
  await expect(watchRun(path, quiet)).rejects.toThrow(/keeps no ledger/)
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RequestEnd, RequestStart } from '../../src/metadata/event.ts'
import { readLedger } from '../../src/runtime/ledger/ledger-reader.ts'
import {
  idsOf,
  ledgerBytes,
  metadataOf,
  projectWithTask,
  runFiles,
  start,
  startProvider,
  until,
} from '../helpers/fault-project.ts'

const kills = Number(process.env.SYGRA_TEST_KILLS ?? 30)
const records = 300
/** About what the ledger of all records takes. */
const wholeLedgerBytes = 500_000

const faults = ['--rate-limit-rate', '0.05', '--server-error-rate', '0.03', '--drop-rate', '0.03']
const speed = ['--time-scale', '0.05', '--retry-after', '0.2', '--broken-json-rate', '0.01']

test(`a run killed at ${kills} random moments does every record once and forgets no cost`, {
  timeout: 900_000,
}, async () => {
  const directory = projectWithTask({ records })
  const output = join(directory, 'out')
  const provider = await startProvider(directory, [...faults, ...speed])
  const args = ['run', '-t', 'echo', '-n', String(records), '-b', '10', '-od', output, '--resume', 'True', '--quiet']
  const run = () => start(directory, [...args, '--simulate', provider.url])
  let killed = 0
  for (; killed < kills; killed += 1) {
    const wanted = ledgerBytes(output) + Math.random() * (wholeLedgerBytes / (kills + 4))
    const started = run()
    // Done before it could be killed.
    if (!(await until(() => ledgerBytes(output) > wanted, started))) break
    started.child.kill('SIGKILL')
    expect(await started.ended).toBe('SIGKILL')
  }
  expect(killed).toBeGreaterThan(kills / 2)
  if (killed === kills) {
    const last = run()
    expect([await last.ended, last.stderr()]).toMatchObject([0, expect.any(String)])
  }
  await provider.stop()

  expect(idsOf(output).sort()).toEqual(Array.from({ length: records }, (_, index) => `r${index}`).sort())
  const metadata = metadataOf(output)
  expect(metadata.status).toBe('complete')
  expect(metadata.execution.sessions).toHaveLength(killed + 1)
  expect(metadata.aggregate_statistics.records).toMatchObject({ total_processed: records, total_failed: 0 })

  const starts: RequestStart[] = []
  const ends: RequestEnd[] = []
  await readLedger(runFiles(output).ledger ?? '', (entry) => {
    if (entry.type === 'request-start') starts.push(entry)
    if (entry.type === 'request-end') ends.push(entry)
  })
  const { requests, tokens } = metadata.aggregate_statistics
  expect(requests.total_requests).toBe(ends.length)
  expect(requests.in_flight_requests ?? 0).toBe(starts.length - ends.length)
  // No more can be on its way at a kill than records were in work.
  expect(starts.length - ends.length).toBeLessThanOrEqual(killed * 10)
  const served = provider.served()
  let [unknownTokens, comparedTokens] = [0, 0]
  for (const hash of new Set(served.map(({ bodyDigest }) => bodyDigest))) {
    const attempts = served.filter(({ bodyDigest }) => bodyDigest === hash)
    const isSame = ({ bodyHash }: { bodyHash?: string }) => bodyHash === hash
    const seen = ends.filter(isSame)
    const unknown = starts.filter(isSame).length - seen.length
    const servedTokens = sum(attempts.map((one) => (one.isUsageSent ? one.promptTokens + one.completionTokens : 0)))
    const seenTokens = sum(seen.map(({ usage }) => (usage?.input ?? 0) + (usage?.output ?? 0)))
    // Whatever the provider served was seen to end, or is known to have been on its way at a kill.
    expect(attempts.length).toBeLessThanOrEqual(seen.length + unknown)
    expect(attempts.length).toBeGreaterThanOrEqual(seen.length)
    if (unknown === 0) expect(seenTokens).toBe(servedTokens)
    else unknownTokens += servedTokens - seenTokens
    comparedTokens += seenTokens
  }
  expect(tokens.total_tokens).toBe(comparedTokens)
  expect(unknownTokens).toBeGreaterThanOrEqual(0)
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

import { expect } from 'vitest'
import type { RequestEnd, RequestStart } from '../../src/metadata/event.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { readRunLedgers } from '../../src/runtime/ledger/run-ledgers.ts'
import type { SimulatedRequest } from '../../src/simulator/request-log.ts'
import { idsOf, metadataOf, runFiles } from './fault-project.ts'

interface Expected {
  /** How many records there are; they are named r0, r1, …. */
  readonly records: number
  /** No more requests than these can have been on their way when processes were killed. */
  readonly mostInFlight: number
  /** What the provider served, as its own log says. */
  readonly served: readonly SimulatedRequest[]
}

/**
 * The account of a run that is complete whatever died on the way: each record once, every request that the provider served
 * is in it, or is known to have been on its way when a process was killed, and the tokens are those of the provider.
 */
export async function expectAccount(output: string, { records, mostInFlight, served }: Expected): Promise<Metadata> {
  expect(idsOf(output).sort()).toEqual(Array.from({ length: records }, (_, index) => `r${index}`).sort())
  const metadata = metadataOf(output)
  expect(metadata.status).toBe('complete')
  expect(metadata.aggregate_statistics.records).toMatchObject({ total_processed: records, total_failed: 0 })

  const starts: RequestStart[] = []
  const ends: RequestEnd[] = []
  await readRunLedgers(runFiles(output).ledger ?? '', (entry) => {
    if (entry.type === 'request-start') starts.push(entry)
    if (entry.type === 'request-end') ends.push(entry)
  })
  const { requests, tokens } = metadata.aggregate_statistics
  expect(requests.total_requests).toBe(ends.length)
  expect(requests.in_flight_requests ?? 0).toBe(starts.length - ends.length)
  expect(starts.length - ends.length).toBeLessThanOrEqual(mostInFlight)
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
  return metadata
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

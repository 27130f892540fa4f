import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectAccount } from '../helpers/expect-account.ts'
import { entriesNow, ledgerBytes, projectWithTask, start, startProvider, until } from '../helpers/fault-project.ts'
import { isLong } from '../helpers/is-long.ts'

const kills = isLong ? 30 : 8
const records = 300
/** About what the ledger of all records takes. */
const wholeLedgerBytes = 500_000

const faults = { rateLimitRate: 0.05, serverErrorRate: 0.03, dropRate: 0.03 }
const speed = { timeScale: 0.05, retryAfterSeconds: 0.2, brokenJsonRate: 0.01 }

test(`a run killed at ${kills} random moments does every record once and forgets no cost`, {
  timeout: 900_000,
}, async () => {
  const directory = projectWithTask({ records })
  const output = join(directory, 'out')
  const provider = await startProvider({ ...faults, ...speed })
  const args = ['run', '-t', 'echo', '-n', String(records), '-b', '10', '-od', output, '--resume', 'True', '--quiet']
  const run = () => start(directory, [...args, '--simulate', provider.url])
  let killed = 0
  for (; killed < kills; killed += 1) {
    const wanted = ledgerBytes(output) + Math.random() * (wholeLedgerBytes / (kills + 4))
    const started = run()
    // One that is killed within its first write has done nothing, and nobody knows of it.
    const isKnown = () => sessionsOf(output) > killed
    // Done before it could be killed.
    if (!(await until(() => ledgerBytes(output) > wanted && isKnown(), started))) break
    started.child.kill('SIGKILL')
    expect(await started.ended).toBe('SIGKILL')
  }
  expect(killed).toBeGreaterThan(kills / 2)
  if (killed === kills) {
    const last = run()
    expect([await last.ended, last.stderr()]).toMatchObject([0, expect.any(String)])
  }
  await provider.stop()

  // No more can be on its way at a kill than records were in work.
  const metadata = await expectAccount(output, { records, mostInFlight: killed * 10, served: provider.served() })
  expect(metadata.execution.sessions).toHaveLength(killed + 1)
})

function sessionsOf(output: string): number {
  return new Set(entriesNow(output).flatMap((entry) => (entry.type === 'run-start' ? entry.session : []))).size
}

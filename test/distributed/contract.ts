import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, TestRunner, test } from 'vitest'
import type { MetadataEvent } from '../../src/metadata/event.ts'
import { readRunLedgers } from '../../src/runtime/ledger/run-ledgers.ts'
import type { SimulatorSettingsInput } from '../../src/simulator/settings.ts'
import { expectAccount } from '../helpers/expect-account.ts'
import {
  entriesNow,
  idsOf,
  metadataOf,
  projectWithTask,
  removeProjects,
  runFiles,
  type StartedCommand,
  start,
  startInShared,
  startProvider,
  type TaskOptions,
  until,
} from '../helpers/fault-project.ts'
import { isLong } from '../helpers/is-long.ts'
import { killShared } from '../helpers/run-cli.ts'

/** What carries records to workers, for the tests that hold for every one. */
export interface TestedTransport {
  /** All workers are there before the first record is done. */
  readonly comeTogether: boolean
  /** Sees to it that a run in that folder has workers, each with so many records at once where it says so; gives the options for so many. */
  readonly open: (directory: string, atOnce?: number) => Promise<(workers: number) => readonly string[]>
}

export const kills = isLong ? 30 : 3
export const faults = { rateLimitRate: 0.05, serverErrorRate: 0.03, dropRate: 0.03 }
export const speed = { timeScale: 0.05, retryAfterSeconds: 0.2, brokenJsonRate: 0.01 }

/** A run of the built command line in a folder of its own, against a provider in the process of the test. */
export async function openProject(
  transport: TestedTransport,
  records: number,
  providerSettings: SimulatorSettingsInput = speed,
  { lambda, atOnce }: Pick<TaskOptions, 'lambda'> & { readonly atOnce?: number } = {},
) {
  const directory = projectWithTask({ records, lambda })
  const output = join(directory, 'out')
  const provider = await startProvider(providerSettings)
  const workerOptions = await transport.open(directory, atOnce)
  const command = (workers: number, ...args: readonly string[]) => [
    ...['run', '-t', 'echo', '-n', 'all', '-b', '12', '-od', output, '--quiet', '--simulate', provider.url],
    ...(workers === 0 ? [] : workerOptions(workers)),
    ...args,
  ]
  const run = (workers: number, ...args: readonly string[]) => {
    const started = start(directory, command(workers, ...args))
    // One that waits for workers would do so for ever.
    onTestFinished(() => void started.child.kill('SIGKILL'))
    return started
  }
  /** The same where the process of the coordinator is not what is tested. */
  const runInShared = (workers: number, ...args: readonly string[]) => {
    const started = startInShared(directory, command(workers, ...args))
    if (TestRunner.getCurrentTest() !== undefined) {
      onTestFinished(() => {
        if (!started.hasEnded()) killShared()
      })
    }
    return started
  }
  return { directory, output, provider, command, run, runInShared }
}

/** What stands in the ledgers of a run now. */
export async function entriesOf(output: string): Promise<MetadataEvent[]> {
  const { ledger } = runFiles(output)
  const events: MetadataEvent[] = []
  if (ledger === undefined) return events
  await readRunLedgers(ledger, (entry) => {
    if (entry.type !== 'run-plan' && entry.type !== 'row-write') events.push(entry)
  })
  return events
}

/** The process numbers of the workers that are there. */
export function workersOf(output: string): number[] {
  const pids = new Map<string, number | undefined>()
  for (const entry of entriesNow(output)) {
    if (entry.type === 'worker-start') pids.set(entry.worker, entry.environment.pid)
    if (entry.type === 'worker-end') pids.delete(entry.worker)
  }
  return [...pids.values()].filter((pid) => pid !== undefined)
}

export function recordsDone(output: string): number {
  return entriesNow(output).filter(({ type }) => type === 'record-end').length
}

/** So many requests at once are allowed at first: as many as records are in work. */
const first = 12

/** A worker that was let in sends as soon as a busy machine lets it; by itself within milliseconds. */
const soonMs = 4_000
/** When a request began is known to the millisecond, and each process rounds by itself. */
const roundedMs = 5

interface Change {
  readonly atMs: number
  /** How many requests more are in flight from then on. */
  readonly opens: number
  /** How many may be at once from then on, where that has changed. */
  readonly limit?: number
}

/** When requests began and ended, whosever they were, and how many might be in flight: in the order of time. */
async function changesOf(output: string): Promise<readonly Change[]> {
  const changes = (await entriesOf(output)).flatMap((event): Change[] => {
    if (event.type === 'concurrency-change') return [{ atMs: event.atMs, opens: 0, limit: event.limit }]
    if (event.type !== 'request-end') return []
    const { startedAtMs, durationSeconds } = event
    return [
      { atMs: startedAtMs, opens: 1 },
      { atMs: Math.max(startedAtMs, startedAtMs + durationSeconds * 1000 - roundedMs), opens: -1 },
    ]
  })
  return changes.sort((one, other) => one.atMs - other.atMs || one.opens - other.opens)
}

export async function ends(started: StartedCommand, code: number | string = 0): Promise<void> {
  expect([await started.ended, started.stderr()]).toEqual([code, expect.any(String)])
}

/** A run of two workers that has come to its end. */
export interface WholeRun extends Awaited<ReturnType<typeof openProject>> {
  readonly printed: string
}

/**
 * What holds whatever carries the records: the account, each record once, limits, stopping and going on. What is special to one
 * of them may look at the run that has come to its end, too.
 */
export function testTransport(transport: TestedTransport, lookToo: (whole: () => WholeRun) => void = () => {}): void {
  const project = (records: number, settings?: SimulatorSettingsInput) => openProject(transport, records, settings)
  // What the coordinator alone decides is the same over every transport: seen once by default, over all in the long run.
  const isOnceHere = transport.comeTogether || isLong
  const onceTest = test.skipIf(!isOnceHere)

  describe('a run of two workers through a storm of 429', () => {
    const records = 60
    let whole: WholeRun
    beforeAll(async () => {
      const lambda = "(state) => { console.log('at', state.id); return { length: 1 } }"
      const opened = await openProject(transport, records, { ...speed, rateLimitRate: 0.4 }, { lambda })
      const started = opened.runInShared(2)
      await ends(started)
      await opened.provider.stop()
      whole = { ...opened, printed: `${started.stdout()}${started.stderr()}` }
    })
    afterAll(removeProjects)

    test('workers do the records of a run, and its one account has a row and a ledger for each', async () => {
      const { output, provider } = whole
      const { execution } = await expectAccount(output, { records, mostInFlight: 0, served: provider.served() })
      const workers = Object.entries(execution.workers ?? {})
      const names = ['w1', 'w2']
      // Who comes from elsewhere may come when all is done.
      expect(workers.map(([name]) => name)).toEqual(transport.comeTogether ? names : names.slice(0, workers.length))
      expect(new Set(workers.map(([, { pid }]) => pid)).size).toBe(workers.length)
      const sumOf = (key: 'records' | 'total_requests' | 'total_tokens') =>
        workers.reduce((sum, [, worker]) => sum + worker[key], 0)
      const { requests, tokens } = metadataOf(output).aggregate_statistics
      expect(sumOf('records')).toBe(records)
      expect(sumOf('total_requests')).toBe(requests.total_requests)
      expect(sumOf('total_tokens')).toBe(tokens.total_tokens)
      // Each tells of its requests in its own ledger, and of no other's.
      for (const event of await entriesOf(output)) {
        if (event.type === 'request-end' || event.type === 'record-end') expect(event.worker).toMatch(/^w[12]$/)
      }
    })

    onceTest('it slows all workers down: there is one limit of requests at once', async () => {
      const { output } = whole
      const [[, history] = ['', undefined], ...others] = Object.entries(metadataOf(output).execution.concurrency ?? {})
      expect(others).toEqual([])
      expect(history?.cuts).toBeGreaterThan(0)
      const changes = await changesOf(output)
      expect(Math.min(...changes.map(({ limit = first }) => limit))).toBeLessThan(first)
      let open = 0
      for (const { atMs, opens } of changes) {
        open += opens
        // What was let in a moment ago may be sent now; what holds since a while holds everywhere.
        const recent = changes.filter(
          (change) => change.limit !== undefined && change.atMs > atMs - soonMs && change.atMs <= atMs,
        )
        const before = changes.findLast((change) => change.limit !== undefined && change.atMs <= atMs - soonMs)
        const most = Math.max(before?.limit ?? first, ...recent.map(({ limit = 0 }) => limit))
        if (opens > 0) expect(open).toBeLessThanOrEqual(most)
      }
      expect(open).toBe(0)
    })

    lookToo(() => whole)
  })

  test(`workers killed at ${kills} moments lose nothing, and nothing stands twice`, { timeout: 600_000 }, async () => {
    // So few in work at a kill that hardly any record meets three of them.
    const records = 30 * kills
    const { output, provider, run } = await project(records, { ...faults, ...speed })
    const started = run(2)
    let killed = 0
    for (; killed < kills; killed += 1) {
      const wanted = ((killed + 0.5) * records) / (kills + 1)
      if (!(await until(() => recordsDone(output) > wanted && workersOf(output).length > 0, started))) break
      const pids = workersOf(output)
      const pid = pids[killed % pids.length]
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
    }
    await ends(started)
    await provider.stop()
    expect(killed).toBe(kills)
    const served = provider.served()
    const metadata = await expectAccount(output, { records, mostInFlight: killed * 12, served })
    const lost = Object.values(metadata.execution.workers ?? {}).filter(({ reason }) => reason?.includes('SIGKILL'))
    expect(lost).toHaveLength(killed)
    const duplicates = (await entriesOf(output)).filter((event) => event.type === 'record-duplicate')
    const { waste, cost } = metadata.aggregate_statistics
    expect(waste?.duplicated_records?.records).toBe(duplicates.length)
    expect(waste?.duplicated_records?.cost_usd).toBeLessThan(cost.total_cost_usd)
  })

  onceTest(
    `a coordinator killed at ${kills} moments goes on with another number of workers`,
    {
      timeout: 900_000,
    },
    async () => {
      // More between two kills than are in work, so that each session has begun when it is killed.
      const records = 20 * kills
      const { output, provider, run, runInShared } = await project(records, { ...faults, ...speed })
      let killed = 0
      for (; killed < kills; killed += 1) {
        const wanted = ((killed + 0.5) * records) / (kills + 1)
        const started = run(1 + (killed % 2), '--resume', 'True')
        if (!(await until(() => recordsDone(output) > wanted, started))) break
        started.child.kill('SIGKILL')
        await ends(started, 'SIGKILL')
      }
      // Without workers in the end, where all can be told without them: the run is the same.
      await ends(runInShared(transport.comeTogether ? 0 : 2, '--resume', 'True'))
      await provider.stop()
      expect(killed).toBeGreaterThan(kills / 2)
      const metadata = await expectAccount(output, { records, mostInFlight: killed * 12, served: provider.served() })
      expect(metadata.execution.sessions).toHaveLength(killed + 1)
    },
  )

  onceTest(
    'a worker that is stopped past its lease and goes on later does its records twice, and they stand once',
    async () => {
      const { output, provider, runInShared } = await project(40)
      const started = runInShared(2, '--worker-lease', '1')
      await until(() => recordsDone(output) > 10 && workersOf(output).length === 2, started)
      const [pid = 0] = workersOf(output)
      process.kill(pid, 'SIGSTOP')
      await until(() => recordsDone(output) > 39, started)
      process.kill(pid, 'SIGCONT')
      await ends(started)
      await provider.stop()
      // Its connections stood still, so what it had asked for may have failed.
      expect(idsOf(output).sort()).toEqual(Array.from({ length: 40 }, (_, index) => `r${index}`).sort())
      const metadata = metadataOf(output)
      expect(metadata.aggregate_statistics.records).toMatchObject({ total_processed: 40, total_failed: 0 })
      expect(metadata.execution.workers).toMatchObject({ w1: { records: expect.any(Number) }, w2: {} })
    },
  )

  // To the last digit, over child processes: same-run.test.ts.
  test.skipIf(!isLong)('the same run on 1 and on 3 workers comes to the same totals', async () => {
    const totals = async (workers: number) => {
      const { output, provider, runInShared } = await project(48, { timeScale: 0.01, seed: 5 })
      await ends(runInShared(workers))
      await provider.stop()
      const { records, tokens, cost, requests, calls } = metadataOf(output).aggregate_statistics
      return { records, tokens, cost, requests, calls: { ...calls, latency_statistics: undefined } }
    }
    expect(await totals(3)).toEqual(await totals(1))
  })

  test.skipIf(!isLong)('a limit of cost is not passed by 8 workers with 50 requests at once each', async () => {
    const { output, provider, run } = await openProject(
      transport,
      2_000,
      { latencySeconds: 0.3 },
      {
        atOnce: 50,
      },
    )
    const limit = 0.02
    await ends(run(8, '-b', '400', '--max-cost', String(limit)), 3)
    await provider.stop()
    const changes = await changesOf(output)
    let [open, most] = [0, 0]
    for (const { opens } of changes) {
      open += opens
      most = Math.max(most, open)
    }
    expect(most).toBeGreaterThan(200)
    const { cost, requests } = metadataOf(output).aggregate_statistics
    expect(requests.in_flight_requests ?? 0).toBe(0)
    expect(cost.total_cost_usd).toBeLessThanOrEqual(limit)
    expect(cost.total_cost_usd).toBeGreaterThan(0.8 * limit)
    // By what the provider has charged, too.
    const charged = provider.served().reduce((sum, { costPicodollars = 0 }) => sum + costPicodollars, 0)
    expect(charged / 1e12).toBeLessThanOrEqual(limit)
  })

  test('a run that limits over all workers have stopped, and Ctrl-C, goes on, with another number of them too', async () => {
    const records = 100
    const { output, provider, run, runInShared } = await project(records)
    const limited = run(2, '--max-requests', '31')
    await ends(limited, 3)
    expect(limited.stderr()).toContain('the limit of 31 requests is reached')
    // To the last one.
    expect(provider.served().length).toBe(31)
    const first = metadataOf(output)
    expect(first.aggregate_statistics.requests.total_requests).toBe(31)
    if (isOnceHere) {
      const limit = first.aggregate_statistics.cost.total_cost_usd * 1.5
      await ends(run(2, '--max-cost', String(limit), '--resume', 'True'), 3)
      const { total_cost_usd: spent } = metadataOf(output).aggregate_statistics.cost
      expect(spent).toBeLessThanOrEqual(limit)
      expect(spent).toBeGreaterThan(0.8 * limit)
    }

    const workersBefore = Object.keys(metadataOf(output).execution.workers ?? {}).length
    const recordsBefore = recordsDone(output)
    const started = run(2, '--max-cost', '1', '--resume', 'True')
    await until(() => recordsDone(output) > recordsBefore + 10, started)
    started.child.kill('SIGINT')
    await ends(started, 130)
    const { status, aggregate_statistics: totals, execution } = metadataOf(output)
    expect(status).toBe('interrupted')
    expect(totals.requests.in_flight_requests ?? 0).toBe(0)
    // What was in work was finished.
    const workers = Object.values(execution.workers ?? {})
    expect(workers.filter(({ reason }) => reason !== undefined)).toEqual([])
    if (transport.comeTogether) expect(workers).toHaveLength(workersBefore + 2)
    else expect(workers.length).toBeGreaterThan(0)
    await ends(runInShared(1, '--resume', 'True'))
    await provider.stop()
    const expected = { records, mostInFlight: 0, served: provider.served() }
    const { waste } = (await expectAccount(output, expected)).aggregate_statistics
    expect(waste?.duplicated_records).toEqual({ records: 0, seconds: 0, cost_usd: 0 })
  })
}

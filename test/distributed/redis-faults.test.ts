import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Metadata } from '../../src/metadata/schema.ts'
import { type CuttingProxy, startCuttingProxy } from '../helpers/cutting-proxy.ts'
import { expectAccount } from '../helpers/expect-account.ts'
import { type Started, until } from '../helpers/fault-project.ts'
import { isLong } from '../helpers/is-long.ts'
import { hasRedis } from '../helpers/redis-server.ts'
import { ends, entriesOf, faults, kills, openProject, recordsDone, speed } from './contract.ts'
import { type Host, OverRedis } from './over-redis.ts'

const overRedis = new OverRedis()
const cuts = isLong ? kills : 2
let proxy: CuttingProxy

beforeAll(async () => {
  if (hasRedis()) proxy = await startCuttingProxy(overRedis.redis.port)
})
afterEach(() => proxy?.mend())
afterAll(() => proxy?.close())

/** So often each of them has said that. */
const haveSaid = (processes: readonly Started[], text: string, times = 1) =>
  processes.every(({ stderr }) => stderr().split(text).length > times)

/** The files of what a worker could not tell. */
function spooled({ folder }: Host): readonly string[] {
  const spool = join(folder, '.sygra/spool')
  return existsSync(spool) ? readdirSync(spool) : []
}

/** Each record once, nothing done twice, and nothing left where workers keep what they cannot tell. */
async function expectWhole(output: string, expected: Parameters<typeof expectAccount>[1]): Promise<Metadata> {
  const metadata = await expectAccount(output, expected)
  expect(metadata.aggregate_statistics.waste?.duplicated_records).toEqual({ records: 0, seconds: 0, cost_usd: 0 })
  expect(overRedis.hosts.flatMap(spooled)).toEqual([])
  return metadata
}

describe.skipIf(!hasRedis())('a run over a Redis that has faults', () => {
  // The faults of one run, one after the other: each costs a run, two workers and what waits for runs anew otherwise.
  test(`connections cut at ${cuts} moments, a Redis that is killed or forgets everything at ${cuts}, and one whose memory is full, lose nothing and double nothing`, {
    timeout: 600_000,
  }, async () => {
    const step = 25
    const records = (2 * cuts + 3) * step
    // It does not begin in earnest before both workers are there.
    const go = join(overRedis.newFolder(), 'go')
    const lambda = `async ({ id }) => {
      const { existsSync } = await import('node:fs')
      while (Number(id.slice(1)) >= 10 && !existsSync(${JSON.stringify(go)})) await new Promise((done) => setTimeout(done, 5))
      return { length: 1 }
    }`
    const settings = { ...faults, ...speed }
    const { directory, output, provider, run } = await openProject(overRedis, records, settings, { lambda })
    // The clock of one worker is an hour off, which changes nothing.
    const shift = 'const now = Date.now; Date.now = () => now() + 3_600_000'
    const wrong = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(shift)}"` }
    const { port } = proxy
    const hosts = [
      overRedis.startHost(directory, { port }),
      overRedis.startHost(directory, { port, environment: wrong }),
    ]
    const beganAtMs = Date.now()
    const started = run(0, '--workers', overRedis.address())
    const all = [started, ...hosts] as const
    await until(() => haveSaid(hosts, 'does records of'), ...all)
    writeFileSync(go, '')
    let wanted = step
    for (let cut = 0; cut < cuts; cut += 1, wanted += step) {
      await until(() => recordsDone(output) > wanted, ...all)
      proxy.cut()
      // Once by who waits for runs, once by who does the records.
      await until(() => haveSaid(hosts, 'is away', 2 * cut + 2), ...all)
      proxy.mend()
      await until(() => haveSaid(hosts, 'is back', 2 * cut + 2), ...all)
    }
    expect(recordsDone(output)).toBeLessThan(records)
    for (let cut = 0; cut < cuts; cut += 1, wanted += step) {
      await until(() => recordsDone(output) > wanted, ...all)
      // Killed, its connections break; emptied, nobody is told.
      if (cut % 2 === 0) await overRedis.redis.killAndStart()
      else await overRedis.redis.command('FLUSHALL')
    }
    await until(() => recordsDone(output) > wanted, ...all)
    await overRedis.redis.command('CONFIG', 'SET', 'maxmemory', '1')
    await until(() => haveSaid(all, 'takes nothing (OOM'), ...all)
    expect(recordsDone(output)).toBeLessThan(records)
    await overRedis.redis.command('CONFIG', 'SET', 'maxmemory', '0')
    await ends(started)
    await provider.stop()
    expect(haveSaid(all, 'is back')).toBe(true)
    expect(started.stderr()).toContain('is away')
    await expectWhole(output, { records, mostInFlight: 0, served: provider.served() })

    expect(hosts[1]?.stderr()).toMatch(/the clock here is 36\d\d s ahead of the coordinator's/)
    const times = (await entriesOf(output)).flatMap((event) => ('startedAtMs' in event ? [event.startedAtMs] : []))
    expect(times.length).toBeGreaterThan(2 * records)
    expect(Math.min(...times)).toBeGreaterThan(beganAtMs - 1_000)
    expect(Math.max(...times)).toBeLessThan(Date.now() + 1_000)
  })

  test('a worker that is cut off past its lease keeps what it cannot tell, and tells it when it is back', async () => {
    const records = 60
    const hold = join(overRedis.newFolder(), 'go')
    // The run is not over before the one that was cut off is back.
    const lambda = `async ({ id }) => {
      const { existsSync } = await import('node:fs')
      const { HOLD } = process.env
      while (HOLD && Number(id.slice(1)) >= 40 && !existsSync(HOLD)) await new Promise((done) => setTimeout(done, 5))
      return { length: 1 }
    }`
    const { directory, output, provider, runInShared } = await openProject(overRedis, records, speed, { lambda })
    overRedis.startHost(directory, { environment: { HOLD: hold } })
    const lonely = overRedis.startHost(directory, { port: proxy.port })
    const started = runInShared(0, '--workers', overRedis.address(), '--worker-lease', '2')
    await until(
      () => haveSaid(overRedis.hosts, 'does records of') && recordsDone(output) > 10,
      started,
      ...overRedis.hosts,
    )
    proxy.cut()
    await until(() => haveSaid([lonely], 'is gone; what was in work is kept'), started, ...overRedis.hosts)
    proxy.mend()
    await until(
      () => haveSaid([lonely], 'does records of', 2) && spooled(lonely).length === 0,
      started,
      ...overRedis.hosts,
    )
    writeFileSync(hold, '')
    await ends(started)
    await provider.stop()
    await expectAccount(output, { records, mostInFlight: 0, served: provider.served() })
  })

  test.skipIf(!isLong)('connections that carry nothing any more, and say nothing, are made anew in time', async () => {
    const records = 200
    const { directory, output, provider, run } = await openProject(overRedis, records, { timeScale: 0.5 })
    for (let worker = 0; worker < 2; worker += 1) overRedis.startHost(directory, { port: proxy.port })
    const started = run(0, '--workers', overRedis.address())
    await until(() => recordsDone(output) > 40, started)
    proxy.swallow()
    await until(() => haveSaid(overRedis.hosts, 'is away'), started)
    proxy.mend()
    await ends(started)
    await provider.stop()
    await expectWhole(output, { records, mostInFlight: 0, served: provider.served() })
  })
})

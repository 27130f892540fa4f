import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expectAccount } from '../helpers/expect-account.ts'
import { metadataOf, type Started, start, until } from '../helpers/fault-project.ts'
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis-server.ts'
import { ends, faults, openProject, recordsDone, speed, testTransport, workersOf } from './contract.ts'

const password = 'pw-4711-of-the-tests'
let redis: TestRedis
let database = 0
let hosts: Started[] = []
const folders: string[] = []

beforeAll(async () => {
  if (hasRedis()) redis = await startRedis('--requirepass', password)
})
afterEach(async () => {
  for (const { child } of hosts) child.kill('SIGKILL')
  await Promise.all(hosts.map(({ ended }) => ended))
  hosts = []
})
afterAll(() => {
  redis?.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const address = () => `redis://:${password}@127.0.0.1:${redis.port}/${database}`

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sygra-worker-'))
  folders.push(folder)
  return folder
}

/** A worker in a folder that is not that of the run. */
function startHost(directory: string, ...args: readonly string[]): Started {
  const folder = newFolder()
  cpSync(join(directory, 'tasks'), join(folder, 'tasks'), { recursive: true })
  const host = start(folder, ['worker', 'redis', '--concurrency', '4', ...args], { SYGRA_REDIS_URL: address() })
  hosts.push(host)
  return host
}

const overRedis = {
  comeTogether: false,
  many: 3,
  open: async (directory: string) => {
    database = (database + 1) % 16
    let there = 0
    return (workers: number) => {
      for (; there < workers; there += 1) startHost(directory)
      return ['--workers', address()]
    }
  },
}

describe.skipIf(!hasRedis())('workers over Redis', () => {
  testTransport(overRedis)

  test('a Redis that is killed, and forgets everything, loses nothing and doubles nothing', async () => {
    const records = 200
    const { output, provider, run } = await openProject(overRedis, records, [...faults, ...speed])
    const started = run(2)
    for (const share of [0.2, 0.5, 0.8]) {
      await until(() => recordsDone(output) > share * records, started)
      await redis.killAndStart()
    }
    await ends(started)
    await provider.stop()
    await expectAccount(output, { records, mostInFlight: 0, served: provider.served() })
    expect(started.stderr()).toContain('is away')
  })

  test('workers come and go in the middle of a run, and what they have in work is finished', async () => {
    const records = 120
    // The run is in its middle until this file is there.
    const go = join(newFolder(), 'go')
    const lambda = `async ({ id }) => {
      const { existsSync } = await import('node:fs')
      while (Number(id.slice(1)) >= 60 && !existsSync(${JSON.stringify(go)})) await new Promise((done) => setTimeout(done, 5))
      return { length: 1 }
    }`
    const { directory, output, provider, run } = await openProject(overRedis, records, speed, { lambda })
    const started = run(1)
    await until(() => recordsDone(output) > 20, started)
    const second = startHost(directory)
    await until(() => workersOf(output).length === 2, started)
    hosts[0]?.child.kill('SIGTERM')
    writeFileSync(go, '')
    expect(await hosts[0]?.ended).toBe(143)
    startHost(directory)
    await ends(started)
    await provider.stop()
    expect(second.stderr()).toContain('does records of')
    const { execution, aggregate_statistics: totals } = await expectAccount(output, {
      records,
      mostInFlight: 0,
      served: provider.served(),
    })
    expect(Object.values(execution.workers ?? {}).filter(({ reason }) => reason !== undefined)).toEqual([])
    expect(totals.waste?.duplicated_records?.records).toBe(0)
  })

  test('what workers had in work when the coordinator was killed is kept by them, and told to the next one', async () => {
    const records = 80
    const { output, provider, run } = await openProject(overRedis, records, ['--time-scale', '0.4'])
    const started = run(2, '--worker-lease', '2')
    await until(() => recordsDone(output) > 20, started)
    started.child.kill('SIGKILL')
    await ends(started, 'SIGKILL')
    // They find that nothing is heard, finish what is in work and keep it.
    while (!hosts.every(({ stderr }) => stderr().includes('is gone; what was in work is kept'))) await wait(50)
    await ends(run(2, '--resume', 'True'))
    await provider.stop()
    await expectAccount(output, { records, mostInFlight: 0, served: provider.served() })
    for (const folder of folders.slice(-2)) {
      const spool = join(folder, '.sygra/spool')
      expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([])
    }
  })

  test('a worker that has another state of the task is refused by name, and others do the run', async () => {
    const { directory, output, provider, run } = await openProject(overRedis, 20)
    const options = startHost(directory)
    const other = folders.at(-1) ?? ''
    writeFileSync(join(other, 'tasks/echo/task.mjs'), 'export const after = () => ({ length: 2 })\n')
    const started = run(1)
    await until(() => options.stderr().includes('not as the run has it: ./task.mjs'), started)
    expect(workersOf(output)).not.toContain(options.child.pid)
    await ends(started)
    await provider.stop()
    expect(started.stderr()).toContain('not as the run has it: ./task.mjs')
    await expectAccount(output, { records: 20, mostInFlight: 0, served: provider.served() })
  })

  test('a Redis that cannot be reached, or does not let one in, is told before anything is spent; its password never', async () => {
    const { output, provider, run } = await openProject(overRedis, 4)
    const wrong = run(0, '--workers', `redis://:wrong-password@127.0.0.1:${redis.port}`, '-od', `${output}-wrong`)
    await ends(wrong, 1)
    expect(wrong.stderr()).toContain(`the Redis at redis://127.0.0.1:${redis.port} cannot be reached`)
    expect(wrong.stderr()).not.toContain('wrong-password')
    const nobody = run(0, '--workers', 'redis://127.0.0.1:1', '-od', `${output}-nobody`)
    await ends(nobody, 1)
    expect(nobody.stderr()).toContain('the Redis at redis://127.0.0.1:1 cannot be reached: ')
    await ends(run(1))
    await provider.stop()
    expect(provider.served()).toHaveLength(4)
    const written = readdirSync(output, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    expect(written.join('')).not.toContain(password)
    expect(metadataOf(output).status).toBe('complete')
  })
})

import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { expectAccount } from '../helpers/expect-account.ts'
import { metadataOf, until } from '../helpers/fault-project.ts'
import { hasRedis } from '../helpers/redis-server.ts'
import { ends, openProject, recordsDone, speed, testTransport, workersOf } from './contract.ts'
import { OverRedis, password } from './over-redis.ts'

const overRedis = new OverRedis()

/** The command line as another version of the package. */
function otherVersion(version: string): string {
  const folder = overRedis.newFolder()
  cpSync('dist', join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'sygra', type: 'module', version }))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  return join(folder, 'dist/cli/main.js')
}

describe.skipIf(!hasRedis())('workers over Redis', () => {
  testTransport(overRedis)

  test('workers come and go in the middle of a run, and what they have in work is finished', async () => {
    const records = 120
    // The run is in its middle until this file is there.
    const go = join(overRedis.newFolder(), 'go')
    const lambda = `async ({ id }) => {
      const { existsSync } = await import('node:fs')
      while (Number(id.slice(1)) >= 60 && !existsSync(${JSON.stringify(go)})) await new Promise((done) => setTimeout(done, 5))
      return { length: 1 }
    }`
    const { directory, output, provider, run } = await openProject(overRedis, records, speed, { lambda })
    const started = run(1)
    await until(() => recordsDone(output) > 20, started)
    const second = overRedis.startHost(directory)
    await until(() => workersOf(output).length === 2, started)
    overRedis.hosts[0]?.child.kill('SIGTERM')
    writeFileSync(go, '')
    expect(await overRedis.hosts[0]?.ended).toBe(143)
    overRedis.startHost(directory)
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
    const { output, provider, run } = await openProject(overRedis, records, { timeScale: 0.4 })
    const started = run(2, '--worker-lease', '2')
    await until(() => recordsDone(output) > 20, started)
    started.child.kill('SIGKILL')
    await ends(started, 'SIGKILL')
    // They find that nothing is heard, finish what is in work and keep it.
    while (!overRedis.hosts.every(({ stderr }) => stderr().includes('is gone; what was in work is kept')))
      await wait(50)
    await ends(run(2, '--resume', 'True'))
    await provider.stop()
    await expectAccount(output, { records, mostInFlight: 0, served: provider.served() })
    for (const { folder } of overRedis.hosts) {
      const spool = join(folder, '.sygra/spool')
      expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([])
    }
  })

  test('a worker that has another state of the task, or another version, is refused by name, and others do the run', async () => {
    const { directory, output, provider, run } = await openProject(overRedis, 20)
    const changed = overRedis.startHost(directory)
    writeFileSync(join(changed.folder, 'tasks/echo/task.mjs'), 'export const after = () => ({ length: 2 })\n')
    const older = overRedis.startHost(directory, { shell: `shift; exec "$0" '${otherVersion('0.0.1')}' "$@"` })
    const started = run(1)
    const reasons = ['not as the run has it: ./task.mjs', 'it has sygra 0.0.1, and the run ']
    await until(() => [changed, older].every(({ stderr }, at) => stderr().includes(reasons[at] ?? '')), started)
    await ends(started)
    await provider.stop()
    for (const reason of reasons) expect(started.stderr()).toContain(reason)
    const { execution } = await expectAccount(output, { records: 20, mostInFlight: 0, served: provider.served() })
    expect(Object.keys(execution.workers ?? {})).toHaveLength(1)
  })

  test('a Redis that cannot be reached, or does not let one in, is told before anything is spent; its password never', async () => {
    const { output, provider, run } = await openProject(overRedis, 4)
    const wrong = run(
      0,
      '--workers',
      `redis://:wrong-password@127.0.0.1:${overRedis.redis.port}`,
      '-od',
      `${output}-wrong`,
    )
    await ends(wrong, 1)
    expect(wrong.stderr()).toContain(`the Redis at redis://127.0.0.1:${overRedis.redis.port} cannot be reached`)
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

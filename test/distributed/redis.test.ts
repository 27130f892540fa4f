import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { expectAccount } from '../helpers/expect-account.ts'
import { until } from '../helpers/fault-project.ts'
import { hasRedis } from '../helpers/redis-server.ts'
import { ends, openProject, recordsDone, testTransport } from './contract.ts'
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

  test('what workers had in work when the coordinator was killed is kept by them, and told to the next one; workers come and go', async () => {
    const records = 110
    // The run is in its middle until this file is there.
    const go = join(overRedis.newFolder(), 'go')
    const lambda = `async ({ id }) => {
      const { existsSync } = await import('node:fs')
      while (Number(id.slice(1)) >= 80 && !existsSync(${JSON.stringify(go)})) await new Promise((done) => setTimeout(done, 5))
      return { length: 1 }
    }`
    const settings = { timeScale: 0.4 }
    const { directory, output, provider, run, runInShared } = await openProject(overRedis, records, settings, {
      lambda,
    })
    const killed = run(2, '--worker-lease', '2')
    await until(() => recordsDone(output) > 20, killed)
    killed.child.kill('SIGKILL')
    await ends(killed, 'SIGKILL')
    // They find that nothing is heard, finish what is in work and keep it.
    while (!overRedis.hosts.every(({ stderr }) => stderr().includes('is gone; what was in work is kept')))
      await wait(50)
    const started = runInShared(2, '--resume', 'True')
    const areThereAgain = () => overRedis.hosts.every(({ stderr }) => stderr().split('does records of').length > 2)
    await until(areThereAgain, started, ...overRedis.hosts)
    const third = overRedis.startHost(directory)
    await until(() => third.stderr().includes('does records of'), started, third)
    const [first] = overRedis.hosts
    first?.child.kill('SIGTERM')
    writeFileSync(go, '')
    // What it has in work is finished.
    expect(await first?.ended).toBe(143)
    await ends(started)
    await provider.stop()
    const { execution, aggregate_statistics: totals } = await expectAccount(output, {
      records,
      mostInFlight: 0,
      served: provider.served(),
    })
    const workers = Object.values(execution.workers ?? {})
    expect(workers.slice(2).filter(({ reason }) => reason !== undefined)).toEqual([])
    expect(totals.waste?.duplicated_records?.records).toBe(0)
    for (const { folder } of overRedis.hosts) {
      const spool = join(folder, '.sygra/spool')
      expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([])
    }
  })

  test('a worker that has another state of the task, or another version, is refused by name, and others do the run', async () => {
    const { directory, output, provider, runInShared } = await openProject(overRedis, 20)
    const changed = overRedis.startHost(directory)
    writeFileSync(join(changed.folder, 'tasks/echo/task.mjs'), 'export const after = () => ({ length: 2 })\n')
    const older = overRedis.startHost(directory, { shell: `shift; exec "$0" '${otherVersion('0.0.1')}' "$@"` })

    // A Redis that cannot be reached, or does not let one in, is told before anything is spent.
    const wrongAddress = `redis://:wrong-password@127.0.0.1:${overRedis.redis.port}`
    const wrong = runInShared(0, '--workers', wrongAddress, '-od', `${output}-wrong`)
    await ends(wrong, 1)
    expect(wrong.stderr()).toContain(`the Redis at redis://127.0.0.1:${overRedis.redis.port} cannot be reached`)
    expect(wrong.stderr()).not.toContain('wrong-password')
    const nobody = runInShared(0, '--workers', 'redis://127.0.0.1:1', '-od', `${output}-nobody`)
    await ends(nobody, 1)
    expect(nobody.stderr()).toContain('the Redis at redis://127.0.0.1:1 cannot be reached: ')
    expect(provider.served()).toEqual([])

    const started = runInShared(1)
    const reasons = ['not as the run has it: ./task.mjs', 'it has sygra 0.0.1, and the run ']
    await until(() => [changed, older].every(({ stderr }, at) => stderr().includes(reasons[at] ?? '')), started)
    await ends(started)
    await provider.stop()
    for (const reason of reasons) expect(started.stderr()).toContain(reason)
    const { execution } = await expectAccount(output, { records: 20, mostInFlight: 0, served: provider.served() })
    expect(Object.keys(execution.workers ?? {})).toHaveLength(1)
    // The password stands nowhere.
    const written = readdirSync(output, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    expect(written.length).toBeGreaterThan(2)
    expect(written.join('')).not.toContain(password)
  })
})

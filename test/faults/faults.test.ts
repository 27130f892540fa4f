import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  idsOf,
  ledgerBytes,
  metadataOf,
  projectWithTask,
  runFiles,
  start,
  type TaskOptions,
  until,
} from '../helpers/fault-project.ts'

const fast = ['--simulate', '--simulate-speed', '10', '--simulate-faults', '0', '--quiet']

function project(options: TaskOptions) {
  const directory = projectWithTask(options)
  const output = join(directory, 'out')
  const args = ['run', '-t', 'echo', '-n', String(options.records), '-b', '4', '-od', output, ...fast]
  const run = (...more: string[]) => start(directory, [...args, ...more])
  return { directory, output, run }
}

/** Waits until the run is in the middle of its records. */
async function inTheMiddle(output: string, started: ReturnType<typeof start>): Promise<void> {
  await until(() => ledgerBytes(output) > 20_000, started)
}

async function resumesToTheEnd({ output, run }: ReturnType<typeof project>, records: number): Promise<void> {
  const resumed = run('--resume', 'True')
  expect([await resumed.ended, resumed.stderr()]).toEqual([0, expect.stringContaining('Going on behind')])
  expect(new Set(idsOf(output)).size).toBe(records)
  expect(idsOf(output)).toHaveLength(records)
  expect(metadataOf(output)).toMatchObject({
    status: 'complete',
    aggregate_statistics: { records: { total_processed: records } },
  })
  expect(runFiles(output)).toMatchObject({ part: undefined, lock: undefined })
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops a run with what it has, exit code %i, and it is resumed', async (signal, code) => {
  const here = project({ records: 60 })
  const started = here.run()
  await inTheMiddle(here.output, started)
  started.child.kill(signal)
  expect(await started.ended).toBe(code)
  expect(started.stderr()).toContain(`--resume True`)
  const { status, execution, aggregate_statistics: totals } = metadataOf(here.output)
  expect([status, execution.reason]).toEqual(['interrupted', `it was stopped by ${signal}`])
  // What was in work was finished: nothing is unknown, and each record that counts has its row.
  expect(totals.requests.in_flight_requests).toBeUndefined()
  expect(idsOf(here.output)).toHaveLength(totals.records.total_processed)
  await resumesToTheEnd(here, 60)
})

test('a second signal ends a run at once, and what is known is written', async () => {
  const here = project({ records: 40, lambda: '() => new Promise(() => { setInterval(() => {}, 1000) })' })
  const started = here.run()
  await until(() => ledgerBytes(here.output) > 6_000, started)
  started.child.kill('SIGINT')
  await until(() => started.stderr().includes('Once more'), started)
  await new Promise((done) => setTimeout(done, 350))
  started.child.kill('SIGINT')
  expect(await started.ended).toBe(130)
  expect(metadataOf(here.output)).toMatchObject({
    status: 'interrupted',
    execution: { reason: 'it was stopped at once by SIGINT' },
    ledger: { incomplete: false },
  })
})

test('work that does not end is left behind when the grace is over', async () => {
  const here = project({ records: 8, lambda: '() => new Promise(() => { setInterval(() => {}, 1000) })' })
  const started = here.run('--grace', '0.2')
  await until(() => ledgerBytes(here.output) > 6_000, started)
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(143)
  expect(metadataOf(here.output)).toMatchObject({
    status: 'interrupted',
    aggregate_statistics: { records: { total_processed: 0 } },
  })
})

test.each([
  ['process.exit in a lambda', 'process.exit(0)'],
  ['an error that nobody catches', "setTimeout(() => { throw new Error('out of the blue') })"],
])('%s leaves a metadata file, an exit code that is not 0, and a run that can be resumed', async (_, end) => {
  const flag = '(globalThis.process.env.SYGRA_END === "1")'
  const lambda = `(state) => { if (state.id === 'r30' && ${flag}) ${end}; return { length: 1 } }`
  const directory = projectWithTask({ records: 40, lambda })
  const output = join(directory, 'out')
  const args = ['run', '-t', 'echo', '-n', '40', '-b', '4', '-od', output, ...fast]
  const started = start(directory, args, { SYGRA_END: '1' })
  expect(await started.ended).toBe(1)
  expect(started.stderr()).toContain('--resume True')
  const { status, execution } = metadataOf(output)
  expect([status, execution.reason]).toEqual(['interrupted', expect.stringContaining('the process ended')])
  expect(metadataOf(output).aggregate_statistics.records.total_processed).toBeGreaterThan(20)
  await resumesToTheEnd({ directory, output, run: (...more) => start(directory, [...args, ...more]) }, 40)
})

test('an output folder that is removed in the middle of a run is put back with all that was in it', async () => {
  const here = project({ records: 200 })
  const started = here.run()
  await inTheMiddle(here.output, started)
  rmSync(here.output, { recursive: true })
  expect(await started.ended).toBe(0)
  expect(new Set(idsOf(here.output)).size).toBe(200)
  expect(metadataOf(here.output)).toMatchObject({
    status: 'complete',
    aggregate_statistics: { records: { total_processed: 200 } },
    ledger: { incomplete: false },
  })
  const recovered = start(here.directory, ['recover', runFiles(here.output).ledger ?? ''])
  expect(await recovered.ended).toBe(0)
  expect(metadataOf(here.output).aggregate_statistics.records.total_processed).toBe(200)
})

test('of two processes that take up one run the second is refused; two new runs at once keep apart', async () => {
  const here = project({ records: 60 })
  const first = here.run('--simulate-speed', '2')
  await inTheMiddle(here.output, first)
  const second = here.run('--resume', 'True')
  expect([await second.ended, second.stderr()]).toEqual([1, expect.stringContaining(`process ${first.child.pid}`)])
  expect(await first.ended).toBe(0)
  const runs = [here.run(), here.run()]
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0])
  const outputs = runs.map((one) => /Output: +(\S+)/.exec(one.stdout())?.[1] ?? '')
  expect(new Set(outputs).size).toBe(2)
  for (const path of outputs) expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(60)
})

test('a run whose configuration or data has changed is not resumed but with --force, and it is said what has changed', async () => {
  const here = project({ records: 60 })
  const started = here.run()
  await inTheMiddle(here.output, started)
  started.child.kill('SIGKILL')
  await started.ended
  const config = join(here.directory, 'tasks/echo/graph_config.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replace('max_tokens: 60', 'max_tokens: 61'))
  const data = join(here.directory, 'tasks/echo/data.jsonl')
  writeFileSync(data, readFileSync(data, 'utf8').replace('Word 3"', 'Other 3"'))
  const refused = here.run('--resume', 'True')
  expect(await refused.ended).toBe(1)
  expect(refused.stderr()).toContain('changed since then: node "ask", data;')
  const forced = here.run('--resume', 'True', '--force')
  expect(await forced.ended).toBe(0)
  expect(new Set(idsOf(here.output)).size).toBe(60)
})

test('recover makes of the ledger the file that the run made', async () => {
  const here = project({ records: 30 })
  expect(await here.run().ended).toBe(0)
  const { metadata = '', ledger = '' } = runFiles(here.output)
  const withoutTime = () => readFileSync(metadata, 'utf8').replace(/"generated_at": .*/, '')
  const before = withoutTime()
  rmSync(metadata)
  const recovered = start(here.directory, ['recover', ledger])
  expect([await recovered.ended, recovered.stdout()]).toEqual([0, expect.stringContaining('complete, 30 records')])
  expect(withoutTime()).toBe(before)
})

test('records that failed are done again on request, and count once', async () => {
  const lambda = `(state) => { if (state.id === 'r3' && process.env.SYGRA_FAIL === '1') throw new Error('no'); return {} }`
  const directory = projectWithTask({ records: 10, lambda })
  const output = join(directory, 'out')
  const args = ['run', '-t', 'echo', '-n', '10', '-od', output, ...fast]
  expect(await start(directory, args, { SYGRA_FAIL: '1' }).ended).toBe(0)
  expect(metadataOf(output).aggregate_statistics.records).toMatchObject({ total_processed: 10, total_failed: 1 })
  const ledger = runFiles(output).ledger ?? ''
  const again = start(directory, [...args, '--resume', runFiles(output).metadata ?? '', '--retry-failed'])
  expect([await again.ended, again.stderr()]).toEqual([0, expect.any(String)])
  expect(existsSync(ledger)).toBe(true)
  expect(metadataOf(output).aggregate_statistics.records).toMatchObject({ total_processed: 10, total_failed: 0 })
  expect(idsOf(output).sort()).toEqual(Array.from({ length: 10 }, (_, index) => `r${index}`).sort())
})

const mount = canMount()

test.skipIf(mount === undefined)(
  'on a disk that is full a run stops or goes on, as it was told, and loses no row it has',
  async () => {
    const here = project({ records: 400 })
    mkdirSync(here.output)
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', here.output])
    try {
      const started = here.run('--output-dir', here.output)
      expect(await started.ended).toBe(1)
      expect(started.stderr()).toMatch(/disk is full|ENOSPC|no space/)
      spawnSync('mount', ['-o', 'remount,size=20m', here.output])
      await resumesToTheEnd(here, 400)
    } finally {
      spawnSync('umount', [here.output])
    }
  },
)

function canMount(): true | undefined {
  if (process.getuid?.() !== 0) return undefined
  const directory = projectWithTask({ records: 1 })
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]).status === 0
  if (isMounted) spawnSync('umount', [directory])
  return isMounted || undefined
}

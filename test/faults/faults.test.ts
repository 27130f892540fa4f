import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  idsOf,
  ledgerBytes,
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
import { type CliResult, runCliInShared } from '../helpers/run-cli.ts'

// Each test starts real processes in a folder of its own; a few at once keep both of a small machine's cores busy.

const timeout = 240_000

// One for all: the runs themselves then start in half the time.
let provider: Awaited<ReturnType<typeof startProvider>>
beforeAll(async () => {
  provider = await startProvider({ timeScale: 0.1 })
})
afterAll(async () => {
  await provider.stop()
  removeProjects()
})

/** Work that never ends, of which the signal knows nothing. */
const endless = '() => new Promise(() => { setInterval(() => {}, 1000) })'
/** From record 20 on it waits for a file `go` beside the data. */
const gated = `async ({ id }) => {
  const { existsSync } = await import('node:fs')
  while (Number(id.slice(1)) >= 20 && !existsSync('go')) await new Promise((done) => setTimeout(done, 5))
  return { length: 1 }
}`

function project(options: TaskOptions) {
  const directory = projectWithTask(options)
  const output = join(directory, 'out')
  const which = ['-t', 'echo', '-n', String(options.records), '-b', '4', '-od', output]
  const args = ['run', ...which, '--simulate', provider.url, '--quiet']
  const run = (...more: string[]) => start(directory, [...args, ...more])
  const open = () => writeFileSync(join(directory, 'go'), '')
  const runInShared = (...more: string[]) => startInShared(directory, [...args, ...more])
  return { directory, output, args, run, runInShared, open }
}

type Project = Pick<ReturnType<typeof project>, 'output' | 'runInShared'>

/** Waits until the run is in the middle of its records. */
async function inTheMiddle(output: string, started: ReturnType<typeof start>, moreBytes = 20_000): Promise<void> {
  const wanted = ledgerBytes(output) + moreBytes
  expect(await until(() => ledgerBytes(output) > wanted, started), started.stderr()).toBe(true)
}

async function resumesToTheEnd({ output, runInShared }: Project, records: number): Promise<void> {
  const resumed = runInShared('--resume', 'True')
  expect([await resumed.ended, resumed.stderr()]).toEqual([0, expect.stringContaining('Going on behind')])
  expect(new Set(idsOf(output)).size).toBe(records)
  expect(idsOf(output)).toHaveLength(records)
  expect(metadataOf(output)).toMatchObject({
    status: 'complete',
    aggregate_statistics: { records: { total_processed: records } },
  })
  expect(runFiles(output)).toMatchObject({ part: undefined, lock: undefined })
}

/** A command that does no run, whose process does not matter. */
const sygra = ({ directory }: { readonly directory: string }, ...args: readonly string[]): Promise<CliResult> =>
  runCliInShared(args, { directory })

const withoutTime = (path: string) => readFileSync(path, 'utf8').replace(/"generated_at": .*/, '')

test.concurrent('a signal stops a run with what it has, and its exit code; it is resumed, by the next one and to the end', {
  timeout,
}, async () => {
  const here = project({ records: 60 })
  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const started = here.run('--resume', 'True')
    await inTheMiddle(here.output, started, 15_000)
    started.child.kill(signal)
    expect([signal, await started.ended]).toEqual([signal, code])
    expect(started.stderr()).toContain('--resume')
    const { status, execution, aggregate_statistics: totals } = metadataOf(here.output)
    expect([status, execution.reason]).toEqual(['interrupted', `it was stopped by ${signal}`])
    // What was in work was finished: nothing is unknown, and each record that counts has its row.
    expect(totals.requests.in_flight_requests).toBeUndefined()
    expect(idsOf(here.output)).toHaveLength(totals.records.total_processed)
  }
  await resumesToTheEnd(here, 60)
})

test.concurrent('a second signal ends a run at once, and what is known is written', { timeout }, async () => {
  const here = project({ records: 40, lambda: endless })
  const started = here.run()
  expect(await until(() => ledgerBytes(here.output) > 6_000, started)).toBe(true)
  started.child.kill('SIGINT')
  expect(await until(() => started.stderr().includes('Ctrl-C again'), started)).toBe(true)
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(143)
  expect(metadataOf(here.output)).toMatchObject({
    status: 'interrupted',
    execution: { reason: 'it was stopped at once by SIGTERM' },
    ledger: { incomplete: false },
  })
  expect(runFiles(here.output).lock).toBeUndefined()
})

test.concurrent('work that does not end is left behind when the grace is over', { timeout }, async () => {
  const here = project({ records: 8, lambda: endless })
  const started = here.run('--grace', '0.2')
  expect(await until(() => ledgerBytes(here.output) > 6_000, started)).toBe(true)
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(143)
  expect(metadataOf(here.output)).toMatchObject({
    status: 'interrupted',
    aggregate_statistics: { records: { total_processed: 0 } },
  })
})

test.concurrent('process.exit in a lambda, or an error that nobody catches, leaves a metadata file, an exit code that is not 0, and a run that can be resumed', {
  timeout,
}, async () => {
  const lambda = `(state) => {
    const isNow = state.id === globalThis.process.env.SYGRA_END_AT
    if (isNow && state.id === 'r20') process.exit(0)
    if (isNow) setTimeout(() => { throw new Error('out of the blue') })
    return { length: 1 }
  }`
  const here = project({ records: 40, lambda })
  for (const [id, least] of [
    ['r20', 10],
    ['r35', 25],
  ] as const) {
    const started = start(here.directory, [...here.args, '--resume', 'True'], { SYGRA_END_AT: id })
    expect([id, await started.ended]).toEqual([id, 1])
    expect(started.stderr()).toContain('--resume')
    const { status, execution, aggregate_statistics: totals } = metadataOf(here.output)
    expect([status, execution.reason]).toEqual(['interrupted', expect.stringContaining('the process ended')])
    expect(totals.records.total_processed).toBeGreaterThan(least)
  }
  await resumesToTheEnd(here, 40)
})

test.concurrent('beside a run that is in work its own is refused to a second process, a new one is kept apart, and its removed folder is put back', {
  timeout,
}, async () => {
  const here = project({ records: 40, lambda: gated })
  const first = here.run()
  await inTheMiddle(here.output, first)
  const second = here.runInShared('--resume', 'True')
  expect([await second.ended, second.stderr()]).toEqual([1, expect.stringContaining(`process ${first.child.pid}`)])
  const other = here.runInShared('-n', '10')
  expect(await other.ended, other.stderr()).toBe(0)
  const outputOf = (one: StartedCommand) => /Output: +(\S+)/.exec(one.stdout())?.[1] ?? ''
  expect(JSON.parse(readFileSync(outputOf(other), 'utf8'))).toHaveLength(10)

  rmSync(here.output, { recursive: true })
  here.open()
  expect(await first.ended, first.stderr()).toBe(0)
  expect(outputOf(first)).not.toBe(outputOf(other))
  expect(JSON.parse(readFileSync(outputOf(first), 'utf8'))).toHaveLength(40)
  expect(new Set(idsOf(here.output)).size).toBe(40)
  const { metadata = '', ledger = '' } = runFiles(here.output)
  expect(metadataOf(here.output)).toMatchObject({
    status: 'complete',
    aggregate_statistics: { records: { total_processed: 40 } },
    ledger: { incomplete: false },
  })
  const before = withoutTime(metadata)
  const recovered = await sygra(here, 'recover', ledger)
  expect(recovered.code, recovered.stderr).toBe(0)
  expect(withoutTime(metadata)).toBe(before)
})

test.concurrent('two new runs that begin at once keep apart', { timeout }, async () => {
  const { run } = project({ records: 5 })
  const runs = [run(), run()]
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0])
  const outputs = runs.map((one) => /Output: +(\S+)/.exec(one.stdout())?.[1] ?? '')
  expect(new Set(outputs).size).toBe(2)
  for (const path of outputs) expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(5)
})

test.concurrent('a dead run is shown as dead, recovered to the byte, and resumed; a changed one only with --force', {
  timeout,
}, async () => {
  const here = project({ records: 60 })
  const started = here.run()
  await inTheMiddle(here.output, started)
  started.child.kill('SIGKILL')
  await started.ended
  const { metadata = '', ledger = '' } = runFiles(here.output)
  const shown = await sygra(here, 'show', metadata)
  const listed = await sygra(here, 'runs', here.output)
  expect([shown.code, listed.code]).toEqual([0, 0])
  expect(shown.stdout).toContain(`This run is dead: its process, ${started.child.pid} on`)
  const [, recover = '', id = ''] = /^ {2}npx sygra (recover (\w{8}))$/m.exec(shown.stdout) ?? []
  expect(shown.stdout).toContain(`npx sygra run --task tasks.echo --resume ${id}`)
  expect([listed.stdout, listed.stderr]).toEqual([
    expect.stringContaining('dead'),
    expect.stringMatching(/1 dead run\. .*\n {2}npx sygra recover/),
  ])
  // As it is printed, from where it is printed.
  const recovered = await sygra(here, ...recover.split(' '))
  expect([recovered.code, recovered.stdout]).toEqual([0, expect.stringContaining('interrupted')])
  const once = withoutTime(metadata)
  rmSync(metadata)
  const again = await sygra(here, 'recover', ledger)
  expect([again.code, withoutTime(metadata)]).toEqual([0, once])

  // By every way that the documentation names, with the metadata file gone: its name, part, id and its beginning, folder, task.
  const { part = '' } = runFiles(here.output)
  const runId = metadataOf(here.output).run_id ?? ''
  for (const reference of [metadata, part, runId, runId.slice(0, 8), here.output, 'echo']) {
    rmSync(metadata)
    const found = await sygra(here, 'recover', reference)
    expect([reference, found.code, found.stderr]).toEqual([reference, 0, ''])
    expect([reference, withoutTime(metadata)]).toEqual([reference, once])
  }

  const config = join(here.directory, 'tasks/echo/graph_config.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replace('max_tokens: 60', 'max_tokens: 61'))
  const data = join(here.directory, 'tasks/echo/data.jsonl')
  writeFileSync(data, readFileSync(data, 'utf8').replace('Word 3"', 'Other 3"'))
  const refused = here.runInShared('--resume', 'True')
  expect(await refused.ended).toBe(1)
  expect(refused.stderr()).toContain('changed since then: node "ask", data;')
  const forced = here.runInShared('--resume', 'True', '--force')
  expect(await forced.ended).toBe(0)
  expect(new Set(idsOf(here.output)).size).toBe(60)
  const live = withoutTime(metadata)
  // The output of a run that came to its end leads to it as well.
  rmSync(metadata)
  const found = await sygra(here, 'recover', runFiles(here.output).output ?? '')
  expect([found.code, found.stderr, withoutTime(metadata)]).toEqual([0, '', live])
  const last = await sygra(here, 'recover', ledger)
  expect([last.code, withoutTime(metadata)]).toEqual([0, live])
})

test.concurrent('a clock that is set back in the middle of a run, and before the next session, changes no figure', {
  timeout,
}, async () => {
  const here = project({ records: 40, lambda: gated })
  const clock = join(here.directory, 'clock.mjs')
  writeFileSync(
    clock,
    `const now = Date.now, back = Number(process.env.SYGRA_BACK)
     const began = now()
     Date.now = () => now() - (now() - began > 300 ? back : 0)`,
  )
  const at = (hours: number) => ({ NODE_OPTIONS: `--import ${clock}`, SYGRA_BACK: String(hours * 3_600_000) })
  const first = start(here.directory, here.args, at(1))
  await inTheMiddle(here.output, first)
  first.child.kill('SIGKILL')
  await first.ended
  here.open()
  const second = start(here.directory, [...here.args, '--resume', 'True'], at(5))
  expect(await second.ended, second.stderr()).toBe(0)
  expect(new Set(idsOf(here.output)).size).toBe(40)
  const { status, execution, aggregate_statistics: totals } = metadataOf(here.output)
  expect([status, totals.records.total_processed]).toEqual(['complete', 40])
  const { sessions = [], timing } = execution
  expect(sessions).toHaveLength(2)
  const times = [...sessions, timing].map(({ start_time: start, end_time: end, duration_seconds: seconds }) => {
    expect(seconds).toBeGreaterThanOrEqual(0)
    expect(seconds).toBeLessThan(600)
    return Date.parse(end ?? '') - Date.parse(start ?? '')
  })
  for (const milliseconds of times) expect(milliseconds).toBeGreaterThanOrEqual(0)
})

test.concurrent('a ledger that cannot grow stops a run or not, as it was told; rows are all there', {
  timeout,
}, async () => {
  // A limit on the size of files stands for a full disk: the ledger meets it long before output and metadata.
  const limited = (here: ReturnType<typeof project>, ...more: string[]) =>
    start(here.directory, [...here.args, ...more], {}, 'ulimit -f 256; exec "$0" "$@"')
  const goesOn = project({ records: 200 })
  const stops = project({ records: 200 })
  const [continued, stopped] = [limited(goesOn), limited(stops, '--on-ledger-error', 'stop')]
  expect([await continued.ended, continued.stderr()]).toEqual([0, expect.stringMatching(/WARNING: the ledger .*EFBIG/)])
  expect(metadataOf(goesOn.output)).toMatchObject({
    status: 'complete',
    ledger: { incomplete: true },
    aggregate_statistics: { records: { total_processed: 200 } },
  })
  expect(idsOf(goesOn.output)).toHaveLength(200)
  expect([await stopped.ended, stopped.stderr()]).toEqual([1, expect.stringContaining('as --on-ledger-error says')])
  expect(metadataOf(stops.output)).toMatchObject({ status: 'interrupted', ledger: { incomplete: true } })
  await resumesToTheEnd(stops, 200)
})

test.concurrent('prompts, answers and keys are in no file of the account', { timeout }, async () => {
  const directory = projectWithTask({
    records: 5,
    lambda: `({ text, answer }) => { throw new Error(text + answer + process.env.OPENAI_API_KEY) }`,
  })
  const data = join(directory, 'tasks/echo/data.jsonl')
  writeFileSync(data, readFileSync(data, 'utf8').replaceAll('Word', 'Canary'))
  const answers = join(directory, 'answers.mjs')
  writeFileSync(answers, `export const answer = () => 'Nightingale'`)
  const key = 'sk-secret0123456789abcdef'
  const args = ['run', '-t', 'echo', '-n', '5', '-od', 'out', '--simulate', '--quiet']
  const environment = { OPENAI_API_KEY: key, SYGRA_GPT_4O_MINI_TOKEN: key }
  const { code, stderr } = await runCliInShared(args, { directory, environment })
  // Every record has failed.
  expect(code, stderr).toBe(6)
  const { metadata = '', ledger = '' } = runFiles(join(directory, 'out'))
  for (const path of [metadata, ledger]) {
    const text = readFileSync(path, 'utf8')
    expect(text).not.toMatch(/Canary|Nightingale|Say something|sk-secret/)
    expect(text).toContain('echo')
  }
})

test.concurrent('SYGRA_LEDGER=0 and --no-ledger keep none, and a stopped run says that it cannot be resumed', {
  timeout,
}, async () => {
  const here = project({ records: 40, lambda: gated })
  const { directory } = here
  const byVariable = await runCliInShared([...here.args, '-n', '4'], { directory, environment: { SYGRA_LEDGER: '0' } })
  expect(byVariable.code, byVariable.stderr).toBe(0)
  expect([runFiles(here.output).ledger, metadataOf(here.output).ledger]).toEqual([undefined, undefined])
  rmSync(here.output, { recursive: true })
  const started = here.run('--no-ledger', '--grace', '0')
  expect(await until(() => runFiles(here.output).metadata !== undefined, started)).toBe(true)
  started.child.kill('SIGINT')
  expect([await started.ended, started.stderr()]).toEqual([130, expect.stringContaining('cannot be resumed')])
  expect(runFiles(here.output).ledger).toBeUndefined()
})

const mount = canMount()

test.skipIf(mount === undefined)(
  'on a disk that is full a run stops, loses no row it has, and goes on when there is space',
  { timeout },
  async () => {
    const here = project({ records: 200 })
    mkdirSync(here.output)
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', here.output])
    try {
      const started = here.run()
      expect(await started.ended).toBe(1)
      expect(started.stderr()).toMatch(/disk is full|ENOSPC|no space/)
      // Space was kept for this: the file says what was done, and that the run is over.
      const { status, aggregate_statistics: totals } = metadataOf(here.output)
      expect([status, totals.requests.total_requests > 0]).toEqual(['failed', true])
      expect(readdirSync(join(here.output, 'metadata')).filter((name) => name.includes('reserve'))).toEqual([])
      spawnSync('mount', ['-o', 'remount,size=20m', here.output])
      await resumesToTheEnd(here, 200)
    } finally {
      spawnSync('umount', [here.output])
    }
  },
)

const [manyRecords, mostMegabytes] = isLong ? [100_000, 300] : [20_000, 200]

test(`${manyRecords} records, 5 % of which fail, are kept track of in less than ${mostMegabytes} MB`, {
  timeout,
}, async () => {
  const lambda = `({ id }) => { if (Number(id.slice(1)) % 20 === 7) throw new Error('no'); return { length: 1 } }`
  const directory = projectWithTask({ records: manyRecords, lambda, isLambdaOnly: true })
  const memory = join(directory, 'memory.mjs')
  writeFileSync(memory, `process.on('exit', () => process.stderr.write('maxRSS=' + process.resourceUsage().maxRSS))`)
  const args = ['run', '-t', 'echo', '-n', String(manyRecords), '-b', '50', '-od', 'out', '--quiet']
  const started = start(directory, args, { NODE_OPTIONS: `--import ${memory}` })
  expect(await started.ended, started.stderr()).toBe(0)
  const { aggregate_statistics: totals, ledger } = metadataOf(join(directory, 'out'))
  expect(totals.records).toMatchObject({ total_processed: manyRecords, total_failed: manyRecords / 20 })
  expect(ledger).toMatchObject({ incomplete: false })
  const kilobytes = Number(/maxRSS=(\d+)/.exec(started.stderr())?.[1])
  expect(kilobytes).toBeGreaterThan(20_000)
  expect(kilobytes).toBeLessThan(mostMegabytes * 1_000)
})

function canMount(): true | undefined {
  if (process.getuid?.() !== 0) return undefined
  const directory = projectWithTask({ records: 1 })
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]).status === 0
  if (isMounted) spawnSync('umount', [directory])
  return isMounted || undefined
}

test('a signal that comes before the first record ends with the code of the signal, and leaves no run behind', async () => {
  const directory = projectWithTask({
    records: 5,
    lambda:
      '(state) => ({ length: 1 })\nprocess.kill(process.pid, "SIGINT")\nawait new Promise((done) => setTimeout(done, 50))',
  })
  const { ended, stderr } = start(directory, ['run', '-t', 'echo', '--grace', '0', '--simulate'])
  expect(await ended).toBe(130)
  expect(stderr()).toContain('Stopped before it began.')
  expect(existsSync(join(directory, 'tasks/echo/metadata'))).toBe(false)
})

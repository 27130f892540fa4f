import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseMetadata } from '../../src/metadata/parse.ts'
import {
  idsOf,
  ledgerBytes,
  metadataOf,
  projectWithTask,
  removeProjects,
  runFiles,
  start,
  startProvider,
  until,
} from '../helpers/fault-project.ts'
import { runCliInShared } from '../helpers/run-cli.ts'

// A second process on one run, when the first one's lock or folder was removed. Rows stand once, and what both have cost is
// in the account.

const timeout = 120_000

let provider: Awaited<ReturnType<typeof startProvider>>
beforeAll(async () => {
  provider = await startProvider({ timeScale: 0.1 })
})
afterAll(async () => {
  await provider.stop()
  removeProjects()
})

/** From record 20 on it waits for a file beside the data, which the environment names. */
const gated = `async ({ id }) => {
  const { existsSync } = await import('node:fs')
  while (Number(id.slice(1)) >= 20 && !existsSync(globalThis.process.env.GATE)) await new Promise((done) => setTimeout(done, 5))
  return { length: 1 }
}`

function project(records: number) {
  const directory = projectWithTask({ records, lambda: gated })
  const output = join(directory, 'out')
  const which = ['-t', 'echo', '-n', String(records), '-b', '4', '-od', output]
  const args = ['run', ...which, '--simulate', provider.url, '--quiet']
  const run = (more: readonly string[] = [], { gate = 'go', shell }: { gate?: string; shell?: string } = {}) =>
    start(directory, [...args, ...more], { GATE: gate }, shell)
  return { directory, output, args, run, open: (gate = 'go') => writeFileSync(join(directory, gate), '') }
}

test.concurrent('a lock that was removed does not let a second process of this machine in; a removed folder comes back with its lock', {
  timeout,
}, async () => {
  const { directory, output, run, args, open } = project(40)
  const first = run()
  const isInTheMiddle = () => ledgerBytes(output) > 15_000
  const expectRefused = async (...command: readonly string[]) => {
    const { code, stderr } = await runCliInShared(command, { directory, environment: { GATE: 'go' } })
    expect([code, stderr]).toEqual([1, expect.stringContaining(`process ${first.child.pid}`)])
  }
  expect(await until(isInTheMiddle, first)).toBe(true)
  rmSync(runFiles(output).lock ?? '')
  await expectRefused(...args, '--resume', 'True')
  await expectRefused('recover', runFiles(output).ledger ?? '')

  rmSync(output, { recursive: true })
  expect(await until(isInTheMiddle, first)).toBe(true)
  expect(JSON.parse(readFileSync(runFiles(output).lock ?? '', 'utf8'))).toMatchObject({ pid: first.child.pid })
  await expectRefused(...args, '--resume', 'True')
  open()
  expect(await first.ended, first.stderr()).toBe(0)
  expect(idsOf(output).sort()).toEqual(Array.from({ length: 40 }, (_, index) => `r${index}`).sort())
  expect(runFiles(output)).toMatchObject({ part: undefined, lock: undefined })
})

/** A process that takes itself to be on another machine, which no process of this one can be told from. */
const elsewhere = `unshare -u sh -c 'hostname elsewhere && exec "$0" "$@"' "$0" "$@"`
const canBeElsewhere = spawnSync('sh', ['-c', "unshare -u sh -c 'hostname elsewhere'"]).status === 0

test
  .skipIf(!canBeElsewhere)
  .concurrent(
    'where a second process has got in from another machine the first one stops before its next row; both costs are kept',
    { timeout },
    async () => {
      const { directory, output, run, open } = project(40)
      const first = run([], { gate: 'first' })
      expect(await until(() => ledgerBytes(output) > 15_000, first)).toBe(true)
      const refused = run(['--resume', 'True'], { shell: elsewhere })
      expect([await refused.ended, refused.stderr()]).toEqual([
        1,
        expect.stringContaining('if that machine is gone, remove'),
      ])
      const served = provider.served().length
      expect(served).toBeGreaterThan(0)
      // A machine that hangs, and is taken for gone.
      first.child.kill('SIGSTOP')
      const lock = runFiles(output).lock ?? ''
      rmSync(lock)
      const second = run(['--resume', 'True'], { shell: elsewhere })
      expect(await until(() => existsSync(lock), second), second.stderr()).toBe(true)
      first.child.kill('SIGCONT')
      expect(await until(() => second.stderr().includes('Going on behind'), second), second.stderr()).toBe(true)
      open('first')
      expect([await first.ended, first.stderr()]).toEqual([
        1,
        expect.stringContaining('on elsewhere has taken the run'),
      ])
      open()
      expect(await second.ended, second.stderr()).toBe(0)
      expect(idsOf(output).sort()).toEqual(Array.from({ length: 40 }, (_, index) => `r${index}`).sort())
      const { status, aggregate_statistics: totals, ledger } = metadataOf(output)
      expect([status, totals.records.total_processed, ledger?.incomplete]).toEqual(['complete', 40, false])
      // What was in work in the first was done again by the second; the provider was asked for both.
      expect(totals.requests.total_requests).toBe(44)
      expect(totals.requests.in_flight_requests).toBeUndefined()
      const before = readFileSync(runFiles(output).metadata ?? '', 'utf8').replace(/"generated_at": .*/, '')
      const recovered = await runCliInShared(['recover', runFiles(output).ledger ?? ''], { directory })
      expect(recovered.code, recovered.stderr).toBe(0)
      expect(readFileSync(runFiles(output).metadata ?? '', 'utf8').replace(/"generated_at": .*/, '')).toBe(before)
    },
  )

test.concurrent('a new run in the place of a removed one keeps its file; rows of the first are kept beside it', {
  timeout,
}, async () => {
  const { output, run, open } = project(40)
  const named = ['--output-with-ts', 'False']
  const first = run(named)
  expect(await until(() => ledgerBytes(output) > 15_000, first)).toBe(true)
  rmSync(output, { recursive: true })
  mkdirSync(join(output, 'metadata'), { recursive: true })
  writeFileSync(join(output, 'metadata', 'output.lock'), JSON.stringify({ pid: 1, host: 'elsewhere', token: 'other' }))
  writeFileSync(join(output, 'output.part.jsonl'), '{"id":"of another run"}\n')
  open()
  expect([await first.ended, first.stderr()]).toEqual([1, expect.stringContaining('on elsewhere has taken the run')])
  const kept = /its rows are kept in (\S+)/.exec(first.stderr())?.[1] ?? ''
  const rows = readFileSync(kept, 'utf8').split('\n').filter(Boolean)
  expect(rows.length).toBeGreaterThan(0)
  expect(readFileSync(join(output, 'output.part.jsonl'), 'utf8')).toBe('{"id":"of another run"}\n')
  expect(existsSync(join(output, 'output.json'))).toBe(false)
  const path = runFiles(output).metadata ?? ''
  const { status, aggregate_statistics: totals } = parseMetadata(readFileSync(path, 'utf8'), path)
  expect(status).toBe('failed')
  expect(totals.records.total_processed).toBe(rows.length)
  expect(totals.requests.total_requests).toBeGreaterThanOrEqual(rows.length)
})

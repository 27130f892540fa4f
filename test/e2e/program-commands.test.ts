import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { studioFiles } from '../../src/cli/files/studio-files.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { RunStore } from '../../src/studio/run-store.ts'
import { createHandler } from '../../src/studio/server/handler.ts'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { type CliResult, runCliInTurn } from '../helpers/run-cli.ts'
import { metadataIn } from '../helpers/run-program.ts'

// One run of a family of processes of every kind, and what each command and the studio make of it.

const program = resolve('test/fixtures/programs/ask-as-told.mjs')
const register = pathToFileURL(resolve('dist/instrument/register.js')).href
const family = {
  asks: 1,
  forks: [{ asks: 2 }, { asks: 1, end: 'kill' }],
  cluster: [{ asks: 1 }],
  spawns: [{ asks: 1, end: 3 }],
  threads: [{ asks: 2 }, { asks: 1, end: 'wait', isTerminated: true }],
}
/** Of the family, and of the process that joins it by its name. */
const requests = 9 + 3

let server: FaultServer
let directory: string
let before: Metadata

beforeAll(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  directory = await mkdtemp(join(tmpdir(), 'sygra-family-'))
  const told = (what: object) => [program, JSON.stringify(what)]
  await run([resolve('dist/cli/main.js'), 'exec', '--quiet', '--', 'node', ...told(family)])
  await run(['--import', register, ...told({ asks: 3 })])
  const [only, ...others] = metadataIn(directory)
  if (only === undefined || others.length > 0) throw new Error('expected one metadata file')
  before = only
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true, force: true })
})

async function run(args: readonly string[]): Promise<void> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SYGRA|OPENAI|NODE_OPTIONS)/.test(name))
  const env = { ...Object.fromEntries(inherited), MODEL_URL: server.url, SYGRA_RUN: 'family' }
  await once(spawn(process.execPath, args, { cwd: directory, env, stdio: 'ignore' }), 'exit')
}

const sygra = (...commands: readonly (readonly string[])[]) => runCliInTurn(commands, { directory })
/** The one metadata file that there is. */
const onlyFile = () => {
  const folder = join(directory, 'metadata')
  return join(folder, readdirSync(folder).find((name) => name.startsWith('metadata_')) ?? '')
}
const namesOf = ({ execution }: Metadata) => Object.keys(execution.workers ?? {})

test('the account has a row for each of them: how it ended, and a thread when it began', () => {
  const rows = Object.values(before.execution.workers ?? {})
  expect(before).toMatchObject({ status: 'complete', execution: { run_name: 'family' } })
  expect(before.aggregate_statistics.requests.total_requests).toBe(requests)
  expect(rows.map(({ reason }) => reason ?? '').sort()).toEqual([
    ...Array.from({ length: 5 }, () => ''),
    'exit code 3',
    'the process ended without a word',
    'the thread was stopped',
  ])
  const main = before.execution.workers?.w1
  for (const { thread, pid, start_time } of rows) {
    if (thread === undefined) continue
    expect(pid).toBe(main?.pid)
    expect(Date.parse(start_time ?? '')).toBeGreaterThan(Date.parse(main?.start_time ?? ''))
  }
})

test('every command takes them as one run', async () => {
  const names = namesOf(before)
  const [shown, listed, wasted, priced, compared, explained, ofOne, exported, watched] = await sygra(
    ['show'],
    ['runs', '--json'],
    ['waste', '--json'],
    ['reprice', '--json'],
    ['compare', 'family', 'family', '--json'],
    ['explain', 'family', 'total_requests', '--lines', '0'],
    ['explain', 'family', 'execution.workers.w2.total_requests'],
    ['export', 'jsonl'],
    ['watch'],
  )
  for (const result of [shown, listed, wasted, priced, compared, explained, ofOne, exported]) {
    expect(result).toMatchObject({ code: 0, stderr: '' })
  }
  const said = (result: CliResult | undefined) => JSON.parse(result?.stdout ?? '')
  const cost = before.aggregate_statistics.cost.total_cost_usd
  for (const name of names) expect(shown?.stdout).toMatch(new RegExp(`^${name} +ask-as-told `, 'm'))
  expect(said(listed)).toMatchObject([{ requests, runName: 'family', status: 'complete' }])
  // All of them ask the same.
  expect(said(wasted).run).toMatchObject([{ kind: 'repeated prompts', count: requests - 1 }])
  expect(Number(said(priced).rows.at(-1).after.usd.toFixed(6))).toBe(cost)
  expect(said(compared).totals.find(({ name }: { name: string }) => name === 'total_cost')).toMatchObject({
    verdict: 'same',
  })
  expect(explained?.stdout).toMatch(new RegExp(`^comes to +${requests}$`, 'm'))
  // A line is told by whose ledger it is in; that of the first process is the run's own.
  const shownLines = [...(explained?.stdout ?? '').matchAll(/^(w\d|–) +\d+ +request-end/gm)]
  expect(shownLines).toHaveLength(requests)
  expect(new Set(shownLines.map(([, name]) => name?.replace('–', 'w1')))).toEqual(new Set(names))
  expect(ofOne?.stdout).toMatch(/^w2 +\d+ +request-end/m)
  const rows: { ledger_worker?: string }[] = (exported?.stdout ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  expect(rows).toHaveLength(requests)
  expect(new Set(rows.map(({ ledger_worker }) => ledger_worker ?? 'w1'))).toEqual(new Set(names))
  expect(watched).toMatchObject({ code: 1, stderr: expect.stringContaining('is complete') })
})

test('the studio takes them as one run', async () => {
  const store = new RunStore({ directory, files: studioFiles(directory), nowMs: Date.now })
  const port = 4321
  const handler = createHandler({ store, assets: new Map(), port, changeStream: { everyMs: 5 } })
  const host = `127.0.0.1:${port}`
  const ask = async (page: string, query: Record<string, string> = {}) => {
    const address = `http://${host}/api/${page}?${new URLSearchParams(query)}`
    return (await handler(new Request(address, { headers: { host } }))).json()
  }
  const { rows } = await ask('runs')
  expect(rows).toMatchObject([{ requests, status: 'complete' }])
  const run = rows[0].path
  expect(Object.keys((await ask('run', { run })).metadata.execution.workers)).toEqual(namesOf(before))
  expect(await ask('slice', { run })).toMatchObject({ whole: { requests } })
  const { answered } = await ask('timeline', { run })
  expect(answered.reduce((sum: number, count: number) => sum + count, 0)).toBe(requests)
  const figure = 'aggregate_statistics.requests.total_requests'
  expect(JSON.stringify(await ask('explain', { run, figure }))).toContain(`"comes to","${requests}"`)
  expect(JSON.stringify(await ask('waste', { run }))).toContain('repeated prompts')
  expect((await ask('compare', { base: run, head: run })).error).toBeUndefined()
  expect((await ask('reprice', { run })).error).toBeUndefined()
})

test('a metadata file that is gone is made again from their ledgers, to the same figures', async () => {
  rmSync(onlyFile())
  expect(await sygra(['recover'])).toMatchObject([{ code: 0 }])
  const { generated_at: _, ...again } = metadataIn(directory)[0] ?? before
  const { generated_at: __, ...first } = before
  expect(again).toEqual(first)
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Metadata } from '../../src/metadata/schema.ts'
import { isAlive } from '../../src/runtime/files/run-owner.ts'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { isLong } from '../helpers/is-long.ts'
import { runCli, runCliInShared } from '../helpers/run-cli.ts'
import { metadataIn } from '../helpers/run-program.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

const program = resolve('test/fixtures/programs/ask-as-told.mjs')
const register = pathToFileURL(resolve('dist/instrument/register.js')).href
/** A process writes the file the less often the longer that takes it. */
const patience = { timeout: 150_000 }
/** Of one answer of the server. */
const tokensOfOne = 136

let server: FaultServer
const left: ChildProcess[] = []
beforeAll(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
})
afterEach(() => {
  for (const child of left.splice(0)) child.kill('SIGKILL')
})
afterAll(() => server.close())

interface Told {
  readonly asks?: number
  readonly forks?: readonly Told[]
  readonly spawns?: readonly (Told & { readonly env?: object; readonly isLeft?: boolean })[]
  readonly threads?: readonly (Told & { readonly isTerminated?: boolean })[]
  readonly cluster?: readonly Told[]
  readonly first?: 'start' | 'ask'
  readonly end?: 'return' | 'kill' | 'wait' | number
}

function start(told: Told, { directory, environment = {}, exec = false }: Starting): ChildProcess {
  const args = exec
    ? [resolve('dist/cli/main.js'), 'exec', '--quiet', '--', 'node', program, JSON.stringify(told)]
    : ['--import', register, program, JSON.stringify(told)]
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SYGRA|OPENAI|NODE_OPTIONS)/.test(name))
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...Object.fromEntries(inherited), MODEL_URL: server.url, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  left.push(child)
  return child
}

interface Starting {
  readonly directory: string
  readonly environment?: NodeJS.ProcessEnv
  readonly exec?: boolean
}

/** The same under `exec`, to its end, where what the program writes does not matter; gives its exit code. */
async function runExec(told: Told, { directory, environment }: Starting): Promise<number | null> {
  const { code } = await runCliInShared(['exec', '--quiet', '--', 'node', program, JSON.stringify(told)], {
    directory,
    environment: { MODEL_URL: server.url, ...environment },
  })
  return code
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Waits for lines that say that processes wait; gives their numbers. */
async function waiting(child: ChildProcess, count = 1): Promise<number[]> {
  const pids: number[] = []
  for await (const chunk of child.stdout ?? []) {
    for (const [, pid] of String(chunk).matchAll(/waits (\d+)/g)) pids.push(Number(pid))
    if (pids.length >= count) break
  }
  return pids
}

/** The one account that there must be; it holds together, whatever it holds. */
function onlyAccount(directory: string): Metadata {
  const files = metadataIn(directory)
  expect(files).toHaveLength(1)
  const [metadata] = files as [Metadata]
  const { requests, tokens } = metadata.aggregate_statistics
  expect(tokens.total_tokens).toBe(requests.total_requests * tokensOfOne)
  const rows = Object.values(metadata.execution.workers ?? {})
  if (rows.length > 0) {
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.reduce((sum, row) => sum + row.total_requests, 0)).toBe(requests.total_requests)
    expect(rows.every(({ transport }) => transport === 'none')).toBe(true)
  }
  return metadata
}

const requestsOf = ({ execution }: Metadata) =>
  Object.values(execution.workers ?? {})
    .map(({ total_requests }) => total_requests)
    .sort()

async function show(directory: string): Promise<string> {
  return (await runCliInShared(['show'], { directory })).stdout
}

describe('the processes of a program are one run', () => {
  type Row = [string, Told, number[]]
  const each: readonly Row[] = [
    [
      'forks, of which one forks again',
      { asks: 1, forks: [{ asks: 2 }, { asks: 3, forks: [{ asks: 4 }] }] },
      [1, 2, 3, 4],
    ],
    [
      'processes with an environment and a folder of their own',
      { asks: 1, spawns: [{ asks: 2 }, { asks: 2 }] },
      [1, 2, 2],
    ],
    ['worker threads', { asks: 1, threads: [{ asks: 2 }, { asks: 3 }] }, [1, 2, 3]],
    ['a thread that is stopped', { asks: 1, threads: [{ asks: 2, end: 'wait', isTerminated: true }] }, [1, 2]],
  ]
  const together: readonly Row[] = [
    [
      'forks, of which one forks again, and processes with an environment and a folder of their own',
      { asks: 1, forks: [{ asks: 3, forks: [{ asks: 4 }] }], spawns: [{ asks: 2 }, { asks: 2 }] },
      [1, 2, 2, 3, 4],
    ],
    [
      'worker threads, of which one is stopped',
      { asks: 1, threads: [{ asks: 2 }, { asks: 3 }, { asks: 4, end: 'wait', isTerminated: true }] },
      [1, 2, 3, 4],
    ],
  ]
  test.each<Row>([
    ...(isLong ? each : together),
    ['a cluster whose primary asks nothing', { cluster: [{ asks: 1 }, { asks: 2 }] }, [1, 2]],
    [
      'a child is watched that asks, and its parent asks last',
      { asks: 1, first: 'start', forks: [{ asks: 2 }] },
      [1, 2],
    ],
  ])('%s', async (_, told, requests) => {
    const directory = await scratchFolder()
    expect(await runExec(told, { directory })).toBe(0)
    const metadata = onlyAccount(directory)
    expect(requestsOf(metadata)).toEqual(requests)
    expect(metadata.status).toBe('complete')
    expect(metadata.execution.sessions).toHaveLength(1)
    expect(Object.values(metadata.execution.workers ?? {}).every(({ end_time }) => end_time !== null)).toBe(true)
    expect(readdirSync(join(directory, 'metadata')).filter((name) => /lock|tmp/.test(name))).toEqual([])
  })

  test('without exec a fork and a thread are too; the last that ends has finished the account', async () => {
    const directory = await scratchFolder()
    await ended(start({ asks: 1, forks: [{ asks: 2 }], threads: [{ asks: 3 }] }, { directory }))
    const metadata = onlyAccount(directory)
    expect(requestsOf(metadata)).toEqual([1, 2, 3])
    expect(metadata.status).toBe('complete')
  })

  test('a process alone has no rows, and its file is as it was', async () => {
    const directory = await scratchFolder()
    await ended(start({ asks: 2 }, { directory }))
    const metadata = onlyAccount(directory)
    expect(metadata.execution).not.toHaveProperty('workers')
    expect(metadata.aggregate_statistics.requests.total_requests).toBe(2)
    expect(readdirSync(join(directory, 'metadata'))).toHaveLength(2)
  })

  test('how the program ended is what whoever started it sees; a process that failed has its row', async () => {
    const directory = await scratchFolder()
    expect(await runExec({ asks: 1, forks: [{ asks: 1, end: 3 }] }, { directory })).toBe(0)
    const metadata = onlyAccount(directory)
    expect(metadata.status).toBe('complete')
    expect(metadata.execution.workers?.w2).toMatchObject({ status: 'failed', reason: 'exit code 3' })
    const alone = await scratchFolder()
    await ended(start({ asks: 1, forks: [{ asks: 1, end: 3 }] }, { directory: alone }))
    expect(onlyAccount(alone)).toMatchObject({ status: 'failed', execution: { reason: 'w2: exit code 3' } })
  })

  test('exec within exec adds to the run of the outer one', async () => {
    const directory = await scratchFolder()
    const inner = `${process.execPath} ${resolve('dist/cli/main.js')} exec -- node ${program}`
    const script = `node ${program} '{"asks":1}' && ${inner} '{"asks":2}' && ${inner} '{"asks":1,"end":4}'`
    const { code } = await runCli(['exec', '--', 'sh', '-c', script], {
      directory,
      environment: { MODEL_URL: server.url },
    })
    expect(code).toBe(4)
    const metadata = onlyAccount(directory)
    expect(requestsOf(metadata)).toEqual([1, 1, 2])
    expect(metadata).toMatchObject({ status: 'failed', execution: { reason: 'exit code 4' } })
  })
})

describe('processes that did not start each other', () => {
  const names = ['../nightly: "Ä" 1/2 \u{1f600}', 'nightly']
  test.each(isLong ? names : names.slice(0, 1))('are one run by its name, %s', async (name) => {
    const directory = await scratchFolder()
    const environment = { SYGRA_RUN: name }
    const many = Array.from({ length: 4 }, (_, index) => start({ asks: 1 + (index % 2) }, { directory, environment }))
    await Promise.all(many.map(ended))
    const metadata = onlyAccount(directory)
    expect(requestsOf(metadata)).toEqual([1, 1, 2, 2])
    expect(metadata).toMatchObject({ status: 'complete', execution: { run_name: name } })
    // One that comes when all have ended belongs to it as well.
    await ended(start({ asks: 5 }, { directory, environment }))
    const again = onlyAccount(directory)
    expect(again).toMatchObject({ run_id: metadata.run_id, status: 'complete' })
    expect(again.aggregate_statistics.requests.total_requests).toBe(11)
    expect(again.execution.timing.duration_seconds).toBeGreaterThan(metadata.execution.timing.duration_seconds ?? 0)
  })

  test('another name, or another folder, is another run', async () => {
    const [directory, other] = [await scratchFolder(), await scratchFolder()]
    const runs = [
      start({ asks: 1 }, { directory, environment: { SYGRA_RUN: 'a b' } }),
      start({ asks: 1 }, { directory, environment: { SYGRA_RUN: 'a_b' } }),
      start({ asks: 1 }, { directory: other, environment: { SYGRA_RUN: 'a b' } }),
    ]
    await Promise.all(runs.map(ended))
    expect(
      metadataIn(directory)
        .map(({ execution }) => execution.run_name)
        .sort(),
    ).toEqual(['a b', 'a_b'])
    expect(metadataIn(other)).toHaveLength(1)
  })

  test('exec with a name is a part of the run of that name', async () => {
    const directory = await scratchFolder()
    const environment = { SYGRA_RUN: 'job' }
    await runExec({ asks: 1 }, { directory, environment })
    await runExec({ asks: 2 }, { directory, environment })
    await ended(start({ asks: 3 }, { directory, environment }))
    expect(requestsOf(onlyAccount(directory))).toEqual([1, 2, 3])
  })
})

describe('kill -9 loses nothing', () => {
  test('of the first process, while others go on: the next reader finishes the account', async () => {
    const directory = await scratchFolder()
    const environment = { SYGRA_RUN: 'pool' }
    const first = start({ asks: 1, end: 'wait' }, { directory, environment })
    await waiting(first)
    const other = start({ asks: 2, end: 'wait' }, { directory, environment })
    await waiting(other)
    first.kill('SIGKILL')
    await ended(first)
    // Alive: `show` tells of all that was done so far.
    expect(await show(directory)).toContain('running')
    other.kill('SIGKILL')
    await ended(other)
    await show(directory)
    const metadata = onlyAccount(directory)
    expect(requestsOf(metadata)).toEqual([1, 2])
    expect(metadata).toMatchObject({ status: 'interrupted' })
    expect(metadata.execution.workers?.w1).toMatchObject({
      status: 'interrupted',
      reason: 'the process ended without a word',
    })
  })

  test('of a member: the others end, and the last of them has the account of all', async () => {
    const directory = await scratchFolder()
    await ended(start({ asks: 1, forks: [{ asks: 2, end: 'kill' }, { asks: 3 }] }, { directory }))
    const metadata = onlyAccount(directory)
    expect(requestsOf(metadata)).toEqual([1, 2, 3])
    expect(metadata.status).toBe('interrupted')
  })

  test('of exec: the program goes on, and its account is finished all the same', async () => {
    const directory = await scratchFolder()
    const exec = start({ asks: 1, forks: [{ asks: 2, end: 'wait' }] }, { directory, exec: true })
    await waiting(exec)
    exec.kill('SIGKILL')
    await ended(exec)
    // Another process has the file now, and brings it up to date within a few seconds.
    await expect.poll(() => requestsOf(onlyAccount(directory)), patience).toEqual([1, 2])
    const going = await refreshed(directory)
    expect(going.status).toBe('running')
    const pids = Object.values(going.execution.workers ?? {}).map(({ pid }) => pid ?? 0)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await expect.poll(() => pids.some((pid) => isAlive({ pid, host: undefined })), patience).toBe(false)
    const metadata = await refreshed(directory)
    expect(requestsOf(metadata)).toEqual([1, 2])
    expect(metadata.status).toBe('interrupted')
  })

  test('processes that a program leaves behind go on in its account', async () => {
    const directory = await scratchFolder()
    const exec = start({ asks: 1, spawns: [{ asks: 2, end: 'wait', isLeft: true }], end: 0 }, { directory, exec: true })
    const [behind = 0] = await waiting(exec)
    await ended(exec)
    await expect.poll(() => onlyAccount(directory).status, patience).toBe('running')
    process.kill(behind, 'SIGKILL')
    await expect.poll(() => isAlive({ pid: behind, host: undefined }), patience).toBe(false)
    const metadata = await refreshed(directory)
    expect(requestsOf(metadata)).toEqual([1, 2])
    expect(metadata.status).toBe('complete')
  })
})

async function refreshed(directory: string): Promise<Metadata> {
  await show(directory)
  return onlyAccount(directory)
}

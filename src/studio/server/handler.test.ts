import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { writeSampleRun } from '../../../test/helpers/studio-runs.ts'
import { studioFiles } from '../../cli/files/studio-files.ts'
import type { RunsAnswer } from '../api.ts'
import { RunStore } from '../run-store.ts'
import { createHandler, type Handler } from './handler.ts'

const port = 4321
const key = 'tasks/demo/metadata/metadata_demo_2026-11-23_18-19-07.json'

async function studioOf(directory: string): Promise<Handler> {
  const store = new RunStore({ directory, files: studioFiles(directory), nowMs: Date.now })
  const html = { body: new TextEncoder().encode('<!doctype html>'), contentType: 'text/html; charset=utf-8' }
  return createHandler({ store, assets: new Map([['index.html', html]]), port, changeStream: { everyMs: 5 } })
}

async function ask(handler: Handler, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const request = new Request(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { host: `127.0.0.1:${port}`, ...headers },
  })
  return handler(request)
}

function address(name: string, query: Record<string, string>): string {
  return `/api/${name}?${new URLSearchParams(query)}`
}

async function runsOf(handler: Handler): Promise<RunsAnswer> {
  return (await ask(handler, '/api/runs')).json()
}

test('the list has each run once, by its path under the directory, the latest first', async () => {
  const directory = await scratchFolder()
  await writeSampleRun(directory, key)
  const later = 'tasks/demo/metadata/metadata_demo_2026-11-24_18-19-07.json'
  await writeSampleRun(directory, later, { startedAtMs: Date.UTC(2026, 10, 24), runId: 'later' })
  const { rows, refused } = await runsOf(await studioOf(directory))
  expect(rows.map(({ path }) => path)).toEqual([later, key])
  expect(rows[1]).toMatchObject({ task: 'examples.code_assistant', status: 'complete', records: 20 })
  expect(refused).toEqual([])
})

test('a run comes with its metadata and how far its ledger was read', async () => {
  const directory = await scratchFolder()
  await writeSampleRun(directory, key)
  const answer = await (await ask(await studioOf(directory), address('run', { run: key }))).json()
  expect(answer.metadata.aggregate_statistics.records.total_processed).toBe(20)
  expect(answer.ledger).toMatchObject({ isWhole: true, isSample: false })
  expect(answer.ledger.readBytes).toBe(answer.ledger.bytes)
})

test.each([
  ['python', 'python-1.0.0.json'],
  ['the specification', 'specification-1.0.0.json'],
])('a file of format 1.0.0 is shown too: %s', async (_name, file) => {
  const directory = await scratchFolder()
  const text = await readFile(join('test/fixtures/metadata', file), 'utf8')
  await writeFile(join(directory, 'metadata_old_2026-01-02_03-04-05.json'), text)
  const handler = await studioOf(directory)
  expect((await runsOf(handler)).rows).toHaveLength(1)
  const answer = await (await ask(handler, address('run', { run: 'metadata_old_2026-01-02_03-04-05.json' }))).json()
  expect(answer.metadata.metadata_version).toBe('1.0.0')
  expect(answer.ledger).toBeUndefined()
})

test.each([
  ['another host', { host: 'evil.example:4321' }, 'GET', 403],
  ['no host', { host: '' }, 'GET', 403],
  ['another port', { host: '127.0.0.1:80' }, 'GET', 403],
  ['another page', { origin: 'http://evil.example' }, 'GET', 403],
  ['another page that says nothing of itself', { origin: 'null' }, 'GET', 403],
  ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'GET', 403],
  ['somebody who writes', {}, 'POST', 405],
  ['somebody who deletes', {}, 'DELETE', 405],
])('%s is refused', async (_name, headers, method, status) => {
  const handler = await studioOf(await scratchFolder())
  for (const path of ['/', '/api/runs']) expect((await ask(handler, path, headers, method)).status).toBe(status)
})

test.each<Record<string, string>>([
  {},
  { host: `localhost:${port}` },
  { origin: `http://localhost:${port}` },
  { 'sec-fetch-site': 'same-origin' },
])('the page itself is answered: %o', async (headers) => {
  const response = await ask(await studioOf(await scratchFolder()), '/', headers)
  expect(response.status).toBe(200)
  const policy = response.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
})

test.each([
  '../metadata_secret.json',
  'tasks/../../metadata_secret.json',
  '/etc/passwd',
  '/etc/metadata_x.json',
  'tasks\0/metadata_x.json',
  'link/metadata_secret.json',
  'metadata_link.json',
  'metadata_folder.json',
  'package.json',
  '',
])('nothing outside of the directory is read: %s', async (run) => {
  const outside = await scratchFolder()
  const directory = join(outside, 'runs')
  await mkdir(join(directory, 'metadata_folder.json'), { recursive: true })
  await writeSampleRun(outside, 'metadata_secret.json', { taskName: 'secret' })
  await symlink(outside, join(directory, 'link'))
  await symlink(join(outside, 'metadata_secret.json'), join(directory, 'metadata_link.json'))
  await writeFile(join(directory, 'package.json'), '{}')
  const handler = await studioOf(directory)
  for (const name of ['run', 'timeline', 'records', 'file']) {
    const response = await ask(handler, address(name, { run }))
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('secret"')
  }
  expect((await runsOf(handler)).rows).toEqual([])
})

test.each([
  ['is empty', ''],
  ['is no JSON', '{"metadata_version": "1.1.0", '],
  ['has wrong types', '{"metadata_version": "1.1.0", "execution": 7, "models": []}'],
  ['is of another version', '{"metadata_version": "9.0.0"}'],
  ['is nested deeply', `{"metadata_version": "1.1.0", "execution": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
])('a file that %s is refused with a reason, and the others are shown', async (_name, text) => {
  const directory = await scratchFolder()
  await writeSampleRun(directory, key)
  await writeFile(join(directory, 'metadata_broken_2026-11-23_18-19-07.json'), text)
  const handler = await studioOf(directory)
  const { rows, refused } = await runsOf(handler)
  expect(rows).toHaveLength(1)
  expect(refused).toHaveLength(1)
  const response = await ask(handler, address('run', { run: 'metadata_broken_2026-11-23_18-19-07.json' }))
  expect(response.status).toBe(404)
  expect((await response.json()).error.length).toBeGreaterThan(10)
})

test('a file that is far too large is not read', async () => {
  const directory = await scratchFolder()
  await writeFile(join(directory, 'metadata_huge_2026-11-23_18-19-07.json'), Buffer.alloc(200_000_000, ' '))
  const { refused } = await runsOf(await studioOf(directory))
  expect(refused).toEqual([
    { key: 'metadata_huge_2026-11-23_18-19-07.json', reason: '200 MB is too large for a metadata file' },
  ])
})

test('the file comes as it stands on the disk, to be saved', async () => {
  const directory = await scratchFolder()
  const path = await writeSampleRun(directory, key)
  const response = await ask(await studioOf(directory), address('file', { run: key }))
  expect(response.headers.get('content-disposition')).toContain('attachment')
  expect(await response.text()).toBe(await readFile(path, 'utf8'))
})

test('a run without a ledger has no timeline and no records', async () => {
  const directory = await scratchFolder()
  await writeSampleRun(directory, key, { hasLedger: false })
  const handler = await studioOf(directory)
  for (const name of ['timeline', 'records', 'record']) {
    expect(await (await ask(handler, address(name, { run: key, record: 'record-1' }))).json()).toBeNull()
  }
})

test('a change of the list is told, once', async () => {
  const directory = await scratchFolder()
  const handler = await studioOf(directory)
  const reader = (await ask(handler, '/api/changes')).body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toContain('event: change')
  await writeSampleRun(directory, key)
  expect((await reader?.read())?.value).toContain('event: change')
  await reader?.cancel()
})

test('two runs are compared as `sygra compare` does', async () => {
  const directory = await scratchFolder()
  await writeSampleRun(directory, key)
  const slower = 'metadata_slow_2026-11-23_18-19-07.json'
  await writeSampleRun(directory, slower, { slowness: 2, runId: 'slow' })
  const answer = await (await ask(await studioOf(directory), address('compare', { base: key, head: slower }))).json()
  const verdicts = answer.comparison.totals.map(({ verdict }: { verdict: string }) => verdict)
  expect(verdicts).toContain('worse')
})

test('what is not there is not found', async () => {
  const handler = await studioOf(await scratchFolder())
  expect((await ask(handler, '/nothing')).status).toBe(404)
  expect((await ask(handler, '/api/nothing')).status).toBe(404)
  expect((await ask(handler, '/api/run')).status).toBe(404)
})

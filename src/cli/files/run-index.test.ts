import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SampleRunOptions, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { readRunRows } from './read-run-rows.ts'
import { RunIndex, runIndexPath } from './run-index.ts'

let directory = ''
let indexPath = ''
let paths: string[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-index-'))
  indexPath = join(directory, 'cache', 'runs.json')
  const text = JSON.stringify(sampleMetadata({ records: 1 }))
  paths = Array.from({ length: 210 }, (_, number) => join(directory, `metadata_${number}.json`))
  for (const path of paths) writeFileSync(path, text)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function put(path: string, options: SampleRunOptions): void {
  writeFileSync(path, JSON.stringify(sampleMetadata({ records: 1, ...options })))
}

function rows() {
  return readRunRows(paths, new RunIndex(indexPath)).rows
}

test('the second time the rows come from the index, and are the same', () => {
  const first = rows()
  expect(first).toEqual(readRunRows(paths).rows)
  const [path = ''] = paths
  expect(new RunIndex(indexPath).find(path, statSync(path))).toEqual(first[0])
  expect(rows()).toEqual(first)
})

test('a file that was written since is read again, even when its size and its time are the same', () => {
  rows()
  const [path = ''] = paths
  const { atime, mtime } = statSync(path)
  put(path, { taskName: 'examples.code_assistanT' })
  utimesSync(path, atime, mtime)
  expect(rows()[0]?.task).toBe('examples.code_assistanT')
})

test('a file that is gone is left out and forgotten', () => {
  rows()
  const gone = paths.shift() ?? ''
  rmSync(gone)
  expect(rows()).toHaveLength(209)
  expect(readFileSync(indexPath, 'utf8')).not.toContain(gone)
})

test.each([
  ['is damaged', (text: string) => text.replace('"records":1', '"records":7')],
  ['is cut off', (text: string) => text.slice(0, 1000)],
  ['is empty', () => ''],
  ['is of another kind', () => '0\n{"version":1}'],
])('an index that %s is thrown away and built anew', (_, spoil) => {
  const right = rows()
  const good = readFileSync(indexPath, 'utf8')
  writeFileSync(indexPath, spoil(good))
  expect(rows()).toEqual(right)
  expect(readFileSync(indexPath, 'utf8')).toBe(good)
})

test('whether a run goes on is asked each time', () => {
  const [path = ''] = paths
  put(path, { status: undefined, host: hostname(), pid: process.pid, startedAtMs: Date.now() })
  expect(rows()[0]?.status).toBe('running')
  // No process has this id: it is above what the system gives out.
  put(path, { status: undefined, host: hostname(), pid: 2 ** 22 + 1 })
  expect(rows()[0]?.status).toBe('dead')
  expect(new RunIndex(indexPath).find(path, statSync(path))).toBeUndefined()
})

test('an index that cannot be written is no fault, and directories have indexes of their own', () => {
  writeFileSync(join(directory, 'cache'), 'a file, not a folder')
  expect(rows()).toHaveLength(210)
  const environment = { XDG_CACHE_HOME: '/cache' }
  expect(runIndexPath('/a', environment)).toMatch(/^\/cache\/sygra\/runs_[\da-f]{16}\.json$/)
  expect(runIndexPath('/a', environment)).not.toBe(runIndexPath('/b', environment))
})

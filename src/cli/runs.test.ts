import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SampleRunOptions, sampleMetadata } from '../../test/helpers/sample-run.ts'
import { readRunRows } from './files/read-run-rows.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-runs-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

function put(name: string, options: SampleRunOptions, indent = 2): string {
  const path = join(directory, name)
  writeFileSync(path, JSON.stringify(sampleMetadata({ records: 3, ...options }), null, indent))
  return path
}

// No process has this id: it is above what the system gives out.
const noPid = 2 ** 22 + 1

test('a running run is dead when its process is gone, and believed when it runs elsewhere', () => {
  const own = { status: undefined, host: hostname(), pid: process.pid }
  const paths = [
    put('own.json', { ...own, startedAtMs: Date.now() }),
    // Another process that got the same number later.
    put('old.json', { ...own, startedAtMs: Date.now() - 1000 * 86_400_000 }),
    put('gone.json', { status: undefined, host: hostname(), pid: noPid }),
    put('elsewhere.json', { status: undefined, host: 'another-machine', pid: noPid }),
  ]
  expect(readRunRows(paths).rows.map(({ status }) => status)).toEqual(['running', 'dead', 'dead', 'running'])
})

test('a file on one line gives the same row as an indented one', () => {
  const { rows } = readRunRows([put('a.json', {}), put('b.json', {}, 0)])
  expect({ ...rows[0], path: '' }).toEqual({ ...rows[1], path: '' })
})

test('a long beginning is read whole', () => {
  const { rows } = readRunRows([put('long.json', { taskName: 'é'.repeat(20_000) })])
  expect(rows[0]?.task).toHaveLength(20_000)
})

test('files that are broken or gone are left out and named', () => {
  const broken = join(directory, 'broken.json')
  writeFileSync(broken, '{"metadata_version": "1.1.0", ')
  const { rows, unreadablePaths } = readRunRows([broken, join(directory, 'gone.json'), put('good.json', {})])
  expect(rows).toHaveLength(1)
  expect(unreadablePaths).toEqual([broken, join(directory, 'gone.json')])
})

import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeLock } from './file-lock.ts'
import { isAlive } from './run-owner.ts'

const newPath = () => join(mkdtempSync(join(tmpdir(), 'sygra-lock-')), 'metadata', 'run.lock')
const host = hostname()
// Larger than any process number of Linux, macOS and Windows that is in use.
const deadPid = 2 ** 22 + 7

test('a lock is held by one only, until it is released', () => {
  const path = newPath()
  const first = takeLock(path)
  expect(first.type).toBe('held')
  expect(takeLock(path)).toMatchObject({ type: 'taken', owner: { pid: process.pid, host } })
  if (first.type === 'held') first.release()
  expect(existsSync(path)).toBe(false)
  expect(takeLock(path).type).toBe('held')
})

test.each([
  ['of a process that is gone', JSON.stringify({ pid: deadPid, host, startedAtMs: 1 })],
  ['of a process whose number this one has got', JSON.stringify({ pid: process.pid, host, startedAtMs: 1 })],
  ['that is empty, as after a power cut', ''],
])('a lock %s is taken over', (_, text) => {
  const path = newPath()
  const first = takeLock(path)
  if (first.type === 'held') first.release()
  writeFileSync(path, text)
  expect(takeLock(path).type).toBe('held')
})

test('a lock from another machine is believed', () => {
  const path = newPath()
  const first = takeLock(path)
  if (first.type === 'held') first.release()
  writeFileSync(path, JSON.stringify({ pid: deadPid, host: 'elsewhere', startedAtMs: 1 }))
  expect(takeLock(path)).toMatchObject({ type: 'taken', owner: { host: 'elsewhere' } })
})

test('this process is alive, one that is gone is not, one on another machine is believed to be', () => {
  expect(isAlive({ pid: process.pid, host, startedAtMs: Date.now() })).toBe(true)
  expect(isAlive({ pid: deadPid, host })).toBe(false)
  expect(isAlive({ pid: deadPid, host: 'elsewhere' })).toBe(true)
  expect(isAlive({ pid: null, host: null })).toBe(true)
})

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { takeLock } from './file-lock.ts'
import { isAlive, thisOwner } from './run-owner.ts'

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
  ['of a process before the last boot', JSON.stringify({ ...thisOwner(), bootId: 'another' })],
  ['of an earlier process of this number', JSON.stringify({ ...thisOwner(), startTicks: 1, startedAtMs: Date.now() })],
  ['that is empty, as after a power cut', ''],
])('a lock %s is taken over', (_, text) => {
  const path = newPath()
  const first = takeLock(path)
  if (first.type === 'held') first.release()
  writeFileSync(path, text)
  // Who took a lock over before died in the middle of it.
  writeFileSync(`${path}.next`, text)
  expect(takeLock(path).type).toBe('held')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host })
  expect(readdirSync(dirname(path))).toEqual(['run.lock'])
})

test('the clock of the wall does not make a live process look dead', () => {
  const path = newPath()
  takeLock(path)
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"startedAtMs":\d+/, '"startedAtMs":1'))
  expect(takeLock(path).type).toBe('taken')
})

test('of many processes that find one dead lock at once a single one gets it, each time', async () => {
  const path = newPath()
  takeLock(path)
  const program = `
    const { takeLock } = await import(${JSON.stringify(resolve('dist/runtime/files/file-lock.js'))})
    const { writeFileSync } = await import('node:fs')
    process.stdout.write('ready')
    await new Promise((done) => process.stdin.once('data', done))
    const held = []
    for (let round = 0; round < 200; round += 1) {
      const lock = takeLock(process.argv[1] + round)
      if (lock.type === 'held') held.push(round)
    }
    process.stdout.write(JSON.stringify(held))
    await new Promise((done) => process.stdin.once('end', done).resume())`
  for (let round = 0; round < 200; round += 1) {
    writeFileSync(`${path}${round}`, JSON.stringify({ pid: deadPid, host }))
  }
  const children = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, path])
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += String(chunk)
    })
    const said = (what: RegExp) =>
      new Promise<string>((done) => {
        const look = () => {
          if (what.test(text)) done(text)
        }
        child.stdout.on('data', look)
      })
    return { child, ready: said(/ready/), done: said(/\]$/) }
  })
  await Promise.all(children.map(({ ready }) => ready))
  for (const { child } of children) child.stdin.write('go')
  const held = (await Promise.all(children.map(({ done }) => done))).map((text): number[] =>
    JSON.parse(text.slice(text.indexOf('['))),
  )
  for (const { child } of children) child.stdin.end()
  expect(held.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, round) => round))
})

function held(path: string) {
  const lock = takeLock(path)
  if (lock.type !== 'held') throw new Error('it is taken')
  return lock
}

test('a lock that was removed is put back, with its folder; who has taken it meanwhile is told, and keeps it', () => {
  const path = newPath()
  const first = held(path)
  const text = readFileSync(path, 'utf8')
  expect(first.keep()).toBeUndefined()
  rmSync(dirname(path), { recursive: true })
  expect(first.keep()).toBeUndefined()
  expect(readFileSync(path, 'utf8')).toBe(text)
  expect(readdirSync(dirname(path))).toEqual(['run.lock'])
  rmSync(path)
  const second = held(path)
  expect(first.keep()).toMatchObject({ pid: process.pid, host })
  first.release()
  expect(second.keep()).toBeUndefined()
  second.release()
  expect(existsSync(path)).toBe(false)
  // What has been released is not put back.
  expect([second.keep(), existsSync(path)]).toEqual([undefined, false])
})

test('a lock of which nothing can be learnt, and a place that cannot be written, are no other process', () => {
  const path = newPath()
  const lock = held(path)
  writeFileSync(path, '')
  expect(lock.keep()).toBeUndefined()
  rmSync(dirname(path), { recursive: true })
  writeFileSync(dirname(path), 'a file where the folder was')
  expect(lock.keep()).toBeUndefined()
})

test('a lock is for its owner alone', () => {
  const path = newPath()
  held(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
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

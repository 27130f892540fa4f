import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { writeAtomic, writeAtomicSync } from './write-atomic.ts'

/** The other threads of the process finish what they were given, while no line of JavaScript runs, as at an exit. */
const letThreadsFinish = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)

test('what is written at an exit is not replaced by an older text that is on its way', async () => {
  const path = join(await scratchFolder(), 'metadata.json')
  const [older, newer] = ['older'.padEnd(20_000), 'newer'.padEnd(20_000)]
  let replaced = 0
  for (let round = 0; round < 400; round += 1) {
    const onItsWay = writeAtomic(path, older).catch(() => {})
    for (let turn = 0; turn < round % 20; turn += 1) await new Promise((done) => setImmediate(done))
    writeAtomicSync(path, newer)
    letThreadsFinish()
    if (readFileSync(path, 'utf8') !== newer) replaced += 1
    await onItsWay
  }
  expect(replaced).toBe(0)
})

test('a file is there whole, for its owner alone, and nothing is left beside it', async () => {
  const path = join(await scratchFolder(), 'metadata', 'metadata.json')
  await Promise.all([writeAtomic(path, 'first', { isSynced: true })])
  writeAtomicSync(path, 'second')
  expect([readFileSync(path, 'utf8'), readdirSync(dirname(path))]).toEqual(['second', ['metadata.json']])
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})

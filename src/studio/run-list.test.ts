import { rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/helpers/scratch-folder.ts'
import { writeSampleRun } from '../../test/helpers/studio-runs.ts'
import { studioFiles } from '../cli/files/studio-files.ts'
import { RunList } from './run-list.ts'

function keyOf(number: number): string {
  return `tasks/demo/metadata/metadata_demo_2026-11-${10 + number}_10-00-00.json`
}

async function listOf(count: number, startMs = 1_000) {
  const directory = await scratchFolder()
  for (let number = 0; number < count; number += 1) {
    await writeSampleRun(directory, keyOf(number), {
      runId: `run-${number}`,
      startedAtMs: Date.UTC(2026, 10, 10 + number),
      models: number === 0 ? ['gpt-4o'] : ['gpt-4o-mini'],
    })
  }
  let nowMs = startMs
  const list = new RunList({ directory, files: studioFiles(directory), nowMs: () => nowMs })
  const later = () => {
    nowMs += 1_000
  }
  return { directory, list, later }
}

/** Asks until the list is as it should be; what each run spent at which model is read when there is time. */
async function until(
  list: RunList,
  later: () => void,
  isThere: (answer: Awaited<ReturnType<RunList['runs']>>) => boolean,
) {
  for (;;) {
    const answer = await list.runs()
    if (answer.isWhole && isThere(answer)) return answer
    later()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('who has the list gets only what has changed since', async () => {
  const { directory, list, later } = await listOf(3)
  const whole = await until(list, later, ({ rows }) => rows.every(({ models }) => models !== undefined))
  expect(whole.isDelta).toBe(false)
  expect(whole.rows.map(({ runId }) => runId)).toEqual(['run-2', 'run-1', 'run-0'])
  expect(whole.rows.at(-1)?.models?.map(({ model }) => model)).toEqual(['gpt-4o'])
  expect((await list.runs(whole.version)).rows).toEqual([])
  await writeSampleRun(directory, keyOf(4), { runId: 'new', startedAtMs: Date.UTC(2026, 10, 14) })
  await rm(join(directory, keyOf(0)))
  await until(list, later, ({ rows }) => rows.length === 3 && rows[0]?.runId === 'new' && rows[0].models !== undefined)
  const changes = await list.runs(whole.version)
  expect(changes.isDelta).toBe(true)
  expect(changes.rows.map(({ runId }) => runId)).toEqual(['new'])
  expect(changes.removed).toEqual([keyOf(0)])
})

test('a folder that has not changed is not read again', async () => {
  const { directory, list, later } = await listOf(2)
  const { version } = await until(list, later, ({ rows }) => rows.every(({ models }) => models !== undefined))
  const folder = join(directory, 'tasks/demo/metadata')
  await utimes(folder, new Date(0), new Date(0))
  later()
  await list.runs()
  later()
  expect((await list.runs(version)).rows).toEqual([])
})

test('the first run of a place is soon there, however long the first look at all took', async () => {
  const directory = await scratchFolder()
  let nowMs = 1_000
  const files = studioFiles(directory)
  let finds = 0
  const find = async () => {
    // The first look loads what finds files, beside a busy program: ten seconds.
    finds += 1
    if (finds === 1) nowMs += 10_000
    return files.find()
  }
  const list = new RunList({ directory, files: { ...files, find }, nowMs: () => nowMs })
  expect((await list.runs()).rows).toEqual([])
  await writeSampleRun(directory, keyOf(0), { runId: 'first' })
  // Within a tenth of the 500 seconds after which everything is looked at again.
  let rows = 0
  for (let look = 0; look < 50 && rows === 0; look += 1) {
    nowMs += 1_000
    rows = (await list.runs()).rows.length
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(rows).toBe(1)
})

test('the run before is of the same task and kind', async () => {
  const { list, later } = await listOf(3)
  const { rows } = await until(list, later, () => true)
  const [latest, second, first] = rows
  if (latest === undefined || first === undefined) throw new Error('runs are missing')
  expect((await list.previousOf(latest))?.path).toBe(second?.path)
  expect(await list.previousOf(first)).toBeUndefined()
})

test('the number of another list is none of this one, and a run that is broken leaves the list', async () => {
  const before = await listOf(3, 1_000)
  const { version } = await until(before.list, before.later, ({ rows }) =>
    rows.every(({ models }) => models !== undefined),
  )
  const { directory, list, later } = await listOf(3, 60_000)
  const whole = await until(list, later, ({ rows }) => rows.every(({ models }) => models !== undefined))
  expect((await list.runs(version)).isDelta).toBe(false)
  await writeFile(join(directory, keyOf(1)), '{')
  await until(list, later, ({ rows }) => rows.length === 2)
  const changes = await list.runs(whole.version)
  expect(changes).toMatchObject({ isDelta: true, rows: [], removed: [keyOf(1)], refused: [{ key: keyOf(1) }] })
})

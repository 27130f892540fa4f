import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { findLedger } from '../recover.ts'
import { findRun } from './find-run.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-find-run-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

function put(path: string, text: string): string {
  const full = join(directory, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  return full
}

function putRun(path: string, runId = '0a1b2c3d'): string {
  return put(path, JSON.stringify(sampleMetadata({ records: 1, runId }), null, 2))
}

const task = 'tasks/examples/demo/metadata/metadata_tasks_examples_demo'

test('without a reference it is the latest run', async () => {
  putRun(`${task}_2026-11-22_10-00-00.json`)
  const latest = putRun('output/metadata/metadata_other_2026-11-23_10-00-00.json')
  expect(await findRun(undefined, { directory })).toBe(latest)
  expect(await findRun('latest', { directory })).toBe(latest)
})

test('of two runs of the same second the later one has the larger ordinal', async () => {
  putRun(`${task}_2026-11-22_10-00-00.json`)
  putRun(`${task}_2026-11-22_10-00-00_2.json`)
  const latest = putRun(`${task}_2026-11-22_10-00-00_10.json`)
  expect(await findRun(undefined, { directory })).toBe(latest)
})

test('a file with a name of its own counts by its last change', async () => {
  putRun(`${task}_2026-11-22_10-00-00.json`)
  const own = putRun('metadata/metadata_mine.json')
  utimesSync(own, new Date(2026, 10, 23), new Date(2026, 10, 23))
  expect(await findRun(undefined, { directory })).toBe(own)
})

test('a metadata file is itself, whatever its name', async () => {
  const path = putRun('somewhere/run.json')
  expect(await findRun('somewhere/run.json', { directory })).toBe(path)
})

test('an output file leads to the metadata of its run', async () => {
  putRun(`${task}_2026-11-23_10-00-00.json`)
  const mine = putRun(`${task}_2026-11-22_10-00-00.json`)
  put('tasks/examples/demo/output_2026-11-22_10-00-00.json', '[]')
  put('tasks/examples/demo/output_2026-11-22_10-00-00_failed.jsonl', '')
  expect(await findRun('tasks/examples/demo/output_2026-11-22_10-00-00.json', { directory })).toBe(mine)
  expect(await findRun('tasks/examples/demo/output_2026-11-22_10-00-00_failed.jsonl', { directory })).toBe(mine)
})

test('the output that a killed run would have written leads to its metadata file, and to its ledger without one', async () => {
  const mine = putRun(`${task}_2026-11-22_10-00-00.json`)
  putRun(`${task}_2026-11-23_10-00-00.json`)
  const ledger = put(
    mine
      .replace(`${directory}/`, '')
      .replace('metadata_', 'ledger_')
      .replace(/\.json$/, '.jsonl'),
    '',
  )
  const output = 'tasks/examples/demo/output_2026-11-22_10-00-00.json'
  expect(await findRun(output, { directory })).toBe(mine)
  expect(await findLedger(output, directory)).toBe(ledger)
  rmSync(mine)
  expect(await findLedger(output, directory)).toBe(ledger)
  await expect(findRun('tasks/none/output_2026-11-22_10-00-00.json', { directory })).rejects.toThrow(/no run/)
})

test('an output file without a timestamp is found by the path in the metadata', async () => {
  const output = put('out/output.json', '[]')
  const metadata = sampleMetadata({ records: 1 })
  const named = { ...metadata, execution: { ...metadata.execution, output_path: output } }
  const path = put('out/metadata/metadata_demo_2026-11-22_10-00-00.json', JSON.stringify(named, null, 2))
  putRun('out/metadata/metadata_demo_2026-11-23_10-00-00.json')
  expect(await findRun('out/output.json', { directory })).toBe(path)
})

test('a name that runs were given leads to the latest of them, unless a task is called so', async () => {
  const named = (path: string, run_name: string) => {
    const metadata = sampleMetadata({ records: 1 })
    return put(path, JSON.stringify({ ...metadata, execution: { ...metadata.execution, run_name } }, null, 2))
  }
  named('metadata/metadata_app_2026-11-22_10-00-00.json', 'nightly "1"')
  const later = named('metadata/metadata_app_2026-11-23_10-00-00.json', 'nightly "1"')
  named('metadata/metadata_app_2026-11-24_10-00-00.json', 'other')
  const app = named('metadata/metadata_app_2026-11-25_10-00-00.json', 'x')
  expect(await findRun('nightly "1"', { directory })).toBe(later)
  expect(await findRun('app', { directory })).toBe(app)
  await expect(findRun('nightly', { directory })).rejects.toThrow('no run "nightly"')
})

test('a directory means its latest run', async () => {
  const path = putRun('deep/er/metadata/metadata_x_2026-11-22_10-00-00.json')
  expect(await findRun('deep', { directory })).toBe(path)
})

test.each(['examples.demo', 'tasks.examples.demo', 'tasks/examples/demo'])(
  'a task is found as %s',
  async (reference) => {
    putRun('metadata/metadata_other_2026-11-23_10-00-00.json')
    const path = putRun(`${task}_2026-11-22_10-00-00.json`)
    expect(await findRun(reference, { directory })).toBe(path)
  },
)

test('a run is found by its id and by the beginning of it', async () => {
  putRun(`${task}_2026-11-23_10-00-00.json`, 'bbbb-1')
  const path = putRun(`${task}_2026-11-22_10-00-00.json`, 'aaaa-1')
  expect(await findRun('aaaa-1', { directory })).toBe(path)
  expect(await findRun('aaaa', { directory })).toBe(path)
})

test('a beginning that several ids share is refused with the ids', async () => {
  putRun(`${task}_2026-11-23_10-00-00.json`, 'aaaa-1')
  putRun(`${task}_2026-11-22_10-00-00.json`, 'aaaa-2')
  await expect(findRun('aaaa', { directory })).rejects.toThrow('"aaaa-1" or "aaaa-2"')
})

test('what cannot be found says what was looked for, where, and what is near', async () => {
  await expect(findRun(undefined, { directory })).rejects.toThrow(`no runs in ${directory}`)
  putRun(`${task}_2026-11-23_10-00-00.json`)
  await expect(findRun('examples.dmeo', { directory })).rejects.toThrow('did you mean "examples.demo"?')
  await expect(findRun('zzzzzzzzzzzzzz', { directory })).rejects.toThrow('tasks with runs: "examples.demo"')
  put('empty/readme.txt', '')
  await expect(findRun('empty', { directory })).rejects.toThrow('no runs under "empty"')
  await expect(findRun('empty/readme.txt', { directory })).rejects.toThrow('"empty/readme.txt" is not a metadata file')
})

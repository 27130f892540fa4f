import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, expectTypeOf, test } from 'vitest'
import { type Metadata, Workflow } from '../../src/index.ts'
import { projectWithExample, runCliInShared } from '../helpers/run-cli.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

const questions = Array.from({ length: 6 }, (_, index) => ({ id: `q${index}`, text: `Question ${index}?` }))

function asking(name = 'no_files') {
  return new Workflow(name).source(questions).llm('gpt-4o-mini', '{text}', { output: 'answer' })
}

test('a run without files gives rows and metadata back and leaves nothing on the disk', async () => {
  const outputDir = await scratchFolder()
  const { records, metadata, outputPath, metadataPath, isResumable } = await asking().run({
    output: false,
    outputDir,
    simulate: { timeScale: 0 },
  })
  expect(records.map(({ id }) => id)).toEqual(questions.map(({ id }) => id))
  expect(metadata.aggregate_statistics).toMatchObject({
    requests: { total_requests: 6 },
    records: { total_processed: 6 },
  })
  expect(metadata.execution).toMatchObject({ output_dir: null, output_path: null })
  expect({ outputPath, metadataPath, isResumable }).toEqual({
    outputPath: null,
    metadataPath: null,
    isResumable: false,
  })
  expect(readdirSync(outputDir)).toEqual([])
  expect(existsSync(join('tasks', 'no_files'))).toBe(false)
})

test('its limits hold, its failures are told, and what was stopped says that it cannot be resumed', async () => {
  const limited = await asking().run({ output: false, simulate: { timeScale: 0 }, maxRequests: 4, batchSize: 1 })
  expect(limited).toMatchObject({ status: 'interrupted', isResumable: false, stopped: { type: 'limit' } })
  expect(limited.metadata.aggregate_statistics.requests.total_requests).toBe(4)
  const failing = new Workflow('failing').source(questions).lambda(({ id }) => {
    if (id === 'q2') throw new Error('no')
    return { done: true }
  })
  const { failures, records } = await failing.run({ output: false })
  expect(failures.map(({ recordId }) => recordId)).toEqual(['q2'])
  expect(records).toHaveLength(5)
})

test('resuming, and what a task writes besides its output, are refused', async () => {
  await expect(asking().run({ output: false, resume: true })).rejects.toThrow('a run is resumed from its files')
  await expect(asking().sink('rows.jsonl').run({ output: false, simulate: true })).rejects.toThrow(
    /a sink, .*rows\.jsonl/,
  )
  const processed = asking().graphPostProcess((rows) => rows)
  await expect(processed.run({ output: false, simulate: true })).rejects.toThrow('graph_post_process')
})

test('a folder that cannot be written leads to it', async () => {
  await expect(asking().run({ simulate: true, outputDir: 'package.json/x' })).rejects.toThrow(
    /another folder with `outputDir`, or write no files with `output: false`/,
  )
})

test('types know what is surely there', () => {
  const run = () => asking().run({ simulate: true })
  expectTypeOf(run).returns.resolves.toHaveProperty('metadata').toEqualTypeOf<Metadata>()
  expectTypeOf(run).returns.resolves.toHaveProperty('outputPath').toEqualTypeOf<string>()
  const bare = () => asking().run({ output: false })
  expectTypeOf(bare).returns.resolves.toHaveProperty('metadata').toEqualTypeOf<Metadata>()
  expectTypeOf(bare).returns.resolves.toHaveProperty('outputPath').toEqualTypeOf<string | null>()
  const off = () => asking().run({ disableMetadata: true })
  expectTypeOf(off).returns.resolves.toHaveProperty('metadata').toEqualTypeOf<Metadata | null>()
  expectTypeOf(off).returns.resolves.toHaveProperty('outputPath').toEqualTypeOf<string>()
  // @ts-expect-error an option that there is not
  const misspelt = () => asking().run({ maxCost: 1 })
  expect(misspelt).toBeTypeOf('function')
})

test('sygra run --no-output prints the rows as JSON lines and what it came to beside them', async () => {
  const directory = projectWithExample('code_assistant')
  const before = readdirSync(join(directory, 'tasks/examples/code_assistant'))
  const { code, stdout, stderr } = await runCliInShared(
    ['run', '-t', 'examples.code_assistant', '--simulate', '--simulate-speed', '1000', '-n', '3', '--no-output'],
    { directory },
  )
  expect(code).toBe(0)
  const rows = stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(rows).toHaveLength(3)
  expect(stderr).toMatch(/^cost +\$\S+ simulated/m)
  expect(readdirSync(join(directory, 'tasks/examples/code_assistant'))).toEqual(before)
  const both = await runCliInShared(['run', '-t', 'examples.code_assistant', '--simulate', '--no-output', '--json'], {
    directory,
  })
  expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('leave one of them out') })
})

test('sygra run --no-output stops when whoever reads its rows has gone away', async () => {
  const directory = await scratchFolder()
  await runCliInShared(['init'], { directory })
  const rows = Array.from({ length: 400 }, (_, index) => JSON.stringify({ id: `r${index}`, text: 'A text.' }))
  writeFileSync(join(directory, 'tasks/my_task/data.jsonl'), `${rows.join('\n')}\n`)
  const args = ['run', '-t', 'my_task', '-n', 'all', '--batch-size', '4', '--simulate', '--simulate-speed', '20']
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args, '--no-output'], { cwd: directory })
  const told = text(child.stderr)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'close')
  expect(code).toBe(141)
  expect(await told).toContain('nobody reads the rows any more')
  const requests = Number(/^requests +([\d,]+)/m.exec(await told)?.[1]?.replace(',', ''))
  expect(requests).toBeGreaterThan(0)
  expect(requests).toBeLessThan(200)
})

import { readFileSync } from 'node:fs'
import { expect, expectTypeOf, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { Workflow } from '../workflow.ts'

const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `r${n}`, n }))
const doubling = (count: number) => new Workflow('stream').source(rows(count)).lambda(({ n }) => ({ double: n * 2 }))

test('a loop gets every row once, with its fields typed; then the result is there', async () => {
  const stream = doubling(20).stream({ outputDir: await scratchFolder(), batchSize: 4 })
  const seen: number[] = []
  for await (const record of stream) {
    expectTypeOf(record.double).toBeNumber()
    seen.push(record.double)
  }
  expect(seen.sort((a, b) => a - b)).toEqual(rows(20).map(({ n }) => n * 2))
  const { status, records, metadata } = await stream.result
  expect({ status, records }).toEqual({ status: 'complete', records: [] })
  expect(metadata?.aggregate_statistics.records.total_processed).toBe(20)
})

test('a record that finishes first comes first', async () => {
  let release = () => {}
  const slow = new Promise<void>((resolve) => {
    release = resolve
  })
  const graph = new Workflow('order').source(rows(3)).lambda(async ({ n }) => {
    if (n === 0) await slow
  })
  const seen: string[] = []
  for await (const { id } of graph.stream({ outputDir: await scratchFolder() })) {
    seen.push(id)
    if (seen.length === 2) release()
  }
  expect(seen).toEqual(['r1', 'r2', 'r0'])
})

test('a loop that does not go on holds the run back', async () => {
  let started = 0
  const graph = new Workflow('slow_loop').source(rows(50)).lambda(() => {
    started += 1
  })
  const stream = graph.stream({ outputDir: await scratchFolder(), batchSize: 3 })
  const iterator = stream[Symbol.asyncIterator]()
  await iterator.next()
  // Everything that can happen without the loop has happened when the event loop has nothing left to do.
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(started).toBeLessThanOrEqual(4)
  await iterator.return?.()
})

test('leaving the loop stops the run: what is in work is finished and written, and it can be resumed', async () => {
  const directory = await scratchFolder()
  const stream = doubling(100).stream({ outputDir: directory, batchSize: 2 })
  for await (const record of stream) {
    expect(record).toHaveProperty('double')
    break
  }
  const result = await stream.result
  expect(result).toMatchObject({ status: 'interrupted', stopped: { message: 'the loop over its records was left' } })
  const done: { id: string }[] = JSON.parse(readFileSync(result.outputPath, 'utf8'))
  expect(done.length).toBeGreaterThan(0)
  expect(done.length).toBeLessThan(100)
  const rest: string[] = []
  for await (const { id } of doubling(100).stream({ outputDir: directory, resume: true })) rest.push(id)
  expect([...done.map(({ id }) => id), ...rest].sort()).toEqual(
    rows(100)
      .map(({ id }) => id)
      .sort(),
  )
})

test('what stops the run is thrown by the loop, and the result rejects with it', async () => {
  const graph = new Workflow('broken').source(rows(3)).lambda(() => undefined)
  const stream = graph.override('graph_config.nodes.lambda_1.nodetype', 'x').stream()
  const loop = async () => {
    for await (const record of stream) expect(record).toBeUndefined()
  }
  await expect(loop()).rejects.toThrow(/nodetype/)
  await expect(stream.result).rejects.toThrow(/nodetype/)
})

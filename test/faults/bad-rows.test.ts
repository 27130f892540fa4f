import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../src/errors.ts'
import type { RunOptions } from '../../src/workflow/run/run-options.ts'
import { Workflow } from '../../src/workflow/workflow.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

// A value that JSON cannot hold fails its own record, by its name and its key; the others are done, and the run can go on.

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = { a: value }
  return value
}

function circular(): unknown {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}

class Secretive {
  #inside = 1
  look() {
    return this.#inside
  }
}

const fails = () => {
  throw new Error('no')
}

/** What each gives, made anew for each run, and the path at which it is to be named. */
const unwritable: Readonly<Record<string, readonly [() => unknown, string]>> = {
  'a circle': [circular, 'value.self'],
  'a circle through a list': [
    () => {
      const list: unknown[] = []
      list.push([list])
      return list
    },
    'value.0.0',
  ],
  'too many levels': [() => deep(20_000), 'value.a.a'],
  'a Map': [() => new Map([['a', 1]]), 'value'],
  'a Set in an object': [() => ({ inner: new Set([1]) }), 'value.inner'],
  'a getter that throws': [() => Object.defineProperty({}, 'a', { enumerable: true, get: fails }), 'value.a'],
  'a toJSON that throws': [() => ({ toJSON: fails }), 'value'],
  'a function': [() => () => 1, 'value'],
  'a symbol': [() => [Symbol('s')], 'value.0'],
  'an error': [() => new Error('no'), 'value'],
  'an object without keys of its own': [() => new Secretive(), 'value'],
  'a promise': [() => Promise.resolve(1), 'value'],
  'a WeakMap': [() => new WeakMap(), 'value'],
  'a regular expression': [() => /a/, 'value'],
}

/** What is written as something else: the value, and what stands in the row. */
const written: Readonly<Record<string, readonly [() => unknown, unknown]>> = {
  'a small BigInt': [() => 7n, 7],
  'a large BigInt': [() => 2n ** 70n, String(2n ** 70n)],
  NaN: [() => Number.NaN, null],
  'an infinite number': [() => Number.NEGATIVE_INFINITY, null],
  'a date': [() => new Date(0), '1970-01-01T00:00:00.000Z'],
  'a date that is none': [() => new Date('no'), null],
  bytes: [() => new Uint8Array([1, 2]), 'AQI='],
  'a list of numbers': [() => new Float64Array([1, 2]), [1, 2]],
  'an instance with keys': [() => Object.assign(new Secretive(), { shown: 1 }), { shown: 1 }],
  'an object without a prototype': [() => Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
}

type Place = 'the source' | 'a result'

async function runWith(make: () => unknown, place: Place) {
  const outputDir = await scratchFolder()
  const rows = ['a', 'b', 'c', 'd'].map((id) => (id === 'b' && place === 'the source' ? { id, value: make() } : { id }))
  const graph = new Workflow('bad rows')
    .source(rows)
    .lambda(({ id }) => (id === 'b' && place === 'a result' ? { value: make() } : { other: 1 }))
  return (options: RunOptions = {}) => graph.run({ outputDir, batchSize: 1, ...options })
}

const failuresOf = (outputPath: string | null) =>
  readFileSync((outputPath ?? '').replace('.json', '_failed.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line): { id: string; error: string } => JSON.parse(line))

const places: readonly Place[] = ['the source', 'a result']

describe.each(places)('in %s', (place) => {
  test.each(Object.entries(unwritable))('%s fails its record, and a resume goes on', async (_, [make, path]) => {
    const run = await runWith(make, place)
    const first = await run({ pauseAfter: 3 })
    expect(first.status).toBe('interrupted')
    expect(first.failures.map(({ recordId }) => recordId)).toEqual(['b'])
    expect(messageOf(first.failures[0]?.error)).toContain(path)
    const { status, metadata, outputPath, records } = await run({ resume: true })
    expect([status, records.length]).toEqual(['complete', 3])
    expect(metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 4, total_failed: 1 })
    expect(failuresOf(outputPath)).toEqual([{ id: 'b', error: expect.stringContaining(path) }])
  })

  test.each(Object.entries(written))('%s is written as JSON can hold it', async (_, [make, expected]) => {
    const run = await runWith(make, place)
    const { status, outputPath } = await run()
    expect(status).toBe('complete')
    const rows: { id: string; value?: unknown }[] = JSON.parse(readFileSync(outputPath ?? '', 'utf8'))
    expect(rows.find(({ id }) => id === 'b')?.value).toEqual(expected)
  })
})

test('a column of the name __proto__ fails its record rather than vanish', async () => {
  const rows = [{ id: 'a' }, JSON.parse('{"id":"b","__proto__":{"x":1}}'), { id: 'c' }]
  const graph = new Workflow('prototype').source(rows).lambda(() => ({ other: 1 }))
  const { status, failures, records } = await graph.run({ outputDir: await scratchFolder() })
  expect([status, failures.map(({ recordId }) => recordId), records.length]).toEqual(['complete', ['b'], 2])
  expect(messageOf(failures[0]?.error)).toContain('__proto__')
})

test.each([
  ['an error whose message throws', () => Object.defineProperty(new Error('x'), 'message', { get: fails }), /./],
  ['an error of 10 MB', () => new Error('x'.repeat(10_000_000)), /^x{1000}.*\(10000000 characters\)$/],
  ['a plain object', () => ({ message: 'its own', code: 7 }), /its own/],
  ['undefined', () => undefined, /undefined/],
])('%s that is thrown is described, in 4 KB', async (_, make, expected) => {
  const graph = new Workflow('thrown').source([{ id: 'a' }, { id: 'b' }]).lambda(({ id }) => {
    if (id === 'a') throw make()
    return { other: 1 }
  })
  const { status, outputPath, failures } = await graph.run({ outputDir: await scratchFolder() })
  expect([status, failures.length]).toEqual(['complete', 1])
  const [noted] = failuresOf(outputPath)
  expect(noted?.error).toMatch(expected)
  expect(noted?.error.length).toBeLessThan(4_200)
})

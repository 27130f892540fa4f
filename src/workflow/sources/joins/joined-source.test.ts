import { describe, expect, test } from 'vitest'
import { readAll, testSource } from '../../../../test/helpers/test-source.ts'
import { memorySource } from '../memory-source.ts'
import type { Row } from '../source.ts'
import { streamSource } from '../stream-source.ts'
import type { JoinPart, JoinType } from './join-part.ts'
import { joinedSource } from './joined-source.ts'

const part = (alias: string, joinType: JoinType, rows: readonly Row[], keys: Partial<JoinPart> = {}): JoinPart => ({
  alias,
  joinType,
  source: memorySource(rows),
  ...keys,
})

const questions = [{ q: 1 }, { q: 2 }, { q: 3 }]
const names = [{ n: 'a' }, { n: 'b' }]

testSource('a sequential join', {
  make: () => joinedSource([part('A', 'primary', questions), part('B', 'sequential', names)]),
  rows: [
    { 'A->q': 1, 'B->n': 'a' },
    { 'A->q': 2, 'B->n': 'b' },
    { 'A->q': 3, 'B->n': 'a' },
  ],
})

testSource('a cross join', {
  make: () => joinedSource([part('B', 'cross', names), part('A', 'primary', questions)]),
  rows: questions.flatMap(({ q }) => names.map(({ n }) => ({ 'A->q': q, 'B->n': n }))),
})

testSource('a random join', {
  make: () => joinedSource([part('A', 'primary', questions), part('B', 'random', [{ n: 'only' }])], { seed: 1 }),
  rows: questions.map(({ q }) => ({ 'A->q': q, 'B->n': 'only' })),
})

testSource('a join by column: all matches, null without one', {
  make: () =>
    joinedSource([
      part('A', 'primary', [{ key: 1 }, { key: '1' }, { key: null }, { key: 2 }]),
      part(
        'B',
        'column',
        [
          { of: 1, v: 'x' },
          { of: 1, v: 'y' },
          { of: null, v: 'z' },
        ],
        { primaryKey: 'key', joinKey: 'of' },
      ),
    ]),
  rows: [
    { 'A->key': 1, 'B->of': 1, 'B->v': 'x' },
    { 'A->key': 1, 'B->of': 1, 'B->v': 'y' },
    { 'A->key': '1', 'B->of': null, 'B->v': null },
    { 'A->key': null, 'B->of': null, 'B->v': null },
    { 'A->key': 2, 'B->of': null, 'B->v': null },
  ],
})

testSource('stacked sources with the columns they share', {
  make: () =>
    joinedSource([
      part('A', 'vstack', [
        { t: 1, x: 1 },
        { t: 2, x: 2 },
      ]),
      part('B', 'vstack', [{ t: 3, y: 3 }]),
    ]),
  rows: [{ t: 1 }, { t: 2 }, { t: 3 }],
})

describe('a random join', () => {
  const many = Array.from({ length: 10 }, (_, n) => ({ n }))
  const draw = async (seed: number, count: number) => {
    const primary = part(
      'A',
      'primary',
      Array.from({ length: count }, (_, q) => ({ q })),
    )
    return (await readAll(joinedSource([primary, part('B', 'random', many)], { seed }))).map((row) => row['B->n'])
  }

  test('draws the same pairs for the same seed, others for another', async () => {
    expect(await draw(7, 10)).toEqual(await draw(7, 10))
    expect(await draw(7, 10)).not.toEqual(await draw(8, 10))
  })

  test('uses every row once before any is used again', async () => {
    const drawn = await draw(3, 25)
    expect(new Set(drawn.slice(0, 10)).size).toBe(10)
    expect(new Set(drawn.slice(10, 20)).size).toBe(10)
  })
})

test('the description lists each source by its alias', async () => {
  const source = joinedSource([part('A', 'primary', questions), part('B', 'sequential', names)])
  await readAll(source)
  expect(source.describe()).toMatchObject({
    sourceType: 'multi-source',
    sourcePath: 'multi-source',
    sources: [
      { alias: 'A', joinType: 'primary', sourceType: 'memory', datasetHash: expect.stringMatching(/^[0-9a-f]{16}$/) },
      {
        alias: 'B',
        joinType: 'sequential',
        sourceType: 'memory',
        datasetHash: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ],
  })
})

test('the primary source streams: a row leaves before the next is asked for', async () => {
  let asked = 0
  const endless = streamSource(function* () {
    for (;;) {
      asked += 1
      yield { q: asked }
    }
  })
  const source = joinedSource([{ alias: 'A', joinType: 'primary', source: endless }, part('B', 'sequential', names)])
  for await (const _ of source.rows()) break
  expect(asked).toBeLessThanOrEqual(2)
})

test.each<[JoinPart[], RegExp]>([
  [[part('A', 'sequential', questions), part('B', 'cross', names)], /need one with join_type: primary/],
  [[part('A', 'primary', questions), part('B', 'primary', names)], /"A" and "B" are both primary/],
  [[part('A', 'primary', questions), part('A', 'cross', names)], /alias "A" is used twice/],
  [[part('A', 'vstack', questions), part('B', 'cross', names)], /vstack is for all sources or none; "B" is cross/],
  [
    [part('A', 'primary', questions), part('B', 'column', names)],
    /"B" is joined by column and needs primary_key and join_key/,
  ],
])('sources that do not fit together are refused (%#)', (parts, message) => {
  expect(() => joinedSource(parts)).toThrow(message)
})

test('what the rows show is refused before the run', async () => {
  const keyless = joinedSource([
    part('A', 'primary', questions),
    part('B', 'column', names, { primaryKey: 'q', joinKey: 'of' }),
  ])
  await expect(keyless.check()).rejects.toThrow(/source "B": there is no column "of" to join by; it has n/)
  const apart = joinedSource([part('A', 'vstack', questions), part('B', 'vstack', names)])
  await expect(apart.check()).rejects.toThrow(/no column in common/)
  const empty = joinedSource([part('A', 'primary', questions), part('B', 'cross', [])])
  await expect(empty.check()).rejects.toThrow(/there is no record/)
})

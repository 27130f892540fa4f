import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runNodes } from '../../../../test/helpers/run-nodes.ts'
import { scratchFile, scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { DataSource } from '../../sources/data-source.ts'
import type { WeightedSamplerNodeConfig } from './weighted-sampler.ts'

function draw(
  attributes: WeightedSamplerNodeConfig['attributes'],
  seed?: number | string,
): { draw: WeightedSamplerNodeConfig } {
  return { draw: { node_type: 'weighted_sampler', attributes, seed } }
}

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `r${index}`, n: index % 3 }))
const metadataOff = { disableMetadata: true }

test('values come as often as their weights say', async () => {
  const { records } = await runNodes(draw({ mood: { values: ['calm', 'cross', 'never'], weights: [3, 1, 0] } }), {
    rows: rows(2_000),
    options: metadataOff,
  })
  const calm = records.filter(({ mood }) => mood === 'calm').length
  expect(calm).toBeGreaterThan(1_400)
  expect(calm).toBeLessThan(1_600)
  expect(records.some(({ mood }) => mood === 'never')).toBe(false)
})

test('the same seed draws the same for a record, in whatever order and company it comes', async () => {
  const node = draw({ letter: { values: [...'abcdefgh'] } }, 7)
  const { records } = await runNodes(node, { rows: rows(40), options: metadataOff })
  const turned = await runNodes(node, { rows: rows(40).reverse(), options: { ...metadataOff, batchSize: 3 } })
  expect([...turned.records].reverse()).toEqual(records)
  const other = await runNodes(draw({ letter: { values: [...'abcdefgh'] } }, 8), {
    rows: rows(40),
    options: metadataOff,
  })
  expect(other.records).not.toEqual(records)
})

test('two attributes are drawn apart, and a second pass of a record draws anew', async () => {
  const letters = { values: Array.from({ length: 1_000 }, (_, index) => index) }
  const seen: unknown[] = []
  const { records } = await runNodes(
    {
      ...draw({ one: letters, two: letters }),
      look: { node_type: 'lambda', lambda: ({ one }: { one: number }) => void seen.push(one) },
    },
    {
      options: metadataOff,
      edges: [
        { from: 'START', to: 'draw' },
        { from: 'draw', to: 'look' },
        { from: 'look', condition: () => (seen.length < 3 ? 'again' : 'end'), path_map: { again: 'draw', end: 'END' } },
      ],
    },
  )
  expect(records[0]?.one).not.toBe(records[0]?.two)
  expect(new Set(seen).size).toBe(3)
})

test('values may be those of a column: of a file, of a source, of the data of the task', async () => {
  const path = await scratchFile('names.csv', 'name,age\nAda,36\nGrace,45\n')
  const { records } = await runNodes(
    draw({
      either: { values: { column: ['name', 'age'], source: { type: 'disk', file_path: path } } },
      name: { values: { column: 'name', source: { type: 'disk', file_path: path } } },
      colour: { values: { column: 'colour', source: DataSource.memory([{ colour: 'red' }]) } },
      own: { values: { column: 'n' } },
    }),
    { rows: rows(30), options: metadataOff },
  )
  expect(records.map(({ name }) => name)).toEqual(records.map((_record, index) => (index % 2 ? 'Grace' : 'Ada')))
  expect(new Set(records.map(({ either }) => either))).toEqual(new Set(['Ada', 'Grace', '36', '45']))
  expect(new Set(records.map(({ colour }) => colour))).toEqual(new Set(['red']))
  expect(new Set(records.map(({ own }) => own))).toEqual(new Set([0, 1, 2]))
})

test('a column that there is not is refused before the run, with the nearest name', async () => {
  const directory = await scratchFolder()
  writeFileSync(join(directory, 'names.jsonl'), '{"name": "Ada"}\n')
  const source = { type: 'disk', file_path: join(directory, 'names.jsonl') }
  await expect(runNodes(draw({ name: { values: { column: 'nmae', source } } }))).rejects.toThrow(
    'graph_config.nodes.draw: the source has no column "nmae"; did you mean "name"?',
  )
})

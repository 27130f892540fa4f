import { expect, test } from 'vitest'
import type { Row } from '../sources/source.ts'
import { transformRows } from './transformation.ts'
import { type TransformationConfig, transformationFrom } from './transformation-config.ts'

async function* numbered(count: number) {
  for (let n = 0; n < count; n += 1) yield { n }
}

async function run(config: TransformationConfig, load?: (reference: string) => Promise<unknown>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of transformRows(numbered(4), [await transformationFrom(config, { load })])) rows.push(row)
  return rows
}

const python = 'sygra.processors.data_transform'

test.each<[TransformationConfig, Row[]]>([
  [{ transform: 'rename', params: { mapping: { n: 'm' } } }, [{ m: 0 }, { m: 1 }, { m: 2 }, { m: 3 }]],
  [
    { transform: `${python}.RenameFieldsTransform`, params: { mapping: { n: 'm' }, overwrite: true } },
    [{ m: 0 }, { m: 1 }, { m: 2 }, { m: 3 }],
  ],
  [{ transform: `${python}.SkipRecords`, params: { skip_type: 'range', range: '[:1],[-1:]' } }, [{ n: 1 }, { n: 2 }]],
  [{ transform: 'SkipRecords', params: { skip_type: 'count', count: { from_start: 1, from_end: 2 } } }, [{ n: 1 }]],
  [
    { transform: 'CombineRecords', params: { combine: 2, shift: 2, join_column: { n: '$1-$2' } } },
    [{ n: '0-1' }, { n: '2-3' }],
  ],
  [
    { transform: 'combine', params: { combine: 2, skip: { from_beginning: 2 }, join_column: { n: '$1' } } },
    [{ n: '2' }],
  ],
  [{ transform: 'AddNewFieldTransform', params: { mapping: { a: null } } }, [0, 1, 2, 3].map((n) => ({ n, a: null }))],
  [{ transform: 'filter', params: { field: 'n', in: [1, 3] } }, [{ n: 1 }, { n: 3 }]],
  [{ transform: 'filter', params: { field: 'n', not_equals: 1 } }, [{ n: 0 }, { n: 2 }, { n: 3 }]],
])('%j', async (config, rows) => {
  expect(await run(config)).toEqual(rows)
})

test('your own is loaded by its reference and gets its parameters', async () => {
  const asked: string[] = []
  const load = async (reference: string) => {
    asked.push(reference)
    return (row: Row, { add }: Row) => ({ n: Number(row.n) + Number(add) })
  }
  expect(await run({ transform: './own.ts#more', params: { add: 5 } }, load)).toEqual([
    { n: 5 },
    { n: 6 },
    { n: 7 },
    { n: 8 },
  ])
  expect(asked).toEqual(['./own.ts#more'])
})

test.each<[TransformationConfig, RegExp]>([
  [{ transform: 'renam' }, /unknown transformation "renam"; .* did you mean "rename"\?/],
  [{ transform: `${python}.CreateImageUrlTransform` }, /unknown transformation/],
  [{ transform: 'rename' }, /params\.mapping: missing key "mapping"/],
  [{ transform: 'rename', params: { maping: {}, mapping: {} } }, /unknown key "maping"; .* did you mean "mapping"\?/],
  [{ transform: 'combine', params: { combine: -1, join_column: {} } }, /params\.combine: found -1; expected 0 or more/],
  [{ transform: './own.ts#more' }, /functions cannot be loaded here/],
])('%j is refused', async (config, message) => {
  await expect(transformationFrom(config)).rejects.toThrow(message)
})

import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { type FakeDataset, startFakeHub } from '../../../../test/helpers/fake-hub.ts'
import { readAll, testSource } from '../../../../test/helpers/test-source.ts'
import { type HubOptions, hubSource } from './hub-source.ts'

const [mainCommit, oldCommit, convertedCommit] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)]

function parquetOf(ids: readonly number[], rowGroupSize = 4): Uint8Array {
  const text = ids.map((id) => `text ${id}`)
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: [...ids], type: 'INT32' },
        { name: 'text', data: text },
      ],
      rowGroupSize,
    }),
  )
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const rowsOf = (ids: readonly number[]) => ids.map((id) => ({ id, text: `text ${id}` }))
const jsonlOf = (ids: readonly number[]) =>
  rowsOf(ids)
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('')

const datasets: Readonly<Record<string, FakeDataset>> = {
  'owner/parquet': {
    revisions: {
      main: {
        commit: mainCommit,
        files: {
          'README.md': '# about',
          'data/train-00000-of-00002.parquet': parquetOf(numbers(0, 10)),
          'data/train-00001-of-00002.parquet': parquetOf(numbers(10, 15)),
          'data/test-00000-of-00001.parquet': parquetOf(numbers(100, 103)),
        },
      },
      'v1.0': { commit: oldCommit, files: { 'train.jsonl': jsonlOf([7, 8, 9]) } },
    },
  },
  'owner/text': {
    revisions: {
      main: { commit: mainCommit, files: { 'train.jsonl': jsonlOf(numbers(0, 200)), 'test.csv': 'id,text\n1,one\n' } },
    },
  },
  'owner/card': {
    cardData: {
      configs: [
        { config_name: 'small', data_files: 'small.json' },
        { config_name: 'large', default: true, data_files: [{ split: 'train', path: ['part-*.csv'] }] },
      ],
    },
    revisions: {
      main: {
        commit: mainCommit,
        files: { 'small.json': '[{"id":1},{"id":2},{"id":3}]', 'part-1.csv': 'id\n1\n2\n', 'part-2.csv': 'id\n3\n' },
      },
    },
  },
  'owner/script': {
    revisions: {
      main: { commit: mainCommit, files: { 'script.py': 'x', 'data.zip': 'x' } },
      'refs/convert/parquet': {
        commit: convertedCommit,
        files: {
          'default/train/0000.parquet': parquetOf([1, 2, 3]),
          'huge/partial-train/0000.parquet': parquetOf([1]),
        },
      },
    },
  },
  'owner/private': {
    token: 'hf_secret',
    revisions: { main: { commit: mainCommit, files: { 'data.jsonl': jsonlOf([1, 2, 3]) } } },
  },
}

const quiet = { environment: {}, retryWaitsMs: [0, 0, 0] }

async function sourceOn(repoId: string, options: HubOptions = {}) {
  const hub = await startFakeHub(datasets)
  return { hub, source: hubSource(repoId, { ...quiet, endpoint: hub.endpoint, ...options }) }
}

testSource('parquet on the Hub, several files', {
  make: async () => (await sourceOn('owner/parquet')).source,
  rows: rowsOf(numbers(0, 15)),
})

testSource('JSON lines on the Hub', {
  make: async () => (await sourceOn('owner/text')).source,
  rows: rowsOf(numbers(0, 200)),
})

describe('which files are read', () => {
  test('several splits, one after the other', async () => {
    const { source } = await sourceOn('owner/parquet', { split: ['test', 'train'] })
    expect(await readAll(source)).toEqual(rowsOf([...numbers(100, 103), ...numbers(0, 15)]))
    expect(await source.count()).toBe(18)
  })

  test('a revision, with its commit in the description', async () => {
    const { source } = await sourceOn('owner/parquet', { revision: 'v1.0' })
    expect(await readAll(source)).toEqual(rowsOf([7, 8, 9]))
    expect(source.describe()).toEqual({
      sourceType: 'hf',
      sourcePath: 'owner/parquet',
      datasetVersion: oldCommit,
      datasetHash: oldCommit,
    })
  })

  test('a configuration of the card, or its default one', async () => {
    const { source } = await sourceOn('owner/card')
    expect(await readAll(source)).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }])
    const small = await sourceOn('owner/card', { config: 'small' })
    expect(await readAll(small.source)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  })

  test("the Hub's conversion to parquet, where the repository has no data files", async () => {
    const { source } = await sourceOn('owner/script')
    expect(await readAll(source)).toEqual(rowsOf([1, 2, 3]))
    expect(source.describe()).toMatchObject({ datasetVersion: mainCommit, datasetHash: convertedCommit })
  })

  test('HF_ENDPOINT and HF_TOKEN are kept', async () => {
    const hub = await startFakeHub(datasets)
    const source = hubSource('owner/private', {
      retryWaitsMs: [],
      environment: { HF_ENDPOINT: `${hub.endpoint}/`, HF_TOKEN: 'hf_secret' },
    })
    expect(await readAll(source)).toEqual(rowsOf([1, 2, 3]))
  })
})

describe('what is not there is refused before the run, with what there is', () => {
  test.each<[string, HubOptions, RegExp, string]>([
    ['owner/parquet', { split: 'dev' }, /no files for split dev; set split to one of: test, train/, 'not_found'],
    [
      'owner/card',
      { config: 'medium' },
      /no configuration "medium"; set config_name to one of: small, large/,
      'not_found',
    ],
    ['owner/parquet', { config: 'medium' }, /names no configuration "medium"/, 'not_found'],
    ['owner/parquet', { revision: 'v9' }, /revision "v9": not found/, 'not_found'],
    ['owner/script', { config: 'huge' }, /converted only a part of split "train".*partial-train/, 'bad_data'],
    ['owner/script', { revision: mainCommit }, /no parquet, jsonl, json or csv files/, 'not_found'],
    ['owner/private', {}, /refused access \(401\); .*set HF_TOKEN/, 'missing_key'],
    ['owner/private', { token: 'wrong' }, /refused access \(401\); .*your HF_TOKEN may read it/, 'missing_key'],
    ['owner/unknown', {}, /refused access \(401\); check its name/, 'missing_key'],
    ['not a name', {}, /is not the name of a dataset/, 'bad_config'],
  ])('%s with %j', async (repoId, options, message, code) => {
    const { source } = await sourceOn(repoId, options)
    await expect(source.check()).rejects.toMatchObject({
      name: 'SygraError',
      code,
      message: expect.stringMatching(message),
    })
  })

  test('a Hub that cannot be reached', async () => {
    const source = hubSource('owner/parquet', { ...quiet, endpoint: 'http://127.0.0.1:9' })
    await expect(source.check()).rejects.toThrow(/http:\/\/127\.0\.0\.1:9 cannot be reached .*HF_ENDPOINT/)
  })
})

describe('only what is needed is fetched', () => {
  test('the first rows of a large file cost its first row group', async () => {
    const content = parquetOf(numbers(0, 200_000), 20_000)
    const hub = await startFakeHub({
      'owner/large': { revisions: { main: { commit: mainCommit, files: { 'train.parquet': content } } } },
    })
    const source = hubSource('owner/large', { ...quiet, endpoint: hub.endpoint })
    const taken = []
    for await (const row of source.rows()) if (taken.push(row) === 10) break
    expect(taken).toEqual(rowsOf(numbers(0, 10)))
    expect(hub.sentBytes() / content.length).toBeLessThan(0.75)
    expect(hub.requests.filter(({ path }) => path.startsWith('/storage/')).length).toBeLessThanOrEqual(2)
  })

  test('row groups before startIndex are not fetched', async () => {
    const { hub, source } = await sourceOn('owner/parquet')
    await source.check()
    const before = hub.requests.length
    expect(await readAll(source, { startIndex: 13 })).toEqual(rowsOf([13, 14]))
    expect(hub.requests.slice(before).filter(({ path }) => path.includes('/resolve/')).length).toBeLessThanOrEqual(3)
  })
})

describe('passing failures', () => {
  test('429 and 5xx are repeated, then given up with the status', async () => {
    const { hub, source } = await sourceOn('owner/text')
    hub.failDownloads({ status: 503 }, { status: 429 })
    expect(await readAll(source)).toHaveLength(200)
    hub.failDownloads(...Array.from({ length: 4 }, () => ({ status: 503 })))
    await expect(readAll(source)).rejects.toThrow(/answered 503/)
  })

  test('a connection that breaks is taken up where it broke', async () => {
    const { hub, source } = await sourceOn('owner/text')
    hub.failDownloads({ breakAfterBytes: 1000 }, { breakAfterBytes: 500 })
    expect(await readAll(source)).toEqual(rowsOf(numbers(0, 200)))
    expect(hub.requests.some(({ range }) => range?.startsWith('bytes=1') && range.endsWith('-'))).toBe(true)
  })

  test('a range of parquet that breaks off is asked for again', async () => {
    const { hub, source } = await sourceOn('owner/parquet')
    await source.check()
    hub.failDownloads({ breakAfterBytes: 10 })
    expect(await readAll(source)).toEqual(rowsOf(numbers(0, 15)))
  })
})

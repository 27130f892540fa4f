import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startFakeHub } from '../../../test/helpers/fake-hub.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { readAll } from '../../../test/helpers/test-source.ts'
import { sourceFromConfig } from './source-from-config.ts'

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await scratchFolder()
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)))
  return folder
}

test('a file relative to the task, with transformations', async () => {
  const directory = await folderWith({ 'data.csv': 'q;x\none;1\ntwo;2\n' })
  const source = await sourceFromConfig(
    {
      type: 'disk',
      file_path: 'data.csv',
      transformations: [
        { transform: 'sygra.processors.data_transform.RenameFieldsTransform', params: { mapping: { q: 'question' } } },
        { transform: './own.ts#shout', params: { mark: '!' } },
      ],
    },
    {
      directory,
      load:
        async () =>
        (row: { question: string }, { mark }: { mark: string }) => ({ ...row, question: row.question + mark }),
    },
  )
  expect(await readAll(source)).toEqual([
    { x: '1', question: 'one!' },
    { x: '2', question: 'two!' },
  ])
  expect(source.describe()).toMatchObject({ sourceType: 'disk', sourcePath: 'data.csv' })
})

test('a dataset of the Hub, with Python names of keys', async () => {
  const commit = 'd'.repeat(40)
  const files = { 'train.jsonl': '{"a":1}\n', 'test.jsonl': '{"a":2}\n' }
  const hub = await startFakeHub({ 'owner/name': { token: 'hf_x', revisions: { main: { commit, files } } } })
  const environment = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_x' }
  const config = {
    type: 'hf',
    repo_id: 'owner/name',
    config_name: 'default',
    split: ['train', 'test'],
    streaming: true,
  }
  const source = await sourceFromConfig(config, { directory: '.', environment })
  expect(await readAll(source)).toEqual([{ a: 1 }, { a: 2 }])
  expect(source.describe().datasetHash).toBe(commit)
})

test('several sources that are joined, and several that are stacked', async () => {
  const directory = await folderWith({ 'a.jsonl': '{"q":1}\n{"q":2}\n', 'b.json': '[{"v":"x"}]' })
  const joined = [
    { type: 'disk', file_path: 'a.jsonl', alias: 'A', join_type: 'primary' },
    { type: 'disk', file_path: 'b.json', alias: 'B', join_type: 'sequential' },
  ]
  expect(await readAll(await sourceFromConfig(joined, { directory }))).toEqual([
    { 'A->q': 1, 'B->v': 'x' },
    { 'A->q': 2, 'B->v': 'x' },
  ])
  const stacked = [
    { type: 'disk', file_path: 'a.jsonl', join_type: 'vstack' },
    { type: 'memory', data: [{ q: 3 }], join_type: 'vstack' },
  ]
  expect(await readAll(await sourceFromConfig(stacked, { directory }))).toEqual([{ q: 1 }, { q: 2 }, { q: 3 }])
})

describe('a configuration that is wrong is refused with its place', () => {
  test.each<[unknown, RegExp]>([
    [{ type: 'disc', file_path: 'x' }, /data_config\.source\.type: found "disc"; expected .*"disk"/],
    [{ type: 'disk' }, /data_config\.source\.file_path: type disk needs file_path/],
    [{ type: 'hf', repo_id: 'a/b', splits: 'train' }, /unknown key "splits"; .* did you mean "split"\?/],
    [
      { type: 'disk', file_path: 'x', transformations: [{ transform: 'skp' }] },
      /transformations\[0\]\.transform: unknown transformation "skp"/,
    ],
    [
      [
        { type: 'memory', data: [] },
        { type: 'memory', data: [] },
      ],
      /data_config\.source\.1|need an alias each/,
    ],
    [
      [
        { type: 'memory', data: [], alias: 'A' },
        { type: 'memory', data: [], alias: 'B' },
      ],
      /"A" needs a join_type/,
    ],
    ['data.csv', /data_config\.source: found "data\.csv"; expected a map/],
  ])('%j', async (config, message) => {
    await expect(sourceFromConfig(config, { directory: '.' })).rejects.toMatchObject({
      code: 'bad_config',
      message: expect.stringMatching(message),
    })
  })
})

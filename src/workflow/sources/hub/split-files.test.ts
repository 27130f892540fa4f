import { expect, test } from 'vitest'
import { convertedFiles, filesByCard, filesByName, globPattern, type SplitFiles } from './split-files.ts'

const listed = (...paths: string[]) => paths.map((path) => ({ path, bytes: 1 }))
const plain = (splits: SplitFiles) =>
  Object.fromEntries([...splits].map(([split, files]) => [split, files.map(({ path }) => path)]))

test.each([
  ['data/*.parquet', 'data/a.parquet', 'data/sub/a.parquet'],
  ['**/*.csv', 'a/b/c.csv', 'a/b/c.json'],
  ['**/*.csv', 'c.csv', 'c.csvx'],
  ['train-[0-9].jsonl', 'train-3.jsonl', 'train-x.jsonl'],
  ['{a,b}.json', 'b.json', 'c.json'],
  ['a?.json', 'ab.json', 'a.json'],
  ['./a+(1).json', 'a+(1).json', 'aa1.json'],
])('the pattern %s matches %s and not %s', (pattern, match, other) => {
  expect(globPattern(pattern).test(match)).toBe(true)
  expect(globPattern(pattern).test(other)).toBe(false)
})

test('names with shard numbers give their split literally', () => {
  const files = listed(
    'data/train_sft-00001-of-00002.parquet',
    'data/train_sft-00000-of-00002.parquet',
    'data/test_gen-00000-of-00001.parquet',
  )
  expect(plain(filesByName(files))).toEqual({
    test_gen: ['data/test_gen-00000-of-00001.parquet'],
    train_sft: ['data/train_sft-00000-of-00002.parquet', 'data/train_sft-00001-of-00002.parquet'],
  })
})

test('words in names and folders stand for splits', () => {
  expect(
    plain(filesByName(listed('README.md', 'my-train.jsonl', 'dev.jsonl', 'eval/part.jsonl', 'constraints.jsonl'))),
  ).toEqual({
    train: ['my-train.jsonl'],
    validation: ['dev.jsonl'],
    test: ['eval/part.jsonl'],
  })
})

test('files without such words are the split train, of the most frequent format', () => {
  const files = listed('a.csv', 'b.csv', 'stats.json', 'dataset_infos.json', '.hidden.csv', 'script.py')
  expect(plain(filesByName(files))).toEqual({ train: ['a.csv', 'b.csv'] })
  expect(plain(filesByName(listed('script.py')))).toEqual({})
})

test('a card names its files by patterns', () => {
  const config = { name: 'default', isDefault: true, splits: [{ split: 'train', patterns: ['x/*.csv', 'y.csv'] }] }
  expect(plain(filesByCard(listed('y.csv', 'x/2.csv', 'x/1.csv', 'z.csv'), config))).toEqual({
    train: ['x/1.csv', 'x/2.csv', 'y.csv'],
  })
})

test('converted files lie in folders of configuration and split', () => {
  const configs = convertedFiles(
    listed('default/train/0000.parquet', 'default/test/0000.parquet', 'other/partial-train/0000.parquet'),
  )
  expect([...configs].map(([name, splits]) => [name, [...splits.keys()]])).toEqual([
    ['default', ['test', 'train']],
    ['other', ['partial-train']],
  ])
})

import { type FileFormat, kindOfName } from '../files/disk-files.ts'
import type { HubConfig, HubFile } from './hub-api.ts'

/** The files of each split, in reading order. */
export type SplitFiles = ReadonlyMap<string, readonly HubFile[]>

/** Words in file names that stand for a split, by the Hub's conventions. */
const splitWords: Readonly<Record<string, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val', 'dev'],
  test: ['test', 'testing', 'eval', 'evaluation'],
}

/** The files of each split of a configuration, as the dataset's card lists them. */
export function filesByCard(files: readonly HubFile[], config: HubConfig): SplitFiles {
  return new Map(
    config.splits.map(({ split, patterns }) => {
      const expressions = patterns.map(globPattern)
      return [split, readable(files).filter(({ path }) => expressions.some((expression) => expression.test(path)))]
    }),
  )
}

/**
 * The files of each split, told from their names: `data/train-00000-of-00002.parquet`, `test/part.jsonl`, `dev.csv`. Without any
 * such word all files are the split `train`. Where a split comes in several formats, the most frequent counts.
 */
export function filesByName(files: readonly HubFile[]): SplitFiles {
  const usable = readable(files)
  const splits = new Map<string, HubFile[]>()
  for (const file of usable) {
    const split = splitOfName(file.path)
    if (split !== undefined) splits.set(split, [...(splits.get(split) ?? []), file])
  }
  if (splits.size === 0 && usable.length > 0) splits.set('train', usable)
  return new Map([...splits].map(([split, found]) => [split, ofOneFormat(found)]))
}

/** The files of each split of a configuration that the Hub converted to parquet: `<config>/<split>/0000.parquet`. */
export function convertedFiles(files: readonly HubFile[]): ReadonlyMap<string, SplitFiles> {
  const configs = new Map<string, Map<string, HubFile[]>>()
  for (const file of readable(files)) {
    const [config, split, ...rest] = file.path.split('/')
    if (config === undefined || split === undefined || rest.length !== 1) continue
    const splits = configs.get(config) ?? new Map<string, HubFile[]>()
    configs.set(config, splits.set(split, [...(splits.get(split) ?? []), file]))
  }
  return configs
}

function readable(files: readonly HubFile[]): HubFile[] {
  return files.filter(({ path }) => isData(path)).sort((left, right) => (left.path < right.path ? -1 : 1))
}

function isData(path: string): boolean {
  const kind = kindOfName(path)
  const isHidden = path.split('/').some((part) => part.startsWith('.') || part.startsWith('_'))
  const isAbout = /(^|\/)(dataset_infos?|metadata|config)\.json$/i.test(path)
  return kind !== undefined && !(kind.isGzip && kind.format === 'parquet') && !isHidden && !isAbout
}

/** When formats are equally frequent: the one that is read in parts first, then the plainer one. */
const preferredFormats: readonly FileFormat[] = ['parquet', 'jsonl', 'csv', 'json']

function ofOneFormat(files: readonly HubFile[]): HubFile[] {
  const lists = preferredFormats.map((format) => files.filter(({ path }) => kindOfName(path)?.format === format))
  return lists.reduce((most, list) => (list.length > most.length ? list : most))
}

function splitOfName(path: string): string | undefined {
  const shard = /(?:^|\/)([\w.-]+?)-\d{5}-of-\d{5}/.exec(path)?.[1]
  if (shard !== undefined) return shard
  const words = path.toLowerCase().split(/[^a-z]+/)
  for (const [split, names] of Object.entries(splitWords)) if (words.some((word) => names.includes(word))) return split
  return undefined
}

/** The regular expression of a glob pattern of a dataset card: `*`, `**`, `?`, `[abc]`, `{a,b}`. */
export function globPattern(pattern: string): RegExp {
  const source = pattern
    .replace(/^\.\//, '')
    .replaceAll(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\{[^}]*\}|[\\^$.|+()[\]{}]/g, (part) => {
      if (part === '**/') return '(?:.*/)?'
      if (part === '**') return '.*'
      if (part === '*') return '[^/]*'
      if (part === '?') return '[^/]'
      if (part.length > 1 && part.startsWith('[')) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
      if (part.length > 1 && part.startsWith('{'))
        return `(?:${part.slice(1, -1).split(',').map(escapeText).join('|')})`
      return `\\${part}`
    })
  return new RegExp(`^${source}$`)
}

function escapeText(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}

import { SygraError } from '../../../errors.ts'
import { fileUrl, type HubConfig, type HubDataset, type HubFile, listFiles, readInfo } from './hub-api.ts'
import type { HubClient } from './hub-client.ts'
import { convertedFiles, filesByCard, filesByName, type SplitFiles } from './split-files.ts'

/** Which part of a dataset. */
interface HubSelection extends HubDataset {
  readonly configName?: string
  /** Splits in reading order; empty: `train`, or the only one there is. */
  readonly splits: readonly string[]
}

/** The files to read, pinned to a commit. */
export interface ChosenFiles {
  /** Commit of the dataset. */
  readonly datasetCommit: string
  /** Commit of the files read: the same, or that of the Hub's conversion to parquet. */
  readonly filesCommit: string
  readonly files: readonly { readonly url: string; readonly path: string; readonly bytes: number }[]
}

/** Branch on which the Hub keeps its conversion of the default revision to parquet. */
const conversion = 'refs/convert/parquet'

/**
 * Finds the files of a configuration and its splits: in the repository itself at the revision's commit, by its card or by the
 * names of its files; where these do not tell, in the Hub's conversion to parquet.
 */
export async function chooseFiles(client: HubClient, selection: HubSelection): Promise<ChosenFiles> {
  const { repoId } = selection
  const { commit, configs } = await readInfo(client, selection)
  const own = ownSplits(await listFiles(client, { repoId, revision: commit }), configs, selection)
  const ownFiles = own && pick(own, selection.splits)
  if (ownFiles !== undefined)
    return chosen(client, { repoId, datasetCommit: commit, filesCommit: commit, files: ownFiles })
  if (selection.revision === defaultRevision) {
    const converted = await fromConversion(client, selection)
    if (converted !== undefined) return chosen(client, { repoId, datasetCommit: commit, ...converted })
  }
  throw noSuchSplit(selection, own)
}

/** The revision read when none is asked for. */
export const defaultRevision = 'main'

function chosen(
  client: HubClient,
  {
    repoId,
    files,
    ...commits
  }: { repoId: string; datasetCommit: string; filesCommit: string; files: readonly HubFile[] },
): ChosenFiles {
  const dataset = { repoId, revision: commits.filesCommit }
  return { ...commits, files: files.map(({ path, bytes }) => ({ path, bytes, url: fileUrl(client, dataset, path) })) }
}

function ownSplits(
  files: readonly HubFile[],
  configs: readonly HubConfig[],
  selection: HubSelection,
): SplitFiles | undefined {
  if (configs.length === 0)
    return selection.configName === undefined || selection.configName === 'default' ? filesByName(files) : undefined
  const names = configs.map(({ name }) => name)
  const isDefault = (config: HubConfig) => config.isDefault || config.name === 'default' || configs.length === 1
  const config = configs.find((candidate) =>
    selection.configName === undefined ? isDefault(candidate) : candidate.name === selection.configName,
  )
  if (config === undefined) throw noSuchConfig(selection, names)
  return filesByCard(files, config)
}

async function fromConversion(
  client: HubClient,
  selection: HubSelection,
): Promise<{ readonly filesCommit: string; readonly files: readonly HubFile[] } | undefined> {
  const { repoId, configName } = selection
  const info = await readInfo(client, { repoId, revision: conversion }).catch((error: unknown) => {
    if (error instanceof SygraError && error.code === 'not_found') return undefined
    throw error
  })
  if (info === undefined) return undefined
  const configs = convertedFiles(await listFiles(client, { repoId, revision: info.commit }))
  const name = configName ?? (configs.has('default') || configs.size !== 1 ? 'default' : [...configs.keys()][0])
  const splits = configs.get(name ?? 'default')
  if (splits === undefined) throw noSuchConfig(selection, [...configs.keys()])
  const files = pick(splits, selection.splits)
  if (files !== undefined) return { filesCommit: info.commit, files }
  const partial = (selection.splits.length > 0 ? selection.splits : ['train']).find((split) =>
    splits.has(`partial-${split}`),
  )
  if (partial === undefined) throw noSuchSplit(selection, splits)
  throw new SygraError(
    'bad_data',
    `dataset "${repoId}": the Hub has converted only a part of split "${partial}" to parquet, because it is large; ask for it as split: partial-${partial}, or download the dataset and read it from disk`,
  )
}

function pick(splits: SplitFiles, asked: readonly string[]): readonly HubFile[] | undefined {
  const lists = (asked.length > 0 ? asked : [defaultSplit(splits)]).map((name) => splits.get(name) ?? [])
  return lists.every((list) => list.length > 0) ? lists.flat() : undefined
}

/** `train`, or the only split there is; a part of a split is never taken without being asked for. */
function defaultSplit(splits: SplitFiles): string {
  const [only = 'train', ...others] = splits.keys()
  return splits.has('train') || others.length > 0 || only.startsWith('partial-') ? 'train' : only
}

function noSuchConfig({ repoId, configName }: HubSelection, names: readonly string[]): SygraError {
  const list = names.join(', ') || '(none)'
  const found = configName === undefined ? 'it has several configurations' : `it has no configuration "${configName}"`
  return new SygraError('not_found', `dataset "${repoId}": ${found}; set config_name to one of: ${list}`)
}

function noSuchSplit({ repoId, splits, configName }: HubSelection, known: SplitFiles | undefined): SygraError {
  const names = [...(known?.keys() ?? [])].filter((name) => (known?.get(name)?.length ?? 0) > 0)
  if (known === undefined && configName !== undefined) {
    return new SygraError(
      'not_found',
      `dataset "${repoId}": it names no configuration "${configName}", and there is no conversion to parquet to look in; leave config_name out`,
    )
  }
  if (names.length === 0) {
    return new SygraError(
      'not_found',
      `dataset "${repoId}": no parquet, jsonl, json or csv files were found; convert it, or read it from disk`,
    )
  }
  return new SygraError(
    'not_found',
    `dataset "${repoId}": no files for split ${(splits.length > 0 ? splits : ['train']).join(', ')}; set split to one of: ${names.join(', ')}`,
  )
}

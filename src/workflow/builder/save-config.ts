import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Document } from 'yaml'
import { writeAtomic } from '../../runtime/write-atomic.ts'
import { checkGraphConfig } from '../graph/check-graph-config.ts'
import { throwIssues } from '../graph/config-issue.ts'
import type { GraphConfig } from '../graph/graph-config.ts'
import type { DataSink } from '../sinks/data-sink.ts'
import { plainConfig } from './plain-config.ts'
import type { SourceChoice } from './source-choice.ts'

/** A configuration to be written, and what is not in it. */
export interface ConfigToSave {
  readonly path: string
  readonly config: GraphConfig
  /** Folder that its relative paths start at. */
  readonly directory: string
  /** In place of its source. */
  readonly source: SourceChoice | undefined
  /** Besides its sinks. */
  readonly sinks: readonly DataSink[]
}

/**
 * Writes a configuration as YAML; its paths are made relative to the new file, its secrets are left out.
 *
 * @throws SygraError `bad_config` with a line for all that YAML cannot hold.
 */
export async function saveConfig({ path, config, directory, source, sinks }: ConfigToSave): Promise<void> {
  const target = resolve(path)
  const moved = { from: resolve(directory), to: dirname(target) }
  const checked = checkGraphConfig(withData(config, { source, sinks }))
  const { value, issues, leftOut } = plainConfig(checked, moved)
  throwIssues(issues)
  const document = new Document(value)
  if (leftOut.length > 0) document.commentBefore = ` Left out, as they are secrets: ${leftOut.join(', ')}`
  await mkdir(dirname(target), { recursive: true })
  await writeAtomic(target, document.toString({ lineWidth: 120 }))
}

function withData(config: GraphConfig, { source, sinks }: Pick<ConfigToSave, 'source' | 'sinks'>): GraphConfig {
  const { source: before, sink, ...rest } = config.data_config ?? {}
  const written = sinks.map(({ path, format, alias }) => ({ type: format, file_path: path, alias }))
  const all = [...[sink ?? []].flat(), ...written]
  const data = {
    ...rest,
    ...(source === undefined && before === undefined
      ? {}
      : { source: source === undefined ? before : entryOf(source) }),
    ...(all.length === 0 ? {} : { sink: all.length === 1 ? all[0] : all }),
  }
  return { ...(Object.keys(data).length === 0 ? {} : { data_config: data }), ...withoutData(config) }
}

function withoutData({ data_config: _, ...config }: GraphConfig): Omit<GraphConfig, 'data_config'> {
  return config
}

/** The entry of a source; what has none is left as it is, to be refused with everything else that YAML cannot hold. */
function entryOf(source: SourceChoice): unknown {
  if (typeof source === 'string') return { type: 'disk', file_path: resolve(source) }
  return Array.isArray(source) ? { type: 'memory', data: source } : source
}

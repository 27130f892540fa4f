import { SygraError } from '../../errors.ts'
import { type ConfigOrigin, throwIssues } from '../config/config-issue.ts'
import { valueIn } from '../config/config-value.ts'
import { gatherNow } from '../gather.ts'
import { type LoadReference, transformationFrom } from '../transformations/transformation-config.ts'
import { DataSource } from './data-source.ts'
import { type DataSourceConfig, dataSourceSchema } from './data-source-schema.ts'
import type { HubAccess } from './hub/hub-client.ts'
import type { JoinPart, JoinType } from './joins/join-part.ts'
import { type EntryPlace, parseEntry } from './parse-entry.ts'

/** What a configuration does not say. */
interface SourceContext extends Pick<HubAccess, 'environment'> {
  /** Folder that relative paths start at: the task's. */
  readonly directory: string
  /** Loads transformations written as `./file.ts#export`. */
  readonly load?: LoadReference
  /** For random joins. Default 0. */
  readonly seed?: number
  /** Where the configuration came from, so that errors can say the line. */
  readonly origin?: ConfigOrigin
}

/** Makes the source that `data_config.source` describes; checks it first. Own transformations are loaded at once. */
export async function sourceFromConfig(config: unknown, context: SourceContext): Promise<DataSource> {
  const path = ['data_config', 'source']
  const { origin } = context
  const entries = Array.isArray(config)
    ? gatherNow(config.map((entry, index) => () => parseSource(entry, { path: [...path, index], origin })))
    : [parseSource(config, { path, origin })]
  const sources = await Promise.all(
    entries.map((entry, index) =>
      singleSource(entry, { ...context, path: Array.isArray(config) ? [...path, index] : path }),
    ),
  )
  const [only] = sources
  if (only !== undefined && sources.length === 1) return only
  const parts = entries.map(
    (entry, index): JoinPart => joinPart(entry, { index, source: sources[index] ?? DataSource.none() }),
  )
  return DataSource.join(parts, { seed: context.seed })
}

function parseSource(entry: unknown, place: EntryPlace): DataSourceConfig {
  if (valueIn(entry, ['type']) === 'servicenow') {
    const message =
      'ServiceNow is no source here: export the table into a file and name that (type: disk), or give the rows with --source'
    throwIssues([{ code: 'bad_config', path: [...place.path, 'type'], message }], place.origin)
  }
  return parseEntry(dataSourceSchema, entry, place)
}

async function singleSource(entry: DataSourceConfig, context: SourceContext & EntryPlace): Promise<DataSource> {
  const { load, origin, path } = context
  const steps = (entry.transformations ?? []).map((step, index) =>
    transformationFrom(step, { load, origin, path: [...path, 'transformations', index] }),
  )
  return untransformed(entry, context).transform(...(await Promise.all(steps)))
}

function untransformed(entry: DataSourceConfig, { directory, environment }: SourceContext): DataSource {
  const { encoding, delimiter } = entry
  switch (entry.type) {
    case 'disk':
      return DataSource.disk(entry.file_path ?? [], {
        // The Python system reads paths from where it is run.
        directory: [directory, '.'],
        format: entry.file_format,
        encoding,
        delimiter,
      })
    case 'hf':
    case 'huggingface': {
      const { config_name: config, split, revision, token } = entry
      return DataSource.huggingface(entry.repo_id ?? '', {
        config,
        split,
        revision,
        token,
        environment,
        encoding,
        delimiter,
      })
    }
    case 'memory':
      return DataSource.memory(entry.data ?? [])
    default:
      return entry.type satisfies never
  }
}

function joinPart(entry: DataSourceConfig, { index, source }: { index: number; source: DataSource }): JoinPart {
  const isStacked = entry.join_type === 'vstack'
  // Stacked sources keep the names of their columns, so an alias is only a label.
  const alias = entry.alias ?? (isStacked ? `source_${index + 1}` : undefined)
  if (alias === undefined)
    throw new SygraError('bad_config', `data_config.source.${index}: several sources need an alias each`)
  const joinType: JoinType = entry.join_type ?? missingJoinType(alias)
  return { source, alias, joinType, primaryKey: entry.primary_key, joinKey: entry.join_key }
}

function missingJoinType(alias: string): never {
  throw new SygraError(
    'bad_config',
    `data_config.source: "${alias}" needs a join_type: primary, sequential, random, cross, column or vstack`,
  )
}

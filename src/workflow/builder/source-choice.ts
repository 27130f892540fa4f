import type { DataSource } from '../sources/data-source.ts'
import type { DataSourceConfig } from '../sources/data-source-schema.ts'

/** What a workflow takes as its data: a path, rows, an iterable, a `DataSource`, or what `data_config.source` may hold. */
export type SourceChoice = Parameters<typeof DataSource.from>[0] | DataSourceConfig

/** Rows of which the fields are known, at once or one by one. */
export type RowsOf<Fields> = Iterable<Fields> | AsyncIterable<Fields> | (() => Iterable<Fields> | AsyncIterable<Fields>)

/** True for data that is described as in `graph_config.yaml`. */
export function isSourceConfig(choice: SourceChoice): choice is DataSourceConfig {
  return (
    typeof choice === 'object' &&
    choice !== null &&
    'type' in choice &&
    typeof choice.type === 'string' &&
    !('rows' in choice)
  )
}

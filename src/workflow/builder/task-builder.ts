import type { z } from 'zod'
import type { CacheChoice } from '../cache/cache-choice.ts'
import type { GraphConfig } from '../config/graph-config.ts'
import type { OutputField } from '../config/output-config.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { GraphBuilder } from './graph-builder.ts'

type SchemaConfig = NonNullable<GraphConfig['schema_config']>

/** What output rows must look like: a zod schema, `./file.ts#export`, or fields with their types and rules. */
type SchemaConfigChoice = z.ZodType | string | readonly NonNullable<SchemaConfig['fields']>[number][]

/** The `schema_config` block of a configuration. */
function schemaConfigOf(choice: SchemaConfigChoice): SchemaConfig {
  if (typeof choice === 'string' || '~standard' in choice) return { schema: choice }
  return { fields: [...choice] }
}

/** What a task says besides its graph: where rows go, how records are told apart, what rows must look like. */
export class TaskBuilder<State extends object> extends GraphBuilder<State> {
  protected readonly sinks: DataSink[] = []

  /** A further place for the rows, besides the output file of the run. */
  sink(sink: DataSink | string): this {
    this.sinks.push(typeof sink === 'string' ? DataSink.disk(sink) : sink)
    return this
  }

  /** The column that gives each record its id; `id`, else the record's content, when left out. */
  idColumn(column: string): this {
    this.dataConfig.id_column = column
    return this
  }

  /** A run that did not come to its end is taken up again by the next one. */
  resumable(isResumable = true): this {
    this.dataConfig.resumable = isResumable
    return this
  }

  /** Answers are kept in the folder of the user, or in one of one's own, and what was asked before is not asked again. */
  cache(choice: CacheChoice = true): this {
    if (typeof choice !== 'object') this.draft.config.cache = choice
    else this.draft.config.cache = { directory: choice.directory, max_size: choice.maxBytes }
    return this
  }

  /** What every output row must look like; a record whose row does not has failed. */
  schema(schema: SchemaConfigChoice): this {
    this.draft.config.schema_config = schemaConfigOf(schema)
    return this
  }

  /** The configuration, as `graph_config.yaml` would hold it; a run checks it before anything else. */
  build(): GraphConfig {
    return this.draft.build() as GraphConfig
  }

  protected get dataConfig(): NonNullable<GraphConfig['data_config']> {
    this.draft.config.data_config ??= {}
    return this.draft.config.data_config
  }

  protected get outputConfig(): NonNullable<GraphConfig['output_config']> {
    this.draft.config.output_config ??= {}
    return this.draft.config.output_config
  }

  protected get outputMap(): Record<string, OutputField> {
    this.outputConfig.output_map ??= {}
    return this.outputConfig.output_map
  }
}

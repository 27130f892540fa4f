import { SygraError } from '../../errors.ts'
import { addFields } from '../transformations/add-fields.ts'
import { type CombineOptions, combineRows } from '../transformations/combine-rows.ts'
import { type FilterOptions, filterByField, filterRows } from '../transformations/filter-rows.ts'
import {
  type TransformationLike,
  type TransformationParameters,
  toTransformation,
} from '../transformations/own-transformation.ts'
import { type RenameOptions, renameFields } from '../transformations/rename-fields.ts'
import { type SkipOptions, skipRows } from '../transformations/skip-rows.ts'
import type { Transformation } from '../transformations/transformation.ts'
import type { DiskOptions } from './files/disk-source.ts'
import type { HubOptions } from './hub/hub-source.ts'
import type { JoinPart } from './joins/join-part.ts'
import { type JoinOptions, joinedSource } from './joins/joined-source.ts'
import { memorySource } from './memory-source.ts'
import { kindOf } from './records/bad-record.ts'
import type { BadRecordOptions, PrecheckOptions, ReadOptions, Row, Source, SourceDescription } from './source.ts'
import { emptySource, type RowStream, streamSource } from './stream-source.ts'
import { transformedSource } from './transformed-source.ts'

/** Where the records of a workflow come from. `transform` adds steps that the rows run through. */
export class DataSource implements Source {
  readonly #base: Source
  #transformations: readonly Transformation[] = []
  #source: Source

  /** Wraps a source of your own; the static functions make those of this package. */
  constructor(source: Source) {
    this.#base = source
    this.#source = source
  }

  /** Rows held in memory. */
  static memory(rows: readonly unknown[]): DataSource {
    return new DataSource(memorySource(rows))
  }

  /** Files on disk: a path or a glob pattern, or several; `.json`, `.jsonl`, `.csv` (each also `.gz`) or `.parquet`. */
  static disk(path: string | readonly string[], options?: DiskOptions): DataSource {
    const sourcePath = typeof path === 'string' ? path : path.join(', ')
    const load = async () => (await import('./files/disk-source.ts')).diskSource(path, options)
    return new DataSource(deferredSource({ sourceType: 'disk', sourcePath }, load))
  }

  /** A dataset of the Hugging Face Hub. */
  static huggingface(repoId: string, options?: HubOptions): DataSource {
    const load = async () => (await import('./hub/hub-source.ts')).hubSource(repoId, options)
    return new DataSource(deferredSource({ sourceType: 'hf', sourcePath: repoId }, load))
  }

  /** Rows that come one by one from elsewhere; a function can be read again, an iterable once. */
  static iterable(stream: RowStream): DataSource {
    return new DataSource(streamSource(stream))
  }

  /** No data: `count` records without columns. */
  static none(count?: number): DataSource {
    return new DataSource(emptySource(count))
  }

  /** Several sources as one, see docs/sources-and-sinks.md for the kinds of join. */
  static join(parts: readonly JoinPart[], options?: JoinOptions): DataSource {
    return new DataSource(joinedSource(parts, options))
  }

  /** Makes a source of whatever a workflow takes as one: a path, rows, an iterable, a function that makes one, or a source. */
  static from(given: string | readonly unknown[] | RowStream | Source, options?: DiskOptions): DataSource {
    if (given instanceof DataSource) return given
    if (typeof given === 'string') return DataSource.disk(given, options)
    if (Array.isArray(given)) return DataSource.memory(given)
    if (typeof given === 'function') return DataSource.iterable(given)
    if (isSource(given)) return new DataSource(given)
    if (isIterable(given)) return DataSource.iterable(given)
    throw new SygraError(
      'bad_argument',
      `expected a data source: a path, an array of rows, an iterable or a DataSource; found ${kindOf(given)}`,
    )
  }

  /** Adds transformations behind those it has; gives itself. */
  transform(...given: readonly TransformationLike[]): this {
    this.#transformations = [...this.#transformations, ...given.map((one) => toTransformation(one))]
    this.#source = transformedSource(this.#base, this.#transformations)
    return this
  }

  /** Adds one transformation with its parameters; gives itself. */
  addTransformation(given: TransformationLike, parameters?: TransformationParameters): this {
    return this.transform(toTransformation(given, parameters))
  }

  /** Renames columns; gives itself. */
  rename(mapping: RenameOptions['mapping'], options?: Omit<RenameOptions, 'mapping'>): this {
    return this.transform(renameFields({ mapping, ...options }))
  }

  /** Adds columns with the same value in every row; gives itself. */
  add(values: Readonly<Row>): this {
    return this.transform(addFields({ mapping: values }))
  }

  /** Keeps the rows that a function says yes to, or whose column meets a condition; gives itself. */
  filter(condition: ((row: Row) => boolean | Promise<boolean>) | FilterOptions): this {
    return this.transform(typeof condition === 'function' ? filterRows(condition) : filterByField(condition))
  }

  /** Leaves rows out by their position; gives itself. */
  skip(options: SkipOptions): this {
    return this.transform(skipRows(options))
  }

  /** Makes one row of each window of neighbouring rows; gives itself. */
  combine(options: CombineOptions): this {
    return this.transform(combineRows(options))
  }

  describe() {
    return this.#source.describe()
  }

  check(options?: BadRecordOptions) {
    return this.#source.check(options)
  }

  precheck(options?: PrecheckOptions) {
    return this.#source.precheck(options)
  }

  rows(options?: ReadOptions) {
    return this.#source.rows(options)
  }

  count() {
    return this.#source.count()
  }
}

// JavaScript lets anything through.
function isSource(given: unknown): given is Source {
  if (typeof given !== 'object' || given === null) return false
  return (
    'rows' in given && typeof given.rows === 'function' && 'describe' in given && typeof given.describe === 'function'
  )
}

function isIterable(given: unknown): given is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof given === 'object' && given !== null && (Symbol.asyncIterator in given || Symbol.iterator in given)
}

/**
 * A source whose reader is loaded when it is first needed: parsers of formats that a program may never read would make
 * the whole package slow to import.
 */
function deferredSource(description: SourceDescription, load: () => Promise<Source>): Source {
  let loaded: Source | undefined
  const ready = async () => {
    loaded ??= await load()
    return loaded
  }
  return {
    describe: () => loaded?.describe() ?? description,
    check: async (options?: BadRecordOptions) => (await ready()).check(options),
    precheck: async (options?: PrecheckOptions) => (await ready()).precheck(options),
    count: async () => (await ready()).count(),
    async *rows(options?: ReadOptions): AsyncGenerator<Row> {
      yield* (await ready()).rows(options)
    },
  }
}

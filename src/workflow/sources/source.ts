/** One record: column name to value. */
export type Row = Record<string, unknown>

/** The kinds of source, as they appear in `dataset.source_type`. */
type SourceType = 'memory' | 'disk' | 'hf' | 'none' | 'multi-source' | 'stream'

/** Where the records of a run come from, for its metadata. */
export interface SourceDescription {
  readonly sourceType: SourceType
  /** The path or repository as the user wrote it. */
  readonly sourcePath?: string
  /** The dataset's commit on the Hugging Face Hub; undefined elsewhere. */
  readonly datasetVersion?: string
  /** Content digest (disk, memory) or commit read (hf). Known once a read has ended, see docs/sources-and-sinks.md. */
  readonly datasetHash?: string
  /** Number of rows, where that was learned without extra work. */
  readonly rowCount?: number
  /** One entry per alias of a joined source. */
  readonly sources?: readonly AliasDescription[]
}

/** One part of a joined source. */
interface AliasDescription extends Omit<SourceDescription, 'sources'> {
  readonly alias: string
  readonly joinType?: string
}

/** A record that could not be read, or may not be used. */
export interface BadRecord {
  /** Place of the record: `data.jsonl:12`, `rows[3]`. */
  readonly where: string
  /** What was found and what was expected. */
  readonly problem: string
  /** What to do about it. */
  readonly remedy?: string
}

/** Whether a bad record stops the read (default) or is reported and left out. */
export type OnBadRecord = 'skip' | 'fail'

/** How to treat records that cannot be used. */
export interface BadRecordOptions {
  /** Default `fail`: the first bad record throws a SygraError `bad_data`. */
  readonly onBadRecord?: OnBadRecord
  /** Called for each bad record that is skipped. */
  readonly onBad?: (bad: BadRecord) => void
}

/** How to read a source. */
export interface ReadOptions extends BadRecordOptions {
  /** Records to pass over; they are not parsed where the format allows. Default 0. */
  readonly startIndex?: number
  readonly signal?: AbortSignal
  /** True for a look ahead: the content hash is left alone. Default false. */
  readonly isPreview?: boolean
}

/** What to look at before a run. */
export interface PrecheckOptions extends ReadOptions {
  /** Records the run will use; later ones are not looked at. Default: all. */
  readonly numRecords?: number
  /** Column that must give each record its own id, see `recordIdOf`. */
  readonly idColumn?: string | false
}

/** What a precheck saw. */
export interface Precheck {
  /** Good records seen. */
  readonly rows: number
  /** Bad records seen and skipped. */
  readonly badRecords: number
  /** True when every record the run will use was looked at. */
  readonly complete: boolean
}

/** What a check found. */
export interface SourceCheck {
  /** Columns of the first record; undefined where it cannot be read without using it up, as of a stream. */
  readonly columns?: readonly string[]
}

/** Something that gives records. A source can be read more than once, except a one-shot stream. */
export interface Source {
  /** What this source is. The content hash is known after the first read that ended. */
  describe(): SourceDescription
  /** Cheap, before anything is spent: the source exists, is readable and of the right kind, and its first record parses. */
  check(options?: BadRecordOptions): Promise<SourceCheck>
  /**
   * Finds bad records before a run. Files up to 64 MB and memory are parsed whole, larger files for 1,000 records,
   * remote ones for their first record, streams not at all.
   */
  precheck(options?: PrecheckOptions): Promise<Precheck>
  /** Gives the records one by one; memory does not grow with their number. */
  rows(options?: ReadOptions): AsyncIterable<Row>
  /** Number of records, if it can be known without parsing everything. */
  count(): Promise<number | undefined>
}

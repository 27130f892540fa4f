import { SygraError } from '../../errors.ts'

/** The file formats that can be read. */
export const fileFormats = ['json', 'jsonl', 'csv', 'parquet'] as const

/** A file format that can be read. */
export type FileFormat = (typeof fileFormats)[number]

/** How a file is to be read. */
export interface FileKind {
  readonly format: FileFormat
  readonly isGzip: boolean
}

const suffixes: Readonly<Record<string, FileFormat>> = {
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
}

/** The kind of a file by its name; undefined for a name that does not tell. */
export function kindOfName(name: string): FileKind | undefined {
  const lower = name.toLowerCase()
  const isGzip = lower.endsWith('.gz')
  const plain = isGzip ? lower.slice(0, -'.gz'.length) : lower
  const suffix = Object.keys(suffixes).find((candidate) => plain.endsWith(candidate))
  const format = suffix === undefined ? undefined : suffixes[suffix]
  return format === undefined ? undefined : { format, isGzip }
}

/** The kind of a file by its name, or by the format the user gave; throws `bad_data` when neither tells. */
export function fileKind(name: string, format?: FileFormat): FileKind {
  const byName = kindOfName(name)
  const kind = format === undefined ? byName : { format, isGzip: name.toLowerCase().endsWith('.gz') }
  if (kind === undefined) {
    throw new SygraError(
      'bad_data',
      `${name}: cannot tell the format from the name; set the format to one of ${fileFormats.join(', ')}`,
    )
  }
  if (kind.isGzip && kind.format === 'parquet') {
    throw new SygraError(
      'bad_data',
      `${name}: a gzipped parquet file cannot be read in parts; unpack it with gunzip (parquet is compressed inside)`,
    )
  }
  return kind
}

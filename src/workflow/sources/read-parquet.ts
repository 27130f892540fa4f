import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema, type RowGroup } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { SygraError } from '../../errors.ts'
import type { Batches } from './batches.ts'
import { badParquet, type ParquetBytes } from './parquet-file.ts'
import { parquetParsers, parquetValue } from './parquet-value.ts'
import type { Row } from './source.ts'

/** A slice of a row group decoded at once holds about this many bytes: it bounds memory where one group holds a whole file. */
const sliceBytes = 16 * 1024 * 1024
const [minSliceRows, maxSliceRows] = [1_000, 50_000]

/** Reads the footer of a parquet file and refuses codecs that cannot be unpacked. */
export async function readParquetMetadata(file: ParquetBytes, name: string): Promise<FileMetaData> {
  if (file.byteLength === 0) throw new SygraError('bad_data', `${name}: the file is empty; expected parquet`)
  try {
    const metadata = await parquetMetadataAsync(file, { geoparquet: false })
    checkCodecs(metadata, name)
    return metadata
  } catch (error) {
    throw badParquet(name, error)
  }
}

function checkCodecs({ row_groups }: FileMetaData, name: string): void {
  for (const column of row_groups.flatMap((group) => group.columns)) {
    const { codec, path_in_schema } = column.meta_data ?? {}
    if (codec === undefined || codec === 'UNCOMPRESSED' || codec in compressors) continue
    throw new SygraError(
      'bad_data',
      `${name}: column "${path_in_schema?.join('.')}" is compressed with ${codec}, which cannot be unpacked; write the file again with snappy, gzip, zstd, brotli, lz4 or no compression`,
    )
  }
}

/** A parquet file to read. */
export interface ParquetInput {
  readonly name: string
  readonly file: ParquetBytes
  readonly metadata: FileMetaData
  /** Rows to pass over; whole row groups are not even read. */
  readonly skip: number
}

/** Reads parquet in batches, one row group at a time; returns the number of rows met. */
export async function* readParquet({ name, file, metadata, skip }: ParquetInput): Batches {
  const isSliced = isFlat(metadata)
  let groupStart = 0
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows)
    let rowStart = Math.max(groupStart, skip)
    if (rowStart < groupEnd) {
      const buffered = await bufferGroup(file, group, name)
      const slice = isSliced ? sliceRows(group) : Number.POSITIVE_INFINITY
      for (; rowStart < groupEnd; rowStart += slice) {
        yield await readRows({ file: buffered, metadata, rowStart, rowEnd: Math.min(rowStart + slice, groupEnd) }, name)
      }
    }
    groupStart = groupEnd
  }
  return groupStart
}

function sliceRows({ num_rows, total_byte_size }: RowGroup): number {
  const rows = Math.round((Number(num_rows) * sliceBytes) / Math.max(1, Number(total_byte_size)))
  return Math.min(maxSliceRows, Math.max(minSliceRows, rows))
}

interface RowRange {
  readonly file: ParquetBytes
  readonly metadata: FileMetaData
  readonly rowStart: number
  readonly rowEnd: number
}

async function readRows(range: RowRange, name: string): Promise<Row[]> {
  try {
    const rows = await parquetReadObjects({
      ...range,
      compressors,
      parsers: parquetParsers,
      rowFormat: 'object',
      utf8: false,
      geoparquet: false,
    })
    for (const row of rows) for (const column of Object.keys(row)) row[column] = parquetValue(row[column])
    return rows
  } catch (error) {
    throw badParquet(name, error)
  }
}

/** Reads the bytes of a row group in one range, so that its slices need no further reads. */
async function bufferGroup(file: ParquetBytes, group: RowGroup, name: string): Promise<ParquetBytes> {
  const { start, end } = bytesOf(group)
  let bytes: ArrayBuffer
  try {
    bytes = await file.slice(start, end)
  } catch (error) {
    throw badParquet(name, error)
  }
  return {
    byteLength: file.byteLength,
    slice: async (from, to = file.byteLength) =>
      from >= start && to <= end ? bytes.slice(from - start, to - start) : file.slice(from, to),
  }
}

function bytesOf(group: RowGroup): { start: number; end: number } {
  let start = Number.POSITIVE_INFINITY
  let end = 0
  for (const { meta_data } of group.columns) {
    if (meta_data === undefined) continue
    const from = Number(meta_data.dictionary_page_offset || meta_data.data_page_offset)
    start = Math.min(start, from)
    end = Math.max(end, from + Number(meta_data.total_compressed_size))
  }
  return { start: Math.min(start, end), end }
}

/** True when no column is nested: only then pages outside a slice are passed over without unpacking them. */
function isFlat(metadata: FileMetaData): boolean {
  return parquetSchema(metadata).children.every(
    ({ children, element }) => children.length === 0 && element.repetition_type !== 'REPEATED',
  )
}

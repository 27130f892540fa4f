import {
  type FileMetaData,
  type ParquetParsers,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type RowGroup,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { SygraError } from '../../../errors.ts'
import type { Row } from '../source.ts'
import { badParquet, type ParquetBytes } from './parquet-file.ts'
import { checkUnpackedSize, guardedCompressors } from './parquet-limits.ts'
import type { Batches } from './parse-items.ts'
import { parseExactJson } from './parse-json.ts'

/** A slice of a row group decoded at once holds about this many bytes: it bounds memory where one group holds a whole file. */
const sliceBytes = 8 * 1024 * 1024
const [minSliceRows, maxSliceRows] = [1_000, 20_000]

/** Reads the footer of a parquet file and refuses codecs that cannot be unpacked. */
export async function readParquetMetadata(file: ParquetBytes, name: string): Promise<FileMetaData> {
  if (file.byteLength === 0) throw new SygraError('bad_data', `${name}: the file is empty; expected parquet`)
  try {
    const metadata = await parquetMetadataAsync(file, { geoparquet: false })
    checkCodecs(metadata, name)
    checkUnpackedSize(metadata, name)
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
interface ParquetInput {
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
      const buffered = keptRanges(file)
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
    const { metadata, scales } = withPlainDecimals(range.metadata, name)
    const rows = await parquetReadObjects({
      ...range,
      metadata,
      compressors: guardedCompressors(name),
      parsers: parquetParsers,
      rowFormat: 'object',
      utf8: false,
      geoparquet: false,
    })
    const texts: LongTexts = new Map()
    for (const row of rows) {
      for (const column of Object.keys(row)) {
        const scale = scales.get(column)
        row[column] = scale === undefined ? parquetValue(row[column], texts) : decimalOf(row[column], scale)
      }
    }
    return rows
  } catch (error) {
    throw badParquet(name, error)
  }
}

/**
 * Decimals are read as the whole numbers they are stored as, and scaled here: the library would make each one a number, which
 * keeps 15 of 38 digits. Those within lists and maps are left to it, and refused where they may have more.
 */
function withPlainDecimals(
  metadata: FileMetaData,
  name: string,
): {
  readonly metadata: FileMetaData
  readonly scales: ReadonlyMap<string, number>
} {
  const scales = new Map<string, number>()
  for (const { children, element } of parquetSchema(metadata).children) {
    const isDecimal = isDecimalElement(element)
    if (isDecimal && children.length === 0 && element.repetition_type !== 'REPEATED') {
      scales.set(element.name, element.scale ?? 0)
    } else if ([element, ...elementsBelow(children)].some(isLongDecimal)) {
      throw new SygraError(
        'bad_data',
        `${name}: the column "${element.name}" has decimals of more than 15 digits in a list or a map, which would be rounded; ` +
          'write them as text, or as a column of their own',
      )
    }
  }
  if (scales.size === 0) return { metadata, scales }
  const tops = new Set(parquetSchema(metadata).children.map(({ element }) => element))
  const schema = metadata.schema.map((element) =>
    tops.has(element) && scales.has(element.name)
      ? { ...element, converted_type: undefined, logical_type: undefined }
      : element,
  )
  return { metadata: { ...metadata, schema }, scales }
}

/** Keeps the bytes of a row group while its slices are decoded: each slice asks for the same ranges. */
function keptRanges(file: ParquetBytes): ParquetBytes {
  const kept = new Map<string, Promise<ArrayBuffer>>()
  return {
    byteLength: file.byteLength,
    slice(start, end = file.byteLength) {
      const key = `${start}-${end}`
      const bytes = kept.get(key) ?? file.slice(start, end)
      kept.set(key, bytes)
      return bytes
    },
  }
}

/** True when no column is nested: only then pages outside a slice are passed over without unpacking them. */
function isFlat(metadata: FileMetaData): boolean {
  return parquetSchema(metadata).children.every(
    ({ children, element }) => children.length === 0 && element.repetition_type !== 'REPEATED',
  )
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Parsers that give values a record can carry: dates as ISO text. */
const parquetParsers: Partial<ParquetParsers> = {
  dateFromDays: (days) => isoText(days * 86_400_000).split('T')[0],
  timestampFromMilliseconds: (milliseconds) => isoText(Number(milliseconds)),
  timestampFromMicroseconds: (microseconds) => fineText(microseconds, 1_000_000n, 6),
  timestampFromNanoseconds: (nanoseconds) => fineText(nanoseconds, 1_000_000_000n, 9),
  jsonFromBytes: (bytes) => bytes && parseExactJson(utf8.decode(bytes)),
}

/**
 * A parquet value as a record carries it: a big integer becomes a number where that is exact, else text; bytes that are UTF-8
 * become text (old writers do not mark text), other bytes stay a Uint8Array.
 */
function parquetValue(value: unknown, texts: LongTexts): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return textOrBytes(value, texts)
  if (value instanceof Date) return isoText(value.getTime())
  if (ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map((item) => parquetValue(item, texts))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parquetValue(item, texts)]))
}

/**
 * Long texts of a slice by their bytes: what stands once in a dictionary stands for many rows, and a text made anew for each
 * of them would fill memory.
 */
type LongTexts = Map<Uint8Array, string>
const longBytes = 1024

function textOrBytes(bytes: Uint8Array, texts: LongTexts): string | Uint8Array {
  try {
    if (bytes.byteLength < longBytes) return utf8.decode(bytes)
    const known = texts.get(bytes)
    if (known !== undefined) return known
    const text = utf8.decode(bytes)
    texts.set(bytes, text)
    return text
  } catch {
    return bytes
  }
}

/** A time with all its digits: those below the millisecond are written where there are any. */
function fineText(units: bigint, perSecond: bigint, digits: number): string {
  const fraction = ((units % perSecond) + perSecond) % perSecond
  const seconds = (units - fraction) / perSecond
  const perMillisecond = perSecond / 1000n
  const isFine = fraction % perMillisecond !== 0n
  if (!isFine) return isoText(Number(seconds * 1000n + fraction / perMillisecond))
  return isoText(Number(seconds * 1000n)).replace('.000Z', `.${String(fraction).padStart(digits, '0')}Z`)
}

function isoText(milliseconds: number): string {
  if (Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15) return new Date(milliseconds).toISOString()
  throw new SygraError('bad_data', `a date lies beyond what a calendar of 271,000 years holds (${milliseconds} ms)`)
}

function isDecimalElement({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL'
}

function isLongDecimal(element: SchemaElement): boolean {
  return isDecimalElement(element) && (element.precision ?? 38) > 15
}

function elementsBelow(trees: readonly SchemaTree[]): readonly SchemaElement[] {
  return trees.flatMap(({ element, children }) => [element, ...elementsBelow(children)])
}

/** The decimal of a whole number of its smallest units: a number where that is exact, else text. */
function decimalOf(unscaled: unknown, scale: number): unknown {
  if (unscaled === null || unscaled === undefined) return null
  const units = unscaled instanceof Uint8Array ? signedInteger(unscaled) : BigInt(String(unscaled))
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)]
  const text = `${units < 0n ? '-' : ''}${whole}${scale > 0 ? `.${fraction}` : ''}`
  // Fifteen digits come out of a number as they went in.
  return whole.replace(/^0$/, '').length + scale <= 15 ? Number(text) : text
}

/** Big-endian, two's complement. */
function signedInteger(bytes: Uint8Array): bigint {
  const value = bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  return BigInt.asIntN(bytes.length * 8, value)
}

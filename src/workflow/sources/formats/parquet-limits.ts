import type { Compressors, FileMetaData } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { freeBytes, mostUnpackRatio, tooMuchPacked } from './read-bytes.ts'

/** So many values a group of rows may have whatever its size: what is the same in every row takes next to no bytes. */
const freeValues = 16 * 1024 * 1024

/**
 * Refuses a file that says of itself that it unpacks to far more than it is, as one does that is made to fill memory.
 *
 * @throws SygraError `bad_data`.
 */
export function checkUnpackedSize({ row_groups }: FileMetaData, name: string): void {
  const ratio = mostUnpackRatio()
  for (const { columns, num_rows } of row_groups) {
    const sizes = columns.map(({ meta_data: column }) => ({
      packed: Number(column?.total_compressed_size ?? 0),
      unpacked: Number(column?.total_uncompressed_size ?? 0),
    }))
    const packed = sizes.reduce((sum, size) => sum + size.packed, 0)
    const unpacked = sizes.reduce((sum, size) => sum + size.unpacked, 0)
    const values = Number(num_rows) * columns.length
    if (unpacked > freeBytes && unpacked > ratio * packed) throw tooMuchPacked(name, ratio)
    if (values > freeValues && values > ratio * packed) throw tooMuchPacked(name, ratio)
  }
}

/** What unpacks the pages of a file. A page says itself how large it gets, which need not be what the file says of it. */
export function guardedCompressors(name: string): Compressors {
  const ratio = mostUnpackRatio()
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, outputLength: number) => {
        if (outputLength > freeBytes && outputLength > ratio * input.byteLength) throw tooMuchPacked(name, ratio)
        return unpack(input, outputLength)
      },
    ]),
  )
}

import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { SygraError } from '../../errors.ts'
import { writeAtomic } from '../../runtime/files/write-atomic.ts'
import { readDataUrl } from '../media/data-url.ts'
import { extensionOf, kindOfType } from '../media/media-type.ts'
import { notWritable } from '../sinks/write-error.ts'
import type { Row } from '../sources/source.ts'

/** Where the images and sounds of an output are: a folder of its name beside it, with a folder for each kind. */
export function mediaFolderOf(outputPath: string): string {
  return outputPath.replace(/\.jsonl?$/, '')
}

/** A file that a row names in place of its content. */
interface PlacedFile {
  readonly path: string
  readonly bytes: Buffer
}

/**
 * Writes the images and sounds of a row into files beside the output and puts their paths in the place of the data URLs:
 * `<output>/image/<record>_<key>_<number>.png`, in lists and maps too. A record that is done again replaces its files.
 *
 * @throws SygraError `not_writable`
 */
export async function moveMediaToFiles(
  row: Row,
  { outputPath, recordId }: { readonly outputPath: string; readonly recordId: string },
): Promise<Row> {
  const files: PlacedFile[] = []
  const names = new Set<string>()
  const begin = nameOfRecord(recordId)
  const place = (text: string, keys: readonly (string | number)[]): string => {
    const found = readDataUrl(text)
    const kind = found === undefined ? undefined : kindOfType(found.mediaType)
    if (found === undefined || kind === undefined) return text
    const numbered = typeof keys.at(-1) === 'number' ? keys : [...keys, 0]
    const stem = [begin, ...numbered.map((key) => nameOfKey(String(key)))].join('_')
    const name = freeName(stem, extensionOf(found.mediaType), names)
    const path = resolve(mediaFolderOf(outputPath), kind, name)
    files.push({ path, bytes: Buffer.from(found.data, 'base64') })
    return path
  }
  const moved = mapTexts(row, place)
  for (const file of files) await writeFile(file)
  return moved
}

/** True for JSON text that may hold an image or a sound. */
export function mayHoldMedia(text: string): boolean {
  return text.includes('"data:image/') || text.includes('"data:audio/')
}

async function writeFile({ path, bytes }: PlacedFile): Promise<void> {
  try {
    // Safe from a power cut before the row that names it is.
    await writeAtomic(path, bytes, { isSynced: true })
  } catch (error) {
    const cause: unknown = error instanceof SygraError ? error.cause : error
    throw notWritable(path, cause, 'the rows written before are kept')
  }
}

function freeName(stem: string, extension: string, names: Set<string>): string {
  for (let number = 1; ; number += 1) {
    const name = `${stem}${number === 1 ? '' : `-${number}`}.${extension}`
    if (names.has(name)) continue
    names.add(name)
    return name
  }
}

const mostOfName = 80

/** A record's id as the begin of a file name; one that had to be changed has a digest, so that no two are the same. */
function nameOfRecord(id: string): string {
  const plain = nameOfKey(id)
  return plain === id ? id : `${plain}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`
}

function nameOfKey(key: string): string {
  return key.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, mostOfName) || 'x'
}

/** A value with each of its texts replaced. */
function mapTexts(row: Row, change: (text: string, keys: readonly (string | number)[]) => string): Row {
  const changed = (value: unknown, keys: readonly (string | number)[]): unknown => {
    if (typeof value === 'string') return change(value, keys)
    if (Array.isArray(value)) return value.map((item, index) => changed(item, [...keys, index]))
    if (!isMap(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, changed(item, [...keys, key])]))
  }
  return Object.fromEntries(Object.entries(row).map(([key, item]) => [key, changed(item, [key])]))
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

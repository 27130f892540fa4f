import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { SygraError } from '../../../errors.ts'
import { writeAtomic } from '../../../runtime/files/write-atomic.ts'
import { mapMap, type ValuePath } from '../../config/plain-map.ts'
import { readDataUrl } from '../../media/data-url.ts'
import { extensionOf, kindOfType } from '../../media/media-type.ts'
import { notWritable } from '../../sinks/write-error.ts'
import type { Row } from '../../sources/source.ts'

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
  const moved = mapMap(row, (text, path) => {
    const found = typeof text === 'string' ? readDataUrl(text) : undefined
    const kind = found === undefined ? undefined : kindOfType(found.mediaType)
    if (found === undefined || kind === undefined) return text
    const numbered = typeof path.at(-1) === 'number' ? path : [...path, 0]
    const name = freeName(stemOf(recordId, numbered), extensionOf(found.mediaType), names)
    const file = { path: resolve(mediaFolderOf(outputPath), kind, name), bytes: Buffer.from(found.data, 'base64') }
    files.push(file)
    return file.path
  })
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
    // Names that differ in their case are one on the disks of macOS and Windows.
    if (names.has(name.toLowerCase())) continue
    names.add(name.toLowerCase())
    return name
  }
}

/** File systems take 255 bytes; an end, a number and the mark of a temporary file come behind. */
const mostBytes = 200

/** The name of a file by the record and the keys that lead to its content, without its end. */
function stemOf(recordId: string, path: ValuePath): string {
  const stem = [nameOfRecord(recordId), ...path.map((key) => plainName(String(key)))].join('_')
  if (Buffer.byteLength(stem) <= mostBytes) return stem
  const digest = digestOf(JSON.stringify([recordId, ...path]))
  // Decoded as the begin of a longer text: half a character at its end is left out.
  const begin = new TextDecoder().decode(Buffer.from(stem).subarray(0, mostBytes - digest.length - 1), { stream: true })
  return `${begin}-${digest}`
}

/**
 * A record's id as the begin of a file name. One whose name another record could have has a digest: what had to be changed, what
 * holds the mark before keys, and capitals, since many disks do not tell their case.
 */
function nameOfRecord(id: string): string {
  return /^[a-z0-9.-]+$/.test(id) ? id : `${plainName(id)}-${digestOf(id)}`
}

function plainName(key: string): string {
  return key.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'x'
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

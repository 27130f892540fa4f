import { basename } from 'node:path'
import { badRecordHandler } from '../sources/bad-record.ts'
import { flatten } from '../sources/batches.ts'
import { readBytes } from '../sources/read-bytes.ts'
import { readJsonl } from '../sources/read-jsonl.ts'
import type { Row } from '../sources/source.ts'
import { decodeText } from '../sources/text-encoding.ts'
import { wholeLines } from './whole-lines.ts'

/** The rows of a part file, streamed; half a line at the end, left by a crash, is passed over. */
export async function* readPartFile(path: string): AsyncGenerator<Row> {
  const name = basename(path)
  const { bytes } = await wholeLines(path)
  const text = decodeText(readBytes({ path, name, end: bytes }), { name })
  yield* flatten(readJsonl({ name: path, text, skip: 0, bad: badRecordHandler() }))
}

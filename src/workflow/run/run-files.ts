import { join } from 'node:path'
import { nowMs } from '../../runtime/clock.ts'
import { freeTimestamp, metadataPathOf, someExist } from '../../runtime/run-files.ts'
import type { RunOptions } from './run-options.ts'

/** Above so many records the output is JSON lines, as in the Python system: an array would be unwieldy. */
const maxArrayRecords = 25_000

/** The files of one run; they share its timestamp. */
export interface RunFiles {
  readonly directory: string
  readonly timestamp: string
  readonly outputPath: string
  readonly metadataPath: string
  /** Failed records with their errors; made when the first one fails. */
  readonly failuresPath: string
}

/** Names the files of a run so that none of an earlier one is overwritten. */
export function chooseRunFiles({
  taskName,
  directory,
  recordCount,
  options,
}: {
  readonly taskName: string
  readonly directory: string
  /** How many records there are, where that is known. */
  readonly recordCount: number | undefined
  readonly options: RunOptions
}): RunFiles {
  const extension = (recordCount ?? 0) > maxArrayRecords ? 'jsonl' : 'json'
  const base = options.runName ? `${options.runName}_output` : 'output'
  const outputAt = (timestamp: string) =>
    join(directory, options.outputWithTs === false ? `${base}.${extension}` : `${base}_${timestamp}.${extension}`)
  const metadataAt = (timestamp: string) => metadataPathOf({ directory, taskName, timestamp })
  const timestamp = freeTimestamp({
    atMs: nowMs(),
    isTaken: (candidate) =>
      someExist([metadataAt(candidate), ...(options.outputWithTs === false ? [] : partsOf(outputAt(candidate)))]),
  })
  const outputPath = outputAt(timestamp)
  return {
    directory,
    timestamp,
    outputPath,
    metadataPath: metadataAt(timestamp),
    failuresPath: outputPath.replace(/\.jsonl?$/, '_failed.jsonl'),
  }
}

// The same second may have a JSON and a JSON-lines output, and a part of one that is still being written.
function partsOf(outputPath: string): readonly string[] {
  const stem = outputPath.replace(/\.jsonl?$/, '')
  return [`${stem}.json`, `${stem}.jsonl`, `${stem}.part.jsonl`]
}

import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import type { RunPlan } from '../../runtime/ledger-entry.ts'
import { replaceFile, writeTextFile } from '../sinks/replace-file.ts'
import { rowToJson } from '../sinks/row-json.ts'
import { DataSource } from '../sources/data-source.ts'

/** Makes the part file of a run that was complete, or about to be, from its output, so that it can go on. */
export async function restorePart({ partPath, outputPath }: RunPlan): Promise<void> {
  if (existsSync(partPath) || !existsSync(outputPath)) return
  // There whole or not at all: from half a part file it would follow that the other rows are lost.
  await replaceFile(partPath, (temporary) => {
    if (outputPath.endsWith('.jsonl')) return copyFile(outputPath, temporary)
    return writeTextFile(temporary, async (write) => {
      for await (const row of DataSource.disk(outputPath).rows()) await write(`${rowToJson(row)}\n`)
    })
  })
}

import { writeTextFile } from './replace-file.ts'
import type { RowsToWrite } from './write-rows.ts'

/** Writes rows as JSON lines. */
export async function writeJsonl({ rows, path }: RowsToWrite): Promise<void> {
  await writeTextFile(path, async (write) => {
    for await (const row of rows()) await write(`${JSON.stringify(row)}\n`)
  })
}

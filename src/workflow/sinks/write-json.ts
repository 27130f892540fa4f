import { writeTextFile } from './replace-file.ts'
import type { RowsToWrite } from './write-rows.ts'

/** Writes rows as a JSON array, indented by two spaces. */
export async function writeJson({ rows, path }: RowsToWrite): Promise<void> {
  await writeTextFile(path, async (write) => {
    let isFirst = true
    for await (const row of rows()) {
      // JSON text has line ends between its parts only, never inside a string.
      const text = JSON.stringify(row, null, 2).replaceAll('\n', '\n  ')
      await write(`${isFirst ? '[' : ','}\n  ${text}`)
      isFirst = false
    }
    await write(isFirst ? '[]\n' : '\n]\n')
  })
}

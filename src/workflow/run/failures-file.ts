import { appendFile } from 'node:fs/promises'
import { messageOf } from '../../errors.ts'
import { fileLines } from '../../runtime/file-lines.ts'
import { redactText } from '../../runtime/redact.ts'
import { replaceFile, writeTextFile } from '../sinks/replace-file.ts'

/** The file of the records that failed, beside the output: `output.json` → `output_failed.jsonl`. */
export function failuresPathOf(outputPath: string): string {
  return outputPath.replace(/\.jsonl?$/, '_failed.jsonl')
}

/** Notes a record that failed, and why. The failure is in the metadata whether or not it can be written here. */
export async function appendFailure(path: string, { recordId, error }: { recordId: string; error: unknown }) {
  const line = JSON.stringify({ id: recordId, error: redactText(messageOf(error)) })
  await appendFile(path, `${line}\n`).catch(() => {})
}

/** Leaves of each record that has failed for good its last line, and none of those that were done again and succeeded. */
export async function settleFailures(path: string, hasFailed: (recordId: string) => boolean): Promise<void> {
  const lastLines = new Map<string, number>()
  let lines = 0
  for await (const line of fileLines(path)) {
    const id = idIn(line)
    if (id !== undefined && hasFailed(id)) lastLines.set(id, lines)
    lines += 1
  }
  if (lines === lastLines.size) return
  await replaceFile(path, (temporary) =>
    writeTextFile(temporary, async (write) => {
      let number = 0
      for await (const line of fileLines(path)) {
        if (lastLines.get(idIn(line) ?? '') === number) await write(`${line.toString('utf8')}\n`)
        number += 1
      }
    }),
  ).catch(() => {})
}

function idIn(line: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
    return typeof value.id === 'string' ? value.id : undefined
  } catch {
    return undefined
  }
}

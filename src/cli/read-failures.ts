import { lstat } from 'node:fs/promises'
import type { Metadata } from '../metadata/schema.ts'
import { fileLines } from '../runtime/files/file-lines.ts'
import { redactLongText } from '../runtime/redact.ts'
import type { RunFiles } from '../studio/run-files.ts'
import { failuresPathOf } from '../workflow/run/run-files.ts'
import { besideMetadata } from './beside-metadata.ts'

/** A file of failures is a line for each; a larger one is not read for the sake of a page. */
const maxBytes = 50_000_000
const maxTextLength = 4_096

/**
 * Reads why records failed: the texts of the file that stands beside the output, without secrets. The file that was read
 * last is kept until it changes, since a page asks for one record after the other.
 */
export function failureReader(): RunFiles['failures'] {
  let last: { readonly key: string; readonly texts: Promise<ReadonlyMap<string, string>> } | undefined
  return async ({ execution: { output_path } }: Metadata, metadataPath, ids) => {
    if (!output_path) return new Map()
    const path = besideMetadata(metadataPath, failuresPathOf(output_path))
    const status = await lstat(path).catch(() => undefined)
    if (!status?.isFile() || status.size > maxBytes) return new Map()
    const key = `${path} ${status.mtimeMs} ${status.size}`
    if (last?.key !== key) last = { key, texts: readTexts(path) }
    const texts = await last.texts
    return new Map(
      ids.flatMap((id) => {
        const text = texts.get(id)
        return text === undefined ? [] : [[id, redactLongText(text, maxTextLength)] as const]
      }),
    )
  }
}

async function readTexts(path: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for await (const line of fileLines(path)) {
    const failure = failureOf(line.toString('utf8'))
    if (failure !== undefined) texts.set(failure.id, failure.error)
  }
  return texts
}

function failureOf(line: string): { readonly id: string; readonly error: string } | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return undefined
    const [id, error]: readonly unknown[] = [Reflect.get(value, 'id'), Reflect.get(value, 'error')]
    return (typeof id === 'string' || typeof id === 'number') && typeof error === 'string'
      ? { id: String(id), error }
      : undefined
  } catch {
    return undefined
  }
}

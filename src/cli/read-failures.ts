import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Metadata } from '../metadata/schema.ts'
import { redactLongText } from '../runtime/redact.ts'
import { failuresPathOf } from '../workflow/run/run-files.ts'

/** A file of failures is a line for each; a larger one is not read for the sake of a page. */
const maxBytes = 50_000_000
const maxTextLength = 4_096

/**
 * Why records failed, by their ids: the texts of the file that stands beside the output. It is looked for beside the metadata
 * file, where runs put it, and never where a path in the file may lead.
 */
export async function readFailures(
  { execution: { output_path } }: Metadata,
  metadataPath: string,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  if (!output_path) return texts
  const folder = dirname(metadataPath)
  const beside = basename(folder) === 'metadata' ? dirname(folder) : folder
  const path = join(beside, basename(failuresPathOf(output_path)))
  const status = await lstat(path).catch(() => undefined)
  if (!status?.isFile() || status.size > maxBytes) return texts
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const failure = failureOf(line)
    if (failure !== undefined) texts.set(failure.id, redactLongText(failure.error, maxTextLength))
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

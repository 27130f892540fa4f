import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Lines told at a time. */
const chunkLength = 256 * 1024

/** Where a worker keeps the lines of its ledger that nobody could be told. */
export function spoolPathOf(
  directory: string,
  { runId, worker }: { readonly runId: string; readonly worker: string },
): string {
  return join(directory, `${runId}.${worker}.jsonl`)
}

/** The files of lines that are kept for a run. */
export function spoolsOf(directory: string, runId: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.startsWith(`${runId}.`) && name.endsWith('.jsonl'))
    return names.map((name) => join(directory, name))
  } catch {
    return []
  }
}

/** Tells the lines of such a file, removes it once all are kept, and gives whose they were. What is told twice counts once. */
export async function deliverSpool(
  path: string,
  tell: (lines: { readonly worker: string; readonly text: string }) => Promise<void>,
): Promise<string> {
  const worker = basename(path).split('.').at(-2) ?? ''
  const lines = readFileSync(path, 'utf8').split('\n')
  const told: Promise<void>[] = []
  let text = ''
  for (const line of lines) {
    if (line !== '') text += `${line}\n`
    if (text.length < chunkLength) continue
    told.push(tell({ worker, text }))
    text = ''
  }
  if (text !== '') told.push(tell({ worker, text }))
  await Promise.all(told)
  rmSync(path, { force: true })
  return worker
}

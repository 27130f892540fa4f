import { basename } from 'node:path'
import { SygraError } from '../errors.ts'
import { safeText } from '../report/text/safe-text.ts'
import { taskFileName } from '../runtime/files/run-names.ts'
import { oneOf } from '../workflow/config/nearest-name.ts'

// What a reference to a run may mean, for metadata files and for ledgers alike.

/** The timestamp in the name of a file, which all files of a run share. */
export function timestampIn(path: string): string | undefined {
  return /\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(?:_\d+)?/.exec(basename(path))?.[0]
}

/** Whether a reference is the task that a file is named after, with or without the folder `tasks` before it. */
export function isTask(reference: string, task: string | undefined): boolean {
  const name = taskFileName(reference)
  return task !== undefined && [name, `tasks_${name}`, name.replace(/^tasks_/, '')].includes(task)
}

/**
 * The file whose run has this id, or an id that begins so.
 *
 * @throws SygraError `bad_argument` when several ids begin so.
 */
export async function fileOfRunId(
  reference: string,
  { files, idOf }: { readonly files: readonly string[]; readonly idOf: (file: string) => Promise<string | undefined> },
): Promise<string | undefined> {
  if (!/^[\w.:-]{4,}$/.test(reference)) return undefined
  const matches: { readonly file: string; readonly runId: string }[] = []
  for (const file of files) {
    const runId = await idOf(file)
    if (runId === reference) return file
    if (runId?.startsWith(reference)) matches.push({ file, runId })
  }
  if (matches.length > 1) {
    const ids = matches.map(({ runId }) => safeText(runId))
    throw new SygraError('bad_argument', `"${reference}" is the beginning of several run ids: ${oneOf(ids)}`)
  }
  return matches[0]?.file
}

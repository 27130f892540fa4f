import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { SygraError } from '../../errors.ts'
import { safeText } from '../../report/text/safe-text.ts'
import { taskFileName } from '../../runtime/files/run-names.ts'
import { didYouMean, oneOf } from '../../workflow/config/nearest-name.ts'
import { commandLine, usualPlaces } from '../terminal/command-line.ts'
import { findMetadataFiles, newestFirst, parseMetadataFileName, readHead } from './metadata-files.ts'

export interface FindRunOptions {
  /** Where runs are looked for; the working directory of the command. */
  readonly directory: string
}

/**
 * The metadata file of a run: of a metadata file, an output file, a directory (its latest run), a task (its latest run),
 * a name that runs were given (the latest of that name), a run id or its beginning; without a reference, or with `latest`, of the
 * latest run.
 *
 * @throws SygraError `not_found` that says what was looked for and where.
 */
export async function findRun(reference: string | undefined, { directory }: FindRunOptions): Promise<string> {
  if (reference === undefined || reference === '') return latestRun(directory)
  const path = resolve(directory, reference)
  const kind = await kindOf(path)
  if (kind === 'file') return runOfFile(path, reference)
  if (kind === 'directory') return runOfDirectory(path, reference)
  if (reference === 'latest') return latestRun(directory)
  const files = await newestFirst(await findMetadataFiles(directory, usualPlaces))
  const ofTask = files.find((file) => isTask(reference, parseMetadataFileName(file)?.task))
  const found =
    ofTask ??
    (await ofName(reference, files)) ??
    (await fileOfRunId(reference, { files, idOf: runIdIn })) ??
    // The output of a run that has not ended is a path that its account names, and no file yet.
    (await runBeside(path))
  if (found === undefined) throw noSuchRun(reference, files, directory)
  return found
}

async function ofName(name: string, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if ((await textIn(file, 'run_name')) === name) return file
  return undefined
}

async function latestRun(directory: string): Promise<string> {
  const [latest] = await newestFirst(await findMetadataFiles(directory, usualPlaces))
  if (latest !== undefined) return latest
  throw new SygraError(
    'not_found',
    `no runs in ${directory} (looked in metadata, tasks, output and one folder deep): name a file or a directory, or run a task first:\n  ${commandLine(['run', '--task', 'examples.code_assistant', '--simulate'])}`,
  )
}

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  try {
    const status = await stat(path)
    return status.isDirectory() ? 'directory' : 'file'
  } catch {
    return undefined
  }
}

async function runOfDirectory(path: string, reference: string): Promise<string> {
  const [latest] = await newestFirst(await findMetadataFiles(path))
  if (latest !== undefined) return latest
  throw new SygraError('not_found', `no runs under "${reference}": no file there is named metadata_*.json`)
}

/** A metadata file is itself. */
async function runOfFile(path: string, reference: string): Promise<string> {
  if (/"metadata_version"/.test(await readHead(path, 4096))) return path
  const found = await runBeside(path)
  if (found !== undefined) return found
  // An empty or broken metadata file: reading it will say what is wrong with it.
  if (basename(path).startsWith('metadata_')) return path
  throw new SygraError(
    'not_found',
    `"${reference}" is not a metadata file, and no metadata file in ${foldersBeside(path).join(' or ')} belongs to it`,
  )
}

function foldersBeside(path: string): readonly string[] {
  return [join(dirname(path), 'metadata'), dirname(path)]
}

/** The run of any other file of it, which shares its timestamp with the metadata file or is named in it. */
async function runBeside(path: string): Promise<string | undefined> {
  const found = foldersBeside(path).map((folder) => findMetadataFiles(folder, ['metadata_*.json']))
  const beside = await newestFirst((await Promise.all(found)).flat())
  const timestamp = timestampIn(path)
  const sameTime = beside.find((file) => parseMetadataFileName(file)?.timestamp === timestamp)
  if (timestamp !== undefined && sameTime !== undefined) return sameTime
  for (const file of beside) {
    const output = await textIn(file, 'output_path')
    if (output !== undefined && resolve(output) === path) return file
  }
  return undefined
}

/** What a metadata file says near its beginning. */
async function textIn(file: string, key: 'output_path' | 'run_name'): Promise<string | undefined> {
  const text = new RegExp(`"${key}":\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(await readHead(file, 16_384))?.[1]
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

async function runIdIn(file: string): Promise<string | undefined> {
  return /"run_id":\s*"([^"\\]+)"/.exec(await readHead(file, 1024))?.[1]
}

function noSuchRun(reference: string, files: readonly string[], directory: string): SygraError {
  const tasks = [...new Set(files.flatMap((file) => parseMetadataFileName(file)?.task ?? []))].map(taskNameOf)
  const hint = didYouMean(reference, tasks)
  const known = tasks.length > 0 ? `; tasks with runs: ${oneOf(tasks.map((task) => safeText(task)))}` : ''
  const places = 'metadata, tasks, output and one folder deep'
  const seen = files.length > 0 ? `${files.length} runs looked at` : 'no runs at all'
  return new SygraError(
    'not_found',
    `no run "${safeText(reference)}": no file, directory, task, run id or named run of that name in ${relative('.', directory) || directory} (${places}: ${seen})${hint || known}`,
  )
}

// The name as one would type it; whether a `_` was a `.` before, the file name does not say.
function taskNameOf(fileName: string): string {
  return fileName
    .replace(/^tasks_examples_/, 'examples.')
    .replace(/^tasks_/, '')
    .replace(/^examples_/, 'examples.')
}

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

import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '../files/make-directory.ts'
import { placeFile } from '../files/place-file.ts'
import { programDirectory } from '../program-name.ts'
import { settingOf } from '../settings.ts'

/** Under it a process hands on to those that it starts which run is theirs. */
export const tokenVariable = 'SYGRA_RUN_TOKEN'

/** Names the run of a program, for all of its processes. Nothing of it is on a disk before a model is called. */
export interface RunToken {
  /** The output folder, absolute. */
  readonly directory: string
  /** The name that was given by `SYGRA_RUN`: by it processes find each other that did not start each other. */
  readonly name?: string
  /** Of a run without such a name. */
  readonly id?: string
  /** When the program began: a part of the names of its files. */
  readonly startedAtMs: number
  /** Names the `sygra exec` that watches. */
  readonly exec?: string
  /** The process that made it. */
  readonly pid?: number
}

/** Which run it is, where processes have found each other. */
export interface KnownRun {
  readonly id: string
  readonly startedAtMs: number
}

/** A token for a program that begins here: that of `SYGRA_RUN`, where the environment names a run, or a new one. */
export function newRunToken({
  directory = programDirectory(),
  startedAtMs = Date.now(),
  exec,
}: NewToken = {}): RunToken {
  const name = givenName()
  const own = { directory, startedAtMs, exec, pid: process.pid }
  return name === undefined ? { ...own, id: randomUUID() } : { ...own, name }
}

interface NewToken {
  readonly directory?: string
  readonly startedAtMs?: number
  readonly exec?: string
}

/** The token that this process was started with; undefined where it was started with none, or is told to be of another run. */
export function givenRunToken(): RunToken | undefined {
  const token = readToken(settingOf(tokenVariable))
  const name = givenName()
  return name === undefined || token?.name === name ? token : undefined
}

function givenName(): string | undefined {
  return settingOf('SYGRA_RUN')?.trim() || undefined
}

function readToken(text: string | undefined): RunToken | undefined {
  if (text === undefined || text === '') return undefined
  try {
    const { directory, name, id, startedAtMs, exec, pid }: Partial<Record<keyof RunToken, unknown>> = JSON.parse(text)
    if (typeof directory !== 'string' || typeof startedAtMs !== 'number') return undefined
    if (typeof name !== 'string' && typeof id !== 'string') return undefined
    const maker = typeof pid === 'number' ? pid : undefined
    return { directory, name: textOf(name), id: textOf(id), startedAtMs, exec: textOf(exec), pid: maker }
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The run that a token names; of one with a name, what the first process has written down for the others. */
export function knownRun({ id, startedAtMs, name, directory }: RunToken): KnownRun {
  if (id !== undefined || name === undefined) return { id: id ?? randomUUID(), startedAtMs }
  const path = namePathOf(directory, name)
  return readKnown(path) ?? writeKnown(path, name, { id: randomUUID(), startedAtMs })
}

/** As `knownRun`, for those that only look: undefined while no process has come. */
export function knownRunIfAny(token: RunToken): KnownRun | undefined {
  const { id, startedAtMs, name, directory } = token
  if (id !== undefined) return { id, startedAtMs }
  return name === undefined ? undefined : readKnown(namePathOf(directory, name))
}

/** The file by which processes of a run with a name find each other: any text is a name, no two have the same file. */
export function namePathOf(directory: string, name: string): string {
  const safe = name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 60)
  const mark = safe === name ? '' : `-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
  return join(directory, 'metadata', `run_${safe}${mark}.json`)
}

function readKnown(path: string): KnownRun | undefined {
  try {
    const { id, startedAtMs }: { id?: unknown; startedAtMs?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
    return typeof id === 'string' && typeof startedAtMs === 'number' ? { id, startedAtMs } : undefined
  } catch {
    return undefined
  }
}

/** Of several processes that come first at once, what one of them has written holds for all. */
function writeKnown(path: string, name: string, known: KnownRun): KnownRun {
  makeDirectory(join(path, '..'))
  placeFile(path, `${JSON.stringify({ name, ...known })}\n`)
  return readKnown(path) ?? known
}

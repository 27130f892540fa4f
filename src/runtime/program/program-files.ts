import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunStart } from '../../metadata/event.ts'
import { nowMs } from '../clock.ts'
import { codeOf } from '../files/error-code.ts'
import { fileMode } from '../files/file-mode.ts'
import { makeDirectory } from '../files/make-directory.ts'
import { namesIn } from '../files/names-in.ts'
import { placeFile } from '../files/place-file.ts'
import {
  freeTimestamp,
  ledgerPathOf,
  metadataPathOf,
  metadataPathOfLedger,
  workerLedgerPathOf,
  workerOfLedger,
} from '../files/run-names.ts'
import { formatLedgerLine } from '../ledger/ledger-line.ts'
import type { LedgerReport } from '../ledger/ledger-reader.ts'
import { workersBeside } from '../ledger/run-ledgers.ts'
import type { KnownRun } from './run-token.ts'

/** The name of the process that was first: its ledger is that of the run. */
export const firstProcess = 'w1'

/** Where the account of a process goes. */
export interface ProcessPlace {
  readonly runId: string
  readonly worker: string
  /** Of the run, for all of its processes. */
  readonly metadataPath: string
  /** Of the run: that of the process that was first. */
  readonly runLedgerPath: string
  /** Of this process. */
  readonly ledgerPath: string
  /** What the ledger holds already. */
  readonly past?: Pick<LedgerReport, 'lastSeq' | 'entries' | 'damagedLines' | 'missingEntries' | 'readBytes'>
}

interface Joining {
  readonly run: KnownRun
  readonly directory: string
  readonly taskName: string
  /** The start of this process, should it be the first one. */
  readonly start: RunStart
}

/** Gives a process its place in the run of its program; the first one makes the run. */
export function joinProgram({ run, directory, taskName, start }: Joining): ProcessPlace {
  makeDirectory(join(directory, 'metadata'))
  const taken = new Set<string>()
  for (;;) {
    const isTaken = (timestamp: string) => {
      const path = metadataPathOf({ directory, taskName, timestamp })
      return taken.has(path) || existsSync(path) || existsSync(ledgerPathOf(path))
    }
    const timestamp = freeTimestamp({ atMs: run.startedAtMs, isTaken })
    // After the look for a free name: who has taken one since is found now, or has taken this one.
    const found = findProgram({ run, directory })
    if (found !== undefined) return joinRun(run, found)
    const metadataPath = metadataPathOf({ directory, taskName, timestamp })
    const ledgerPath = ledgerPathOf(metadataPath)
    taken.add(metadataPath)
    const line = formatLedgerLine({ seq: 0, atMs: nowMs(), writer: randomBytes(3).toString('hex'), entry: start })
    if (!placeFile(ledgerPath, line)) continue
    // Others that look for a name must find it taken.
    writeFileSync(metadataPath, '', { mode: fileMode() })
    const past = { lastSeq: 0, entries: 1, damagedLines: 0, missingEntries: 0, readBytes: Buffer.byteLength(line) }
    return { runId: run.id, worker: firstProcess, metadataPath, runLedgerPath: ledgerPath, ledgerPath, past }
  }
}

function joinRun(run: KnownRun, metadataPath: string): ProcessPlace {
  const runLedgerPath = ledgerPathOf(metadataPath)
  const last = workersBeside(runLedgerPath).at(-1) ?? firstProcess
  for (let number = Number(last.slice(1)) + 1; ; number += 1) {
    const worker = `w${number}`
    const ledgerPath = workerLedgerPathOf(runLedgerPath, worker)
    try {
      closeSync(openSync(ledgerPath, 'wx', fileMode()))
      return { runId: run.id, worker, metadataPath, runLedgerPath, ledgerPath }
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** The metadata file of a program's run, which its first process has named; undefined while there is none. */
export function findProgram({
  run,
  directory,
}: {
  readonly run: KnownRun
  readonly directory: string
}): string | undefined {
  const folder = join(directory, 'metadata')
  // Processes may have other time zones: only the second is the same in all of them.
  const second = String(Math.floor(run.startedAtMs / 1000) % 60).padStart(2, '0')
  const pattern = new RegExp(`^ledger_.*-\\d\\d-${second}(?:_\\d+)?\\.jsonl$`)
  const mark = `"runId":"${run.id}"`
  for (const name of namesIn(folder)) {
    if (!pattern.test(name) || workerOfLedger(name) !== undefined) continue
    const path = join(folder, name)
    if (headOf(path).includes(mark)) return metadataPathOfLedger(path)
  }
  return undefined
}

const headBytes = 512

function headOf(path: string): string {
  let file: number | undefined
  try {
    if (!statSync(path).isFile()) return ''
    file = openSync(path, 'r')
    const bytes = Buffer.alloc(headBytes)
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, headBytes, 0))
  } catch {
    return ''
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

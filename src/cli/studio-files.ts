import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MetadataEvent } from '../metadata/event.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import { ledgerPathOf } from '../runtime/files/run-names.ts'
import { isEvent, type LedgerEntry } from '../runtime/ledger/ledger-entry.ts'
import { readLedgerPart } from '../runtime/ledger/ledger-reader.ts'
import { bytesBeside, RunLedgersTail } from '../runtime/ledger/run-ledgers.ts'
import type { LedgerSource, RunFiles } from '../studio/run-files.ts'
import { usualPlaces } from './command-line.ts'
import { findMetadataFiles } from './metadata-files.ts'
import { readFinishedRun } from './read-run.ts'
import { readRunRows } from './read-run-rows.ts'

/** Where the build puts the page of the studio. */
export const pageDirectory = fileURLToPath(new URL('../web', import.meta.url))

/** The files of the runs under a directory; without one, in the usual places of the working directory. */
export function studioFiles(directory: string | undefined): RunFiles {
  return {
    find: () => findMetadataFiles(resolve(directory ?? '.'), directory === undefined ? usualPlaces : undefined),
    readRows,
    read: readFinishedRun,
    ledgerPathOf,
    besideBytes: bytesBeside,
    openLedger,
  }
}

/** Programs that are gone are finished meanwhile: the next look finds them so. */
function readRows(paths: readonly string[]): readonly RunRow[] {
  const { rows } = readRunRows(paths)
  for (const { status, path } of rows) if (status === 'dead') void readFinishedRun(path).catch(() => {})
  return rows
}

function openLedger(path: string): LedgerSource {
  const tail = new RunLedgersTail(path)
  return {
    get readBytes() {
      return tail.readBytes
    },
    read: (onEvent) => tail.read((entry) => giveEvent(entry, onEvent)),
    readPart: (part, onEvent) => readPartOf(tail.paths(), part, (entry) => giveEvent(entry, onEvent)),
  }
}

/** A part of several files as if they were one behind the other. */
async function readPartOf(
  paths: readonly string[],
  { start, end }: { readonly start: number; readonly end: number },
  onEntry: (entry: LedgerEntry) => void,
): Promise<void> {
  let before = 0
  for (const path of paths) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    const own = { start: Math.max(0, start - before), end: Math.min(size, end - before) }
    if (own.start < own.end) await readLedgerPart(path, own, onEntry)
    before += size
  }
}

/** What only a later session of the run has to know is no event of it. */
function giveEvent(entry: LedgerEntry, onEvent: (event: MetadataEvent) => void): void {
  if (isEvent(entry)) onEvent(entry)
}

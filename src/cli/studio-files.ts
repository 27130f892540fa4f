import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MetadataEvent } from '../metadata/event.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import { ledgerPathOf } from '../runtime/files/run-names.ts'
import type { LedgerEntry } from '../runtime/ledger/ledger-entry.ts'
import { LedgerTail, readLedgerPart } from '../runtime/ledger/ledger-reader.ts'
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
  const tail = new LedgerTail(path)
  return {
    get readBytes() {
      return tail.readBytes
    },
    read: (onEvent) => tail.read((entry) => giveEvent(entry, onEvent)),
    readPart: (part, onEvent) => readLedgerPart(path, part, (entry) => giveEvent(entry, onEvent)),
  }
}

/** What only a later session of the run has to know is no event of it. */
function giveEvent(entry: LedgerEntry, onEvent: (event: MetadataEvent) => void): void {
  if (entry.type !== 'run-plan' && entry.type !== 'row-write') onEvent(entry)
}

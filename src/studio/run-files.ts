import type { MetadataEvent } from '../metadata/event.ts'
import type { Metadata } from '../metadata/schema.ts'
import type { RunModel, RunRow } from '../report/runs/run-row.ts'
import type { Section } from '../report/text/section.ts'
import type { RecordTexts } from './ledger/record-detail.ts'

/** How the files of runs are found and read. The studio is given it, because it knows files and never the runner. */
export interface RunFiles {
  /** The metadata files that there are now, as absolute paths in any order. */
  find(): Promise<readonly string[]>
  /** Rows of a list, without those files that are no metadata. */
  readRows(paths: readonly string[]): readonly RunRow[]
  /** The row of a dead run, made anew of its ledger where that may be read and is not too large: its file is behind. */
  newestRow(row: RunRow): Promise<RunRow>
  /** What a run spent at each model, from the whole of its file; empty when it cannot be read. */
  readModels(path: string): Promise<readonly RunModel[]>
  /** @throws SygraError that says what is wrong with the file. */
  read(path: string): Promise<Metadata>
  /** The ledger that stands beside a metadata file, whether it exists or not. */
  ledgerPathOf(path: string): string
  /** How many bytes the ledgers of its workers have, which stand beside that of a run and are read with it. */
  besideBytes(ledgerPath: string): number
  /** The ledger of a run, and those of its workers as one with it. */
  openLedger(path: string): LedgerSource
  /** What can be done about a run that did not come to its end; a command works where the studio was started. */
  nextSteps(path: string, metadata: Metadata): Promise<NextSteps>
  /** Why these records failed, from the file beside the output: a text for each id that it knows, without secrets. */
  failures(metadata: Metadata, path: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** What a record was given and gave; left out unless whoever started the studio wants it shown. */
  readonly texts?: (metadata: Metadata, path: string, recordId: string) => Promise<RecordTexts>
  /** What `sygra explain` says of a figure. @throws SygraError when there is no such figure. */
  explain(path: string, figure: string): Promise<readonly Section[]>
  /** What `sygra reprice` says, with models priced as others. @throws SygraError when a model is not in the run. */
  reprice(path: string, models: ReadonlyMap<string, string>): Promise<Repriced>
}

/** What can be done about a run, and why. */
export interface NextSteps {
  /** What happened, where the run itself does not say it. */
  readonly note?: string
  readonly steps: readonly { readonly what: string; readonly command: string }[]
}

/** A run at the prices of other models. */
export interface Repriced {
  readonly sections: readonly Section[]
  /** The cost of the whole as it was and at those prices; left out unless both are known whole. */
  readonly change?: { readonly beforeUsd: number; readonly afterUsd: number }
}

/** A ledger that is read from its beginning and then as it grows. */
export interface LedgerSource {
  readonly readBytes: number
  /** Gives the events that were appended since it was read last, with the time at which each was written. */
  read(onEvent: (event: MetadataEvent, atMs: number) => void): Promise<void>
  /** Gives the events that stand in a part of the file; half lines at its ends are left out. */
  readPart(
    part: { readonly start: number; readonly end: number },
    onEvent: (event: MetadataEvent, atMs: number) => void,
  ): Promise<void>
}

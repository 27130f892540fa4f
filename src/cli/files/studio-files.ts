import { statSync } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { MetadataEvent } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { summarize } from '../../metadata/summary.ts'
import { explanationSections } from '../../report/explain/explanation-sections.ts'
import { knownChange, repriceSection } from '../../report/runs/reprice-sections.ts'
import { type RunRow, readRunModels, readRunRow } from '../../report/runs/run-row.ts'
import { fileLines } from '../../runtime/files/file-lines.ts'
import { ledgerPathOf } from '../../runtime/files/run-names.ts'
import { isEvent, type LedgerEntry } from '../../runtime/ledger/ledger-entry.ts'
import { readLedgerPart } from '../../runtime/ledger/ledger-reader.ts'
import { bytesBeside, RunLedgersTail } from '../../runtime/ledger/run-ledgers.ts'
import { packageFolder } from '../../runtime/package-folder.ts'
import { loadPricesFile } from '../../runtime/prices-file.ts'
import { redactLongText } from '../../runtime/redact.ts'
import type { LedgerSource, RunFiles } from '../../studio/run-files.ts'
import { failuresPathOf } from '../../workflow/run/run-files.ts'
import { explainFigure } from '../explain.ts'
import { repriceRun } from '../reprice.ts'
import { usualPlaces } from '../terminal/command-line.ts'
import { stepsOf } from '../terminal/next-steps.ts'
import { findMetadataFiles } from './metadata-files.ts'
import { besideMetadata } from './read-record-texts.ts'
import { ledgerOf, readEvents, readFinishedRun, readRun } from './read-run.ts'
import { readRunRows } from './read-run-rows.ts'

/** Where the build puts the page of the studio. */
export const pageDirectory = join(packageFolder(), 'dist', 'web')

export interface StudioFilesOptions {
  /** Joins records with their rows of the data and of the output. Default: false. */
  readonly withOutputs?: boolean
}

/** The files of the runs under a directory; without one, in the usual places of the working directory. */
export function studioFiles(directory: string | undefined, { withOutputs = false }: StudioFilesOptions = {}): RunFiles {
  return {
    find: () => findMetadataFiles(resolve(directory ?? '.'), directory === undefined ? usualPlaces : undefined),
    readRows,
    read: readFinishedRun,
    newestRow: readDeadRow,
    readModels: async (path) =>
      readRunModels(
        await readFile(path, 'utf8')
          .then(JSON.parse)
          .catch(() => undefined),
      ),
    ledgerPathOf,
    besideBytes: bytesBeside,
    openLedger,
    nextSteps: (path, metadata) => stepsOf(metadata, path),
    failures: failureReader(),
    // What reads the data of a run knows all that a run does: it is loaded for whoever asks.
    ...(withOutputs
      ? { texts: async (...asked) => (await import('./read-record-texts.ts')).readRecordTexts(...asked) }
      : {}),
    explain: async (path, figure) => {
      const ledger = ledgerOf(path)
      const explanation = await explainFigure(await readRun(path), { figure, ledger, mostLines: shownLines })
      return explanationSections(explanation, ledger && relative('.', ledger))
    },
    reprice: async (path, models) => {
      const { rows, notes } = await repriceRun(path, { models, prices: await loadPricesFile() })
      const section = repriceSection(rows, notes)
      const total = rows.at(-1)
      const change = total && knownChange(total)
      return { sections: section === undefined ? [] : [section], ...(change === undefined ? {} : { change }) }
    },
  }
}

/** A larger ledger is not read for the sake of a line in a list. */
const maxLedgerBytes = 24_000_000

async function readDeadRow(row: RunRow): Promise<RunRow> {
  const ledger = ledgerOf(row.path)
  if (ledger === undefined || (statSync(ledger, { throwIfNoEntry: false })?.size ?? 0) > maxLedgerBytes) return row
  const totals = new RunTotals()
  let lastMs = row.startedAtMs
  await readEvents(ledger, (event) => {
    totals.add(event)
    if (event.type === 'request-end') lastMs = Math.max(lastMs, event.startedAtMs + event.durationSeconds * 1000)
  }).catch(() => undefined)
  const start = totals.execution.sessionsInOrder().at(-1)?.start
  if (start === undefined) return row
  const metadata = summarize(totals, { generatedAtMs: lastMs, utcOffsetMinutes: start.utcOffsetMinutes })
  const newest = readRunRow(metadata, { path: row.path, isAlive: () => false })
  return newest === undefined ? row : { ...newest, status: row.status, models: readRunModels(metadata) }
}

/** So many lines of the ledger are shown below an explanation. */
const shownLines = 20

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
    read: (onEvent) => tail.read((entry, { atMs }) => giveEvent(entry, atMs, onEvent)),
    // Of a sample nobody asks when its events were written.
    readPart: (part, onEvent) => readPartOf(tail.paths(), part, (entry) => giveEvent(entry, 0, onEvent)),
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
function giveEvent(entry: LedgerEntry, atMs: number, onEvent: (event: MetadataEvent, atMs: number) => void): void {
  if (isEvent(entry)) onEvent(entry, atMs)
}

/** A file of failures is a line for each; a larger one is not read for the sake of a page. */
const maxBytes = 50_000_000
const maxTextLength = 4_096

/**
 * Reads why records failed: the texts of the file that stands beside the output, without secrets. The file that was read
 * last is kept until it changes, since a page asks for one record after the other.
 */
function failureReader(): RunFiles['failures'] {
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

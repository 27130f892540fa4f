import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { messageOf, SygraError } from '../../errors.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { parseMetadata } from '../../metadata/parse.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { formatBytes } from '../../report/text/format-values.ts'
import { ledgerPathOf } from '../../runtime/files/run-names.ts'
import { isEvent } from '../../runtime/ledger/ledger-entry.ts'
import type { LedgerPlace } from '../../runtime/ledger/ledger-reader.ts'
import { lostLinesOf, type RunLedgersReport, readRunLedgers } from '../../runtime/ledger/run-ledgers.ts'
import { isDead } from '../terminal/next-steps.ts'

// Two hundred thousand nodes would take less; what is larger is no metadata file, and would only fill the memory.
const maxBytes = 200_000_000

/**
 * Reads and checks a metadata file.
 *
 * @throws SygraError `not_found` or `bad_metadata`
 */
export async function readRun(path: string): Promise<Metadata> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > maxBytes) {
      throw new SygraError('bad_metadata', `${path}: ${formatBytes(size)} is too large for a metadata file`)
    }
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof SygraError) throw error
    throw new SygraError('not_found', `${path}: cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return parseMetadata(text, path)
}

/** The ledger of a run, from the path of its metadata file; undefined when it kept none. */
export function ledgerOf(metadataPath: string): string | undefined {
  const path = ledgerPathOf(metadataPath)
  return path !== metadataPath && existsSync(path) ? path : undefined
}

/**
 * Reads the events of a run from its ledgers, from their beginning; what only a later session needs to know is passed over.
 * Entries are counted in the run's own ledger, lines that are lost in those of its workers too.
 */
export async function readEvents(
  ledgerPath: string,
  onEvent: (event: MetadataEvent, place: LedgerPlace) => void,
): Promise<RunLedgersReport> {
  const report = await readRunLedgers(ledgerPath, (entry, place) => {
    if (isEvent(entry)) onEvent(entry, place)
  })
  return { ...report, ...lostLinesOf(report) }
}

/**
 * As `readRun`; the account of a program that is gone and could not finish it, because a signal ended it, is finished first.
 *
 * @throws SygraError `not_found` or `bad_metadata`
 */
export async function readFinishedRun(path: string): Promise<Metadata> {
  let metadata: Metadata
  try {
    metadata = await readRun(path)
  } catch (error) {
    // Ended before it had written its first one.
    const finished = await finishSafely(path)
    if (finished === undefined) throw error
    return finished
  }
  return isDead(metadata) ? ((await finishSafely(path)) ?? metadata) : metadata
}

async function finishSafely(path: string): Promise<Metadata | undefined> {
  try {
    // For the few whose process is gone: what makes an account anew is large.
    const { finishProgram } = await import('../../runtime/finish-program.ts')
    return await finishProgram(path)
  } catch {
    return undefined
  }
}

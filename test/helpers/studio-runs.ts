import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MetadataEvent } from '../../src/metadata/event.ts'
import { RunTotals } from '../../src/metadata/run-totals.ts'
import { summarize } from '../../src/metadata/summary.ts'
import { formatMetadata } from '../../src/runtime/collector/metadata-collector.ts'
import { ledgerPathOf } from '../../src/runtime/files/run-names.ts'
import { LedgerWriter } from '../../src/runtime/ledger/ledger-writer.ts'
import { type SampleRunOptions, sampleEvents, sampleMetadata } from './sample-run.ts'

/** Writes the files of a made-up run under a directory: its metadata, and its ledger unless it shall have none. */
export async function writeSampleRun(
  directory: string,
  key: string,
  options: SampleRunOptions & { readonly hasLedger?: boolean; readonly events?: readonly MetadataEvent[] } = {},
): Promise<string> {
  const path = join(directory, key)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, formatMetadata(sampleMetadata(options)))
  if (options.hasLedger === false) return path
  const ledger = new LedgerWriter({ path: ledgerPathOf(path) })
  for (const event of options.events ?? sampleEvents(options)) ledger.append(event)
  await ledger.close()
  return path
}

/** Writes the files of a run of these events. */
export async function writeRunOf(directory: string, key: string, events: readonly MetadataEvent[]): Promise<string> {
  const path = join(directory, key)
  await mkdir(dirname(path), { recursive: true })
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  await writeFile(
    path,
    formatMetadata(summarize(totals, { generatedAtMs: Date.UTC(2026, 10, 23), utcOffsetMinutes: 0 })),
  )
  const ledger = new LedgerWriter({ path: ledgerPathOf(path) })
  for (const event of events) ledger.append(event)
  await ledger.close()
  return path
}

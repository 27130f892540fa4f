import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { TaskBuffer } from '../../runtime/collector/task-buffer.ts'
import { codeOf } from '../../runtime/files/error-code.ts'
import { makeDirectory } from '../../runtime/files/make-directory.ts'
import { freeTimestamp, metadataPathOf } from '../../runtime/files/run-names.ts'
import type { LedgerWriter } from '../../runtime/ledger/ledger-writer.ts'

/** A disk that takes longer for a few lines must not be waited for at each event. */
const slowWriteSeconds = 0.1
/** How long it is not. */
const slowSeconds = 5
/** How what is known of requests is gathered: at most as long as in a run. */
const gathering = { apartMs: 20, minMs: 10, maxMs: 250, maxCount: 64 }

/**
 * A path for the metadata file of a process that keeps no ledger, and so has an account of its own, held by an empty file:
 * many processes may begin at the same moment.
 */
export function reservePath({
  directory,
  taskName,
}: {
  readonly directory: string
  readonly taskName: string
}): string {
  const atMs = nowMs()
  const tried = new Set<string>()
  for (;;) {
    const timestamp = freeTimestamp({ atMs, isTaken: (candidate) => tried.has(candidate) })
    tried.add(timestamp)
    const path = metadataPathOf({ directory, taskName, timestamp })
    makeDirectory(dirname(path))
    try {
      writeFileSync(path, '', { flag: 'wx' })
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw error
    }
    return path
  }
}

/**
 * Writes each event into the ledger before the program goes on: one write of a few microseconds, so that even a kill loses
 * nothing. Where requests begin and end less than 20 ms apart, what is known of them is gathered for 10 ms, or up to 250 ms
 * the more of them there are. While the disk is slow all is written as it is in a run.
 */
export function writeAtOnce(ledger: LedgerWriter, collector: MetadataCollector): void {
  let slowUntil = 0
  const write = () => {
    const startedAt = monotonicSeconds()
    if (startedAt < slowUntil) return
    ledger.flushSync()
    const endedAt = monotonicSeconds()
    if (endedAt - startedAt > slowWriteSeconds) slowUntil = endedAt + slowSeconds
  }
  const buffer = new TaskBuffer({ ...gathering, onDone: write })
  collector.gather(buffer)
  collector.onEvent(() => {
    if (!buffer.isClearing) write()
  })
}

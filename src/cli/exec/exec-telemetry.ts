import { isEvent } from '../../runtime/ledger/ledger-entry.ts'
import { RunLedgersTail } from '../../runtime/ledger/run-ledgers.ts'
import type { ProgramWatch } from '../../runtime/program/program-watch.ts'
import { EventExporter, lossText, type RunFollowing } from '../../telemetry/event-exporter.ts'
import { readOtelSettings, wantsOtlp } from '../../telemetry/otel-settings.ts'
import { ledgerOf } from '../files/read-run.ts'
import { note } from '../terminal/terminal.ts'

const readEveryMs = 1_000
const finishMs = 5_000

/** What OpenTelemetry is told of a watched program. */
export interface ExecTelemetry {
  /** When the program has ended. */
  readonly finish: () => Promise<void>
}

/**
 * Sends what the ledgers of the processes say, from outside of them: no program waits for a receiver, and of one that is killed
 * all that it has done is sent. Undefined where nobody asks for it.
 */
export function followExec(watch: ProgramWatch, taskName: string): ExecTelemetry | undefined {
  if (!wantsOtlp()) return undefined
  const settings = readOtelSettings(taskName)
  for (const warning of settings.warnings) note(`sygra: ${warning}`)
  const exporter = new EventExporter({ settings })
  let followed: FollowedLedger | undefined
  const read = async (): Promise<void> => {
    const path = watch.metadataPath
    const ledger = path === undefined ? undefined : ledgerOf(path)
    if (ledger === undefined) return
    followed ??= new FollowedLedger(ledger, exporter.follow())
    await followed.read().catch(() => {})
  }
  let reading = Promise.resolve()
  const timer = setInterval(() => {
    reading = reading.then(read)
  }, readEveryMs)
  timer.unref()
  return {
    async finish() {
      clearInterval(timer)
      await reading
      await read()
      followed?.end()
      const loss = lossText(await exporter.flush(finishMs))
      if (loss !== undefined) note(`sygra: ${loss}; \`sygra export otel\` sends them again`)
    },
  }
}

/** A ledger that may still grow, and the spans of its events. */
class FollowedLedger {
  readonly #tail: RunLedgersTail
  readonly #following: RunFollowing

  constructor(path: string, following: RunFollowing) {
    this.#tail = new RunLedgersTail(path)
    this.#following = following
  }

  async read(): Promise<void> {
    await this.#tail.read((entry, { atMs }) => {
      if (isEvent(entry)) this.#following.take(entry, atMs)
    })
    this.#following.flushOld(Date.now())
  }

  end(): void {
    this.#following.end()
  }
}

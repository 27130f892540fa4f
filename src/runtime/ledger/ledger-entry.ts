import { dirname, join, relative } from 'node:path'
import type { MetadataEvent } from '../../metadata/event.ts'
import { isMetadataEvent } from '../../metadata/events/read-event.ts'
import type { RunOwner } from '../files/run-owner.ts'

/** What a line of a ledger holds: an event, or what a later session of the run has to know. */
export type LedgerEntry = MetadataEvent | RunPlan | RowWrite

/** As the option `batchApi` of a run. */
type BatchPlan =
  | boolean
  | {
      readonly nodes?: 'all' | 'marked'
      readonly waitSeconds?: number
      readonly late?: 'leave' | 'standard'
      readonly pollSeconds?: number
    }

/** What a run is going to do; a session that takes it up must do the same. */
export interface RunPlan {
  readonly type: 'run-plan'
  readonly session: number
  /** Paths are seen from the folder of the ledger. */
  readonly outputPath: string
  readonly partPath: string
  readonly failuresPath: string
  readonly startIndex: number
  /** How many records were asked for; left out when all were. */
  readonly numRecords?: number
  /** How calls are handed in as batches; left out where nobody has said so. */
  readonly batchApi?: BatchPlan
  /** Digest of each part of the configuration and of the data, by a name for people. */
  readonly parts: Readonly<Record<string, string>>
  /** The process of the session. */
  readonly owner?: RunOwner
}

/** A row is about to be written: written before it, so that a row without its `record-end` still tells its record. */
export interface RowWrite {
  readonly type: 'row-write'
  readonly recordId: string
  /** CRC-32 of the row's line in the part file, as 8 hexadecimal digits. */
  readonly rowChecksum: string
  readonly durationSeconds: number
  readonly costPicodollars: number
  readonly repeatsFailure?: boolean
  readonly repeatsSuccess?: boolean
  /** Who did the record, where the run has workers. */
  readonly worker?: string
}

/** True for an event; what else a ledger holds only a later session of the run has to know. */
export function isEvent(entry: LedgerEntry): entry is MetadataEvent {
  return entry.type !== 'run-plan' && entry.type !== 'row-write'
}

/** True for what this version of the package can read from a ledger. */
export function isLedgerEntry(value: object): value is LedgerEntry {
  return isRowWrite(value) || isRunPlan(value) || isMetadataEvent(value)
}

function isRowWrite(value: object): value is RowWrite {
  return (
    'type' in value &&
    value.type === 'row-write' &&
    'recordId' in value &&
    typeof value.recordId === 'string' &&
    'rowChecksum' in value &&
    typeof value.rowChecksum === 'string'
  )
}

function isRunPlan(value: object): value is RunPlan {
  if (!('type' in value) || value.type !== 'run-plan') return false
  const texts = ['outputPath', 'partPath', 'failuresPath'].map((name): unknown => Reflect.get(value, name))
  const hasParts = 'parts' in value && typeof value.parts === 'object' && value.parts !== null
  return hasParts && texts.every((text) => typeof text === 'string')
}

type Paths = Pick<RunPlan, 'outputPath' | 'partPath' | 'failuresPath'>

/** Paths as a ledger holds them: seen from its folder, so that a run can be moved with its files and taken up from anywhere. */
export function pathsFromLedger(ledgerPath: string, paths: Paths): Paths {
  const folder = dirname(ledgerPath)
  return mapPaths(paths, (path) => relative(folder, path))
}

/** A plan as it was read, with its paths as this process reaches them. */
export function locatedPlan(ledgerPath: string, plan: RunPlan): RunPlan {
  const folder = dirname(ledgerPath)
  return { ...plan, ...mapPaths(plan, (path) => join(folder, path)) }
}

function mapPaths({ outputPath, partPath, failuresPath }: Paths, change: (path: string) => string): Paths {
  return { outputPath: change(outputPath), partPath: change(partPath), failuresPath: change(failuresPath) }
}

import { setImmediate } from 'node:timers/promises'
import { monotonicMs } from '../../runtime/clock.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { BatchDesk } from '../batches/batch-desk.ts'
import type { RunGuard } from '../limits/run-guard.ts'
import { type IdentifiedRow, identifiedRows } from '../sources/records/record-id.ts'
import { defaultCheckpointInterval } from './begin-run.ts'
import type { RunOutput } from './output/run-output.ts'
import { type PastRows, type PastRun, readPastRows } from './past/past-run.ts'
import { Places } from './places.ts'
import type { PreparedRun } from './prepare/prepare-run.ts'
import {
  carryOutRecord,
  commitRecord,
  type RecordOutcome,
  type RecordToDo,
  type RunResults,
  withMediaInFiles,
} from './record-work.ts'
import type { RecordWorkers } from './record-workers.ts'
import type { RunOptions } from './run-options.ts'
import type { StopControl } from './stop-control.ts'
import { take } from './take.ts'

interface Processing {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  /** How many records are in work at once. */
  readonly atOnce: number
  readonly past: PastRun | undefined
  readonly collector: MetadataCollector
  readonly output: RunOutput
  readonly results: RunResults
  readonly stop: StopControl
  readonly guard: RunGuard
  /** Where calls are handed in together, in a run that does that. */
  readonly desk?: BatchDesk
  /** Other processes that do the records; undefined where this one does. */
  readonly workers: RecordWorkers | undefined
  /** Called when so many records were done as the checkpoint interval says. */
  readonly onCheckpoint: () => void
}

// Work that does not look at its signal cannot be ended from outside; it is not waited for any longer.
const leaveBehindMs = 2_000

/** Takes the records of a run through the workflow; true when none is left to be done. */
export async function processRecords(processing: Processing): Promise<boolean> {
  const { prepared, options, past, collector, output, results, stop, guard, desk, workers } = processing
  const { runGraph, makeRow, prices } = prepared
  const checkpointInterval = options.checkpointInterval ?? defaultCheckpointInterval
  let [ended, givenUp] = [0, 0]
  const work = { collector, prices, runGraph, makeRow, signal: stop.work, refuse: guard.refuse }
  const carryOut = workers?.carryOut ?? ((todo: RecordToDo) => carryOutRecord(todo, work))
  const pastRows = past !== undefined && results.keepsRows ? await readPastRows(past) : undefined
  const queue = recordsToDo(processing, pastRows)
  const sliding = slideOver(queue.records, {
    places: workers?.places ?? new Places(processing.atOnce),
    onReading: (isReading) => desk?.waves.setReading(isReading),
    signal: stop.taking,
    work: async ({ position, ...record }) => {
      const repeatsFailure = past?.failed.has(record.id) || undefined
      const repeatsSuccess = past?.lost.has(record.id) || undefined
      desk?.waves.beginRecord(record.id)
      const todo = { ...record, repeatsFailure, repeatsSuccess }
      const outcome = await carryOut(todo)
        .then(async (done): Promise<RecordOutcome> => {
          const carried = await withMediaInFiles(done, todo, output)
          const isKept = await commitRecord(todo, carried, { collector, output })
          return isKept ? carried.outcome : { type: 'given-up' }
        })
        .catch((error: unknown) => {
          // Others may wait for its place.
          guard.endRecord(record.id, false)
          throw error
        })
        .finally(() => desk?.waves.endRecord(record.id))
      guard.endRecord(record.id, outcome.type !== 'given-up')
      if (outcome.type === 'given-up') {
        givenUp += 1
        return
      }
      results.add(position, record.id, outcome)
      if (options.onRecord !== undefined && outcome.type === 'row' && outcome.row !== undefined) {
        await options.onRecord(outcome.row, { recordId: record.id })
      }
      ended += 1
      if (ended % checkpointInterval === 0) processing.onCheckpoint()
    },
  })
  const isLeftBehind = await leftBehind(sliding, stop.work)
  return queue.isEmpty() && givenUp === 0 && !isLeftBehind
}

/** A record and its place in the source. */
interface PlacedRecord extends IdentifiedRow {
  readonly position: number
}

function recordsToDo({ prepared, options, past, results, stop, guard }: Processing, pastRows: PastRows | undefined) {
  const { source, idColumn } = prepared
  const { startIndex, onBadRecord, retryFailed, pauseAfter } = options
  const read = { startIndex, onBadRecord, signal: stop.work }
  const rows = take(identifiedRows(source.rows(read), { idColumn, ...read }), prepared.limit)
  const isToDo = (id: string) =>
    past === undefined || !past.done.has(id) || (retryFailed === true && past.failed.has(id))
  let isEmpty = false

  async function* records(): AsyncGenerator<PlacedRecord> {
    let [given, position] = [0, -1]
    for await (const record of rows) {
      position += 1
      if (!isToDo(record.id)) {
        results.add(position, record.id, { type: 'row', row: pastRows?.(record.id) })
        continue
      }
      if (pauseAfter !== undefined && given >= pauseAfter) {
        stop.stop({ type: 'pause', message: `it was to stop after ${pauseAfter} records` })
        return
      }
      if (!(await guard.beginRecord(record.id, stop.taking))) return
      yield { ...record, position }
      given += 1
    }
    isEmpty = true
  }

  return { records: records(), isEmpty: () => isEmpty }
}

/** Waits for work; true when it was given up and did not end in time. */
async function leftBehind(work: Promise<void>, signal: AbortSignal): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<boolean>((resolve) => {
    const wait = () => {
      timer = setTimeout(() => resolve(true), leaveBehindMs)
    }
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true })
  })
  const isDone = work.then(
    () => false,
    (error: unknown) => {
      // What was given up ends with the error of its signal.
      if (signal.aborted) return true
      throw error
    },
  )
  return Promise.race([isDone, patience]).finally(() => clearTimeout(timer))
}

/**
 * Works on what a source gives, as many at once as there are places: whenever one is done the next is taken, so that a slow
 * one holds up nothing but itself. Taken records are finished before an error of the source or of the work goes on. Each
 * takes place in the async context of the caller.
 */
async function slideOver<Item>(
  items: AsyncIterable<Item>,
  { places, signal, work, onReading }: Sliding<Item>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]()
  const inWork = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
  }
  let heardAtMs = monotonicMs()
  while (await places.enter(signal)) {
    if (monotonicMs() - heardAtMs > mostDeafMs) {
      await setImmediate()
      heardAtMs = monotonicMs()
    }
    onReading?.(true)
    const next = failure !== undefined ? undefined : await iterator.next().catch(fail)
    onReading?.(false)
    if (next === undefined || next.done) {
      places.leave()
      break
    }
    const done = work(next.value)
      .catch(fail)
      .finally(() => {
        inWork.delete(done)
        places.leave()
      })
    inWork.add(done)
  }
  await Promise.all(inWork)
  await iterator.return?.()
  if (failure !== undefined) throw failure.error
}

/** Records that begin one after another keep the process from hearing signals and answers no longer than this, in milliseconds. */
const mostDeafMs = 20

interface Sliding<Item> {
  readonly places: Places
  readonly signal: AbortSignal
  readonly work: (item: Item) => Promise<void>
  /** Told when the source is asked for a further item, and when it has answered. */
  readonly onReading?: (isReading: boolean) => void
}

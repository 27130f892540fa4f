import { isRunStopped, SygraError } from '../../errors.ts'
import { recordFacts } from '../../exporters/otel/execution.ts'
import { startExecution } from '../../instrument/track/start-execution.ts'
import type { PriceBook } from '../../pricing/index.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { RecordScope } from '../../runtime/scope.ts'
import type { State } from '../graph/state.ts'
import { withMediaAsUrls } from '../media/media-bytes.ts'
import { rowToJson } from '../sinks/row-json.ts'
import type { IdentifiedRow } from '../sources/records/record-id.ts'
import type { Row } from '../sources/source.ts'
import { FilledFields, type UnsetFields } from './output/filled-fields.ts'
import type { RowMaker } from './output/output-row.ts'
import type { RunOutput, WrittenRecord } from './output/run-output.ts'
import type { RecordFailure } from './run-options.ts'

/** What a record came to. */
export type RecordOutcome =
  | { readonly type: 'row'; readonly row: Row | undefined; readonly text?: string; readonly unset?: UnsetFields }
  | { readonly type: 'failure'; readonly error: unknown }
  /** The run was stopped before the record came to its end: it is still to be done. */
  | { readonly type: 'given-up' }

/** What doing a record takes. */
export interface RecordWork {
  readonly collector: MetadataCollector
  /** The user's own prices, where there are any. */
  readonly prices?: PriceBook
  /** Takes a record's state through the graph. */
  readonly runGraph: (state: State) => Promise<State>
  readonly makeRow: RowMaker
  /** Aborted when what is in work is given up. */
  readonly signal: AbortSignal
  /** Why requests of foreign code must not be sent any more, where the run has limits and they are reached. */
  readonly refuse?: () => Error | undefined
}

/** A record to work on, and what it came to in an earlier session, if anything. */
export type RecordToDo = IdentifiedRow & Pick<WrittenRecord, 'repeatsFailure' | 'repeatsSuccess'>

/** A record that was taken through the workflow and is not written yet. */
export interface CarriedOut {
  readonly outcome: RecordOutcome
  readonly durationSeconds: number
  readonly costPicodollars: number
  /** Of a failure. */
  readonly errorType?: string
  /** Who did it, where the run has workers. */
  readonly worker?: string
  /** The program has OpenTelemetry of its own, which has a span of it. */
  readonly isTraced?: boolean
}

/** Takes one record through the workflow. A record that fails is an outcome. */
export async function carryOutRecord(todo: IdentifiedRow, work: RecordWork): Promise<CarriedOut> {
  const { id, index } = todo
  const record: RecordScope = { id, index, costPicodollars: 0 }
  const { collector, prices, refuse } = work
  const execution = startExecution(recordFacts(id))
  const outcome = await execution.within({ collector, record, prices, refuse }, () => outcomeOf(todo, work))
  return { outcome, ...execution.end(outcome), costPicodollars: record.costPicodollars }
}

/** The same with the images and sounds of its row in files, where the run writes some. */
export async function withMediaInFiles(
  carried: CarriedOut,
  { id }: Pick<RecordToDo, 'id'>,
  output: Pick<RunOutput, 'withMediaInFiles'>,
): Promise<CarriedOut> {
  const { outcome } = carried
  if (outcome.type !== 'row' || outcome.text === undefined) return carried
  const { row, text } = await output.withMediaInFiles({ row: outcome.row, text: outcome.text }, id)
  return { ...carried, outcome: { ...outcome, row, text } }
}

/** Keeps the row of a record, or notes its failure: only then it is done. False where another process has the run. */
export async function commitRecord(
  { id, repeatsFailure, repeatsSuccess }: RecordToDo,
  { outcome, durationSeconds, costPicodollars, errorType, worker, isTraced }: CarriedOut,
  { collector, output }: { readonly collector: MetadataCollector; readonly output: RecordOutput },
): Promise<boolean> {
  if (outcome.type === 'given-up') return true
  const facts = { recordId: id, durationSeconds, costPicodollars, repeatsFailure, repeatsSuccess, worker }
  const rowChecksum = await keep(outcome, facts, output)
  if (rowChecksum === undefined) return false
  const succeeded = outcome.type === 'row'
  collector.record({ type: 'record-end', ...facts, rowChecksum, succeeded, errorType, isTraced })
  return true
}

/** Where rows and failures go. */
export type RecordOutput = Pick<RunOutput, 'write' | 'writeFailure'>

/** The checksum of the row, empty where there is none; undefined where another process has the run. */
async function keep(
  outcome: Exclude<RecordOutcome, { type: 'given-up' }>,
  facts: WrittenRecord,
  output: RecordOutput,
): Promise<string | undefined> {
  if (outcome.type === 'row') return outcome.text === undefined ? '' : output.write(outcome.text, facts)
  return (await output.writeFailure(facts.recordId, outcome.error)) ? '' : undefined
}

async function outcomeOf(
  { row, id }: IdentifiedRow,
  { runGraph, makeRow, signal }: RecordWork,
): Promise<RecordOutcome> {
  try {
    checkKeys(row)
    const state = await runGraph({ id, ...row })
    const { row: asMade, unset } = await makeRow({ record: row, id, state })
    const made = withMediaAsUrls(asMade)
    // Turned into text here: a row that cannot be is a failure of its record, and the caller may change it afterwards.
    return { type: 'row', row: made, text: made === undefined ? undefined : rowToJson(made), unset }
  } catch (error) {
    // What fails because the run is stopped has not failed.
    if (signal.aborted || isRunStopped(error)) return { type: 'given-up' }
    return { type: 'failure', error }
  }
}

const maxFailures = 1_000

// Copying a record would take such a key for the prototype of the copy, and drop it.
function checkKeys(row: Row): void {
  if (!Object.hasOwn(row, '__proto__')) return
  throw new SygraError('bad_data', 'the record has a column named "__proto__", which cannot be carried; rename it')
}

/** The rows and failures that a run gives back. */
export class RunResults {
  readonly failures: RecordFailure[] = []
  readonly filled = new FilledFields()
  readonly keepsRows: boolean
  readonly #rows: (Row | undefined)[] = []

  constructor(keepsRows: boolean) {
    this.keepsRows = keepsRows
  }

  /** Takes the outcome of the record at a position of the source. */
  add(position: number, recordId: string, outcome: RecordOutcome): void {
    if (outcome.type === 'failure') {
      if (this.failures.length < maxFailures) this.failures.push({ recordId, error: outcome.error })
    } else if (outcome.type === 'row') {
      if (outcome.unset !== undefined) this.filled.addRow(outcome.unset)
      if (this.keepsRows) this.#rows[position] = outcome.row
    }
  }

  /** The rows in the order of the source. */
  rows(): Row[] {
    return this.#rows.filter((row) => row !== undefined)
  }
}

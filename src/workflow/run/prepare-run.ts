import { SygraError } from '../../errors.ts'
import { outputDirectoryOf, type WorkflowDefinition } from '../define-workflow.ts'
import { checkWithoutCost } from '../models/availability.ts'
import { checkWritable } from '../sinks/check-writable.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { checkSinks } from '../sinks/output.ts'
import { DataSource } from '../sources/data-source.ts'
import type { PastRun } from './past-run.ts'
import { type PreparedParts, prepareParts } from './prepare-parts.ts'
import { chooseRunFiles, type RunFiles } from './run-files.ts'
import type { RunOptions } from './run-options.ts'
import { checkUnchanged, digestParts } from './run-plan.ts'

/** A run about which everything has been checked that can be, before the first request. */
export interface PreparedRun extends PreparedParts {
  readonly definition: WorkflowDefinition
  readonly files: RunFiles
  readonly source: DataSource
  readonly idColumn: string | undefined
  /** How many records to take; all when undefined. */
  readonly limit: number | undefined
  /** How many records there will be, where that is known. */
  readonly recordCount: number | undefined
  /** Digests of what must not change between the sessions of the run. */
  readonly parts: Readonly<Record<string, string>>
}

const generatedRecords = 10

export interface PrepareOptions {
  readonly options: RunOptions
  /** What the run has done before, when it is taken up again. */
  readonly past: PastRun | undefined
  readonly simulatorUrl: string | undefined
  /** Aborted when what is in work is given up. */
  readonly signal: AbortSignal
}

/** Checks and loads what a run needs: options, data, functions, models and keys, variables, the folder of its output. */
export async function prepareRun(
  definition: WorkflowDefinition,
  { options, past, simulatorUrl, signal }: PrepareOptions,
): Promise<PreparedRun> {
  checkOptions(options)
  const { config } = definition
  const source = definition.source ?? DataSource.none(options.numRecords ?? generatedRecords)
  const made = await prepareParts(definition, { options, source, simulatorUrl, signal })
  const recordCount = await countRecords(source, options)
  const parts = await digestParts(definition, {
    source,
    startIndex: options.startIndex ?? 0,
    isSimulated: simulatorUrl !== undefined,
  })
  if (past !== undefined && options.force !== true) checkUnchanged(past.plan.parts, parts, past.ledgerPath)
  if (options.checkModels !== false) await checkWithoutCost(made.models.clients, signal)
  const outputDirectory = options.outputDir ?? outputDirectoryOf(definition)
  await checkWritable(outputDirectory)
  const files =
    past === undefined
      ? chooseRunFiles({ taskName: definition.taskName, directory: outputDirectory, recordCount, options })
      : past.files
  await checkSinks([DataSink.disk(files.outputPath), ...definition.sinks]).catch((error: unknown) => {
    files.release()
    throw error
  })
  const idColumn = config.data_config?.id_column
  return { ...made, definition, files, source, idColumn, limit: options.numRecords, recordCount, parts }
}

async function countRecords(
  source: DataSource,
  { numRecords, startIndex = 0 }: RunOptions,
): Promise<number | undefined> {
  const inSource = await source.count()
  const left = inSource === undefined ? undefined : Math.max(0, inSource - startIndex)
  if (left === undefined) return numRecords
  return numRecords === undefined ? left : Math.min(left, numRecords)
}

function checkOptions({ numRecords, startIndex, batchSize, runName }: RunOptions): void {
  checkWhole('numRecords', numRecords, 0)
  checkWhole('startIndex', startIndex, 0)
  checkWhole('batchSize', batchSize, 1)
  if (runName !== undefined && !/^[\w. -]*$/.test(runName)) {
    throw new SygraError('bad_argument', `run name "${runName}": expected letters, digits, ".", "-" and "_" only`)
  }
}

function checkWhole(name: string, value: number | undefined, minimum: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= minimum)) return
  throw new SygraError('bad_argument', `${name}: expected a whole number, ${minimum} or more; found ${value}`)
}

import { SygraError } from '../../errors.ts'
import type { PriceBook } from '../../pricing/index.ts'
import { loadPricesFile } from '../../runtime/prices-file.ts'
import type { WorkflowDefinition } from '../definition.ts'
import { createFunctionLoader } from '../function-loader.ts'
import { checkVariables } from '../graph/check-variables.ts'
import { GuardedModels } from '../limits/guarded-models.ts'
import { checkWithoutCost } from '../models/check-availability.ts'
import { readEnvironmentFile } from '../models/environment-file.ts'
import { createModuleLoader } from '../module-loader.ts'
import { checkWritable } from '../sinks/check-writable.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { checkSinks } from '../sinks/output.ts'
import { DataSource } from '../sources/data-source.ts'
import { type GraphProcessor, loadGraphProcessors } from './graph-processor.ts'
import { createRowMaker, type RowMaker } from './output-row.ts'
import type { PastRun } from './past-run.ts'
import { prepareGraph, type RunGraph } from './prepare-graph.ts'
import { createModelFinder } from './prepare-models.ts'
import { chooseRunFiles, type RunFiles } from './run-files.ts'
import type { RunOptions } from './run-options.ts'
import { checkUnchanged, digestParts } from './run-plan.ts'

/** A run about which everything has been checked that can be, before the first request. */
export interface PreparedRun {
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
  readonly runGraph: RunGraph
  readonly makeRow: RowMaker
  /** What runs over the whole output at the end. */
  readonly processors: readonly GraphProcessor[]
  /** The user's own prices, where there is a file of them. */
  readonly prices: PriceBook | undefined
  readonly models: GuardedModels
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
  const { directory } = definition
  const modules = createModuleLoader(directory)
  const load = createFunctionLoader(directory, modules)
  const prices = await loadPricesFile({ directory, environment: readEnvironmentFile() })
  const models = new GuardedModels()
  const modelsOf = (folder: string) => createModelFinder({ directory: folder, simulatorUrl, prices, models })
  const runGraph = await prepareGraph(definition, { modelsOf, signal, runArgs: options.runArgs })
  const makeRow = await createRowMaker(definition, { load, modules })
  const processors = await loadGraphProcessors(definition, modules)
  const source = definition.source ?? DataSource.none(options.numRecords ?? generatedRecords)
  const idColumn = config.data_config?.id_column
  await checkData(source, { definition, options, idColumn, signal })
  const recordCount = await countRecords(source, options)
  const parts = await digestParts(definition, { source, startIndex: options.startIndex ?? 0 })
  if (past !== undefined && options.force !== true) checkUnchanged(past.plan.parts, parts, past.ledgerPath)
  if (options.checkModels !== false) await checkWithoutCost(models.clients, signal)
  const outputDirectory = options.outputDir ?? directory
  await checkWritable(outputDirectory)
  const files =
    past === undefined
      ? chooseRunFiles({ taskName: definition.taskName, directory: outputDirectory, recordCount, options })
      : past.files
  await checkSinks([DataSink.disk(files.outputPath), ...definition.sinks]).catch((error: unknown) => {
    files.release()
    throw error
  })
  const limit = options.numRecords
  return {
    definition,
    files,
    source,
    idColumn,
    limit,
    recordCount,
    parts,
    runGraph,
    makeRow,
    processors,
    prices,
    models,
  }
}

async function checkData(
  source: DataSource,
  {
    definition: { config, origin },
    options,
    idColumn,
    signal,
  }: {
    readonly definition: WorkflowDefinition
    readonly options: RunOptions
    readonly idColumn: string | undefined
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { onBadRecord, startIndex, numRecords } = options
  const { columns } = await source.check({ onBadRecord })
  if (columns !== undefined) checkVariables(config, columns, origin)
  await source.precheck({ onBadRecord, startIndex, numRecords, idColumn, signal })
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

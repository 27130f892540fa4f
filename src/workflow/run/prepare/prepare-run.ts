import { SygraError } from '../../../errors.ts'
import { noteSimulator } from '../../../instrument/attempt/simulators.ts'
import { loadPriceTable, type PriceBook } from '../../../pricing/index.ts'
import { loadPricesFile } from '../../../runtime/prices-file.ts'
import { checkOutputFields, checkSinkAliases, checkVariables } from '../../config/check-state-keys.ts'
import { probableSlips } from '../../config/probable-slips.ts'
import { outputDirectoryOf, type WorkflowDefinition } from '../../define-workflow.ts'
import { gather } from '../../gather.ts'
import { GuardedModels } from '../../limits/guarded-models.ts'
import { checkWithoutCost } from '../../models/availability.ts'
import { readEnvironmentFile } from '../../models/environment-file.ts'
import { createFunctionLoader, createModuleLoader } from '../../module-loader.ts'
import { DataSink } from '../../sinks/data-sink.ts'
import { checkSinks } from '../../sinks/output.ts'
import { checkWritable } from '../../sinks/write-error.ts'
import { DataSource } from '../../sources/data-source.ts'
import { type GraphProcessor, loadGraphProcessors } from '../graph-processor.ts'
import { createRowMaker, type RowMaker } from '../output/output-row.ts'
import type { PastRun } from '../past/past-run.ts'
import { chooseRunFiles, type RunFiles } from '../run-files.ts'
import type { RunOptions } from '../run-options.ts'
import { checkOptionValues } from './check-options.ts'
import { prepareGraph, type RunGraph } from './prepare-graph.ts'
import { createModelFinder } from './prepare-nodes.ts'
import { checkUnchanged, digestParts } from './run-plan.ts'

/** A run about which everything has been checked that can be, before the first request. */
export interface PreparedRun extends PreparedParts {
  readonly definition: WorkflowDefinition
  /** Undefined for a run that writes none. */
  readonly files: RunFiles | undefined
  readonly source: DataSource
  readonly idColumn: string | undefined
  /** How many records to take; all when undefined. */
  readonly limit: number | undefined
  /** How many records there will be, where that is known. */
  readonly recordCount: number | undefined
  /** How many records the data has, where that is known. */
  readonly sourceCount: number | undefined
  /** Digests of what must not change between the sessions of the run. */
  readonly parts: Readonly<Record<string, string>>
}

const generatedRecords = 10

interface PrepareOptions {
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
  checkOptionValues(options, { isResumable: definition.config.data_config?.resumable ?? false })
  const { config } = definition
  const source = definition.source ?? DataSource.none(options.numRecords ?? generatedRecords)
  const made = await prepareParts(definition, { options, source, simulatorUrl, signal })
  const sourceCount = await source.count()
  checkStart(sourceCount, options)
  const recordCount = countRecords(sourceCount, options)
  const parts = await digestParts(definition, {
    source,
    startIndex: options.startIndex ?? 0,
    isSimulated: simulatorUrl !== undefined,
  })
  if (past !== undefined && options.force !== true) checkUnchanged(past.plan.parts, parts, past.ledgerPath)
  if (options.checkModels !== false) await checkWithoutCost(made.models.clients, signal)
  const files = past?.files ?? (await newFiles(definition, { options, recordCount }))
  if (files !== undefined) {
    await checkSinks([DataSink.disk(files.outputPath), ...definition.sinks]).catch((error: unknown) => {
      files.release()
      throw error
    })
  }
  const idColumn = config.data_config?.id_column
  return { ...made, definition, files, source, idColumn, limit: options.numRecords, recordCount, sourceCount, parts }
}

/** The files of a run that begins; undefined when it is to write none. */
async function newFiles(
  definition: WorkflowDefinition,
  { options, recordCount }: { readonly options: RunOptions; readonly recordCount: number | undefined },
): Promise<RunFiles | undefined> {
  if (options.output === false) {
    checkNoFiles(definition)
    return undefined
  }
  const { taskName } = definition
  const directory = options.outputDir ?? outputDirectoryOf(definition)
  await checkWritable(directory)
  return chooseRunFiles({ taskName, directory, recordCount, options })
}

/** Refuses a run without files of a task whose purpose they are. */
function checkNoFiles({ sinks, config }: WorkflowDefinition): void {
  const [sink] = sinks
  const what = sink !== undefined ? `a sink, ${sink.path}` : config.graph_post_process && 'graph_post_process'
  if (what === undefined) return
  throw new SygraError(
    'bad_argument',
    `a run without files (\`output: false\`) cannot keep what the task writes besides its output: ${what}; leave one of them out`,
  )
}

/** A run that would pass over all of its data would be complete, and have done nothing. */
function checkStart(inSource: number | undefined, { startIndex = 0, numRecords }: RunOptions): void {
  if (inSource === undefined || inSource === 0 || startIndex < inSource || numRecords === 0) return
  const records = `${inSource} ${inSource === 1 ? 'record' : 'records'}`
  const message = `\`startIndex: ${startIndex}\` passes over all ${records} of the data; give one below ${inSource}`
  throw new SygraError('bad_argument', message)
}

function countRecords(inSource: number | undefined, { numRecords, startIndex = 0 }: RunOptions): number | undefined {
  const left = inSource === undefined ? undefined : Math.max(0, inSource - startIndex)
  if (left === undefined) return numRecords
  return numRecords === undefined ? left : Math.min(left, numRecords)
}

/** What a workflow is made of, loaded and checked. */
interface PreparedParts {
  readonly runGraph: RunGraph
  readonly makeRow: RowMaker
  /** What runs over the whole output at the end. */
  readonly processors: readonly GraphProcessor[]
  /** The user's own prices, where there is a file of them. */
  readonly prices: PriceBook | undefined
  readonly models: GuardedModels
  /** What is allowed and was probably not meant, a line for each. */
  readonly slips: readonly string[]
}

interface PartsOptions {
  readonly options: RunOptions
  /** The data; undefined leaves it unchecked. */
  readonly source: DataSource | undefined
  readonly simulatorUrl: string | undefined
  /** Aborted when what is in work is given up. */
  readonly signal: AbortSignal
}

/**
 * Loads the functions and models of a workflow and checks them and its data.
 *
 * @throws SygraError with a line for everything that is wrong.
 */
export async function prepareParts(
  definition: WorkflowDefinition,
  { options, source, simulatorUrl, signal }: PartsOptions,
): Promise<PreparedParts> {
  const { directory } = definition
  if (simulatorUrl !== undefined) noteSimulator(new URL(simulatorUrl))
  const modules = createModuleLoader(directory)
  const load = createFunctionLoader(directory, modules)
  await loadPriceTable()
  const prices = await loadPricesFile({ directory, environment: readEnvironmentFile() })
  const models = new GuardedModels()
  const modelsOf = (folder: string) => createModelFinder({ directory: folder, simulatorUrl, prices, models })
  const [runGraph, makeRow, processors, , columns = []] = await gather([
    prepareGraph(definition, { modelsOf, signal, runArgs: options.runArgs }),
    createRowMaker(definition, { load, modules }),
    loadGraphProcessors(definition, modules),
    (async () => checkSinkAliases(definition.config, definition.origin))(),
    source === undefined ? undefined : checkData(source, { definition, options, signal }),
  ])
  const slips = probableSlips(definition.config, columns, definition.origin)
  return { runGraph, makeRow, processors, prices, models, slips }
}

/** Checks the data and what takes its columns; gives these, as far as they are known. */
async function checkData(
  source: DataSource,
  {
    definition: { config, origin, source: own },
    options: { onBadRecord, startIndex, numRecords },
    signal,
  }: { readonly definition: WorkflowDefinition; readonly options: RunOptions; readonly signal: AbortSignal },
): Promise<readonly string[] | undefined> {
  const { columns: found } = await source.check({ onBadRecord })
  const hasData = own !== undefined
  // A record that has no id gets one.
  const columns = found === undefined ? undefined : [...new Set([...found, 'id'])]
  const idColumn = config.data_config?.id_column
  await gather([
    (async () => columns !== undefined && checkVariables(config, columns, origin, { hasData }))(),
    (async () => columns !== undefined && checkOutputFields(config, columns, origin))(),
    source.precheck({ onBadRecord, startIndex, numRecords, idColumn, signal }),
  ])
  return columns
}

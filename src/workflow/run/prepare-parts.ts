import type { PriceBook } from '../../pricing/index.ts'
import { loadPricesFile } from '../../runtime/prices-file.ts'
import { checkOutputFields, checkVariables } from '../config/check-state-keys.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { gather } from '../gather.ts'
import { GuardedModels } from '../limits/guarded-models.ts'
import { readEnvironmentFile } from '../models/environment-file.ts'
import { createFunctionLoader, createModuleLoader } from '../module-loader.ts'
import type { DataSource } from '../sources/data-source.ts'
import { type GraphProcessor, loadGraphProcessors } from './graph-processor.ts'
import { createRowMaker, type RowMaker } from './output-row.ts'
import { prepareGraph, type RunGraph } from './prepare-graph.ts'
import { createModelFinder } from './prepare-models.ts'
import type { RunOptions } from './run-options.ts'

/** What a workflow is made of, loaded and checked. */
export interface PreparedParts {
  readonly runGraph: RunGraph
  readonly makeRow: RowMaker
  /** What runs over the whole output at the end. */
  readonly processors: readonly GraphProcessor[]
  /** The user's own prices, where there is a file of them. */
  readonly prices: PriceBook | undefined
  readonly models: GuardedModels
}

export interface PartsOptions {
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
  const modules = createModuleLoader(directory)
  const load = createFunctionLoader(directory, modules)
  const prices = await loadPricesFile({ directory, environment: readEnvironmentFile() })
  const models = new GuardedModels()
  const modelsOf = (folder: string) => createModelFinder({ directory: folder, simulatorUrl, prices, models })
  const [runGraph, makeRow, processors] = await gather([
    prepareGraph(definition, { modelsOf, signal, runArgs: options.runArgs }),
    createRowMaker(definition, { load, modules }),
    loadGraphProcessors(definition, modules),
    source === undefined ? undefined : checkData(source, { definition, options, signal }),
  ])
  return { runGraph, makeRow, processors, prices, models }
}

async function checkData(
  source: DataSource,
  {
    definition: { config, origin },
    options: { onBadRecord, startIndex, numRecords },
    signal,
  }: { readonly definition: WorkflowDefinition; readonly options: RunOptions; readonly signal: AbortSignal },
): Promise<void> {
  const { columns: found } = await source.check({ onBadRecord })
  // A record that has no id gets one.
  const columns = found === undefined ? undefined : [...new Set([...found, 'id'])]
  const idColumn = config.data_config?.id_column
  await gather([
    (async () => columns !== undefined && checkVariables(config, columns, origin))(),
    (async () => columns !== undefined && checkOutputFields(config, columns, origin))(),
    source.precheck({ onBadRecord, startIndex, numRecords, idColumn, signal }),
  ])
}

import { SygraError } from '../../errors.ts'
import type { PriceBook } from '../../pricing/index.ts'
import { loadPricesFile } from '../../runtime/prices-file.ts'
import type { WorkflowDefinition } from '../definition.ts'
import { createFunctionLoader, type FunctionLoader } from '../function-loader.ts'
import { checkVariables } from '../graph/check-variables.ts'
import { type CompiledGraph, compileGraph } from '../graph/compile-graph.ts'
import { placeText } from '../graph/config-issue.ts'
import type { Reducer } from '../graph/reducer.ts'
import { runGraph } from '../graph/run-graph.ts'
import type { State } from '../graph/state.ts'
import { readEnvironmentFile } from '../models/environment-file.ts'
import { executeNode } from '../nodes/measure-node.ts'
import type { NodeExecutor } from '../nodes/node.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { checkSinks } from '../sinks/output.ts'
import { DataSource } from '../sources/data-source.ts'
import { createRowMaker, type RowMaker } from './output-row.ts'
import { prepareDecisions } from './prepare-decisions.ts'
import { createModelFinder } from './prepare-models.ts'
import { prepareNodes } from './prepare-nodes.ts'
import { chooseRunFiles, type RunFiles } from './run-files.ts'
import type { RunOptions } from './run-options.ts'

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
  readonly runGraph: (state: State) => Promise<State>
  readonly makeRow: RowMaker
  /** The user's own prices, where there is a file of them. */
  readonly prices: PriceBook | undefined
}

const generatedRecords = 10

/** Checks and loads what a run needs: options, data, functions, models and keys, variables, the folder of its output. */
export async function prepareRun(
  definition: WorkflowDefinition,
  options: RunOptions,
  simulatorUrl: string | undefined,
): Promise<PreparedRun> {
  checkOptions(options)
  const { config } = definition
  const load = createFunctionLoader(definition.directory)
  const { directory } = definition
  const prices = await loadPricesFile({ directory, environment: readEnvironmentFile() })
  const findModel = createModelFinder({ directory, simulatorUrl, prices })
  const nodes = await prepareNodes(definition, { load, findModel })
  const makeRow = await createRowMaker(config, load)
  const source = definition.source ?? DataSource.none(options.numRecords ?? generatedRecords)
  const idColumn = config.data_config?.id_column
  await checkData(source, { definition, options, idColumn })
  const recordCount = await countRecords(source, options)
  const files = chooseRunFiles({
    taskName: definition.taskName,
    directory: options.outputDir ?? definition.directory,
    recordCount,
    options,
  })
  await checkSinks([DataSink.disk(files.outputPath), ...definition.sinks])
  const graph = compileGraph(config, { functions: await loadReducers(definition, load) })
  return {
    definition,
    files,
    source,
    idColumn,
    limit: options.numRecords,
    recordCount,
    runGraph: await createGraphRunner({ graph, nodes, load, definition, options }),
    makeRow,
    prices,
  }
}

async function createGraphRunner({
  graph,
  nodes,
  load,
  definition,
  options,
}: {
  readonly graph: CompiledGraph
  readonly nodes: ReadonlyMap<string, NodeExecutor>
  readonly load: FunctionLoader
  readonly definition: WorkflowDefinition
  readonly options: RunOptions
}): Promise<(state: State) => Promise<State>> {
  const decide = await prepareDecisions(definition, load)
  const context = { signal: options.signal, runArgs: options.runArgs ?? {} }
  return (state) =>
    runGraph({
      graph,
      state,
      decide,
      signal: options.signal,
      execute: ({ name }, current) => {
        const node = nodes.get(name)
        if (node === undefined) throw new SygraError('unknown_edge', `there is no node "${name}"`)
        return executeNode(name, node, { state: current, context })
      },
    })
}

async function loadReducers({ config, origin }: WorkflowDefinition, load: FunctionLoader) {
  const path = ['graph_config', 'graph_properties', 'reducers']
  const reducers = Object.entries(config.graph_config.graph_properties?.reducers ?? {})
  const loaded = reducers.map(async ([key, reducer]) => {
    if (typeof reducer !== 'string' || !reducer.includes('#')) return []
    return [[key, (await load(reducer, placeText({ path: [...path, key] }, origin))) as Reducer] as const]
  })
  return Object.fromEntries((await Promise.all(loaded)).flat())
}

async function checkData(
  source: DataSource,
  {
    definition: { config, origin },
    options,
    idColumn,
  }: {
    readonly definition: WorkflowDefinition
    readonly options: RunOptions
    readonly idColumn: string | undefined
  },
): Promise<void> {
  const { onBadRecord, startIndex, numRecords, signal } = options
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

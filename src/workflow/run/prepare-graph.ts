import { SygraError } from '../../errors.ts'
import { placeText } from '../config/config-issue.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { gather } from '../gather.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import type { Reducer } from '../graph/reducer.ts'
import { runGraph } from '../graph/run-graph.ts'
import type { State } from '../graph/state.ts'
import { createFunctionLoader, createModuleLoader, type FunctionLoader } from '../module-loader.ts'
import { executeNode } from '../nodes/measure-node.ts'
import { prepareDecisions } from './prepare-decisions.ts'
import type { ModelFinder } from './prepare-models.ts'
import { prepareNodes } from './prepare-nodes.ts'
import { subgraphDefinition } from './subgraph-definition.ts'

export interface GraphSurroundings {
  /** Finds the models that a task in that folder names. */
  readonly modelsOf: (directory: string) => ModelFinder
  readonly signal?: AbortSignal
  /** Free values given to the run. */
  readonly runArgs?: Readonly<Record<string, unknown>>
  /** The tasks that this one is a part of, the outermost first, by the folder or the name; none for a task of its own. */
  readonly within?: readonly string[]
  /** The names of the nodes it is within. */
  readonly path?: readonly string[]
}

/** Takes the state of a record through a graph. */
export type RunGraph = (state: State) => Promise<State>

/** Makes a graph ready to run, the tasks within it included: functions, models and keys are there, or it is refused. */
export async function prepareGraph(definition: WorkflowDefinition, around: GraphSurroundings): Promise<RunGraph> {
  const { config, directory } = definition
  const { signal, runArgs = {}, modelsOf, within = [], path = [] } = around
  const modules = createModuleLoader(directory)
  const load = createFunctionLoader(directory, modules)
  const [nodes, decide, functions] = await gather([
    prepareNodes(definition, {
      load,
      modules,
      findModel: modelsOf(directory),
      subgraph: async (node, inner) =>
        prepareGraph(await subgraphDefinition(inner, { ...node, outer: definition, within }), {
          modelsOf,
          signal,
          runArgs,
          within: [...within, definition.taskName],
          path: [...path, node.name],
        }),
    }),
    prepareDecisions(definition, load),
    loadReducers(definition, load),
  ])
  const graph = compileGraph(config, { functions })
  const context = { signal, runArgs }
  const prefix = path.map((name) => `${name}.`).join('')
  return (state) =>
    runGraph({
      graph,
      state,
      decide,
      signal,
      execute: ({ name }, current) => {
        const node = nodes.get(name)
        if (node === undefined) throw new SygraError('unknown_edge', `there is no node "${name}"`)
        return executeNode(prefix + name, node, { state: current, context })
      },
    })
}

async function loadReducers({ config, origin }: WorkflowDefinition, load: FunctionLoader) {
  const path = ['graph_config', 'graph_properties', 'reducers']
  const reducers = Object.entries(config.graph_config.graph_properties?.reducers ?? {})
  const loaded = reducers.map(async ([key, reducer]) => {
    // What has a name of its own is known to the graph.
    if (typeof reducer === 'string' && !reducer.includes('#')) return []
    return [[key, (await load(reducer, placeText({ path: [...path, key] }, origin))) as Reducer] as const]
  })
  return Object.fromEntries((await gather(loaded)).flat())
}

import { join } from 'node:path'
import { messageOf, SygraError } from '../../../errors.ts'
import { withNode } from '../../../instrument/track/with-node.ts'
import { checkGraphConfig } from '../../config/check-graph-config.ts'
import { placeText } from '../../config/config-issue.ts'
import type { FunctionReference } from '../../config/function-reference.ts'
import { isConditional } from '../../config/topology/edge-config.ts'
import type { DefinesWorkflow, WorkflowDefinition } from '../../define-workflow.ts'
import { gather } from '../../gather.ts'
import { compileGraph } from '../../graph/compile-graph.ts'
import type { Reducer } from '../../graph/reducer.ts'
import { runGraph } from '../../graph/run-graph.ts'
import type { State, StateUpdate } from '../../graph/state.ts'
import { loadTask } from '../../load-task.ts'
import { createFunctionLoader, createModuleLoader, type FunctionLoader } from '../../module-loader.ts'
import type { InnerTask, NodeContext, NodeExecutor, UserFunction } from '../../nodes/node-kind.ts'
import { overrideNodes } from '../../nodes/subgraph/override-nodes.ts'
import { type ModelFinder, prepareNodes } from './prepare-nodes.ts'

interface GraphSurroundings {
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

/** Says which path a condition takes. */
type Decide = (edge: { readonly condition: FunctionReference }, state: State) => Promise<string>

/** Loads the conditions of a workflow's edges. */
async function prepareDecisions({ config, origin }: WorkflowDefinition, load: FunctionLoader): Promise<Decide> {
  const edges = config.graph_config.edges ?? []
  const loaded = edges.map(async (edge, index) => {
    if (!isConditional(edge)) return []
    const path = ['graph_config', 'edges', index, 'condition']
    return [[edge.condition, (await load(edge.condition, placeText({ path }, origin))) as UserFunction] as const]
  })
  const conditions = new Map<FunctionReference, UserFunction>((await gather(loaded)).flat())
  return async ({ condition }, state) => String(await conditions.get(condition)?.(state))
}

/**
 * The task of a subgraph node with the node's overrides in it. `./name` and `../name` are relative to the outer task.
 *
 * @throws SygraError `bad_config` for a task that contains itself and for overrides that do not fit, with the place.
 */
export async function subgraphDefinition(
  { subgraph, node_config_map: overrides = {} }: InnerTask,
  {
    where,
    outer,
    within,
  }: { readonly where: string; readonly outer: WorkflowDefinition; readonly within: readonly string[] },
): Promise<WorkflowDefinition> {
  const inner = await loadInner(subgraph, outer, where)
  const chain = [...within, outer.taskName]
  if (chain.includes(inner.taskName)) {
    throw new SygraError(
      'bad_config',
      `${where}: the task contains itself: ${[...chain, inner.taskName].join(' > ')}; expected another task`,
    )
  }
  if (Object.keys(overrides).length === 0) return inner
  try {
    return { ...inner, config: checkGraphConfig(overrideNodes(inner.config, overrides)) }
  } catch (error) {
    if (!(error instanceof SygraError)) throw error
    throw new SygraError(error.code, `${where}: node_config_map: ${messageOf(error)}`, { cause: error })
  }
}

async function loadInner(
  subgraph: InnerTask['subgraph'],
  outer: WorkflowDefinition,
  where: string,
): Promise<WorkflowDefinition> {
  if (typeof subgraph === 'string') {
    const isRelative = /^\.\.?\//.test(subgraph)
    return loadTask(isRelative ? join(outer.directory, subgraph) : subgraph)
  }
  if (definesWorkflow(subgraph)) return subgraph.definition()
  throw new SygraError('bad_config', `${where}: subgraph: found an object; expected the name of a task or a Workflow`)
}

function definesWorkflow(value: object): value is DefinesWorkflow {
  return 'definition' in value && typeof value.definition === 'function'
}

/**
 * Runs one pass of a record through a node: whatever it calls belongs to the node, and its end is recorded. What the node
 * throws goes on unchanged.
 */
async function executeNode(
  name: string,
  node: NodeExecutor,
  { state, context }: { readonly state: State; readonly context: NodeContext },
): Promise<StateUpdate> {
  return withNode({ name, type: node.type, model: node.model }, () => node.execute(state, context))
}

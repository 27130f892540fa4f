import { historyKey } from '../graph/state.ts'
import type { TemplateVariable } from '../nodes/node-kind.ts'
import { nodeWritesOf } from '../nodes/node-kinds.ts'
import { type ConfigIssue, type ConfigOrigin, throwIssues } from './config-issue.ts'
import { valueIn } from './config-value.ts'
import type { GraphConfig } from './graph-config.ts'
import { type KnownNode, knownNodeOf, probableNode } from './known-node.ts'
import { didYouMean, oneOf } from './nearest-name.ts'
import { edgeIssuesOf } from './topology/edge-issues.ts'
import { type GraphShape, readGraphShape } from './topology/graph-shape.ts'
import { predecessorsIn, reachedFrom, topologyOf } from './topology/topology.ts'

/**
 * Checks that every template variable is a field of the records or is written by a node that comes before. A node that has
 * a `pre_process`, or that comes after one whose writes are not declared, is left to the run.
 *
 * @param knownFields the fields that records have.
 * @throws SygraError `unknown_variable`, one line for each.
 */
export function checkVariables(
  config: GraphConfig,
  knownFields: Iterable<string>,
  origin?: ConfigOrigin,
  { hasData = true }: { readonly hasData?: boolean } = {},
): void {
  const shape = readGraphShape(config)
  if (shape === undefined) return
  const nodes = Object.entries(config.graph_config.nodes).map(([name, node]) => [name, knownNodeOf(node)] as const)
  throwIssues(variableIssuesOf(nodes, { shape, fields: [...knownFields], hasData }), origin)
}

/**
 * The same for a configuration that is wrong elsewhere, as far as it can be told of it.
 *
 * @throws SygraError `unknown_variable`, one line for each.
 */
export function checkProbableVariables(
  config: unknown,
  knownFields: Iterable<string>,
  origin?: ConfigOrigin,
  { hasData = true }: { readonly hasData?: boolean } = {},
): void {
  const shape = readGraphShape(config)
  if (shape === undefined || edgeIssuesOf(shape).length > 0) return
  const settings = valueIn(config, ['graph_config', 'nodes'])
  const nodes = shape.nodes.map(({ name }) => [name, probableNode(valueIn(settings, [name]))] as const)
  throwIssues(variableIssuesOf(nodes, { shape, fields: [...knownFields], hasData }), origin)
}

type NamedNodes = readonly (readonly [string, KnownNode])[]

function variableIssuesOf(
  nodes: NamedNodes,
  {
    shape,
    fields,
    hasData,
  }: { readonly shape: GraphShape; readonly fields: readonly string[]; readonly hasData: boolean },
): readonly ConfigIssue[] {
  const predecessors = predecessorsIn(topologyOf(shape))
  return nodes.flatMap(([name, node], vertex) => {
    if (node.isIdle) return []
    const before = reachedFrom(predecessors[vertex] ?? [], (other) => predecessors[other] ?? [])
    return unknownIn(name, node, { fields, nodes, before, hasData })
  })
}

interface Surroundings {
  readonly fields: readonly string[]
  readonly nodes: NamedNodes
  /** The vertices that a record may have passed. */
  readonly before: ReadonlySet<number>
  /** False for a task without a source, which may be meant as a subgraph. */
  readonly hasData: boolean
}

function unknownIn(
  name: string,
  node: KnownNode,
  { fields, nodes, before, hasData }: Surroundings,
): readonly ConfigIssue[] {
  const earlier = nodes.filter(([, other], vertex) => before.has(vertex) && !other.isIdle)
  const writes = earlier.map(([, other]) => other.writes)
  if (writes.some(({ areAllKnown }) => !areAllKnown)) return []
  const known = [...new Set([...fields, ...writes.flatMap(({ keys }) => keys)])]
  return node.variables
    .filter(({ variable }) => !known.includes(variable) && !known.includes(variable.split('.')[0] ?? ''))
    .map((found) => unknownVariable(found, { node: name, known, nodes, hasData }))
}

function unknownVariable(
  { variable, path }: TemplateVariable,
  {
    node,
    known,
    nodes,
    hasData,
  }: { readonly node: string; readonly known: readonly string[] } & Pick<Surroundings, 'nodes' | 'hasData'>,
): ConfigIssue {
  const writer = nodes.find(([, other]) => other.writes.keys.includes(variable))?.[0]
  const why =
    writer === undefined
      ? 'no record and no earlier node provides it'
      : `node "${writer}" writes it, but not before "${node}"`
  const remedy =
    hasData || writer !== undefined
      ? ''
      : '; the task has no data of its own: run the task that has it as a subgraph, or give it a source (data_config.source, `sygra run --source`)'
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'no variables, as nothing provides any'
  return {
    code: 'unknown_variable',
    path: ['graph_config', 'nodes', node, ...path],
    within: `{${variable}}`,
    message:
      `unknown variable "${variable}": ${why}; expected ${expected}${didYouMean(variable, known)}${remedy}` +
      ` (for braces in the text write {{${variable}}})`,
  }
}

/**
 * Checks that each sink with an alias gets columns: fields of the output map named `alias->name`. Without a map, or with a
 * generator that makes the rows, that is left to the run.
 *
 * @throws SygraError `bad_config`, one line for each.
 */
export function checkSinkAliases(config: GraphConfig, origin?: ConfigOrigin): void {
  const { output_map: map } = config.output_config ?? {}
  if (map === undefined) return
  const entries = [config.data_config?.sink].flat()
  const issues = entries.flatMap((entry, index): ConfigIssue[] => {
    const alias = valueIn(entry, ['alias'])
    if (typeof alias !== 'string' || Object.keys(map).some((name) => name.startsWith(`${alias}->`))) return []
    const message = `no field of output_map is named "${alias}->…", so this sink would get nothing`
    return [{ code: 'bad_config', path: ['data_config', 'sink', index, 'alias'], message }]
  })
  throwIssues(issues, origin)
}

/**
 * Checks that what the output takes is there: state keys that a record has or a node writes, and fields of the records that
 * are preserved. Where a function decides what is written, that is left to the run.
 *
 * @param knownFields the fields that records have.
 * @throws SygraError `unknown_variable`, one line for each.
 */
export function checkOutputFields(config: GraphConfig, knownFields: readonly string[], origin?: ConfigOrigin): void {
  const { output_map: map = {}, preserve_fields: preserved = [] } = config.output_config ?? {}
  const active = Object.values(config.graph_config.nodes).filter(({ node_state: state }) => state !== 'idle')
  const writes = active.map(nodeWritesOf)
  // Every record has an id.
  const keys = [...new Set(['id', ...knownFields, ...writes.flatMap((each) => each.keys)])]
  const areAllKnown = writes.every((each) => each.areAllKnown)
  const missing = Object.entries(map).flatMap(([name, { from }]) =>
    from === undefined || !areAllKnown || from === historyKey || keys.includes(from)
      ? []
      : [unknownKey(from, ['output_config', 'output_map', name, 'from'], keys)],
  )
  const gone = preserved.flatMap((name, index) =>
    knownFields.includes(name) ? [] : [unknownKey(name, ['output_config', 'preserve_fields', index], knownFields)],
  )
  throwIssues([...missing, ...gone], origin)
}

function unknownKey(name: string, path: ConfigIssue['path'], known: readonly string[]): ConfigIssue {
  const expected = known.length > 0 ? `expected ${oneOf(known)}${didYouMean(name, known)}` : 'nothing provides any key'
  return {
    code: 'unknown_variable',
    path,
    message: `unknown key "${name}": no record and no node provides it; ${expected}`,
  }
}

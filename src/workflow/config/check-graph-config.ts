import { SygraError } from '../../errors.ts'
import { kindNamed, kindNames } from '../nodes/node-kinds.ts'
import { type ConfigIssue, type ConfigOrigin, throwIssues } from './config-issue.ts'
import { valueIn } from './config-value.ts'
import { type GraphConfig, graphConfigSchema } from './graph-config.ts'
import { nearestName } from './nearest-name.ts'
import { schemaIssuesOf } from './schema-issues.ts'
import { edgeIssuesOf } from './topology/edge-issues.ts'
import { type GraphShape, readGraphShape } from './topology/graph-shape.ts'
import { parallelWriteIssuesOf } from './topology/parallel-write-issues.ts'
import { reachIssuesOf } from './topology/reach-issues.ts'
import { topologyOf } from './topology/topology.ts'

/**
 * Checks a configuration, made in TypeScript or read from a file, its graph included.
 *
 * @param origin the file it comes from, for the places in errors; without it they are paths such as `graph_config.nodes.x`.
 * @throws SygraError with one line for each problem: `place: what was found; expected …; did you mean …?`
 */
export function checkGraphConfig(value: unknown, origin?: ConfigOrigin): GraphConfig {
  const parsed = graphConfigSchema.safeParse(value)
  const issues: ConfigIssue[] = parsed.success
    ? []
    : [...schemaIssuesOf(parsed.error.issues, value, origin?.path), ...issuesUnderWrongTypes(value)]
  // The graph is checked even where a node has a slip of its own, so that all problems are seen at once.
  const shape = readGraphShape(value)
  if (shape !== undefined) issues.push(...graphIssuesOf(shape))
  throwIssues(issues, origin)
  if (!parsed.success) throw new SygraError('bad_config', parsed.error.message)
  return parsed.data
}

/**
 * What is wrong with a graph: edges that lead nowhere, nodes that are never reached or never come to END, parallel branches
 * that write the same key.
 */
export function graphIssuesOf(shape: GraphShape): readonly ConfigIssue[] {
  const wrongEdges = edgeIssuesOf(shape)
  // Without the edges that were meant, nodes would seem unreachable that are not.
  if (wrongEdges.length > 0) return wrongEdges
  const topology = topologyOf(shape)
  const unreached = reachIssuesOf(shape, topology)
  return unreached.length > 0 ? unreached : parallelWriteIssuesOf(shape, topology)
}

/** What else is wrong with nodes of an unknown type, judged by the kind that was probably meant. */
function issuesUnderWrongTypes(value: unknown): readonly ConfigIssue[] {
  const path = ['graph_config', 'nodes']
  const nodes = valueIn(value, path)
  if (typeof nodes !== 'object' || nodes === null) return []
  return Object.entries(nodes).flatMap(([name, node]) => {
    const type: unknown = valueIn(node, ['node_type'])
    if (typeof type !== 'string' || kindNamed(type) !== undefined) return []
    const meant = kindNamed(nearestName(type, kindNames))
    const parsed = meant?.schema.safeParse({ ...node, node_type: meant.schema.shape.node_type.value })
    if (parsed === undefined || parsed.success) return []
    const placed = parsed.error.issues.map((issue) => ({ ...issue, path: [...path, name, ...issue.path] }))
    return schemaIssuesOf(placed, value)
  })
}

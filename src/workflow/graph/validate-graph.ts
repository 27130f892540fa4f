import type { ConfigIssue } from './config-issue.ts'
import { edgeIssuesOf } from './edge-issues.ts'
import type { GraphShape } from './graph-shape.ts'
import { parallelWriteIssuesOf } from './parallel-write-issues.ts'
import { reachIssuesOf } from './reach-issues.ts'
import { topologyOf } from './topology.ts'

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

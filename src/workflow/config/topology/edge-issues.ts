import type { ConfigIssue, ConfigPath } from '../config-issue.ts'
import { didYouMean, oneOf } from '../nearest-name.ts'
import { type ConditionalEdgeConfig, type EdgeConfig, isConditional } from './edge-config.ts'
import { end, start } from './graph-ends.ts'
import type { GraphShape } from './graph-shape.ts'

const edgesPath = ['graph_config', 'edges'] as const

/** What is wrong with single edges: places that do not exist, and conditions that stand twice. */
export function edgeIssuesOf(shape: GraphShape): readonly ConfigIssue[] {
  const edges = shape.edges ?? []
  const names = shape.nodes.map(({ name }) => name)
  return [
    ...edges.flatMap((edge, index) => placesOf(edge, [...edgesPath, index], names)),
    ...repeatedConditions(edges),
    ...(edges.length > 0 && !edges.some(({ from }) => from === start) ? [noBeginning] : []),
  ]
}

const noBeginning: ConfigIssue = {
  code: 'unknown_edge',
  path: edgesPath,
  at: 'key',
  message: `no edge leads from ${start}; expected one, such as {from: ${start}, to: …}`,
}

function placesOf(edge: EdgeConfig, path: ConfigPath, names: readonly string[]): readonly ConfigIssue[] {
  return [
    ...place(edge.from, [...path, 'from'], { known: [start, ...names], never: end, verb: 'lead from' }),
    ...targetsOf(edge, path).flatMap(([name, at]) =>
      place(name, at, { known: [...names, end], never: start, verb: 'lead to' }),
    ),
  ]
}

function targetsOf(edge: EdgeConfig, path: ConfigPath): readonly (readonly [string, ConfigPath])[] {
  if (isConditional(edge)) return Object.entries(edge.path_map).map(([key, name]) => [name, [...path, 'path_map', key]])
  if (typeof edge.to === 'string') return [[edge.to, [...path, 'to']]]
  return edge.to.map((name, index) => [name, [...path, 'to', index]])
}

function place(
  name: string,
  path: ConfigPath,
  { known, never, verb }: { readonly known: readonly string[]; readonly never: string; readonly verb: string },
): readonly ConfigIssue[] {
  if (known.includes(name)) return []
  if (name === never) return [unknownEdge(path, `an edge cannot ${verb} ${never}; expected ${oneOf(known)}`)]
  return [unknownEdge(path, `unknown node "${name}"; expected ${oneOf(known)}${didYouMean(name, known)}`)]
}

function repeatedConditions(edges: readonly EdgeConfig[]): readonly ConfigIssue[] {
  const seen: ConditionalEdgeConfig[] = []
  return edges.flatMap((edge, index) => {
    if (!isConditional(edge)) return []
    const isRepeated = seen.some(({ from, condition }) => from === edge.from && condition === edge.condition)
    seen.push(edge)
    if (!isRepeated) return []
    const message = `found a second edge from "${edge.from}" with the same condition; expected one edge with all paths in its path_map`
    return [unknownEdge([...edgesPath, index, 'condition'], message)]
  })
}

function unknownEdge(path: ConfigPath, message: string): ConfigIssue {
  return { code: 'unknown_edge', path, message }
}

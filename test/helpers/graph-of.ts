import { checkGraphConfig } from '../../src/workflow/config/check-graph-config.ts'
import type { GraphConfig } from '../../src/workflow/config/graph-config.ts'

export interface GraphText {
  /**
   * Edges, one a line: `START > a`, `a > b, c` for parallel nodes, `a ? again: b, done: END` for a condition. The nodes are
   * those that are named, in that order.
   */
  readonly edges: string
  readonly outputKeys?: Readonly<Record<string, string | string[]>>
  readonly idle?: readonly string[]
  readonly reducers?: Readonly<Record<string, unknown>>
  readonly maxLoops?: number
}

/** A configuration of lambda nodes from a short text; checked. */
export function graphOf(text: GraphText): GraphConfig {
  return checkGraphConfig(uncheckedGraphOf(text))
}

export function uncheckedGraphOf({ edges, outputKeys = {}, idle = [], reducers = {}, maxLoops }: GraphText): unknown {
  const parsed = linesOf(edges).map(edgeOf)
  const named = parsed.flatMap(({ names }) => names).filter((name) => name !== 'START' && name !== 'END')
  const nodes = [...new Set(named)].map((name) => [
    name,
    {
      node_type: 'lambda',
      lambda: `./task.ts#${name}`,
      output_keys: outputKeys[name],
      node_state: idle.includes(name) ? 'idle' : undefined,
    },
  ])
  return {
    graph_config: {
      graph_properties: { reducers, max_loops: maxLoops },
      nodes: Object.fromEntries(nodes),
      edges: parsed.map(({ edge }) => edge),
    },
  }
}

function linesOf(edges: string): readonly string[] {
  return edges
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function edgeOf(line: string): { readonly names: readonly string[]; readonly edge: unknown } {
  const [from = '', rest = ''] = line.split(/ [>?] /)
  const parts = rest.split(', ')
  if (!line.includes(' ? ')) return { names: [from, ...parts], edge: { from, to: parts.length === 1 ? rest : parts } }
  const paths = parts.map((part) => part.split(': '))
  return {
    names: [from, ...paths.map(([, to = '']) => to)],
    edge: { from, condition: `./task.ts#after_${from}`, path_map: Object.fromEntries(paths) },
  }
}

import type { GraphOutline } from '../../metadata/event.ts'
import type { GraphConfig } from './graph-config.ts'
import { isConditional } from './topology/edge-config.ts'
import { readGraphShape } from './topology/graph-shape.ts'
import { topologyOf } from './topology/topology.ts'

/** An arrow of a drawing. */
interface Arrow {
  readonly from: number
  readonly to: number
  /** What the condition gives for this way; undefined for a direct edge. */
  readonly choice?: string
}

/** The graph of a configuration as a Mermaid flowchart. */
export function drawMermaid(config: GraphConfig): string {
  const { names, start, end, arrows } = drawingOf(config)
  const nodes = Object.entries(config.graph_config.nodes).map(([name, node], vertex) => {
    const style = node.node_state === 'idle' ? ':::idle' : ''
    return `  n${vertex}["${escaped(name)}<br/><small>${node.node_type}</small>"]${style}`
  })
  const lines = arrows.map(({ from, to, choice }) => {
    return choice === undefined ? `  n${from} --> n${to}` : `  n${from} -. "${escaped(choice)}" .-> n${to}`
  })
  const ends = [start, end].map((vertex) => `  n${vertex}(["${names[vertex]}"])`)
  const classes = nodes.some((line) => line.endsWith(':::idle'))
    ? ['  classDef idle stroke-dasharray: 4 4,opacity: 0.5']
    : []
  return [`flowchart TD`, ...ends, ...nodes, ...lines, ...classes, ''].join('\n')
}

/** The graph of a configuration as plain text: a line for each place, with the places it leads to below. */
export function drawText(config: GraphConfig): string {
  const { names, start, arrows } = drawingOf(config)
  const nodes = Object.entries(config.graph_config.nodes)
  const places = [
    { vertex: start, label: names[start] ?? '' },
    ...nodes.map(([name, node], vertex) => {
      return { vertex, label: `${name} (${node.node_type}${node.node_state === 'idle' ? ', idle' : ''})` }
    }),
  ]
  const lines = places.flatMap(({ vertex, label }) => {
    const leaving = arrows.filter(({ from }) => from === vertex)
    return [
      label,
      ...leaving.map(({ to, choice }) => `  ${choice === undefined ? '─' : `─[${choice}]─`}▶ ${names[to]}`),
    ]
  })
  return `${lines.join('\n')}\n`
}

/** The graph of a configuration as the account of a run keeps it: names and ways, nothing of what the nodes do. */
export function outlineOf(config: GraphConfig): GraphOutline {
  const { names, arrows } = drawingOf(config)
  return {
    nodes: Object.entries(config.graph_config.nodes).map(([name, { node_type }]) => ({ name, type: node_type })),
    edges: arrows.map(({ from, to, choice }) => ({
      from: names[from] ?? '',
      to: names[to] ?? '',
      ...(choice === undefined ? {} : { choice }),
    })),
  }
}

function drawingOf(config: GraphConfig) {
  const shape = readGraphShape(config)
  const { names, start, end, exits } = topologyOf(shape ?? { nodes: [], edges: undefined, reducedKeys: new Set() })
  const vertexOf = new Map(names.map((name, vertex) => [name, vertex]))
  const arrows = exits.flatMap((leaving, from) =>
    leaving.flatMap(({ edge, targets }): readonly Arrow[] => {
      const found = shape?.edges?.[edge]
      if (found === undefined || !isConditional(found)) return targets.map((to) => ({ from, to }))
      return Object.entries(found.path_map).map(([choice, name]) => ({ from, to: vertexOf.get(name) ?? end, choice }))
    }),
  )
  return { names, start, end, arrows }
}

// Mermaid ends a label at a quote and reads `#…;` as a character.
function escaped(text: string): string {
  return text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;')
}

import { z } from 'zod'
import { kindNamed } from '../../nodes/node-kinds.ts'
import { outputKeysIn } from '../../nodes/node-settings.ts'
import { type EdgeConfig, edgeConfigSchema } from './edge-config.ts'

/** What a graph is made of, whatever its nodes do. */
export interface GraphShape {
  readonly nodes: readonly ShapeNode[]
  /** Undefined when the nodes run in the order they stand. */
  readonly edges: readonly EdgeConfig[] | undefined
  /** State keys that may be written by several branches at once. */
  readonly reducedKeys: ReadonlySet<string>
}

export interface ShapeNode {
  readonly name: string
  /** True for a node that is passed over. */
  readonly isIdle: boolean
  /** State keys that it says it writes. */
  readonly outputKeys: readonly string[]
}

const node = z.looseObject({})

const properties = z.looseObject({ reducers: z.record(z.string(), z.unknown()).optional().catch(undefined) })

const shape = z.looseObject({
  graph_config: z.looseObject({
    graph_properties: properties.optional().catch(undefined),
    nodes: z.record(z.string(), node),
    edges: z.array(edgeConfigSchema).optional(),
  }),
})

/**
 * The shape of a graph from a configuration, checked or not: slips inside of nodes do not matter to it. Undefined when the
 * nodes or the edges cannot be read.
 */
export function readGraphShape(config: unknown): GraphShape | undefined {
  const parsed = shape.safeParse(config)
  if (!parsed.success) return undefined
  const { nodes, edges, graph_properties } = parsed.data.graph_config
  return {
    nodes: Object.entries(nodes).map(([name, settings]) => ({
      name,
      isIdle: settings.node_state === 'idle',
      outputKeys: [...new Set(kindNamed(settings.node_type)?.outputKeysIn(settings) ?? outputKeysIn(settings))],
    })),
    edges: edges === undefined || edges.length === 0 ? undefined : edges,
    reducedKeys: new Set(['messages', ...Object.keys(graph_properties?.reducers ?? {})]),
  }
}

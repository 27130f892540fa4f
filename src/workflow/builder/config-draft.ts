import type { GraphConfig } from '../config/graph-config.ts'
import type { EdgeConfig } from '../config/topology/edge-config.ts'
import { end, start } from '../config/topology/graph-ends.ts'
import { type OverridePath, overrideValue } from './override-value.ts'

/**
 * The edges of nodes that were chained, besides those drawn by hand: each leads to the one added after it and the last to
 * END; one that has an edge of its own has no other. Nothing where no edge was drawn: the nodes follow one another then.
 */
export function chainEdges(chain: readonly string[], drawn: readonly EdgeConfig[]): readonly EdgeConfig[] {
  if (drawn.length === 0 || chain.length === 0) return []
  const leaving = new Set(drawn.map(({ from }) => from))
  const stops = [start, ...chain, end]
  return stops.slice(1).flatMap((to, index) => {
    const from = stops[index] ?? start
    return leaving.has(from) ? [] : [{ from, to }]
  })
}

/** A configuration that is being made, and what is not in it yet. */
export class ConfigDraft {
  /** Changed in place by the builders. */
  readonly config: GraphConfig
  readonly #chain: string[] = []
  readonly #overrides: { readonly path: OverridePath; readonly value: unknown }[] = []

  constructor(config: GraphConfig = { graph_config: { nodes: {} } }) {
    this.config = config
  }

  /** The name that was asked for, else the kind with the first number that is free. */
  nameFor(kind: string, wanted: string | undefined): string {
    const { nodes } = this.config.graph_config
    if (wanted !== undefined) return wanted
    let number = 1
    while (Object.hasOwn(nodes, `${kind}_${number}`)) number += 1
    return `${kind}_${number}`
  }

  /** Lets a node follow the ones that were chained before it. */
  chain(name: string): void {
    this.#chain.push(name)
  }

  override(path: OverridePath, value: unknown): void {
    this.#overrides.push({ path, value })
  }

  /** The configuration with its automatic edges and its overrides; still to be checked. */
  build(): unknown {
    const { edges: drawn = [], ...graph } = this.config.graph_config
    const edges = [...drawn, ...chainEdges(this.#chain, drawn)]
    const built = { ...this.config, graph_config: { ...graph, ...(edges.length > 0 ? { edges } : {}) } }
    return this.#overrides.reduce<unknown>((config, { path, value }) => overrideValue(config, path, value), built)
  }
}

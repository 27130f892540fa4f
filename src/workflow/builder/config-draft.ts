import type { GraphConfig } from '../graph/graph-config.ts'
import { chainEdges } from './chain-edges.ts'
import { type OverridePath, overrideValue } from './override-value.ts'

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

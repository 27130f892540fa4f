import type { GraphOutline, NodeEnd, NodeWays, RecordEnd } from '../../metadata/event.ts'

/** How often each way of a graph was taken. */
export interface EdgeTraffic {
  readonly from: string
  readonly to: string
  readonly count: number
  /** The subgraph that it is in; left out in the graph itself. */
  readonly within?: string
}

const start = 'START'
const end = 'END'

type Edge = NodeWays['edges'][number]

/** Counts the ways of a graph and those of its subgraphs, each of which a record may go through several times. */
export class GraphTraffic {
  readonly #outer: EdgeCounter
  readonly #inner: ReadonlyMap<string, EdgeCounter>
  /** The subgraph that a node stands in. */
  readonly #placeOf: ReadonlyMap<string, string>

  constructor({ subgraphs = [], ...graph }: GraphOutline) {
    this.#outer = new EdgeCounter(graph)
    this.#inner = new Map(subgraphs.map((subgraph) => [subgraph.name, new EdgeCounter(subgraph)]))
    this.#placeOf = new Map(subgraphs.flatMap(({ name, nodes }) => nodes.map((node) => [node.name, name] as const)))
  }

  nodeEnd(event: NodeEnd): void {
    const { node, recordId, succeeded } = event
    this.#inner.get(node)?.recordEnd({ recordId, succeeded })
    const place = this.#placeOf.get(node)
    const counter = place === undefined ? this.#outer : this.#inner.get(place)
    counter?.nodeEnd(event)
  }

  recordEnd(event: RecordEnd): void {
    this.#outer.recordEnd(event)
  }

  traffic(): EdgeTraffic[] {
    const inner = [...this.#inner].flatMap(([within, counter]) => counter.traffic().map((way) => ({ ...way, within })))
    return [...this.#outer.traffic(), ...inner]
  }
}

/**
 * Counts the ways that records take, from the order in which their nodes ended: a node was reached from those before it
 * that had ended since it was reached last. An end that leads on by a choice leads to one place only.
 */
export class EdgeCounter {
  readonly #counts = new Map<Edge, number>()
  readonly #into = new Map<string, Edge[]>()
  /** Of each record on its way: the ends of its nodes that have led nowhere yet, by edge. */
  readonly #open = new Map<string, Set<Edge>>()

  constructor({ edges }: Pick<NodeWays, 'edges'>) {
    for (const edge of edges) {
      if (this.#counts.has(edge)) continue
      this.#counts.set(edge, 0)
      this.#into.set(edge.to, [...(this.#into.get(edge.to) ?? []), edge])
    }
  }

  nodeEnd({ node, recordId }: NodeEnd): void {
    if (recordId === undefined) return
    const open = this.#openOf(recordId)
    this.#arrive(node, open)
    this.#leave(node, open)
  }

  recordEnd({ recordId, succeeded }: Pick<RecordEnd, 'recordId' | 'succeeded'>): void {
    const open = recordId === undefined ? undefined : this.#open.get(recordId)
    if (recordId === undefined || open === undefined) return
    if (succeeded) this.#arrive(end, open)
    this.#open.delete(recordId)
  }

  traffic(): EdgeTraffic[] {
    const byWay = new Map<string, EdgeTraffic>()
    for (const [{ from, to }, count] of this.#counts) {
      const key = JSON.stringify([from, to])
      byWay.set(key, { from, to, count: (byWay.get(key)?.count ?? 0) + count })
    }
    return [...byWay.values()]
  }

  #openOf(recordId: string): Set<Edge> {
    let open = this.#open.get(recordId)
    if (open === undefined) {
      open = new Set()
      this.#open.set(recordId, open)
      this.#leave(start, open)
    }
    return open
  }

  #arrive(place: string, open: Set<Edge>): void {
    for (const edge of this.#into.get(place) ?? []) {
      if (!open.has(edge)) continue
      this.#counts.set(edge, (this.#counts.get(edge) ?? 0) + 1)
      open.delete(edge)
      if (edge.choice !== undefined) this.#forget(edge.from, open)
    }
  }

  /** The other choices of a place were not taken. */
  #forget(from: string, open: Set<Edge>): void {
    for (const edge of open) if (edge.from === from && edge.choice !== undefined) open.delete(edge)
  }

  #leave(place: string, open: Set<Edge>): void {
    for (const edge of this.#counts.keys()) if (edge.from === place) open.add(edge)
  }
}

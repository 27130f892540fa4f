import type { GraphOutline, NodeEnd, RecordEnd } from '../metadata/event.ts'

/** How often each way of a graph was taken. */
export interface EdgeTraffic {
  readonly from: string
  readonly to: string
  readonly count: number
}

const start = 'START'
const end = 'END'

type Edge = GraphOutline['edges'][number]

/**
 * Counts the ways that records take, from the order in which their nodes ended: a node was reached from those before it
 * that had ended since it was reached last. An end that leads on by a choice leads to one place only.
 */
export class EdgeCounter {
  readonly #counts = new Map<Edge, number>()
  readonly #into = new Map<string, Edge[]>()
  /** Of each record on its way: the ends of its nodes that have led nowhere yet, by edge. */
  readonly #open = new Map<string, Set<Edge>>()

  constructor({ edges }: GraphOutline) {
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

  recordEnd({ recordId, succeeded }: RecordEnd): void {
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

import type { EdgeConfig } from '../graph/edge-config.ts'
import { end, start } from '../graph/graph-ends.ts'

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

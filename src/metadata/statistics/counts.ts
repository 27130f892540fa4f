/** Counts one more of a kind. */
export function countInto(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1)
}

export function mergeCounts(counts: Map<string, number>, others: ReadonlyMap<string, number>): void {
  for (const [kind, count] of others) counts.set(kind, (counts.get(kind) ?? 0) + count)
}

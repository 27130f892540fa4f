/** What stands in the place of a node where requests belong to none. */
export const outsideNodes = '(outside of nodes)'

/** True for a node and for those within it: the names of what a subgraph holds begin with its own, and a point. */
export function isWithin(node: string, outer: string): boolean {
  return node === outer || node.startsWith(`${outer}.`)
}

/** What stands in the place of a node where requests belong to none. */
export const outsideNodes = '(outside of nodes)'

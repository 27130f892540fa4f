/** What a record carries through the graph: its own fields, and what the nodes have added. */
export type State = Record<string, unknown>

/** What a node adds to the state or replaces in it; nothing when it changes nothing. */
export type StateUpdate = Readonly<Record<string, unknown>> | undefined

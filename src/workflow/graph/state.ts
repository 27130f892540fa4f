/** What a record carries through the graph: its own fields, and what the nodes have added. */
export type State = Record<string, unknown>

/** What a node adds to the state or replaces in it; nothing when it changes nothing. */
export type StateUpdate = Readonly<Record<string, unknown>> | undefined

/** A state of one's own with the same values. */
export function copyState(state: Readonly<State>): State {
  // Not a spread: keys that are added to a spread object later cost V8 five times as much.
  return Object.assign({}, state)
}

/** The key under which nodes with `chat_history` keep what was said, a list of turns; it is not part of the output. */
export const historyKey = '__chat_history__'

/** What a record carries through the graph: its own fields, and what the nodes have added. */
export type State = Record<string, unknown>

/** What a node adds to the state or replaces in it; nothing when it changes nothing. */
export type StateUpdate = Readonly<Record<string, unknown>> | undefined

/** A state of one's own with the same values. */
export function copyState(state: Readonly<State>): State {
  // Not a spread: keys that are added to a spread object later cost V8 five times as much.
  return Object.assign({}, state)
}

/** The state key to which an llm node with tools writes what its model asked for, an empty list when it asked for nothing. */
export const toolCallsKey = 'tool_calls'

/** The key under which nodes with `chat_history` keep what was said; in the output only where the output map names it. */
export const historyKey = '__chat_history__'

/** True for a map of state keys. A Map, a Set or a Date has no keys of its own: written they would vanish without a word. */
export function isStateMap(value: unknown): value is Readonly<State> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value) && !(value instanceof Date)
}

/** True for what must be awaited, also when it is not the Promise of this realm. */
export function isPromiseLike<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

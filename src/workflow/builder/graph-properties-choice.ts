import type { FunctionReference } from '../config/function-reference.ts'
import type { GraphConfig } from '../config/graph-config.ts'
import type { ReducerName } from '../config/graph-properties.ts'

/** Settings of a whole graph. */
export interface GraphProperties {
  readonly chatConversation?: 'singleturn' | 'multiturn'
  /** Turns of the chat a node is shown; 5 by default. */
  readonly chatHistoryWindowSize?: number
  /** How often one node may run for one record; 100 by default. */
  readonly maxLoops?: number
  /** How values of a state key are combined when it is written again, by key; without one the new value stands. */
  readonly reducers?: Readonly<Record<string, ReducerName | FunctionReference>>
}

/** The `graph_properties` block of a configuration. */
export function graphPropertiesOf({
  chatConversation,
  chatHistoryWindowSize,
  maxLoops,
  reducers,
}: GraphProperties): NonNullable<GraphConfig['graph_config']['graph_properties']> {
  return {
    ...(chatConversation === undefined ? {} : { chat_conversation: chatConversation }),
    ...(chatHistoryWindowSize === undefined ? {} : { chat_history_window_size: chatHistoryWindowSize }),
    ...(maxLoops === undefined ? {} : { max_loops: maxLoops }),
    ...(reducers === undefined ? {} : { reducers: { ...reducers } }),
  }
}

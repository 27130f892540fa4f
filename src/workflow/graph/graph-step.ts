import { SygraError } from '../../errors.ts'
import { describeValue } from '../config/config-value.ts'
import { didYouMean, oneOf } from '../config/nearest-name.ts'
import type { CompiledExit } from './compile-graph.ts'
import { isStateMap, type State } from './state.ts'

/** The vertex that a condition chose. */
export function targetOf(exit: Extract<CompiledExit, { type: 'conditional' }>, choice: string): number {
  const target = exit.targets.get(choice)
  if (target !== undefined) return target
  const { from, choices } = exit.edge
  const found = describeValue(choice)
  throw new SygraError(
    'unknown_edge',
    `the condition after "${from}" gave ${found}; expected ${oneOf(choices)}${didYouMean(String(choice), choices)}`,
  )
}

/** What a node gave, as something that can be written to the state; nothing is an empty map. */
export function checkUpdate(update: unknown, node: string): Readonly<State> {
  if (update === undefined || update === null) return nothing
  if (isStateMap(update)) return update
  throw new SygraError(
    'bad_function',
    `node "${node}" gave ${describeValue(update)}; expected a map of state keys, or nothing`,
  )
}

const nothing: Readonly<State> = Object.freeze({})

/** The error of a node that would run once more than it may. */
export function loopLimitReached(node: string, limit: number): SygraError {
  const times = limit === 1 ? 'once' : `${limit} times`
  return new SygraError(
    'loop_limit',
    `node "${node}" has run ${times} for one record; let its loop end earlier, or raise graph_properties.max_loops`,
  )
}

import { SygraError } from '../../errors.ts'
import type { LambdaNodeConfig } from '../graph/node-config.ts'
import type { StateUpdate } from '../graph/state.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/**
 * A node that runs a function of the user's. An object it gives is merged into the state; any other value goes to the
 * node's one output key.
 */
export async function createLambdaNode(config: LambdaNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const run = await parts.function(config.lambda, 'lambda')
  const keys = config.output_keys === undefined ? [] : [config.output_keys].flat()
  if (run === undefined) throw new SygraError('bad_function', `${parts.where}: lambda is missing`)
  return {
    type: 'lambda',
    execute: (state, context) => {
      const value = run(state, config, context)
      // Waiting for what is no promise would cost a turn of the event loop.
      return value instanceof Promise ? value.then((result) => updateOf(result, keys)) : updateOf(value, keys)
    },
  }
}

function updateOf(value: unknown, keys: readonly string[]): StateUpdate {
  if (value === undefined || value === null) return undefined
  const isPlain = typeof value === 'object' && !Array.isArray(value)
  const [key] = keys
  // With one key, an object may be the key's value or the update itself: it is the update where it holds the key.
  if (isPlain && (key === undefined || keys.length > 1 || Object.hasOwn(value, key))) {
    return Object.fromEntries(Object.entries(value))
  }
  if (key !== undefined) return { [key]: value }
  throw new SygraError('bad_function', `a lambda without output_keys must give an object, not ${typeof value}`)
}

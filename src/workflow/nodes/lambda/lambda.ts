import { z } from 'zod'
import { SygraError } from '../../../errors.ts'
import { describeValue } from '../../config/config-value.ts'
import { functionReferenceSchema } from '../../config/function-reference.ts'
import { didYouMean, nearestName } from '../../config/nearest-name.ts'
import { isPromiseLike, isStateMap, type StateUpdate } from '../../graph/state.ts'
import { type NodeExecutor, type NodeParts, nodeKind } from '../node-kind.ts'
import { declaredKeys, nodeSettings, outputKeysIn, outputKeysSetting } from '../node-settings.ts'

const settings = {
  node_type: z.literal('lambda'),
  ...nodeSettings,
  lambda: functionReferenceSchema.describe('(state, node, { runArgs, signal }) => what to write to the state.'),
  output_keys: outputKeysSetting,
}

// The function is given the node, so its settings may stand there; only a key that looks like a slip is refused.
const schema = z.looseObject(settings).superRefine((node, context) => {
  const known = Object.keys(settings)
  for (const key of Object.keys(node)) {
    if (known.includes(key) || nearestName(key, known) === undefined) continue
    context.addIssue({
      code: 'custom',
      path: [key],
      params: { at: 'key' },
      message: `unknown key "${key}"${didYouMean(key, known)}`,
    })
  }
})

export type LambdaNodeConfig = z.infer<typeof schema>

/**
 * Runs a function of the user's. An object it gives is merged into the state; any other value goes to the node's one
 * output key.
 */
export const lambda = nodeKind({
  schema,
  outputKeysIn: (node) => outputKeysIn(node) ?? [],
  writes({ output_keys }) {
    const declared = declaredKeys(output_keys)
    return { keys: declared ?? [], areAllKnown: declared !== undefined }
  },
  references: ({ lambda: reference }) => ({ functions: { lambda: reference } }),
  load: async () => ({ create: createLambdaNode }),
})

async function createLambdaNode(config: LambdaNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const run = await parts.function(config.lambda, 'lambda')
  const keys = config.output_keys === undefined ? [] : [config.output_keys].flat()
  if (run === undefined) throw new SygraError('bad_function', `${parts.where}: lambda is missing`)
  return {
    type: 'lambda',
    execute: (state, context) => {
      const value = run(state, config, context)
      const place = { keys, where: parts.where }
      // Waiting for what is no promise would cost a turn of the event loop.
      return isPromiseLike(value)
        ? Promise.resolve(value).then((result) => updateOf(result, place))
        : updateOf(value, place)
    },
  }
}

function updateOf(
  value: unknown,
  { keys, where }: { readonly keys: readonly string[]; readonly where: string },
): StateUpdate {
  if (value === undefined || value === null) return undefined
  const [key] = keys
  // With one key, a map may be the key's value or the update itself: it is the update where it holds the key.
  if (isStateMap(value) && (key === undefined || keys.length > 1 || Object.hasOwn(value, key))) {
    return { ...value }
  }
  if (key !== undefined && keys.length === 1) return { [key]: value }
  const expected =
    keys.length > 1 ? `a map of ${keys.join(', ')}` : 'a map of state keys, or a key for it in output_keys'
  throw new SygraError('bad_function', `${where}: the function gave ${describeValue(value)}; expected ${expected}`)
}

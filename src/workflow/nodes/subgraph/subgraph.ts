import { z } from 'zod'
import { closedObject } from '../../config/closed-object.ts'
import type { State } from '../../graph/state.ts'
import { type NodeExecutor, type NodeParts, nodeKind } from '../node-kind.ts'
import { declaredKeys, nodeSettings, outputKeysIn, outputKeysSetting } from '../node-settings.ts'

const workflowObject = z
  .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
  .meta({ typescriptOnly: true })

const schema = closedObject({
  node_type: z.literal('subgraph'),
  ...nodeSettings,
  subgraph: z.union([z.string().min(1), workflowObject], { error: 'the name of a task' }).describe('A task.'),
  node_config_map: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe('Overrides by node of the task; prompt_placeholder_map renames its template variables.'),
  output_keys: outputKeysSetting,
})

export type SubgraphNodeConfig = z.infer<typeof schema>

/**
 * Takes a record through another task. The task begins with the record's state; what it changes, or of that the node's
 * output keys, is written back. Its nodes are measured as `node.inner`.
 */
export const subgraph = nodeKind({
  schema,
  outputKeysIn: (settings) => outputKeysIn(settings) ?? [],
  writes({ output_keys }) {
    const declared = declaredKeys(output_keys)
    return { keys: declared ?? [], areAllKnown: declared !== undefined }
  },
  innerTask: (config) => config,
  load: async () => ({ create: createSubgraphNode }),
})

async function createSubgraphNode(config: SubgraphNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const run = await parts.subgraph(config)
  const keys = config.output_keys === undefined ? undefined : [config.output_keys].flat()
  return {
    type: 'subgraph',
    async execute(state) {
      const after = await run(state)
      return keys === undefined ? after : pick(after, keys)
    },
  }
}

function pick(state: State, keys: readonly string[]): State {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(state, key)).map((key) => [key, state[key]]))
}

import { chatFacts } from '../chat/chat-facts.ts'
import { nodeKind } from '../node-kind.ts'
import { declaredKeys, keysOfMap, outputKeysIn } from '../node-settings.ts'
import { multiLlmSchema } from './multi-llm-config.ts'

/** Asks several models the same at once. */
export const multiLlm = nodeKind({
  schema: multiLlmSchema,
  ...chatFacts,
  outputKeysIn: (settings) =>
    outputKeysIn(settings) ?? (settings.multi_llm_post_process === undefined ? keysOfMap(settings.models) : []),
  writes({ models, output_keys, multi_llm_post_process: combine }) {
    const areAllKnown = combine === undefined
    return { keys: declaredKeys(output_keys) ?? (areAllKnown ? Object.keys(models) : []), areAllKnown }
  },
  references: ({ models, pre_process, post_process, multi_llm_post_process }) => ({
    functions: { pre_process, post_process, multi_llm_post_process },
    models: Object.values(models),
  }),
  load: async () => (await import('./multi-llm-node.ts')).multiLlmNodes,
})

import type { NodeKind } from '../node-kind.ts'
import { declaredKeys, outputKeysIn } from '../node-settings.ts'
import type { ChatNodeConfig, ModelNodeConfig } from './chat-config.ts'
import { chatKey } from './chat-message.ts'
import type { ModelBlock } from './model-block.ts'
import { promptVariablesOf } from './prompt.ts'

/** What is the same of all kinds that have a prompt. */
export const chatFacts = {
  variables: ({ prompt }) => promptVariablesOf(prompt),
} satisfies Pick<NodeKind<ChatNodeConfig>, 'variables'>

/** What is the same of all kinds that ask one model. */
export const modelFacts = {
  ...chatFacts,
  outputKeysIn: (settings) => outputKeysIn(settings) ?? [],
  writes(config) {
    const declared = declaredKeys(config.output_keys)
    const isFree = structuredOutputOf(config) !== undefined
    // A function may write more than the keys that are declared.
    const areAllKnown = config.post_process === undefined && (declared !== undefined || !isFree)
    return { keys: declared ?? [chatKey], areAllKnown }
  },
  references: ({ model, pre_process, post_process }) => ({
    functions: { pre_process, post_process },
    models: [model],
  }),
} satisfies Pick<NodeKind<ModelNodeConfig>, 'variables' | 'outputKeysIn' | 'writes' | 'references'>

/** The structured output of a node: its own, else that of its model. */
export function structuredOutputOf({
  model,
  structured_output: own,
}: Pick<ModelNodeConfig, 'model'> & Pick<ModelBlock, 'structured_output'>): ModelBlock['structured_output'] {
  return own ?? model.structured_output
}

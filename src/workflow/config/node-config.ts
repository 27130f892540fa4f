import { z } from 'zod'
import { closedObject } from './closed-object.ts'
import { functionReferenceSchema } from './function-reference.ts'
import { modelBlockSchema, structuredOutputSchema } from './model-block.ts'
import { didYouMean, nearestName } from './nearest-name.ts'
import { promptSchema } from './prompt.ts'
import { samplerAttributesSchema } from './sampler-attributes.ts'
import { toolsSchema } from './tools-config.ts'

const outputKeys = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)], { error: 'a state key or a list of state keys' })
  .optional()
  .describe('The state keys that the node writes.')

const common = {
  node_state: z.enum(['active', 'idle']).optional().describe('An idle node is passed over.'),
  node_name: z.string().optional().describe('A name to show.'),
  summary: z.string().optional(),
}

const chat = {
  ...common,
  prompt: promptSchema,
  input_key: z
    .string()
    .optional()
    .describe('State key of the chat that is sent with the prompt; "messages" by default.'),
  output_keys: outputKeys,
  output_role: z
    .enum(['system', 'user', 'assistant'])
    .optional()
    .describe('Role of the answer in the chat; "assistant" by default.'),
  chat_history: z.boolean().optional().describe('Keep and send the chat of the record; false by default.'),
  pre_process: functionReferenceSchema.optional().describe('(state) => state, before the prompt is filled.'),
  tools: toolsSchema.optional(),
  tool_choice: z.enum(['auto', 'none', 'required']).optional().describe('"auto" by default.'),
}

const postProcess = functionReferenceSchema.optional().describe('(answer, state) => what to write to the state.')

const llm = closedObject({
  node_type: z.literal('llm'),
  model: modelBlockSchema,
  ...chat,
  post_process: postProcess,
  structured_output: structuredOutputSchema.optional().describe('As under model.'),
})

const multiLlm = closedObject({
  node_type: z.literal('multi_llm'),
  models: z
    .record(z.string(), modelBlockSchema)
    .refine((models) => Object.keys(models).length > 0, 'found no models; expected at least one')
    .describe('Models by label; all are asked at once.'),
  ...chat,
  post_process: postProcess,
  multi_llm_post_process: functionReferenceSchema.optional().describe('(answers by label, state) => what to write.'),
})

const injectedMessages = z.record(z.string().regex(/^\d+$/, { error: 'the number of a turn' }), z.string())

const agent = closedObject({
  node_type: z.literal('agent'),
  model: modelBlockSchema,
  ...chat,
  post_process: postProcess,
  inject_system_messages: z
    .union([injectedMessages, z.array(injectedMessages)], { error: 'texts by the number of the turn' })
    .optional()
    .describe('System messages that are added at a turn of the chat.'),
  max_steps: z.number().int().min(1).optional().describe('How often the model may be asked in one pass.'),
})

const lambdaShape = {
  node_type: z.literal('lambda'),
  ...common,
  lambda: functionReferenceSchema.describe('(state, node, { runArgs, signal }) => what to write to the state.'),
  output_keys: outputKeys,
}

// The function is given the node, so its settings may stand there; only a key that looks like a slip is refused.
const lambda = z.looseObject(lambdaShape).superRefine((node, context) => {
  const known = Object.keys(lambdaShape)
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

const weightedSampler = closedObject({
  node_type: z.literal('weighted_sampler'),
  ...common,
  attributes: samplerAttributesSchema,
  seed: z.union([z.number(), z.string()]).optional().describe('Same seed, same draw for a record.'),
})

const workflowObject = z
  .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
  .meta({ typescriptOnly: true })

const subgraph = closedObject({
  node_type: z.literal('subgraph'),
  ...common,
  subgraph: z.union([z.string().min(1), workflowObject], { error: 'the name of a task' }).describe('A task.'),
  node_config_map: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe('Overrides by node of the task; prompt_placeholder_map renames its template variables.'),
  output_keys: outputKeys,
})

/** One node of the graph, by `node_type`. */
export const nodeConfigSchema = z.discriminatedUnion('node_type', [
  llm,
  multiLlm,
  agent,
  lambda,
  weightedSampler,
  subgraph,
])

export type NodeConfig = z.infer<typeof nodeConfigSchema>
export type LlmNodeConfig = z.infer<typeof llm>
export type MultiLlmNodeConfig = z.infer<typeof multiLlm>
export type AgentNodeConfig = z.infer<typeof agent>
export type LambdaNodeConfig = z.infer<typeof lambda>
export type WeightedSamplerNodeConfig = z.infer<typeof weightedSampler>
export type SubgraphNodeConfig = z.infer<typeof subgraph>

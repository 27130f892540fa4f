import type { LanguageModelV3GenerateResult, LanguageModelV3ToolResultOutput } from '@ai-sdk/provider'
import { messageOf, SygraError } from '../../../errors.ts'
import { withAgent, withTool } from '../../../instrument/track/with-actor.ts'
import { currentOrOutsideScope } from '../../../runtime/scope.ts'
import type { ModelCall } from '../../models/model-call.ts'
import { type AnsweredToolCall, argumentsOf, type RequestedToolCall, requestedToolCalls } from '../chat/answer.ts'
import { createChatNode, questionsOfModel } from '../chat/chat-node.ts'
import { createChatPrompt } from '../chat/chat-prompt.ts'
import { askForReply, type Converse } from '../chat/converse.ts'
import { describeTools, type LoadedTool, loadTools } from '../chat/load-tools.ts'
import { createModelAsker } from '../chat/model-asker.ts'
import type { ToolCallContext } from '../chat/tool.ts'
import { problemsOf } from '../chat/zod-schema.ts'
import type { NodeMaker } from '../node-kind.ts'
import type { AgentNodeConfig } from './agent-config.ts'

const defaultMaxSteps = 10

/** The state key in which a pre-processor may leave the instruction of an agent. */
const agentPromptKey = '_agent_prompt'

/** Nodes that ask a model until it answers, and call the tools it asks for on the way. */
export const agentNodes: NodeMaker<AgentNodeConfig> = {
  async create(config, parts) {
    const tools = await loadTools(config.tools, parts)
    const maxSteps = config.max_steps ?? defaultMaxSteps
    const asker = await createModelAsker(config.model, {
      parts,
      converse: converseWithTools({ name: parts.name, tools, maxSteps }),
      tools: describeTools(tools),
      toolChoice: tools.length > 0 ? config.tool_choice : undefined,
      // What it asks depends on what it was just answered: a day for each step would be no use.
      isBatched: false,
    })
    const injected = [config.inject_system_messages ?? []].flat().flatMap((texts) => Object.entries(texts))
    const chat = createChatPrompt(config, parts, {
      injected: new Map(injected.map(([turn, text]) => [Number(turn), text])),
      promptKey: agentPromptKey,
    })
    return createChatNode(config, { asker, chat, parts })
  },
  questions: (config, parts) => questionsOfModel(config, { parts, mayCallTools: true }),
}

type Prompt = ModelCall['prompt']

/**
 * Asks a model until it answers without asking for a tool; the tools it asks for are called, those of one step at once. The
 * model is told of its tools by the call.
 *
 * @throws SygraError `loop_limit` when it still asks for tools in its last step.
 */
function converseWithTools({
  name,
  tools,
  maxSteps,
}: {
  /** The node, for errors. */
  readonly name: string
  readonly tools: readonly LoadedTool[]
  /** How often the model may be asked. */
  readonly maxSteps: number
}): Converse {
  return (call, { state }) =>
    withAgent(currentOrOutsideScope().node ?? name, async () => {
      const context = { state, signal: call.signal }
      const toolCalls: AnsweredToolCall[] = []
      let { prompt } = call
      for (let step = 1; step <= maxSteps; step += 1) {
        // A tool that is required in every step would never let the model answer.
        const toolChoice =
          step > 1 && call.toolChoice?.type === 'required' ? { type: 'auto' as const } : call.toolChoice
        const { reply, result } = await askForReply({ ...call, prompt, toolChoice })
        const requested = requestedToolCalls(result)
        if (requested.length === 0) {
          return { ...reply, answer: { ...reply.answer, toolCalls: toolCalls.length > 0 ? toolCalls : undefined } }
        }
        const answered = await Promise.all(requested.map((each) => callTool(each, { tools, context })))
        toolCalls.push(...answered)
        prompt = [...prompt, ...turnsOf(result, requested, answered)]
      }
      const times = maxSteps === 1 ? 'its only step' : `all of its ${maxSteps} steps`
      throw new SygraError('loop_limit', `agent "${name}" asked for tools in ${times}; raise max_steps`)
    })
}

function turnsOf(
  { content }: LanguageModelV3GenerateResult,
  requested: readonly RequestedToolCall[],
  answered: readonly AnsweredToolCall[],
): readonly Prompt[number][] {
  // Some providers want back what they signed, such as the thoughts before a call.
  const said = content.flatMap((part) =>
    part.type === 'text' || part.type === 'reasoning'
      ? [{ type: part.type, text: part.text, providerOptions: part.providerMetadata }]
      : [],
  )
  const calls = requested.map(({ toolCallId, toolName, providerMetadata }, index) => ({
    type: 'tool-call' as const,
    toolCallId,
    toolName,
    input: answered[index]?.arguments,
    providerOptions: providerMetadata,
  }))
  const results = answered.map((call) => ({
    type: 'tool-result' as const,
    toolCallId: call.id,
    toolName: call.name,
    output: outputOf(call),
  }))
  return [
    { role: 'assistant', content: [...said, ...calls] },
    { role: 'tool', content: results },
  ]
}

function outputOf({ result, error }: AnsweredToolCall): LanguageModelV3ToolResultOutput {
  if (error !== undefined) return { type: 'error-text', value: error }
  return { type: 'text', value: typeof result === 'string' ? result : (JSON.stringify(result) ?? 'null') }
}

/**
 * Calls the tool that a model asked for; requests within belong to the tool. What goes wrong is for the model to hear and
 * put right, but for an abort, which is thrown.
 */
async function callTool(
  { toolCallId: id, toolName: name, input }: RequestedToolCall,
  { tools, context }: { readonly tools: readonly LoadedTool[]; readonly context: ToolCallContext },
): Promise<AnsweredToolCall> {
  const given = argumentsOf(input)
  const call = { id, name, arguments: given }
  const tool = tools.find((candidate) => candidate.name === name)
  if (tool === undefined) {
    return { ...call, error: `there is no tool "${name}"; there are ${tools.map((known) => known.name).join(', ')}` }
  }
  const checked = await tool.parameters['~standard'].validate(given)
  if (checked.issues !== undefined) return { ...call, error: `the arguments do not fit: ${problemsOf(checked.issues)}` }
  try {
    const result = await withTool(name, async () => tool.execute(checked.value, context))
    return { ...call, result }
  } catch (error) {
    context.signal?.throwIfAborted()
    return { ...call, error: messageOf(error) || 'the tool failed' }
  }
}

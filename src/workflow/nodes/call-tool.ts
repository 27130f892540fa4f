import { messageOf } from '../../errors.ts'
import { runWithin } from '../../runtime/scope.ts'
import { type AnsweredToolCall, argumentsOf, type RequestedToolCall } from './answer.ts'
import type { LoadedTool } from './load-tools.ts'
import type { ToolCallContext } from './tool.ts'
import { problemsOf } from './zod-schema.ts'

/**
 * Calls the tool that a model asked for; requests within belong to the tool. What goes wrong is for the model to hear and
 * put right, but for an abort, which is thrown.
 */
export async function callTool(
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
    const result = await runWithin({ tool: name, operation: undefined, model: undefined }, async () =>
      tool.execute(checked.value, context),
    )
    return { ...call, result }
  } catch (error) {
    context.signal?.throwIfAborted()
    return { ...call, error: messageOf(error) || 'the tool failed' }
  }
}

import type { Random } from '../seeded-random.ts'
import { textOf } from '../tokens/chat-tokens.ts'
import type { ToolCall } from './answer.ts'
import type { ChatRequest } from './chat-request.ts'
import { topicsOf } from './prose.ts'
import { instanceOf } from './schema-instance.ts'
import type { SimulatorSettings } from './settings.ts'

/**
 * The tool a rehearsed agent calls next: each tool once since the last user message, with arguments valid under its
 * parameters, then none, so that the agent answers. A `tool_choice` that names or requires a tool is obeyed.
 */
export function nextToolCall(
  request: ChatRequest,
  { settings, random }: { readonly settings: SimulatorSettings; readonly random: Random },
): ToolCall | undefined {
  const tools = (request.tools ?? []).flatMap((tool) => tool.function ?? [])
  const next = chooseTool(request, tools)
  if (next === undefined) return undefined
  const topics = topicsOf(request.messages.map(textOf).join('\n'), settings)
  return { name: next.name, arguments: next.parameters ? instanceOf({ schema: next.parameters, topics, random }) : {} }
}

function chooseTool<Tool extends { readonly name: string }>(
  request: ChatRequest,
  tools: readonly Tool[],
): Tool | undefined {
  const choice = request.tool_choice
  if (choice === 'none') return undefined
  if (typeof choice === 'object' && choice !== null) return tools.find((tool) => tool.name === choice.function?.name)
  const called = calledSinceUser(request)
  return tools.find((tool) => !called.has(tool.name)) ?? (choice === 'required' ? tools[0] : undefined)
}

function calledSinceUser(request: ChatRequest): Set<string> {
  const lastUser = request.messages.findLastIndex((message) => message.role === 'user')
  const calls = request.messages.slice(lastUser + 1).flatMap((message) => message.tool_calls ?? [])
  return new Set(calls.flatMap((call) => call.function?.name ?? []))
}

import { logNormal, type Random } from '../../seeded-random.ts'
import { textOf } from '../../tokens/chat-tokens.ts'
import { type ChatRequest, turnsOf } from '../chat-request.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { AnswerObject, ToolCall } from './answer.ts'
import { asksForCritique, critiqueOf, nextDraftOf } from './critique.ts'
import { proseOf, sentenceOn, topicsOf } from './prose.ts'
import { instanceOf } from './schema-instance.ts'

/** What the simulated model says when a task has no answer of its own: a tool call, JSON, a critique or prose. */
export function defaultAnswer({ request, settings, origin, random }: DefaultRequest): AnswerObject {
  const toolCall = nextToolCall(request, { settings, random })
  if (toolCall !== undefined) return { toolCalls: [toolCall] }
  const format = request.response_format
  if (format?.type === 'json_schema') {
    const topics = topicsOf(questionOf(request), settings)
    return { content: JSON.stringify(instanceOf({ schema: format.json_schema?.schema, topics, random })) }
  }
  if (format?.type === 'json_object') return { content: JSON.stringify(objectFor(request, { settings, random })) }
  if (asksForCritique(request)) return { content: critiqueOf({ request, settings, origin, random }) }
  return { content: draftFor(request, settings, random) }
}

interface DefaultRequest {
  readonly request: ChatRequest
  readonly settings: SimulatorSettings
  /** See `Arrival`. */
  readonly origin: string | undefined
  readonly random: Random
}

function draftFor(request: ChatRequest, settings: SimulatorSettings, random: Random): string {
  const tokens = logNormal({ mean: settings.answerTokens, sigma: settings.answerTokensSigma, random })
  const text = proseOf({ prompt: questionOf(request), tokens, settings, random })
  const draft = nextDraftOf(request)
  return draft === 1 ? text : `Draft ${draft}, with the feedback worked in. ${text}`
}

/** The question under discussion: the first one while it is revised, else the last thing a user said. */
function questionOf(request: ChatRequest): string {
  const users = turnsOf(request).filter((message) => message.role === 'user')
  const question = nextDraftOf(request) > 1 ? users[0] : users.at(-1)
  return textOf(question ?? request.messages.at(-1) ?? {})
}

/** An object with the keys that the prompt shows, as in `{"title": …}`; without any, the key `answer`. */
function objectFor(request: ChatRequest, { settings, random }: Omit<DefaultRequest, 'request' | 'origin'>) {
  const prompt = request.messages.map(textOf).join('\n')
  const keys = [...new Set([...prompt.matchAll(/"([A-Za-z_]\w{0,40})"\s*:/g)].map((match) => match[1] ?? 'answer'))]
  const topics = topicsOf(questionOf(request), settings)
  return Object.fromEntries((keys.length > 0 ? keys : ['answer']).map((key) => [key, sentenceOn(topics, random)]))
}

/**
 * The tool a rehearsed agent calls next: each tool once since the last user message, with arguments valid under its
 * parameters, then none, so that the agent answers. A `tool_choice` that names or requires a tool is obeyed.
 */
function nextToolCall(
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

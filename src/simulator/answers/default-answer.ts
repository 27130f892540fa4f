import { integerBetween, logNormal, oneOf, type Random, randomOf } from '../../seeded-random.ts'
import { textOf } from '../../tokens/chat-tokens.ts'
import { type ChatRequest, instructionsOf, isInstruction, turnsOf } from '../chat-request.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { AnswerObject, ToolCall } from './answer.ts'
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

/** The words that end a loop of answers and critiques. */
export const endOfFeedback = 'NO MORE FEEDBACK'

/** True when a request asks the model to judge an answer rather than to give one. */
function asksForCritique(request: ChatRequest): boolean {
  if (instructionsOf(request).toUpperCase().includes(endOfFeedback)) return true
  const system = request.messages.filter(isInstruction).map(textOf).join('\n')
  if (isReviewer.test(system)) return true
  // A request to improve an answer quotes a critique; it does not ask for one.
  return asksReview.test(textOf(turnsOf(request).at(-1) ?? {})) && lastFeedbackIn(request) === 0
}

/**
 * A critique for the first one to three rounds of a question, then NO MORE FEEDBACK. How many is drawn per record, or per question where no record is known, and
 * the round is read from the conversation, so the simulator keeps no state of its own.
 */
function critiqueOf({ request, settings, origin, random }: CritiqueRequest): string {
  const turns = turnsOf(request)
  const question = instructionsOf(request) + textOf(turns[0] ?? {})
  const rounds = integerBetween({ least: 1, most: 3, random: randomOf(settings.seed, origin ?? question, 'rounds') })
  const round = Math.max(Math.ceil(turns.length / 2), lastDraftIn(request), 1)
  if (round > rounds) return endOfFeedback
  const topics = topicsOf(textOf(turns.at(-1) ?? {}), settings)
  return `Feedback on draft ${round}: ${oneOf(openings, random)} ${sentenceOn(topics, random)} ${oneOf(demands, random)}`
}

interface CritiqueRequest {
  readonly request: ChatRequest
  readonly settings: Pick<SimulatorSettings, 'seed' | 'ignoresWording'>
  /** See `Arrival`. */
  readonly origin: string | undefined
  readonly random: Random
}

/** The number of the draft that comes next: one more than the last that got feedback. */
function nextDraftOf(request: ChatRequest): number {
  return lastFeedbackIn(request) + 1
}

function lastFeedbackIn(request: ChatRequest): number {
  return highestNumber(request, /\bfeedback on draft (\d{1,3})\b/gi)
}

function lastDraftIn(request: ChatRequest): number {
  return highestNumber(request, /\bdraft (\d{1,3})\b/gi)
}

function highestNumber(request: ChatRequest, pattern: RegExp): number {
  const found = request.messages.flatMap((message) => [...textOf(message).matchAll(pattern)])
  return Math.max(0, ...found.map((match) => Number(match[1])))
}

const asksReview =
  /\b(critique|grade|review) (the|this|that|my|an?|following)\b|\b(give|provide|write)\b.{0,30}\bfeedback\b/i

// A system prompt that tells of a reviewer is not one that speaks to a reviewer.
const isReviewer = new RegExp(
  `${asksReview.source}|\\byou (review|grade|critique)\\b|\\byou are (a|an|the) ([\\w-]+ ){0,2}(critic|reviewer|grader)\\b|\\bgrading\\b`,
  'i',
)

const openings = [
  'the idea is right, but a case is missing.',
  'it works on the example and fails on an empty input.',
  'the steps are in a good order, though one of them is not explained.',
  'the result is correct for small inputs only.',
] as const

const demands = [
  'Please handle it and say why the change is enough.',
  'Add that case and show the result for it.',
  'State the assumption and check it before it is used.',
  'Rename what is unclear and give one example.',
] as const

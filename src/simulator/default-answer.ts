import { logNormal, type Random } from '../seeded-random.ts'
import { textOf } from '../tokens/chat-tokens.ts'
import type { AnswerObject } from './answer.ts'
import { type ChatRequest, turnsOf } from './chat-request.ts'
import { asksForCritique, critiqueOf, nextDraftOf } from './critique.ts'
import { proseOf, sentenceOn, topicsOf } from './prose.ts'
import { instanceOf } from './schema-instance.ts'
import type { SimulatorSettings } from './settings.ts'
import { nextToolCall } from './tool-calls.ts'

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

import { integerBetween, oneOf, type Random, randomOf } from '../../seeded-random.ts'
import { textOf } from '../../tokens/chat-tokens.ts'
import { type ChatRequest, instructionsOf, isInstruction, turnsOf } from '../chat-request.ts'
import type { SimulatorSettings } from '../settings.ts'
import { sentenceOn, topicsOf } from './prose.ts'

/** The words that end a loop of answers and critiques. */
export const endOfFeedback = 'NO MORE FEEDBACK'

/** True when a request asks the model to judge an answer rather than to give one. */
export function asksForCritique(request: ChatRequest): boolean {
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
export function critiqueOf({ request, settings, origin, random }: CritiqueRequest): string {
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
export function nextDraftOf(request: ChatRequest): number {
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

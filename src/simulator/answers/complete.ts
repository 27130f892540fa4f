import { SygraError } from '../../errors.ts'
import { hexOf, randomOf } from '../../seeded-random.ts'
import { loadTokenizer } from '../../tokens/tokenizer.ts'
import type { Completion } from '../attempts/chat-body.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { AnswerFunction, AnswerObject } from './answer.ts'
import { usageOf } from './chat-usage.ts'
import { type Choice, choiceOf } from './completion.ts'
import { defaultAnswer } from './default-answer.ts'

/** What identifies one arrival of a request; everything about its answer is drawn from it. */
export interface Arrival {
  readonly request: ChatRequest
  /** What it is drawn from: where the request comes from, where the client says that, else its body. */
  readonly drawKey: string
  /** The record, the node and the model that it comes from, where the client says them. */
  readonly origin: string | undefined
  /** How often this request arrived before. */
  readonly seen: number
  /** How often a request of the same body arrived before, wherever it came from. */
  readonly bodySeen: number
}

/** The whole answer to a request, by the task's own function or the default. */
export async function complete({ arrival, settings, answers }: CompleteRequest): Promise<Completion> {
  const { request, drawKey, origin, seen, bodySeen } = arrival
  const tokenizer = await loadTokenizer(request.model)
  const choices: Choice[] = []
  for (let choice = 0; choice < (request.n ?? 1); choice++) {
    // Without `seen`: a retry gets the answer that the failed attempt would have got.
    const random = randomOf(settings.seed, drawKey, choice, 'answer')
    const own = await answers?.(request, { random, seen: bodySeen, choice })
    const answer = own === undefined ? defaultAnswer({ request, settings, origin, random }) : answerObject(own)
    choices.push(choiceOf({ request, answer, tokenizer, settings, random }))
  }
  return {
    id: `chatcmpl-${idOf(settings, arrival)}`,
    createdSeconds: Math.floor(Date.now() / 1000),
    model: request.model,
    serviceTier: tierOf(request),
    choices,
    usage: usageOf({ request, choices, tokenizer, settings, drawKey, seen }),
  }
}

interface CompleteRequest {
  readonly arrival: Arrival
  readonly settings: SimulatorSettings
  readonly answers?: AnswerFunction | undefined
}

/** 24 hexadecimal digits of their own for each arrival. */
export function idOf(settings: SimulatorSettings, { drawKey, seen }: Pick<Arrival, 'drawKey' | 'seen'>): string {
  return hexOf(randomOf(settings.seed, drawKey, seen, 'id'), 24)
}

function answerObject(own: string | AnswerObject): AnswerObject {
  if (typeof own === 'string') return { content: own }
  if (typeof own === 'object' && own !== null) return own
  throw new SygraError('bad_function', `expected a text, an answer object or undefined, found ${typeof own}`)
}

/** The tier that served the request: the one it asked for, `default` when it left the choice. */
function tierOf(request: ChatRequest): string {
  const tier = request.service_tier ?? 'auto'
  return tier === 'auto' ? 'default' : tier === 'fast' ? 'priority' : tier
}

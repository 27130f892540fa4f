import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import { randomOf } from '../../seeded-random.ts'
import { loadTokenizer } from '../../tokens/tokenizer.ts'
import { defaultAnswer } from '../answers/default-answer.ts'
import { type MediaAnswer, mediaAnswerTo } from '../answers/media-answer.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { MediaRequest } from '../media-request.ts'
import type { Attempt, Outcome } from './attempt.ts'
import { openAttempt } from './open-attempt.ts'
import { sendBody } from './send-body.ts'

/** An attempt that asks for images, speech or a transcript. */
export interface MediaAttempt extends Omit<Attempt, 'request'> {
  readonly request: MediaRequest
}

/** Serves one request for images, speech or a transcript with the fault and the waits that are drawn for it. */
export async function serveMedia(attempt: MediaAttempt): Promise<void> {
  const { stopwatch, gone, record } = attempt
  const open = await openAttempt(attempt, () => answerTo(attempt))
  if (open === undefined) return
  const { timing, bodyFault } = open
  const { contentType, body: bytes, usage } = open.answer
  const outcome = (ending: Partial<Outcome>): Outcome => ({
    status: 200,
    promptTokens: promptTokensOf(usage) ?? 0,
    completionTokens: completionTokensOf(usage) ?? 0,
    usage,
    ...ending,
  })
  // The service has done its work by then.
  if (!(await stopwatch.waitUntil(timing.firstTokenSeconds, gone))) return record(outcome({ status: 0 }))
  return sendBody({ ...attempt, contentType, bytes, bodyFault, outcome })
}

async function answerTo(attempt: MediaAttempt): Promise<MediaAnswer> {
  const { request, drawKey, settings } = attempt
  return mediaAnswerTo({
    request,
    tokenizer: await loadTokenizer(request.model),
    // As in a chat, a retry gets what the failed attempt would have got.
    random: randomOf(settings.seed, drawKey, 0, 'answer'),
    createdSeconds: Math.floor(Date.now() / 1000),
    transcript: request.operation === 'audio/transcriptions' ? await transcriptOf(attempt) : '',
  })
}

/** What is said in a sound, as a task's own answers or the default have it: they are asked as in a chat. */
async function transcriptOf({ request, settings, answers, drawKey, origin, bodySeen }: MediaAttempt): Promise<string> {
  const random = randomOf(settings.seed, drawKey, 0, 'transcript')
  const chat: ChatRequest = {
    model: request.model,
    messages: [{ role: 'user', content: request.text || 'a short recording of somebody who speaks' }],
  }
  const own = await answers?.(chat, { random, seen: bodySeen, choice: 0 })
  const answer = own ?? defaultAnswer({ request: chat, settings, origin, random })
  return typeof answer === 'string' ? answer : (answer.content ?? '')
}

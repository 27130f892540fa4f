import type { ServerResponse } from 'node:http'
import { messageOf } from '../../errors.ts'
import { sendError, sendText } from '../http-answer.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { Attempt } from './attempt.ts'
import { type BodyFault, faultOf, isRefusal, type Refusal } from './faults.ts'
import { type Timing, timingOf } from './timing.ts'

/** An attempt of any kind, and what is drawn for it. */
type AnyAttempt = Omit<Attempt, 'request'> & { readonly request: { readonly model: string } }

/** What is to be sent, and how. */
export interface OpenAttempt<Answer> {
  readonly answer: Answer
  readonly timing: Timing
  readonly bodyFault: BodyFault | undefined
}

/**
 * Begins an attempt with the fault and the waits that are drawn for it. Undefined when all is said: it was refused, its client
 * has gone, or the task's own answers have failed.
 */
export async function openAttempt<Answer>(
  attempt: AnyAttempt,
  answerTo: () => Promise<Answer>,
): Promise<OpenAttempt<Answer> | undefined> {
  const fault = faultOf(attempt)
  const timing = timingOf(attempt)
  if (isRefusal(fault)) {
    const isHere = await attempt.stopwatch.waitUntil(timing.waitSeconds, attempt.gone)
    if (isHere) refuse(attempt, fault)
    else attempt.record({ status: 0 })
    return undefined
  }
  try {
    return { answer: await answerTo(), timing, bodyFault: fault }
  } catch (error) {
    sendBadAnswer(attempt, error)
    return undefined
  }
}

/** Answers with a fault in place of an answer. */
function refuse({ response, settings, request, record }: AnyAttempt, fault: Refusal): void {
  switch (fault.type) {
    case 'rate-limit':
      record({ status: 429, fault: 'rate-limit' })
      sendRateLimit(response, settings, request.model)
      break
    case 'server-error':
      record({ status: fault.status, fault: 'server-error' })
      sendServerError(response, fault.status)
      break
    case 'drop':
      record({ status: 0, fault: 'drop', dropPoint: fault.dropPoint })
      response.destroy()
      break
    default:
      fault satisfies never
  }
}

/** Says that a task's own answer function has failed. */
function sendBadAnswer({ response, record }: AnyAttempt, error: unknown): void {
  record({ status: 500 })
  sendError(response, {
    status: 500,
    message: `The answer function of the simulator failed: ${messageOf(error)}`,
    type: 'simulator_error',
    code: 'bad_answer',
    headers: { 'x-should-retry': 'false' },
  })
}

/** Answers 429 as OpenAI does: when to come back, in three headers. */
function sendRateLimit(response: ServerResponse, settings: SimulatorSettings, model: string): void {
  const waitSeconds = settings.retryAfterSeconds * settings.timeScale
  // Clients take a wait of 0 ms for none given and fall back to their own, which is longer.
  const waitMs = Math.max(1, Math.round(waitSeconds * 1000))
  sendError(response, {
    status: 429,
    message: `Simulated rate limit for ${model}: try again in ${waitMs} ms.`,
    type: 'requests',
    code: 'rate_limit_exceeded',
    headers: {
      'retry-after': String(Math.ceil(waitSeconds)),
      'retry-after-ms': String(waitMs),
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': `${waitMs}ms`,
    },
  })
}

/** Answers 500 and 503 with an error in JSON, and 502 with a page, as the gateway before a provider does. */
function sendServerError(response: ServerResponse, status: 500 | 502 | 503): void {
  if (status === 502) {
    const text = '<html><head><title>502 Bad Gateway</title></head><body>Simulated bad gateway</body></html>\n'
    sendText(response, { status, text, contentType: 'text/html' })
    return
  }
  const message = status === 503 ? 'Simulated overload: the model is not available now.' : 'Simulated server error.'
  sendError(response, { status, message, type: 'server_error' })
}

import { messageOf } from '../errors.ts'
import type { Attempt } from './attempt.ts'
import type { Completion } from './chat-body.ts'
import { complete } from './complete.ts'
import { sendRateLimit, sendServerError } from './fault-answer.ts'
import { faultOf, isRefusal, type Refusal } from './faults.ts'
import { sendError } from './http-answer.ts'
import { sendStream } from './send-stream.ts'
import { sendWhole } from './send-whole.ts'
import { timingOf } from './timing.ts'

/** Serves one chat completion with the fault and the waits that are drawn for it. */
export async function serveChat(attempt: Attempt): Promise<void> {
  const fault = faultOf(attempt)
  const timing = timingOf(attempt)
  if (isRefusal(fault)) {
    const isHere = await attempt.stopwatch.waitUntil(timing.waitSeconds, attempt.gone)
    return isHere ? refuse(attempt, fault) : attempt.record({ status: 0 })
  }
  let completion: Completion
  try {
    completion = await complete({ arrival: attempt, settings: attempt.settings, answers: attempt.answers })
  } catch (error) {
    return sendBadAnswer(attempt, error)
  }
  const delivery = { ...attempt, completion, timing, bodyFault: fault }
  return attempt.request.stream === true ? sendStream(delivery) : sendWhole(delivery)
}

/** What is refused, and who asked. */
type RefusedAttempt = Pick<Attempt, 'response' | 'settings' | 'record'> & {
  readonly request: { readonly model: string }
}

/** Answers with a fault in place of an answer. */
export function refuse({ response, settings, request, record }: RefusedAttempt, fault: Refusal): void {
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
export function sendBadAnswer({ response, record }: Pick<Attempt, 'response' | 'record'>, error: unknown): void {
  record({ status: 500 })
  sendError(response, {
    status: 500,
    message: `The answer function of the simulator failed: ${messageOf(error)}`,
    type: 'simulator_error',
    code: 'bad_answer',
    headers: { 'x-should-retry': 'false' },
  })
}

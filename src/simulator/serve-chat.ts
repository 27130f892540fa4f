import type { Attempt } from './attempt.ts'
import { complete } from './complete.ts'
import { openAttempt } from './open-attempt.ts'
import { sendStream } from './send-stream.ts'
import { sendWhole } from './send-whole.ts'

/** Serves one chat completion with the fault and the waits that are drawn for it. */
export async function serveChat(attempt: Attempt): Promise<void> {
  const { settings, answers, request } = attempt
  const open = await openAttempt(attempt, () => complete({ arrival: attempt, settings, answers }))
  if (open === undefined) return
  const { answer: completion, timing, bodyFault } = open
  const delivery = { ...attempt, completion, timing, bodyFault }
  return request.stream === true ? sendStream(delivery) : sendWhole(delivery)
}

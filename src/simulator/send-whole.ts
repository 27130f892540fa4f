import { type Delivery, outcomeOf } from './attempt.ts'
import { completionBody } from './chat-body.ts'
import { sendBody } from './send-body.ts'
import { dueSeconds, tokensBy } from './timing.ts'

/** Sends an answer as one JSON document when its last token is due. */
export async function sendWhole(delivery: Delivery): Promise<void> {
  const { completion, timing, stopwatch, gone, record } = delivery
  const tokens = completion.usage.completionTokens
  if (!(await stopwatch.waitUntil(dueSeconds(timing, tokens), gone))) {
    const completionTokens = tokensBy(timing, { elapsedSeconds: stopwatch.elapsedSeconds, tokens })
    return record(outcomeOf(delivery, { status: 0, completionTokens }))
  }
  const bytes = Buffer.from(JSON.stringify(completionBody(completion)))
  const outcome = (ending: Parameters<typeof outcomeOf>[1]) => outcomeOf(delivery, ending)
  return sendBody({ ...delivery, contentType: 'application/json', bytes, outcome })
}

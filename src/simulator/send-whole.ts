import { type Delivery, outcomeOf } from './attempt.ts'
import { completionBody } from './chat-body.ts'
import { sendText } from './http-answer.ts'
import { dueSeconds, tokensBy } from './timing.ts'

/** Sends an answer as one JSON document when its last token is due. */
export async function sendWhole(delivery: Delivery): Promise<void> {
  const { response, completion, timing, stopwatch, gone, bodyFault, record } = delivery
  const tokens = completion.usage.completionTokens
  if (!(await stopwatch.waitUntil(dueSeconds(timing, tokens), gone))) {
    const completionTokens = tokensBy(timing, { elapsedSeconds: stopwatch.elapsedSeconds, tokens })
    return record(outcomeOf(delivery, { status: 0, completionTokens }))
  }
  const text = JSON.stringify(completionBody(completion))
  if (bodyFault === undefined) {
    record(outcomeOf(delivery, { isUsageSent: true }))
    return sendText(response, { status: 200, text })
  }
  const bytes = Buffer.from(text)
  const half = bytes.subarray(0, bytes.length / 2)
  if (bodyFault.type === 'broken-json') {
    record(outcomeOf(delivery, { fault: 'broken-json' }))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': half.length })
    response.end(half)
    return
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
  await new Promise((resolve) => response.write(half, resolve))
  record(outcomeOf(delivery, { status: 0, fault: 'drop', dropPoint: 'in-body' }))
  response.destroy()
}

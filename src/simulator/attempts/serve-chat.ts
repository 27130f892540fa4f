import { complete } from '../answers/complete.ts'
import { type Attempt, type Delivery, outcomeOf } from './attempt.ts'
import { completionBody, completionChunks } from './chat-body.ts'
import { openAttempt } from './open-attempt.ts'
import { sendBody } from './send-body.ts'
import { dueSeconds, tokensBy } from './timing.ts'

/** Serves one chat completion with the fault and the waits that are drawn for it. */
export async function serveChat(attempt: Attempt): Promise<void> {
  const { settings, answers, request } = attempt
  const open = await openAttempt(attempt, () => complete({ arrival: attempt, settings, answers }))
  if (open === undefined) return
  const { answer: completion, timing, bodyFault } = open
  const delivery = { ...attempt, completion, timing, bodyFault }
  return request.stream === true ? sendStream(delivery) : sendWhole(delivery)
}

/** Sends an answer as one JSON document when its last token is due. */
async function sendWhole(delivery: Delivery): Promise<void> {
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

/** Sends an answer as server-sent events, each when its token is due; what is due at once goes out in one write. */
async function sendStream(delivery: Delivery): Promise<void> {
  const { request, response, completion, timing, stopwatch, gone, bodyFault, record } = delivery
  const includesUsage = request.stream_options?.include_usage === true
  const chunks = [...completionChunks(completion, { includesUsage, isAzure: delivery.isAzure })]
  // There are at least a first, a last and a [DONE], so half way is neither the beginning nor the end.
  const cutAt = bodyFault === undefined ? chunks.length : Math.floor(chunks.length / 2)
  const hidden = completion.usage.reasoningTokens
  let produced = hidden
  let text = ''
  for (const chunk of chunks.slice(0, cutAt)) {
    const due = dueSeconds(timing, produced + Math.max(chunk.parts, produced === hidden ? 1 : 0))
    if (due > stopwatch.elapsedSeconds) {
      if (text !== '') response.write(text)
      text = ''
      if (!(await stopwatch.waitUntil(due, gone))) return recordAbort(delivery, produced)
    }
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    produced += chunk.parts
    text += `data: ${chunk.data}\n\n`
  }
  if (gone.aborted) return recordAbort(delivery, produced)
  if (bodyFault === undefined) {
    record(outcomeOf(delivery, { isUsageSent: includesUsage }))
    response.end(text)
    return
  }
  const completionTokens = Math.min(produced, completion.usage.completionTokens)
  if (bodyFault.type === 'broken-json') {
    const broken = chunks[cutAt]?.data ?? ''
    record(outcomeOf(delivery, { fault: 'broken-json', completionTokens }))
    response.end(`${text}data: ${broken.slice(0, Math.ceil(broken.length / 2))}\n\n`)
    return
  }
  await new Promise((resolve) => response.write(text, resolve))
  record(outcomeOf(delivery, { status: 0, fault: 'drop', dropPoint: 'in-body', completionTokens }))
  response.destroy()
}

function recordAbort(delivery: Delivery, produced: number): void {
  const wasSent = delivery.response.headersSent
  const completionTokens = wasSent ? Math.min(produced, delivery.completion.usage.completionTokens) : 0
  delivery.record(outcomeOf(delivery, { status: wasSent ? 200 : 0, completionTokens }))
}

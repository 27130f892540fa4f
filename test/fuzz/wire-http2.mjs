// Random requests over sessions of `node:http2`.
import http2 from 'node:http2'
import {
  answers,
  closeOf,
  isEndless,
  listenersOf,
  nameOf,
  noteEvents,
  outcomeOf,
  reads,
  stateOf,
  writeQuestion,
} from './wire-steps.mjs'

const events = ['response', 'headers', 'trailers', 'end', 'error', 'close', 'finish', 'aborted', 'ready', 'timeout']

const turns = {
  nothing: () => {},
  'close at once': ({ stream }) => stream.close(),
  'close with a code': ({ stream }) => stream.close(http2.constants.NGHTTP2_CANCEL),
  'destroy at once': ({ stream }) => stream.destroy(),
  'destroy with an error': ({ stream }) => stream.destroy(new RangeError('mine')),
  'close at the answer': ({ stream }) => stream.once('response', () => stream.close(http2.constants.NGHTTP2_CANCEL)),
  'destroy at the answer': ({ stream }) => stream.once('response', () => stream.destroy()),
  'abort by the signal': ({ controller }) => controller.abort(),
  'destroy the session': ({ session }) => session.destroy(),
  'close the session': ({ session }) => session.close(),
  timeout: ({ stream }) => stream.setTimeout(60, () => stream.close()),
}

export async function http2Sequence({ random, servers, lines }) {
  const session = http2.connect(servers.h2Url)
  noteEvents(session, ['error', 'close'], lines, 'session')
  const controller = new AbortController()
  const turn = random.pick([...Array(8).fill('nothing'), ...Object.keys(turns)])
  // To others a timeout comes only on a busy machine.
  const answerName = turn === 'timeout' ? 'silent' : random.pick(answers)
  const path = `/${answerName}/v1/chat/completions`
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/json' }
  const options = random.below(2) === 0 ? { signal: controller.signal } : undefined
  const stream = session.request(headers, options)
  let answered
  const answer = new Promise((resolve) => {
    answered = resolve
  })
  stream.on('response', answered)
  noteEvents(stream, events, lines, 'stream')
  lines.push(
    `${turn} ${path} ${listenersOf(stream, events)} ${Object.keys(stream).length} ${Object.keys(session).length}`,
  )
  try {
    writeQuestion(stream, random, lines)
    turns[turn]({ stream, session, controller })
  } catch (error) {
    lines.push(`threw ${nameOf(error)}`)
  }
  const mayNeverEnd = isEndless(answerName)
  const given = await outcomeOf(
    async () => {
      const got = await Promise.race([answer, closeOf(stream)])
      if (got === 'closed') return 'closed without an answer'
      lines.push(`${got[':status']} ${listenersOf(stream, events)} ${stateOf(stream)}`)
      const read = random.pick(Object.keys(reads))
      // A body that was destroyed before it was read tells some of its readers nothing.
      const outcome = await outcomeOf(() => reads[read](stream), { mayNeverEnd: mayNeverEnd || turn !== 'nothing' })
      lines.push(`${read}: ${outcome}`, stateOf(stream))
      return 'answered'
    },
    // Longer than what is within.
    { mayNeverEnd, milliseconds: 6_000 },
  )
  lines.push(given, `${stream.rstCode} ${stream.aborted} ${stream.destroyed} ${stream.writableEnded}`)
  stream.on('error', () => {})
  session.on('error', () => {})
  session.destroy()
  await closeOf(session)
}

// Random requests over `node:http` and `node:https`.
import http from 'node:http'
import https from 'node:https'
import {
  answers,
  closeOf,
  isEndless,
  listenersOf,
  nameOf,
  noteEvents,
  outcomeOf,
  question,
  reads,
  stateOf,
  writeQuestion,
} from './wire-steps.mjs'

const requestEvents = ['socket', 'response', 'error', 'close', 'finish', 'abort', 'timeout', 'continue', 'information']
const answerEvents = ['end', 'error', 'close', 'aborted', 'data', 'readable']
const agents = {
  http: [undefined, false, new http.Agent({ keepAlive: true }), 'its own'],
  https: [undefined, false, new https.Agent({ keepAlive: true }), undefined],
}

/** Answers to which a timeout is sure to come; to the others it comes only on a busy machine. */
const answersOfTurns = { timeout: 'silent', 'timeout of the answer': 'endless' }

/** What may happen to a request that is on its way. */
const turns = {
  nothing: () => {},
  'destroy at once': ({ request }) => request.destroy(),
  'destroy with an error': ({ request }) => request.destroy(new RangeError('mine')),
  abort: ({ request }) => request.abort(),
  'abort by the signal': ({ controller }) => controller.abort(),
  'destroy at the answer': ({ request }) => request.once('response', () => request.destroy()),
  'abort at the answer': ({ request, controller }) =>
    request.once('response', () => controller.abort(new RangeError('mine'))),
  timeout: ({ request, lines }) => request.setTimeout(60, () => lines.push('its own timeout') && request.destroy()),
  'timeout of the answer': ({ request }) =>
    request.once('response', (answer) => answer.setTimeout(60, () => answer.destroy())),
}

export async function httpSequence({ random, servers, lines }) {
  const isTls = servers.tlsUrl !== undefined && random.below(4) === 0
  const module = isTls ? https : http
  const turn = random.pick([...Array(6).fill('nothing'), ...Object.keys(turns)])
  const answerName = answersOfTurns[turn] ?? random.pick(answers)
  const url = new URL(`/${answerName}/v1/chat/completions`, isTls ? servers.tlsUrl : servers.url)
  const controller = new AbortController()
  const headers = { 'content-type': 'application/json' }
  if (random.below(2) === 0) headers['content-length'] = Buffer.byteLength(question)
  if (random.below(8) === 0) headers.expect = '100-continue'
  const chosen = agents[isTls ? 'https' : 'http'][random.below(4)]
  // Shared, it would let one sequence wait for another.
  const agent = chosen === 'its own' ? new http.Agent({ keepAlive: true, maxSockets: 1 }) : chosen
  const options = { method: 'POST', headers, agent, rejectUnauthorized: false }
  if (random.below(2) === 0) options.signal = controller.signal
  let answered
  const answer = new Promise((resolve) => {
    answered = resolve
  })
  const how = random.below(3)
  const place = { protocol: url.protocol, host: url.hostname, port: url.port, path: url.pathname }
  const request =
    how === 0
      ? module.request(url, options, answered)
      : how === 1
        ? module.request({ ...place, ...options }, answered)
        : module.request(url.href, options)
  if (how === 2 && random.below(4) > 0) request.on('response', answered)
  noteEvents(request, requestEvents, lines, 'request')
  lines.push(`${turn} ${url.pathname} ${listenersOf(request, requestEvents)} ${Object.keys(request).length}`)
  try {
    if (random.below(4) === 0) request.setHeader('x-late', 'yes')
    if (random.below(8) === 0) request.flushHeaders()
    if (random.below(8) === 0) request.cork()
    writeQuestion(request, random, lines)
    turns[turn]({ request, controller, lines })
    if (random.below(16) === 0) lines.push(`written after its end ${request.write('more')}`)
  } catch (error) {
    lines.push(`threw ${nameOf(error)}`)
  }
  lines.push(`${request.writableEnded} ${request.headersSent} ${request.destroyed} ${request.reusedSocket}`)
  const mayNeverEnd = isEndless(answerName)
  const given = await outcomeOf(
    async () => {
      const body = await Promise.race([answer, closeOf(request)])
      if (body === 'closed') return 'closed without an answer'
      noteEvents(body, ['end', 'error', 'close', 'aborted'], lines, 'answer')
      lines.push(`${body.statusCode} ${listenersOf(body, answerEvents)} ${stateOf(body)}`)
      const read = random.pick(Object.keys(reads))
      const outcome = await outcomeOf(() => reads[read](body), { mayNeverEnd: mayNeverEnd || mayHang(turn) })
      lines.push(`${read}: ${outcome}`, `${stateOf(body)} ${body.complete}`)
      lines.push(listenersOf(request, ['close', 'error', 'response']))
      return 'answered'
    },
    // Longer than what is within.
    { mayNeverEnd, milliseconds: 6_000 },
  )
  lines.push(given, `${request.destroyed} ${request.aborted}`)
  request.on('error', () => {})
  request.destroy()
  await closeOf(request)
}

// A body that was destroyed before it was read tells some of its readers nothing.
const mayHang = (turn) => turn !== 'nothing'

// Random requests by the functions of the package undici, in each version that this Node can run.
import { Writable } from 'node:stream'
import { answers, brief, isEndless, nameOf, outcomeOf, question, reads, stateOf } from './wire-steps.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const names = ['undici', 'undici7', ...(major > 22 || (major === 22 && minor >= 19) ? ['undici8'] : [])]
const versions = await Promise.all(names.map((name) => import(name)))
const agents = versions.map(({ Agent }) => [
  undefined,
  new Agent(),
  new Agent({ pipelining: 0 }),
  new Agent({ connections: 2 }),
])

const bodies = [
  () => question,
  () => Buffer.from(question),
  () => new TextEncoder().encode(question),
  async function* () {
    yield question.slice(0, 9)
    yield question.slice(9)
  },
]

const ways = {
  request: async ({ undici, url, options, random, lines, patience }) => {
    const { statusCode, body, headers } = await undici.request(url, options)
    lines.push(`${statusCode} ${headers['content-type']} ${stateOf(body)}`)
    const mixed = {
      text: () => body.text(),
      json: async () => JSON.stringify(await body.json()),
      dump: () => body.dump(),
      arrayBuffer: async () => (await body.arrayBuffer()).byteLength,
    }
    const name = random.pick([...Object.keys(mixed), ...Object.keys(reads)])
    lines.push(`${name}: ${await outcomeOf(() => (mixed[name] ?? reads[name])(body), patience)}`, stateOf(body))
  },
  stream: async ({ undici, url, options, lines }) => {
    let size = 0
    const factory = ({ statusCode }) => {
      lines.push(String(statusCode))
      return new Writable({
        write(piece, _encoding, done) {
          size += piece.length
          done()
        },
      })
    }
    await undici.stream(url, options, factory)
    lines.push(`size ${size}`)
  },
  fetch: async ({ undici, url, options: { dispatcher, signal, body, headers }, random, lines, patience }) => {
    const response = await undici.fetch(url, { method: 'POST', duplex: 'half', dispatcher, signal, body, headers })
    lines.push(`${response.status} ${response.headers.get('content-type')} ${Reflect.ownKeys(response).map(String)}`)
    const name = random.pick(['text', 'json', 'arrayBuffer', 'cancel', 'iterate'])
    const act = {
      text: () => response.text(),
      json: async () => JSON.stringify(await response.json()),
      arrayBuffer: async () => (await response.arrayBuffer()).byteLength,
      cancel: () => response.body?.cancel(),
      iterate: async () => {
        let size = 0
        for await (const piece of response.body ?? []) size += piece.length
        return size
      },
    }
    lines.push(`${name}: ${await outcomeOf(act[name], patience)}`, String(response.bodyUsed))
  },
  pipeline: async ({ undici, url, options: { body: _, ...options }, lines, patience }) => {
    const duplex = undici.pipeline(url, options, ({ statusCode, body }) => {
      lines.push(String(statusCode))
      return body
    })
    duplex.end(question)
    lines.push(`pipeline: ${await outcomeOf(() => reads.text(duplex), patience)}`, stateOf(duplex))
  },
}

export async function undiciSequence({ random, servers, lines }) {
  const index = random.below(versions.length)
  const undici = versions[index]
  const answerName = random.pick(answers)
  const url = `${servers.url}/${answerName}/v1/chat/completions`
  const controller = new AbortController()
  const make = random.pick(bodies)
  const headers = { 'content-type': 'application/json' }
  const options = { method: 'POST', headers, body: make(), dispatcher: agents[index][random.below(4)] }
  if (options.dispatcher === undefined) delete options.dispatcher
  options.signal = controller.signal
  const way = random.pick(Object.keys(ways))
  const abort = random.below(8)
  if (abort === 0) controller.abort()
  // Sooner than any answer can be there: later it would be a race with the network.
  else if (abort === 1) process.nextTick(() => controller.abort())
  // The body that an aborted request would have had tells some of its readers nothing.
  const patience = { mayNeverEnd: isEndless(answerName) || abort < 2 }
  lines.push(`${names[index]} ${way} ${url.replace(/:\d+/, '')} ${abort < 2}`)
  const outcome = await outcomeOf(() => ways[way]({ undici, url, options, random, lines, patience }), {
    ...patience,
    milliseconds: 6_000,
  })
  lines.push(brief(outcome))
  try {
    controller.abort()
  } catch (error) {
    lines.push(nameOf(error))
  }
}

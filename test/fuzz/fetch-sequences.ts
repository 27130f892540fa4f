import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import { errorOf, type Random } from './differential.ts'
import { type AnswerServer, answers } from './fetch-answers.ts'

/** What a sequence works on. */
interface Bench {
  readonly random: Random
  readonly controller: AbortController
  /** The answer and its clones. */
  readonly responses: Response[]
  /** Streams that came of them. */
  readonly streams: ReadableStream<Uint8Array>[]
  readonly readers: ReadableStreamDefaultReader<Uint8Array>[]
}

type Step = (bench: Bench) => unknown

const decoder = new TextDecoder()
const brief = (text: string) => (text.length > 60 ? `${text.slice(0, 50)}…${text.length}` : text)

async function readAll(stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>): Promise<string> {
  let text = ''
  for await (const piece of stream) text += decoder.decode(piece)
  return brief(text)
}

async function readByob(stream: ReadableStream<Uint8Array>, size: number, times: number): Promise<string> {
  const reader = stream.getReader({ mode: 'byob' })
  let text = ''
  for (let time = 0; time < times; time += 1) {
    const { done, value } = await reader.read(new Uint8Array(size))
    if (done) return `${brief(text)} done ${value?.length}`
    text += decoder.decode(value)
  }
  reader.releaseLock()
  return brief(text)
}

/** After how many turns of the queue of promises a promise settles, up to a bound. */
async function turnsOf(promise: Promise<unknown>): Promise<string> {
  let outcome: string | undefined
  promise.then(
    () => {
      outcome = 'resolved'
    },
    (error: unknown) => {
      outcome = nameOf(error)
    },
  )
  for (let turn = 0; turn < 40; turn += 1) {
    if (outcome !== undefined) return `${outcome} after ${turn}`
    await undefined
  }
  return 'later'
}

const response = ({ random, responses }: Bench): Response => random.pick(responses)
const body = (bench: Bench): ReadableStream<Uint8Array> => {
  const { random, streams } = bench
  const found = streams.length > 0 && random.below(2) === 0 ? random.pick(streams) : response(bench).body
  if (found === null) throw new Error('no body')
  return found
}

/** What a program may do with an answer. Each is done in the same order with the same random numbers. */
const steps: Readonly<Record<string, Step>> = {
  text: (bench) => response(bench).text().then(brief),
  json: (bench) =>
    response(bench)
      .json()
      .then((value: unknown) => brief(JSON.stringify(value))),
  arrayBuffer: async (bench) => (await response(bench).arrayBuffer()).byteLength,
  bytes: async (bench) => {
    const one: Response & { bytes?: () => Promise<Uint8Array> } = response(bench)
    return (await one.bytes?.())?.constructor.name
  },
  blob: async (bench) => {
    const blob = await response(bench).blob()
    return `${blob.type} ${blob.size}`
  },
  formData: async (bench) => JSON.stringify([...(await response(bench).formData())]),
  'two at once': async (bench) => {
    const one = response(bench)
    return Promise.allSettled([one.text(), one.text()]).then((all) => all.map(outcomeOf).join())
  },
  clone: (bench) => {
    bench.responses.push(response(bench).clone())
    return bench.responses.length
  },
  'same body': (bench) => {
    const one = response(bench)
    const { body: first } = one
    return first === one.body
  },
  shape: (bench) => {
    const one = response(bench)
    const stream = one.body
    return JSON.stringify({
      own: Reflect.ownKeys(one).map(String),
      isPlain: Object.getPrototypeOf(one) === Response.prototype,
      text: one.text === Response.prototype.text,
      type: one.type,
      url: one.url.replace(/:\d+/, ''),
      redirected: one.redirected,
      stream: stream === null ? null : Reflect.ownKeys(stream).map(String),
      isStream: stream === null || Object.getPrototypeOf(stream) === ReadableStream.prototype,
    })
  },
  tee: (bench) => {
    bench.streams.push(...body(bench).tee())
    return bench.streams.length
  },
  'a reader': (bench) => {
    bench.readers.push(body(bench).getReader())
    return bench.readers.length
  },
  'read once': async (bench) => {
    const { done } = await bench.random.pick(bench.readers).read()
    return done
  },
  'read to the end': async (bench) => {
    const reader = bench.random.pick(bench.readers)
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return brief(text)
      text += decoder.decode(value)
    }
  },
  'release the reader': (bench) => bench.random.pick(bench.readers).releaseLock(),
  'cancel by the reader': (bench) => bench.random.pick(bench.readers).cancel('enough'),
  'closed of the reader': (bench) => turnsOf(bench.random.pick(bench.readers).closed),
  'byob once': (bench) => readByob(body(bench), 1 + bench.random.below(9), 1),
  'byob to the end': (bench) => readByob(body(bench), 1_000, 1_000),
  iterate: (bench) => readAll(body(bench)),
  'iterate and leave': async (bench) => {
    for await (const _ of body(bench)) return 'left'
    return 'nothing'
  },
  'iterate and leave open': async (bench) => {
    for await (const _ of body(bench).values({ preventCancel: true })) return 'left'
    return 'nothing'
  },
  cancel: (bench) => body(bench).cancel(new Error('enough')),
  pipeTo: async (bench) => {
    let size = 0
    const sink = new WritableStream<Uint8Array>({
      write(piece) {
        size += piece.length
      },
    })
    await body(bench).pipeTo(sink)
    return size
  },
  'pipeTo a sink that fails': async (bench) => {
    const sink = new WritableStream({
      write() {
        throw new RangeError('full')
      },
    })
    await body(bench).pipeTo(sink, { preventCancel: bench.random.below(2) === 0 })
  },
  pipeThrough: (bench) => {
    const pass = new TransformStream<Uint8Array, Uint8Array>()
    bench.streams.push(body(bench).pipeThrough(pass))
    return bench.streams.length
  },
  'new Response': (bench) => new Response(body(bench)).text().then(brief),
  'to a stream of Node': async (bench) => readAll(Readable.fromWeb(body(bench) as never)),
  transfer: (bench) => {
    const stream = body(bench)
    bench.streams.push(structuredClone(stream, { transfer: [stream] }))
    return bench.streams.length
  },
  headers: (bench) => [...response(bench).headers.keys()].filter((name) => name !== 'date').join(),
  'set a header': (bench) => response(bench).headers.set('x-a', 'b'),
  abort: ({ controller }) => controller.abort(),
  'abort with a reason': ({ controller, random }) => controller.abort(errorOf(random)),
  'abort while reading': (bench) => {
    const method = bench.random.pick(['text', 'json', 'arrayBuffer', 'blob'] as const)
    const reading = response(bench)[method]()
    bench.controller.abort()
    return turnsOf(reading)
  },
  'abort, then read': (bench) => {
    bench.controller.abort()
    return turnsOf(body(bench).getReader().read())
  },
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.constructor.name} ${error.name}: ${error.message}` : String(error)
}

function outcomeOf(settled: PromiseSettledResult<unknown>): string {
  return settled.status === 'fulfilled' ? String(settled.value) : nameOf(settled.reason)
}

const waitMs = 150

async function outcomeWithin(act: () => unknown, milliseconds = waitMs): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'pending')
  })
  const outcome = Promise.resolve()
    .then(act)
    .then(String, (error: unknown) => `threw ${nameOf(error)}`)
  const first = await Promise.race([outcome, patience])
  clearTimeout(timer)
  return first
}

const question = '{"model":"gpt-4o-mini","messages":[],"n":0}'
const bytesOf = (text: string) => new TextEncoder().encode(text)

/** The bodies of a request; each a new one, and the function that changes it after fetch has returned. */
const bodies: Readonly<Record<string, () => { readonly body: BodyInit; readonly change?: () => void }>> = {
  text: () => ({ body: question }),
  bytes: () => {
    const bytes = bytesOf(question)
    return { body: bytes, change: () => bytes.fill(0x20) }
  },
  buffer: () => {
    const bytes = bytesOf(question)
    return { body: bytes.buffer, change: () => bytes.fill(0x20) }
  },
  blob: () => ({ body: new Blob([question], { type: 'application/json' }) }),
  form: () => {
    const form = new FormData()
    form.set('model', 'whisper-1')
    form.set('file', new Blob(['sound']), 'a.wav')
    return { body: form, change: () => form.set('model', 'other') }
  },
  parameters: () => {
    const parameters = new URLSearchParams({ model: 'm' })
    return { body: parameters, change: () => parameters.set('model', 'other') }
  },
  stream: () => ({
    body: new ReadableStream({
      start(feed) {
        feed.enqueue(bytesOf(question.slice(0, 9)))
        setTimeout(() => {
          // Nobody may want the rest by now.
          try {
            feed.enqueue(bytesOf(question.slice(9)))
            feed.close()
          } catch {}
        }, 2)
      },
    }),
  }),
}

/** Ways to call fetch with a request of this URL. */
const calls = ['init', 'getters', 'class', 'Request', 'clone of a Request', 'Request and init'] as const

class Options {
  readonly #init: RequestInit
  constructor(init: RequestInit) {
    this.#init = init
  }
  get method() {
    return this.#init.method
  }
  get body() {
    return this.#init.body
  }
  get headers() {
    return this.#init.headers
  }
  get signal() {
    return this.#init.signal
  }
  get duplex() {
    return 'half'
  }
}

export interface FetchSequence {
  readonly random: Random
  readonly server: AnswerServer
  readonly id: string
  readonly fetch: typeof globalThis.fetch
}

/** Calls a model in a random way, does random things with its answer, and gives what could be seen of both. */
export async function runFetchSequence({ random, server, id, fetch }: FetchSequence): Promise<readonly string[]> {
  const lines: string[] = []
  const controller = new AbortController()
  const answer = random.pick(Object.keys(answers))
  const bodyName = random.pick(Object.keys(bodies))
  const { body: sent, change } = bodies[bodyName]?.() ?? { body: question }
  const how = random.pick(calls)
  const url = new URL(`/${answer}/v1/chat/completions`, server.url)
  const headers = new Headers({ 'x-id': id, 'x-n': '0' })
  if (bodyName === 'text' || bodyName === 'bytes') headers.set('content-type', 'application/json')
  const init: RequestInit = { method: 'POST', headers, body: sent, signal: controller.signal }
  Object.assign(init, { duplex: 'half' })
  const when = random.below(12)
  if (when === 0) controller.abort()
  const { input, options, look } = argumentsOf({ how, url, init, lines })
  const asking = fetch(input, options)
  // Whatever a caller does now comes too late for fetch.
  change?.()
  headers.set('x-n', '1')
  init.method = 'GET'
  url.pathname = '/elsewhere'
  lines.push(`${how} ${bodyName} ${answer}: listeners ${getEventListeners(controller.signal, 'abort').length}`)
  lines.push(look())
  if (when === 1) controller.abort(errorOf(random))
  const bench: Bench = { random, controller, responses: [], streams: [], readers: [] }
  // An answer comes in the end, however busy the machine is.
  const patienceMs = answer === 'silent' ? waitMs : 60_000
  const start = await outcomeWithin(async () => {
    const given = await asking
    bench.responses.push(given)
    return `${given.status} ${given.ok} ${given.bodyUsed}`
  }, patienceMs)
  lines.push(start, look())
  if (bench.responses.length > 0) {
    lines.push(`received ${server.received(id)}`)
    for (let left = 1 + random.below(5); left > 0; left -= 1) {
      const name = random.pick(Object.keys(steps))
      const outcome = await outcomeWithin(() => steps[name]?.(bench))
      lines.push(`${name}: ${outcome}`, stateOf(bench))
    }
  }
  controller.abort()
  return lines
}

function stateOf({ responses, streams }: Bench): string {
  const used = responses.map((one) => `${one.bodyUsed} ${one.body?.locked}`)
  return `  ${[...used, ...streams.map((stream) => stream.locked)].join(', ')}`
}

interface Call {
  readonly how: (typeof calls)[number]
  readonly url: URL
  readonly init: RequestInit
  readonly lines: string[]
}

function argumentsOf({ how, url, init, lines }: Call) {
  const none = () => ''
  if (how === 'init') return { input: url, options: init, look: none }
  if (how === 'class') return { input: url.href, options: new Options(init) as RequestInit, look: none }
  if (how === 'getters') {
    const options = {}
    for (const name of Object.keys(init)) {
      const get = () => {
        lines.push(`read ${name}`)
        return init[name as keyof RequestInit]
      }
      Object.defineProperty(options, name, { get, enumerable: true })
    }
    return { input: url.href, options, look: none }
  }
  const request = new Request(url.href, init)
  const look = () => `${request.bodyUsed} ${request.body?.locked}`
  if (how === 'clone of a Request') return { input: request.clone(), options: undefined, look }
  if (how === 'Request') return { input: request, options: undefined, look }
  return { input: request, options: { headers: { 'x-id': 'other' } }, look }
}

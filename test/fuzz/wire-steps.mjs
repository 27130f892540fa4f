// What the sequences of all transports share: bodies of requests, ways to read an answer, and what can be seen of a stream.

import { Readable, Transform, Writable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

export const question = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"é"}],"n":0}'

/** The paths that the server of the test knows; each is a way to answer. */
export const answers = [
  'json',
  'gzip',
  'empty',
  'no-content',
  'page',
  'binary',
  'server-error',
  'rate-limit',
  'stream',
  'cut-stream',
  'endless',
  'silent',
  'cut-json',
]

export const brief = (value) => {
  const all = String(value)
  return all.length > 60 ? `${all.slice(0, 50)}…${all.length}` : all
}

export const nameOf = (error) =>
  error instanceof Error
    ? `${error.name} ${error.code ?? ''}: ${error.message.replace(/:\d{2,5}\b/g, '')}`
    : String(error)

/** An answer that goes on for ever: what waits for its end waits for ever, and is not waited for long. */
export const isEndless = (answer) => answer === 'endless' || answer === 'silent'

/**
 * How something ends. What may never end is given up after a while; the rest has so long that only a very busy machine, or a
 * reader that its stream tells nothing, makes it `pending`.
 */
export async function outcomeOf(act, { mayNeverEnd, milliseconds = mayNeverEnd ? 1_500 : 5_000 }) {
  let timer
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'pending')
  })
  const outcome = Promise.resolve()
    .then(act)
    .then(brief, (error) => `threw ${nameOf(error)}`)
  const first = await Promise.race([outcome, patience])
  clearTimeout(timer)
  return first
}

/** Ends when a request or a stream is closed, for whatever reason. */
export function closeOf(emitter) {
  return new Promise((resolve) => {
    if (emitter.closed) resolve('closed')
    else emitter.once('close', () => resolve('closed'))
  })
}

/** How many listeners an object has for what a program may listen for. */
export function listenersOf(emitter, names) {
  return names.map((name) => `${name} ${emitter.listenerCount(name)}`).join()
}

export const stateOf = (body) =>
  [
    body.readableFlowing,
    body.readableEnded,
    body.readableAborted,
    body.destroyed,
    body.readableEncoding,
    body.errored?.code,
    Object.keys(body).length,
    body.readableObjectMode,
    body.closed,
  ].join(' ')

/** Ways to read a body of Node's. */
export const reads = {
  text: (body) => text(body),
  buffer: async (body) => (await buffer(body)).length,
  iterate: async (body) => {
    let size = 0
    for await (const piece of body) size += piece.length
    return size
  },
  'iterate and leave': async (body) => {
    for await (const _ of body) return 'left'
    return 'nothing'
  },
  data: (body) =>
    new Promise((resolve, reject) => {
      let size = 0
      body.on('data', (piece) => {
        size += piece.length
      })
      body.on('end', () => resolve(size))
      body.on('error', reject)
    }),
  'data as text': (body) => {
    body.setEncoding('utf8')
    return reads.data(body)
  },
  'pause between': (body) =>
    new Promise((resolve, reject) => {
      let size = 0
      body.on('data', (piece) => {
        size += piece.length
        body.pause()
        setImmediate(() => body.resume())
      })
      body.on('end', () => resolve(size))
      body.on('error', reject)
    }),
  'read by hand': (body) =>
    new Promise((resolve, reject) => {
      let size = 0
      body.on('readable', () => {
        for (let piece = body.read(); piece !== null; piece = body.read()) size += piece.length
      })
      body.on('end', () => resolve(size))
      body.on('error', reject)
    }),
  'read ten bytes': (body) =>
    new Promise((resolve, reject) => {
      body.once('readable', () => resolve(String(body.read(10))))
      body.on('error', reject)
    }),
  pipeline: async (body) => {
    let size = 0
    const sink = new Writable({
      write(piece, _encoding, done) {
        size += piece.length
        setImmediate(done)
      },
    })
    await pipeline(body, new Transform({ transform: (piece, _encoding, done) => done(null, piece) }), sink)
    return size
  },
  'to the web': async (body) => {
    let size = 0
    for await (const piece of Readable.toWeb(body)) size += piece.length
    return size
  },
  'push back': (body) =>
    new Promise((resolve, reject) => {
      let isFirst = true
      let size = 0
      body.on('readable', () => {
        for (let piece = body.read(); piece !== null; piece = body.read()) {
          if (isFirst && piece.length > 1) {
            isFirst = false
            body.unshift(piece.subarray(1))
            size += 1
          } else size += piece.length
        }
      })
      body.on('end', () => resolve(size))
      body.on('error', reject)
    }),
  destroy: (body) => {
    body.on('error', () => {})
    body.destroy()
    return 'destroyed'
  },
  'destroy with an error': (body) =>
    new Promise((resolve) => {
      body.on('error', (error) => resolve(nameOf(error)))
      body.destroy(new RangeError('mine'))
    }),
  resume: (body) =>
    new Promise((resolve, reject) => {
      body.on('end', () => resolve('ended'))
      body.on('error', reject)
      body.resume()
    }),
  leave: () => 'left alone',
}

/** Writes a question to a stream in random pieces, by random overloads of `write` and `end`. */
export function writeQuestion(stream, random, lines) {
  const bytes = Buffer.from(question)
  const cuts = [...new Set(Array.from({ length: random.below(4) }, () => random.below(bytes.length)))].sort(
    (a, b) => a - b,
  )
  const pieces = [...cuts, bytes.length].map((end, index) => bytes.subarray(cuts[index - 1] ?? 0, end))
  const told = (name) => () => lines.push(name)
  const last = pieces.pop()
  for (const piece of pieces) {
    const way = random.below(4)
    if (way === 0) stream.write(piece)
    else if (way === 1) stream.write(piece.toString('latin1'), 'latin1')
    else if (way === 2) stream.write(piece, told('written'))
    else stream.write(piece.toString('hex'), 'hex', told('written'))
  }
  const way = random.below(5)
  if (way === 0) stream.end(last)
  else if (way === 1) stream.end(last.toString('base64'), 'base64')
  else if (way === 2) stream.end(last, told('all written'))
  else if (way === 3) {
    stream.write(last)
    stream.end()
  } else {
    stream.write(last)
    stream.end(told('all written'))
  }
}

/** Notes the events of an emitter in their order, with no word of those that come for each piece. */
export function noteEvents(emitter, names, lines, prefix) {
  for (const name of names) {
    emitter.on(name, (first) => lines.push(`${prefix} ${name}${first instanceof Error ? ` ${nameOf(first)}` : ''}`))
  }
}

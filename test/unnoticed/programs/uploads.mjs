import { Readable } from 'node:stream'
import { post, question, tell, url } from '../ask.mjs'

const bytes = new TextEncoder().encode(question)
const ask =
  (body, init = { duplex: 'half' }) =>
  async () =>
    (await fetch(url(), post({ body, ...init }))).text()
async function* pieces() {
  yield bytes.slice(0, 9)
  await null
  yield bytes.slice(9)
}
await tell('a stream', ask(ReadableStream.from(pieces())))
await tell('a generator', ask(pieces()))
await tell('a stream of Node', ask(Readable.from([Buffer.from(question)])))
await tell('no duplex', ask(ReadableStream.from(pieces()), {}))
await tell('text in a stream', ask(ReadableStream.from(['text'])))
const failing = new ReadableStream({ pull: (controller) => controller.error(new RangeError('mine')) })
await tell('a stream that fails', ask(failing))
const locked = new ReadableStream()
locked.getReader()
await tell('a locked stream', ask(locked))

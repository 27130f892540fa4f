import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { post, question, tell, url } from '../ask.mjs'

const { port1, port2 } = new MessageChannel()
const stream = await fetch(url('stream'), post())
port1.postMessage(stream.body, [stream.body])
console.log(stream.bodyUsed, stream.body.locked)
const [moved] = await once(port2, 'message')
console.log((await new Response(moved).text()).length)
port1.close()
const answer = await fetch(url(), post())
const clone = structuredClone(answer.body, { transfer: [answer.body] })
console.log(await new Response(clone).text())
await tell('what was moved', () => answer.text())
// A buffer is given away right after the call.
const buffer = new TextEncoder().encode(question).buffer
const asking = fetch(url(), post({ body: buffer }))
structuredClone(buffer, { transfer: [buffer] })
console.log(buffer.byteLength, (await asking).status)

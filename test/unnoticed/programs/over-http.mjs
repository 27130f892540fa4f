import { once } from 'node:events'
import http from 'node:http'
import { question, tell, url } from '../ask.mjs'

class OwnRequest extends http.ClientRequest {
  write(...args) {
    console.log('write')
    return super.write(...args)
  }
  end(...args) {
    console.log('end')
    return super.end(...args)
  }
}
const own = new OwnRequest(new URL(url()), { method: 'POST' })
own.end(question)
const [answer] = await once(own, 'response')
for await (const _ of answer) console.log(Object.keys(own).length, Object.keys(answer).length)
const left = http.request(url('endless'), { method: 'POST' })
left.end(question)
const [stream] = await once(left, 'response')
stream.on('error', (error) => console.log(error.code)).destroy()
await once(stream, 'close')
console.log(stream.aborted, stream.destroyed, left.destroyed)
const taken = http.request(url(), { method: 'POST' })
taken.on('error', (error) => console.log(error.message))
taken.write(question)
taken.destroy(new Error('mine'))
await once(taken, 'close')
await tell('no text', () => http.request(url(), { method: 'POST' }).end(Symbol('s')))

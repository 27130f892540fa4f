import { post, tell, url } from '../ask.mjs'

Object.prototype.polluted = 'x'
Array.prototype.own = () => {}
// What stands in the place of the platform's classes is for the program alone.
const names = [
  'Blob',
  'FormData',
  'Headers',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
]
for (const name of [...names, 'AbortSignal']) {
  const Given = globalThis[name]
  globalThis[name] = class extends Given {
    constructor(...args) {
      super(...args)
      console.log('made a', name)
    }
  }
}
await tell('json', async () => (await fetch(url(), post())).text())
await tell('a stream', async () => (await (await fetch(url('stream'), post())).text()).length)

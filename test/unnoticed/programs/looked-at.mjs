import { createRequire } from 'node:module'
import { inspect, types } from 'node:util'
import { post, url } from '../ask.mjs'

const files = Object.keys(createRequire(import.meta.url).cache)
const names = Object.keys(globalThis)
const signals = [
  'SIGHUP',
  'SIGINT',
  'SIGTERM',
  'beforeExit',
  'uncaughtException',
  'unhandledRejection',
  'warning',
  'message',
]
const listeners = () => signals.map((name) => process.listenerCount(name)).join()
const before = listeners()
const answer = await fetch(url(), post())
const plain = (value) =>
  inspect(value, { depth: 3 })
    .replace(/:\d{4,5}\//g, '/')
    .replace(/date: '[^']*'/, 'date')
console.log(plain(answer), plain(answer.body), plain(fetch))
await answer.text()
// For `exit` there is one of ours at most, and one of Node's while a module waits.
console.log(before === listeners(), before, process.listenerCount('exit') <= 2)
console.log(files.length, Object.keys(createRequire(import.meta.url).cache).length)
console.log(names.join() === Object.keys(globalThis).join())
console.log(
  types.isProxy(fetch),
  Reflect.ownKeys(fetch),
  fetch.prototype.constructor === fetch,
  Object.isExtensible(fetch),
)
console.log(Object.getOwnPropertyDescriptors(fetch), await new fetch('data:,made').then((made) => made.text()))

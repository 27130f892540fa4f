import module, { createRequire } from 'node:module'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { post, tell, url } from '../ask.mjs'

// What compiles a program's files, as tsx and Babel do, by each of the three ways that Node has for it: what it is given.
const seen = []
// The one package that we load whose files do not say what they are: to find it out is left to Node, and so to the hooks.
const left = '/fastest-levenshtein/'
const extensions = createRequire(import.meta.url).extensions
const original = extensions['.js']
extensions['.js'] = (target, file) => {
  asked('extension', `file:${file}`)
  return original(target, file)
}
const asked = (way, name) => {
  if (/^(?:file:|\.)/.test(name) && !name.includes(left)) seen.push(`${way} ${name}`)
}
const { port1, port2 } = new MessageChannel()
// Node 20 has only hooks on another thread, and nothing to stand before them with.
if (module.registerHooks !== undefined) {
  module.registerHooks({
    resolve(name, context, next) {
      asked('resolve', name)
      return next(name, context)
    },
    load(name, context, next) {
      asked('load', name)
      return next(name, context)
    },
  })
  const thread = `
    let port
    export const initialize = (data) => { port = data.port }
    export const resolve = (name, context, next) => { port.postMessage('resolve ' + name); return next(name, context) }
    export const load = (name, context, next) => { port.postMessage('load ' + name); return next(name, context) }`
  module.register(`data:text/javascript,${encodeURIComponent(thread)}`, {
    data: { port: port2 },
    transferList: [port2],
  })
}

await tell('json', async () => (await fetch(url(), post())).text())
await tell('again', async () => (await fetch(url(), post())).text())
for (let found = receiveMessageOnPort(port1); found !== undefined; found = receiveMessageOnPort(port1)) {
  asked('on a thread:', String(found.message).split(' ').at(-1))
}
console.log('asked about', seen)
port1.close()

// What we would stand in front of cannot be changed any more.
Object.defineProperty(globalThis, 'fetch', {
  value: Object.freeze(globalThis.fetch),
  writable: false,
  configurable: false,
})
for (const name of ['node:http', 'node:http2', 'node:child_process', 'node:worker_threads'])
  Object.freeze(require(name))
Object.freeze(require('node:http').ClientRequest.prototype)

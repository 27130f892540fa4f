import { post, tell, url } from '../ask.mjs'

// A test that puts functions of its own in the place of the language's: what they are called with, and by whom nothing is called.
const calls = []
for (const [name, holder] of [
  ['JSON', JSON],
  ['Math', Math],
  ['Reflect', Reflect],
]) {
  for (const method of Object.getOwnPropertyNames(holder)) {
    const given = holder[method]
    if (typeof given !== 'function') continue
    holder[method] = (...args) => {
      // What Node itself calls as it compiles a package is its own.
      if (/\/dist\/(?:chunks|instrument)\//.test(new Error().stack.split('\n')[2])) calls.push(`${name}.${method}`)
      return given(...args)
    }
  }
}
// And such as are passed on: the answer is the same.
for (const [holder, method] of [
  [Array.prototype, 'map'],
  [Map.prototype, 'get'],
  [Promise.prototype, 'then'],
]) {
  const given = holder[method]
  holder[method] = function (...args) {
    return Reflect.apply(given, this, args)
  }
}
await tell('json', async () => (await fetch(url(), post())).text())
await tell('a stream', async () => (await (await fetch(url('stream'), post())).text()).length)

// One that throws, as a mock does that is not told what to give.
JSON.parse =
  JSON.stringify =
  Math.random =
  Math.round =
  Math.max =
    () => {
      throw new Error('mine')
    }
await tell('again', async () => (await fetch(url(), post())).text())
console.log('called by', calls)

// `node --import sygra/register app.js`: the process is one run, and leaves a metadata file if it called a model.
// Only what has to be in place before the program starts is loaded here; the rest comes with the first call to a model.
import { createRequire } from 'node:module'
import { isDisabledByEnvironment } from '../runtime/settings.ts'
import { type FetchCall, interceptFetch } from './fetch/intercept-fetch.ts'
import { interceptHttp } from './http/intercept-http.ts'
import { interceptHttp2 } from './http/intercept-http2.ts'
import { followAiSdk } from './sdk/ai-sdk-channel.ts'

type Observers = typeof import('./observers.ts')

const registeredKey = Symbol.for('sygra.registered')

if (!(registeredKey in globalThis) && !isDisabledByEnvironment()) {
  Object.defineProperty(globalThis, registeredKey, { value: true })
  register()
}

function register(): void {
  // Where the program starts, not where it may go to.
  const directory = process.cwd()
  const require = createRequire(import.meta.url)
  let observers: Observers | undefined
  const start = (loaded: Observers): Observers => {
    observers ??= loaded
    loaded.startProcessRun({ directory })
    return loaded
  }
  const observeFirst = async (call: FetchCall): Promise<Response> => {
    let loaded: Observers
    try {
      // A program that is just importing the package itself makes the first way fail.
      loaded = await Promise.resolve()
        .then(load)
        .catch(async () => start(await import('./observers.ts')))
    } catch {
      return call.fetch(call.input, call.init)
    }
    return loaded.observeFetch(call)
  }
  // At once, because requests over node:http go out at once.
  const load = (): Observers => observers ?? start(require('./observers.js'))

  globalThis.fetch = interceptFetch(globalThis.fetch, (call) => {
    // But for the first call nothing is waited for.
    return observers === undefined ? observeFirst(call) : observers.observeFetch(call)
  })
  interceptHttp((request, url) => load().observeHttp(request, url))
  interceptHttp2((call) => load().observeHttp2(call))
  followAiSdk(load)
}

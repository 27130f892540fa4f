// `node --import sygra/register app.js`: the process is one run, and leaves a metadata file if it called a model.
// Only what has to be in place before the program starts is loaded here; the rest comes with the first call to a model.

import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import '../check-node.ts'
import { URL } from '../platform.ts'
// The clock first: fake timers of the program must not reach it.
import '../runtime/clock.ts'
import { startedRuntime } from '../runtime/other-runtime.ts'
import { givenRunToken, newRunToken, tokenVariable } from '../runtime/program/run-token.ts'
import { programDirectory } from '../runtime/program-name.ts'
import { isDisabledByEnvironment } from '../runtime/settings.ts'
import { withoutTraces } from '../without-traces.ts'
import { type FetchCall, interceptFetch } from './fetch/intercept-fetch.ts'
import { registeredKey } from './fetch/own-code-watched.ts'
import { platform } from './fetch/platform.ts'
import { interceptHttp } from './http/intercept-http.ts'
import { interceptHttp2 } from './http/intercept-http2.ts'
import { interceptUndici } from './http/intercept-undici.ts'
import { followChildren } from './process/follow-children.ts'
import { hasRoomToWatch } from './process/room-to-watch.ts'
import { followFrameworks } from './sdk/follow-frameworks.ts'

type Observers = typeof import('./observers.ts')

if (!(registeredKey in globalThis) && !isDisabledByEnvironment()) {
  Object.defineProperty(globalThis, registeredKey, { value: true })
  register()
}

function register(): void {
  // Where the program starts, not where it may go to.
  const directory = startDirectory()
  // What this process starts is of the same run.
  if (givenRunToken() === undefined) {
    const token = newRunToken({ directory: programDirectory(directory), startedAtMs: startedAtMs() })
    process.env[tokenVariable] = JSON.stringify(token)
  }
  const require = createRequire(import.meta.url)
  let observers: Observers | undefined
  const start = (loaded: Observers): Observers => {
    observers ??= loaded
    loaded.startProcessRun({ directory })
    return loaded
  }
  // At once, because requests go out at once.
  const load = (): Observers => observers ?? start(withoutTraces(require, () => require('./observers.js')))
  const warning = { isGiven: false }
  const warnOnce = (reason: string) => {
    if (!warning.isGiven) process.emitWarning(`sygra: calls to models are not watched: ${reason}`)
    warning.isGiven = true
  }
  // Asked until what watches is there; then there was room.
  const canWatch = (): boolean => {
    if (observers !== undefined || hasRoomToWatch()) return true
    warnOnce('the heap of this thread is too small')
    return false
  }
  const observeLate = async (call: FetchCall): Promise<Response> => {
    let loaded: Observers
    try {
      loaded = start(await import('./observers.ts'))
    } catch (error) {
      warnOnce(String(error))
      return call.send()
    }
    return loaded.observeFetch(call)
  }
  const observeFetch = (call: FetchCall): Promise<Response> => {
    if (!canWatch()) return call.send()
    let loaded: Observers
    try {
      loaded = load()
    } catch {
      // A program that is just importing the package itself makes the quick way fail: sent at once, observed in a moment.
      return observeLate(sentAlready(call))
    }
    return loaded.observeFetch(call)
  }
  // A Node that was told to have no fetch has none of what belongs to it either.
  if (typeof globalThis.fetch === 'function') {
    unlessItFails('fetch', () => {
      globalThis.fetch = interceptFetch(globalThis.fetch, observeFetch)
    })
  }
  unlessItFails('node:http', () =>
    interceptHttp((request, url, kind) => (canWatch() ? load().observeHttp(request, url, kind) : undefined)),
  )
  unlessItFails('HTTP/2', () => interceptHttp2((call) => (canWatch() ? load().observeHttp2(call) : undefined)))
  unlessItFails('undici', () =>
    interceptUndici((request, url) => (canWatch() ? load().observeUndici(request, url) : undefined)),
  )
  unlessItFails('frameworks', () => followFrameworks(load))
  const module = new URL(import.meta.url)
  module.search = ''
  const onStart = (file: string, args: readonly string[]) => {
    const runtime = startedRuntime(file, args)
    if (runtime !== undefined) load().noteNotUnderstood('process', { host: runtime, path: '' })
  }
  unlessItFails('child processes', () =>
    followChildren({
      register: module.href,
      registerPath: fileURLToPath(module),
      followsProcesses: /\binstrument\/register\b|\bsygra\/register\b/.test(process.env.NODE_OPTIONS ?? ''),
      onStart,
    }),
  )
  // A model in the process calls nobody: the first event of its own code loads the rest.
  Object.defineProperty(globalThis, Symbol.for('sygra.start-process-run'), { value: load, configurable: true })
}

/** Where the process was started; that folder may be gone. */
function startDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return tmpdir()
  }
}

/** What was loaded before us may have frozen or taken away what we would stand in front of: the program starts all the same. */
function unlessItFails(name: string, intercept: () => void): void {
  try {
    intercept()
  } catch (error) {
    process.emitWarning(`sygra: ${name} not watched: ${String(error)}`)
  }
}

function startedAtMs(): number {
  return Math.round(performance.timeOrigin)
}

/** Makes a call; gives it as it was, for the program may use its arguments again. */
function sentAlready(call: FetchCall): FetchCall {
  const { init } = call
  const isPlain = init !== undefined && Object.getPrototypeOf(init) === Object.prototype
  const copy = isPlain ? { ...init, headers: headersOf(init) } : undefined
  const answer = call.send()
  return { ...call, init: copy, send: () => answer }
}

function headersOf({ headers }: RequestInit): Headers | undefined {
  return headers === undefined ? undefined : new (platform().Headers)(headers)
}

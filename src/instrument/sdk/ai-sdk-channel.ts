import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'

/** The id of the operation of the AI SDK that the program is in. */
export type CurrentOperation = AsyncLocalStorage<string | undefined>

/** Hears of the operations that the AI SDK publishes. */
export interface AiSdkObserver {
  /** An operation begins within the current one; gives the id under which it goes on. */
  start(message: object): string
  end(message: object): void
}

const followedKey = Symbol.for('sygra.ai-sdk-channel.1')

/**
 * Follows what `ai` publishes since version 7 of each agent, step, tool and model call, in the context of the program: no
 * line of code is needed for it, and nothing is loaded until something is published. Once in a process.
 */
export function followAiSdk(load: () => (current: CurrentOperation) => AiSdkObserver): void {
  if (followedKey in globalThis) return
  Object.defineProperty(globalThis, followedKey, { value: true })
  const current: CurrentOperation = new AsyncLocalStorage()
  let observer: AiSdkObserver | undefined
  const observing = () => {
    observer ??= load()(current)
    return observer
  }
  const channel = tracingChannel<unknown, object>('ai:telemetry')
  channel.start.bindStore(current, (message) => {
    try {
      return observing().start(message)
    } catch {
      return current.getStore()
    }
  })
  channel.asyncEnd.subscribe((message) => {
    if (typeof message !== 'object' || message === null) return
    try {
      observing().end(message)
    } catch {}
  })
}

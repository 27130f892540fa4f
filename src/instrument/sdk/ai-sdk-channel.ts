import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'

/** Hears of the operations that the AI SDK publishes. */
export interface AiSdkObserver {
  /** An operation begins within another one; gives the id under which it goes on. */
  startAiSdkOperation(message: object, current: AsyncLocalStorage<string | undefined>): string | undefined
  endAiSdkOperation(message: object): void
}

const followedKey = Symbol.for('sygra.ai-sdk-channel.1')

/**
 * Follows what `ai` publishes since version 7 of each agent, step, tool and model call, in the context of the program: no
 * line of code is needed for it, and nothing is loaded until something is published. Once in a process.
 */
export function followAiSdk(load: () => AiSdkObserver): void {
  if (followedKey in globalThis) return
  Object.defineProperty(globalThis, followedKey, { value: true })
  const current = new AsyncLocalStorage<string | undefined>()
  const channel = tracingChannel<unknown, object>('ai:telemetry')
  channel.start.bindStore(current, (message) => {
    try {
      return load().startAiSdkOperation(message, current)
    } catch {
      return current.getStore()
    }
  })
  channel.asyncEnd.subscribe((message) => {
    if (typeof message !== 'object' || message === null) return
    try {
      load().endAiSdkOperation(message)
    } catch {}
  })
}
